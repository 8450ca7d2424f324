#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <string>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/ids.h"

namespace pop3_legacy::commands {

namespace {

constexpr std::size_t line_octets = 10 + 1 + uidl::max_identifier_octets + 2;

/// Writes a message's line without its CRLF to `out` and returns its end. nullptr: the plugin does
/// not name the message.
inline char* write_line(const host::Maildrop& maildrop, uidl::Ids* ids, MessageNumber number,
                        char* out) {
  if (ids == nullptr) return nullptr;
  char* const end = std::to_chars(out, out + 10, number).ptr;
  *end = ' ';
  return ids->write(maildrop.uid(number), end + 1);
}

/// The ids are known by now, so a line is only printed: a maildrop may have a million.
class UidlListing : public Listing {
 public:
  UidlListing(const host::Maildrop& maildrop, host::Uidls& uidls)
      : maildrop_(maildrop), uidls_(uidls), last_(maildrop.message_count()) {}

  [[nodiscard]] Result<std::string> next() override {
    // Found anew for each piece: another command's line may have been looked at meanwhile.
    uidl::Ids* const ids = uidls_.shown_ids();
    std::string lines(piece_octets + line_octets, '\0');
    std::size_t used = 0;
    for (; number_ <= last_ && used < piece_octets; ++number_) {
      if (maildrop_.deleted(number_)) continue;
      char* end = write_line(maildrop_, ids, number_, lines.data() + used);
      if (end == nullptr) {
        lines.resize(used);
        if (Status added = add_hosts(lines); !added) return added.error();
        used = lines.size();
        lines.resize(std::max(used, piece_octets) + line_octets);
        continue;
      }
      *end++ = '\r';
      *end++ = '\n';
      used = static_cast<std::size_t>(end - lines.data());
    }
    lines.resize(used);
    return lines;
  }

 private:
  // A message that the plugin does not name.
  Status add_hosts(std::string& lines) {
    std::string line = std::to_string(number_) + ' ';
    const Status added = uidls_.add_uidl(number_, line);
    if (added) lines.append(line).append("\r\n");
    return !added && added.error().kind == Failure::gone ? Status(Done{}) : added;
  }

  const host::Maildrop& maildrop_;
  host::Uidls& uidls_;
  MessageNumber number_ = 1;
  MessageNumber last_;
};

}  // namespace

bool is_about_messages(const host::Maildrop& maildrop, std::string_view arguments) {
  return arguments.empty() || message_named(maildrop, arguments);
}

Answer uidl(Session& session, std::string_view arguments) {
  const host::Maildrop& maildrop = session.maildrop();
  host::Uidls& uidls = session.uidls();
  if (arguments.empty()) {
    return {Reply::verbatim("+OK\r\n"), std::make_unique<UidlListing>(maildrop, uidls)};
  }
  const auto number = message_named(maildrop, arguments);
  if (!number) return Reply::err(number.error().text);
  std::array<char, line_octets> written{};
  if (const char* const end =
          write_line(maildrop, uidls.shown_ids(), number.value(), written.data())) {
    return Reply::ok({written.data(), end});
  }
  std::string line = std::to_string(number.value()) + ' ';
  if (const Status added = uidls.add_uidl(number.value(), line); !added) {
    return Reply::temporary_failure("The unique id is not available at the moment.");
  }
  return Reply::ok(line);
}

}  // namespace pop3_legacy::commands
