#include "shim/mail_addresses.h"

#include <gmime/gmime.h>

#include <memory>
#include <string>

namespace pop3_legacy::shim {

namespace {

struct Unref {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};

// Needed because GMime returns a quoted string with its quotes.
std::string unquoted(std::string_view local) {
  if (local.size() < 2 || local.front() != '"' || local.back() != '"') return std::string(local);
  std::string text;
  local = local.substr(1, local.size() - 2);
  for (std::size_t i = 0; i < local.size(); ++i) {
    if (local[i] == '\\' && i + 1 < local.size()) ++i;
    text += local[i];
  }
  return text;
}

void collect(InternetAddressList* list, std::size_t at_most, std::vector<Address>& found) {
  const int length = internet_address_list_length(list);
  for (int i = 0; i < length && found.size() < at_most; ++i) {
    InternetAddress* const address = internet_address_list_get_address(list, i);
    if (INTERNET_ADDRESS_IS_GROUP(address)) {
      collect(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), at_most, found);
      continue;
    }
    const char* const text = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
    const std::string_view whole = text == nullptr ? "" : text;
    const std::size_t at = whole.rfind('@');
    found.push_back({unquoted(whole.substr(0, at)),
                     std::string(at == std::string_view::npos ? "" : whole.substr(at + 1))});
  }
}

using ParserOptions = std::unique_ptr<GMimeParserOptions, decltype(&g_mime_parser_options_free)>;

ParserOptions parser_options() {
  static const bool ready = (g_mime_init(), true);
  (void)ready;
  return {g_mime_parser_options_new(), g_mime_parser_options_free};
}

}  // namespace

Result<std::vector<Address>> parse_addresses(std::string_view value, std::size_t at_most) {
  const std::string text(value);
  std::vector<Address> found;
  if (text.find_first_not_of(" \t") == std::string::npos) return found;
  const ParserOptions options = parser_options();
  g_mime_parser_options_set_address_compliance_mode(options.get(), GMIME_RFC_COMPLIANCE_STRICT);
  const std::unique_ptr<InternetAddressList, Unref> list(
      internet_address_list_parse(options.get(), text.c_str()));
  if (!list) return Error{Failure::permanent, "not a list of addresses"};
  collect(list.get(), at_most, found);
  return found;
}

std::string decoded_header(std::string_view value) {
  const ParserOptions options = parser_options();
  const std::unique_ptr<char, decltype(&g_free)> text(
      g_mime_utils_header_decode_text(options.get(), std::string(value).c_str()), g_free);
  return text == nullptr ? std::string() : std::string(text.get());
}

}  // namespace pop3_legacy::shim
