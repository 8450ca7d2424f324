#include "plugin/core/base/text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pop3_legacy {

namespace {

constexpr std::size_t max_quoted_octets = 80;

// How many letters have to be inserted, deleted, replaced or swapped with their neighbour, ignoring
// case (the "optimal string alignment" distance).
std::size_t slips(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last;
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// One slip in a short word, two in a longer one.
std::size_t allowed_slips(std::string_view a, std::string_view b) noexcept {
  // A single letter is not a misspelling of another word.
  if (std::min(a.size(), b.size()) < 2) return 0;
  return std::min<std::size_t>(2, (std::max(a.size(), b.size()) + 1) / 3);
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string hex(std::span<const std::uint8_t> octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * octets.size());
  for (const std::uint8_t octet : octets) {
    text += digits[octet >> 4U];
    text += digits[octet & 0xFU];
  }
  return text;
}

std::string octal(std::uint64_t number) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + (number & 7U)));
    number >>= 3U;
  } while (number > 0);
  return text;
}

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_printable(c)) {
      out += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      (out += "\\x") += {digits[octet >> 4U], digits[octet & 0xFU]};
    }
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  const bool cut = text.size() > max_quoted_octets;
  return '"' + printable(text.substr(0, max_quoted_octets)) + (cut ? "...\"" : "\"");
}

std::string enumerated(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
    out += words[i];
  }
  return out;
}

bool near(std::string_view typed, std::string_view known) {
  const std::size_t allowed = allowed_slips(typed, known);
  // This also keeps very long words from costing anything.
  if (typed.size() > known.size() + allowed || known.size() > typed.size() + allowed) return false;
  return slips(typed, known) <= allowed;
}

std::string_view nearest(std::string_view typed, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t fewest = 0;
  for (const std::string_view word : known) {
    if (!near(typed, word)) continue;
    const std::size_t found = slips(typed, word);
    if (best.empty() || found < fewest) {
      best = word;
      fewest = found;
    }
  }
  return best;
}

std::string suggestion(std::string_view typed, std::span<const std::string_view> known) {
  const std::string_view meant = nearest(typed, known);
  return meant.empty() ? std::string{} : "; did you mean " + in_quotes(meant) + "?";
}

std::string_view trimmed(std::string_view text, std::string_view white_space) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
  return text.substr(0, text.find_last_not_of(white_space) + 1);
}

std::string_view take_until(std::string_view& text, char end) noexcept {
  const std::string_view part = text.substr(0, text.find(end));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  return part;
}

std::string_view without_line_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) {
    line.remove_suffix(1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
  }
  return line;
}

}  // namespace pop3_legacy
