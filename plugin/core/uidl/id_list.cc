#include "plugin/core/uidl/id_list.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "plugin/core/base/number.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy uidl-list 1\n";
constexpr std::size_t usual_line = 40;  ///< octets, to make room at once

constexpr std::string_view form_word = "form ";

std::string heading(const ListBasis& basis) {
  return std::string(title).append("of ").append(basis.text).append(" ");
}

/// Removes the heading; false: it is another.
bool take_heading(std::string_view& rest, const ListBasis& basis) {
  const std::string expected = heading(basis);
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  const auto uid_next = take_number<Uid>(rest);
  if (!uid_next || *uid_next > basis.uid_next || !rest.starts_with('\n')) return false;
  rest.remove_prefix(1);
  return true;
}

/// Like take_number<Uid>(), which costs 45 instructions more, a fifteenth of what a line costs in
/// all. 0: there is none.
Uid take_uid(std::string_view& rest) noexcept {
  std::size_t digits = 0;
  std::uint64_t uid = 0;
  for (const char digit : rest.substr(0, 10)) {
    if (digit < '0' || digit > '9') break;
    uid = uid * 10 + static_cast<std::uint64_t>(digit - '0');
    ++digits;
  }
  rest.remove_prefix(digits);
  return uid > std::numeric_limits<Uid>::max() ? 0 : static_cast<Uid>(uid);
}

std::string begun(const ListBasis& basis) {
  return heading(basis).append(std::to_string(basis.uid_next)) + '\n';
}

}  // namespace

std::optional<IdList> parse_id_list(std::string text, const ListBasis& basis) {
  std::string_view rest(text);
  if (!take_heading(rest, basis)) return std::nullopt;
  Uid formed_to = 0;
  if (rest.starts_with(form_word)) {
    rest.remove_prefix(form_word.size());
    formed_to = take_number<Uid>(rest).value_or(0);
    if (!rest.starts_with('\n')) return std::nullopt;
    rest.remove_prefix(1);
  }
  std::vector<Ids::Row> rows;
  rows.reserve(rest.size() / usual_line);
  Uid last = 0;
  while (const Uid uid = take_uid(rest)) {
    const std::size_t end = rest.find('\n');
    if (uid <= last || end == std::string_view::npos || rest.front() != ' ' || end < 2 ||
        end - 1 > max_identifier_octets) {
      return std::nullopt;
    }
    rows.push_back({.uid = uid,
                    .begin = static_cast<std::uint32_t>(rest.data() + 1 - text.data()),
                    .octets = static_cast<std::uint16_t>(end - 1)});
    last = uid;
    rest.remove_prefix(end + 1);
  }
  if (!rest.starts_with("end ") || !has_end(text, rows.size())) return std::nullopt;
  return IdList{.formed_to = formed_to, .ids = Ids(std::move(text), std::move(rows))};
}

std::string id_list_text(const ListBasis& basis, Ids& ids, std::span<const Uid> uids) {
  std::string text = begun(basis);
  std::size_t count = 0;
  for (const Uid uid : uids) {
    const auto id = ids.find(uid);
    if (!id || id->by != NamedBy::plugin) continue;
    text.append(std::to_string(uid)) += ' ';
    text.append(id->text) += '\n';
    ++count;
  }
  return with_end(std::move(text), count);
}

std::string formed_list_text(const ListBasis& basis, Uid formed_to) {
  return with_end(begun(basis).append(form_word).append(std::to_string(formed_to)) + '\n', 0);
}

}  // namespace pop3_legacy::uidl
