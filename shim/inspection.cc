#include "shim/inspection.h"

#include <algorithm>

namespace pop3_legacy::shim {

Status MaildropInspection::fields(MessageNumber number, Fields& found) {
  facts_.choose(number);
  const auto header = facts_.header();
  if (!header) {
    return header.error();
  }
  found.clear();
  for (const FieldQuery& query : queries_) {
    found.push_back(first_field(header.value(), query));
  }
  return Done{};
}

// As in Dovecot, a last line without a line end is not counted.
Result<std::uint64_t> MaildropInspection::lines(MessageNumber number) {
  constexpr std::size_t piece_octets = 16384;
  auto reader = maildrop_.open_message(number);
  if (!reader) {
    return reader.error();
  }
  std::uint64_t lines = 0;
  for (;;) {
    const auto piece = reader.value()->read(piece_octets);
    if (!piece) {
      return piece.error();
    }
    if (piece.value().empty()) {
      return lines;
    }
    lines +=
        static_cast<std::uint64_t>(std::count(piece.value().begin(), piece.value().end(), '\n'));
  }
}

}  // namespace pop3_legacy::shim
