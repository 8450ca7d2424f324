#include "plugin/core/uidl/id_list.h"

#include <algorithm>
#include <cstring>

#include "plugin/core/base/number.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/ids.h"
#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy uidl-list 1\n";
constexpr std::string_view form_word = "form ";
constexpr std::string_view whole_line = "all\n";
constexpr std::string_view end_word = "\nend ";
/// Not less than the last two lines have.
constexpr std::size_t last_lines_octets = max_identifier_octets + 64;

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

/// The sum at the end of a list: FNV-1a over eight octets at once, because a list may have
/// megabytes and a CRC-32 costs five times as much. Finds damage as well; the number of octets
/// before the last piece is a multiple of eight.
class ListSum {
 public:
  void add(std::string_view text) noexcept {
    for (; text.size() >= sizeof sum_; text.remove_prefix(sizeof sum_)) {
      std::uint64_t octets = 0;
      std::memcpy(&octets, text.data(), sizeof octets);
      add(octets);
    }
    for (const char octet : text) add(static_cast<unsigned char>(octet));
  }
  /// With the line end behind it.
  [[nodiscard]] std::string text() const {
    return number_in(lower_hex_digits, sum_ & 0xFFFFFFFFU, 8).append("\n");
  }

 private:
  void add(std::uint64_t octets) noexcept {
    sum_ = (sum_ ^ octets) * 0x100000001B3U;
    sum_ ^= sum_ >> 32U;
  }

  std::uint64_t sum_ = 0xCBF29CE484222325U;
};
static_assert(IdList::window_octets % sizeof(std::uint64_t) == 0);

std::string begun(const ListBasis& basis) {
  return heading(basis).append(std::to_string(basis.uid_next)) + '\n';
}

}  // namespace

std::string with_list_end(std::string text, std::size_t count) {
  text.append(end_word.substr(1)).append(std::to_string(count)).append(" ");
  ListSum sum;
  sum.add(text);
  return text.append(sum.text());
}

IdList::IdList(std::unique_ptr<ListFile> file) : file_(std::move(file)) {}

std::optional<IdList> IdList::open(std::unique_ptr<ListFile> file, const ListBasis& basis) {
  IdList list(std::move(file));
  if (!list.read_heading(basis) || !list.read_end()) return std::nullopt;
  return list;
}

// What stands at `offset`, at most a window. Empty: there is nothing, or it cannot be read.
std::string_view IdList::read(std::uint64_t offset, std::uint64_t most) {
  const auto octets = static_cast<std::size_t>(std::min<std::uint64_t>(most, window_octets));
  if (offset < room_begin_ || offset + octets > room_begin_ + used_) {
    room_.resize(std::max(room_.size(), octets));
    used_ = file_->read(offset, std::span(room_).first(octets)) ? octets : 0;
    room_begin_ = offset;
    if (used_ == 0) return {};
  }
  return {room_.data() + (offset - room_begin_), octets};
}

bool IdList::read_heading(const ListBasis& basis) {
  std::string_view rest = read(0, file_->octets());
  const std::size_t octets = rest.size();
  if (!take_heading(rest, basis)) return false;
  if (rest.starts_with(form_word)) {
    rest.remove_prefix(form_word.size());
    formed_to_ = take_number<Uid>(rest).value_or(0);
    if (!rest.starts_with('\n')) return false;
    rest.remove_prefix(1);
  } else if (rest.starts_with(whole_line)) {
    whole_ = true;
    rest.remove_prefix(whole_line.size());
  }
  lines_begin_ = octets - rest.size();
  return true;
}

bool IdList::read_end() {
  const std::uint64_t octets = file_->octets();
  if (octets < sum_octets) return false;
  ListSum sum;
  const std::uint64_t summed = octets - sum_octets;
  for (std::uint64_t offset = 0; offset < summed; offset += window_octets) {
    const std::string_view piece = read(offset, summed - offset);
    if (piece.empty()) return false;
    sum.add(piece);
  }
  const std::uint64_t offset = octets - std::min<std::uint64_t>(octets, last_lines_octets);
  const std::string_view text = read(offset, octets - offset);
  const std::size_t line_end = text.rfind(end_word);
  if (line_end == std::string_view::npos) return false;
  std::string_view last = text.substr(0, line_end);
  std::string_view rest = text.substr(line_end + end_word.size());
  size_ = take_number<std::size_t>(rest).value_or(0);
  if (rest != ' ' + sum.text()) return false;
  lines_end_ = offset + line_end + 1;
  if (size_ == 0) return lines_end_ == lines_begin_;
  last.remove_prefix(last.rfind('\n') + 1);
  last_ = take_number<Uid>(last).value_or(0);
  return last_ > 0;
}

// Makes step() come to `uid` if there is such a line.
bool IdList::go_to(Uid uid) {
  if (uid > last_in_window_) {
    const Uid passed = last_in_window_;
    if (!load(window_.empty() ? lines_begin_ : behind_window())) return false;
    if (uid > last_in_window_) return seek(uid);
    before_ = uid_ = passed;
    return true;
  }
  if (uid < first_in_window_) return seek(uid);
  rewind();
  return true;
}

bool IdList::seek(Uid uid) {
  std::uint64_t low = lines_begin_;
  std::uint64_t high = lines_end_;
  while (high > low + window_octets / 2) {  // the line that ends behind `high` belongs to it
    const std::uint64_t middle = low + (high - low) / 2;
    if (!load(middle)) return false;
    if (uid < first_in_window_) {
      high = middle;
    } else if (uid > last_in_window_) {
      low = behind_window();
    } else {
      return true;
    }
  }
  return load(low) && (uid <= last_in_window_ || lose());
}

// Takes the lines that begin at `offset` or, if it is inside of one, behind that.
bool IdList::load(std::uint64_t offset) {
  const std::uint64_t from = offset - 1;  // a line end, if a line begins behind it
  window_ = from < lines_end_ ? read(from, lines_end_ - from) : std::string_view();
  const std::size_t begin = window_.find('\n') + 1;
  const std::size_t end = window_.rfind('\n') + 1;
  window_ = window_.substr(begin, end - begin);
  if (window_.size() < 2) return lose();
  begin_ = from + begin;
  const char* first = window_.data();
  const char* last = first + window_.rfind('\n', window_.size() - 2) + 1;
  first_in_window_ = take_digits(first);
  last_in_window_ = take_digits(last);
  rewind();
  return true;
}

void IdList::rewind() noexcept {
  next_ = window_.data();
  before_ = uid_ = first_in_window_ - 1;
  id_ = {};
}

bool IdList::lose() noexcept {
  lost_ = true;
  last_ = 0;
  return false;
}

Error list_is_lost() {
  return {Failure::temporary, "the list of ids cannot be read any more"};
}

std::string id_list_text(const ListBasis& basis, Ids& ids, std::span<const Uid> uids) {
  std::string text = begun(basis);
  const std::size_t heading_octets = text.size();
  std::size_t count = 0;
  for (const Uid uid : uids) {
    const auto id = ids.find(uid);
    if (!id || id->by != NamedBy::plugin) continue;
    text.append(std::to_string(uid)) += ' ';
    text.append(id->text) += '\n';
    ++count;
  }
  if (count == uids.size()) text.insert(heading_octets, whole_line);
  return with_list_end(std::move(text), count);
}

std::string formed_list_text(const ListBasis& basis, Uid formed_to) {
  return with_list_end(begun(basis).append(form_word).append(std::to_string(formed_to)) + '\n', 0);
}

}  // namespace pop3_legacy::uidl
