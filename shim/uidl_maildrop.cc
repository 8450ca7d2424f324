#include "shim/uidl_maildrop.h"

#include <algorithm>
#include <utility>

#include "plugin/core/uidl/message_text.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/files/key_file.h"
#include "plugin/hash/openssl_hasher.h"

namespace pop3_legacy::shim {

namespace {

constexpr std::size_t piece_octets = 4096;
/// Room for the envelope line, in addition to what is asked for.
constexpr std::size_t envelope_octets = 8192;

}  // namespace

std::string hosts_uidl(Uid uid, UidValidity uidvalidity) {
  constexpr std::size_t width = 8;
  return uidl::number_in(uidl::lower_hex_digits, uid, width) +
         uidl::number_in(uidl::lower_hex_digits, uidvalidity, width);
}

// --- MessageFacts ---

Result<std::optional<uidl::CourierNumber>> MessageFacts::courier() {
  const auto name = maildrop_.file_name(number_);
  if (!name) {
    return std::optional<uidl::CourierNumber>();
  }
  if (!courier_) {
    const auto text = maildrop_.courier_list();
    if (!text) {
      return text.error();
    }
    courier_ = uidl::CourierList::parse(text.value().value_or(std::string()));
    if (const std::string odd = courier_->passed_over(); !odd.empty() && log_) {
      log_("uidl: courierpop3dsizelist: " + odd);
    }
  }
  return courier_->find(*name);
}

Result<std::string> MessageFacts::text(std::size_t at_most, bool header_only) {
  auto reader = maildrop_.open_message(number_);
  if (!reader) {
    return reader.error();
  }
  std::string text;
  bool in_header = true;
  while (text.size() < at_most && in_header) {
    const auto piece = reader.value()->read(std::min(piece_octets, at_most - text.size()));
    if (!piece) {
      return piece.error();
    }
    if (piece.value().empty()) {
      break;
    }
    text += piece.value();
    in_header = !header_only || uidl::header_of(text).size() == text.size();
  }
  return text;
}

Result<std::string> MessageFacts::header() {
  auto whole = text(uidl::max_header_octets, /*header_only=*/true);
  if (!whole) {
    return whole;
  }
  std::string_view rest = whole.value();
  rest.remove_prefix(uidl::envelope_of(rest).size());
  return std::string(uidl::header_of(rest));
}

Result<std::optional<std::string>> MessageFacts::envelope_line() {
  const auto start = text(envelope_octets, /*header_only=*/true);
  if (!start) {
    return start.error();
  }
  const std::string_view line = uidl::envelope_of(start.value());
  return line.empty() ? std::optional<std::string>() : std::optional(std::string(line));
}

Result<std::string> MessageFacts::beginning(std::size_t octets) {
  auto start = text(octets + envelope_octets, /*header_only=*/false);
  if (!start) {
    return start;
  }
  std::string_view rest = start.value();
  rest.remove_prefix(uidl::envelope_of(rest).size());
  return std::string(rest.substr(0, octets));
}

// --- UidlMaildrop ---

Result<uidl::Facts*> UidlMaildrop::message(std::uint32_t place) {
  facts_.choose(place + 1);
  return &facts_;
}

Result<std::string> UidlMaildrop::stored_id() {
  return maildrop_.stored_uidl(facts_.number());
}

bool UidlMaildrop::stores_none(std::uint32_t place) {
  for (; place < message_count(); ++place) {
    if (!maildrop_.stored_uidl(place + 1).empty()) return false;
  }
  return true;
}

Result<std::string> UidlMaildrop::host_id() {
  return hosts_uidl(facts_.uid(), facts_.uidvalidity());
}

Result<Hasher*> UidlMaildrop::hasher() {
  if (!hasher_) {
    hasher_ = openssl_hasher();
  }
  return hasher_.get();
}

Result<std::string> UidlMaildrop::read_key(const std::string& path) {
  return files::read_key_file(path);
}

Result<std::optional<std::string>> UidlMaildrop::load_state(std::string_view name) {
  return maildrop_.load_state(name);
}

Status UidlMaildrop::store_state(std::string_view name, std::string_view content) {
  return maildrop_.store_state(name, content);
}

void UidlMaildrop::report(const Event& event) {
  log_("uidl: " + event.text);
}

}  // namespace pop3_legacy::shim
