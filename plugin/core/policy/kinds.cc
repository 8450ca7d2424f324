#include "plugin/core/policy/kinds.h"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "plugin/core/base/dates.h"
#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/policy/board_fields.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::size_t max_mailbox_octets = 255;

// The units that a number may have, the largest last.
struct Units {
  std::string_view letters;
  std::span<const std::uint64_t> factors;
};
constexpr std::array octet_factors{kilobyte, kilobyte* kilobyte, gigabyte};
constexpr std::uint64_t minute = 60;
constexpr std::array<std::uint64_t, 4> second_factors{1, minute, 60 * minute, seconds_of_a_day};
constexpr Units octet_units{"KMG", octet_factors};
constexpr Units second_units{"smhd", second_factors};

// A number followed by one letter that multiplies it; `what` is the expected form.
Result<std::uint64_t> number_with_unit(std::string_view text, const Units& units,
                                       std::string_view what) {
  const Error wrong = refused(std::string(what) + ", not " + in_quotes(text));
  const auto number = take_number<std::uint64_t>(text);
  if (!number || text.size() > 1) return wrong;
  if (text.empty()) return *number == 0 ? Result<std::uint64_t>(0U) : wrong;
  const std::size_t unit = units.letters.find(text.front());
  if (unit == std::string_view::npos) return wrong;
  if (*number > std::numeric_limits<std::uint64_t>::max() / units.factors[unit]) return wrong;
  return *number * units.factors[unit];
}

// `text` as a TOML basic string.
std::string basic_string(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (octet < ' ' || octet == 0x7f) {
      out.append({'\\', 'u', '0', '0', hex[octet >> 4U], hex[octet & 0xFU]});
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string text_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + basic_string(text);
  return '[' + out + ']';
}

// `number` in the largest unit that divides it; without a unit if none does.
std::string with_unit(std::uint64_t number, const Units& units) {
  for (std::size_t i = units.letters.size(); i > 0; --i) {
    const std::uint64_t factor = units.factors[i - 1];
    if ((number > 0 || i == 1) && number % factor == 0) {
      return basic_string(std::to_string(number / factor) + units.letters[i - 1]);
    }
  }
  return std::to_string(number);
}

std::string x_command(const XCommand& command) {
  std::string out;
  const auto put = [&out](std::string_view word, const std::string& value) {
    out.append(out.empty() ? "{ " : ", ").append(word).append(" = ").append(value);
  };
  switch (command.kind) {
    case XCommand::Kind::removed:
      return "false";
    case XCommand::Kind::alias:
      put("alias", basic_string(command.target));
      break;
    case XCommand::Kind::reply:
      put("reply", text_list(command.reply));
      break;
    case XCommand::Kind::program:
    case XCommand::Kind::script:
      put(command.kind == XCommand::Kind::program ? "program" : "script",
          basic_string(command.target));
      put("timeout", with_unit(command.timeout, second_units));
      put("max_output", with_unit(command.max_octets, octet_units));
      put("multi_line", command.multi_line ? "true" : "false");
      break;
  }
  if (!command.summary.empty()) put("summary", basic_string(command.summary));
  return out + " }";
}

// Empty: the same as without the key.
std::string field_value(const BoardName& board, const BoardField& field) {
  if (const auto* const text = std::get_if<std::string BoardName::*>(&field.member)) {
    const std::string& value = board.*(*text);
    return value.empty() ? value : basic_string(value);
  }
  if (const auto* const list = std::get_if<std::vector<std::string> BoardName::*>(&field.member)) {
    return (board.*(*list)).empty() ? std::string() : text_list(board.*(*list));
  }
  const std::uint64_t flags = board.*std::get<std::uint64_t BoardName::*>(field.member);
  return flags == 0 ? std::string() : "0o" + octal(flags);
}

// Its mailbox, or a table if there is more.
std::string board_value(const BoardName& board) {
  if (board == BoardName{board.name, board.mailbox}) return basic_string(board.mailbox);
  std::string out;
  for (const BoardField& field : board_fields()) {
    const std::string value = field_value(board, field);
    if (value.empty()) continue;
    out.append(out.empty() ? "{ " : ", ").append(field.name).append(" = ").append(value);
  }
  return out + " }";
}

}  // namespace

std::string TextKey::toml(Policy& policy) const {
  return member == nullptr ? std::string() : basic_string(member(policy));
}

std::string NamesKey::toml(Policy& policy) const {
  return text_list(member(policy));
}

std::vector<std::string_view> WordKey::words() const {
  std::vector<std::string_view> all;
  for (std::size_t i = 0; i < count(); ++i) all.push_back(word(i).word);
  return all;
}

std::string WordKey::toml(Policy& policy) const {
  return basic_string(word(get(policy)).word);
}

std::string ChainKey::toml(Policy& policy) const {
  const std::vector<std::string>& chain = member(policy);
  return chain.size() == 1 ? basic_string(chain.front()) : text_list(chain);
}

std::string CutoversKey::toml(Policy& policy) const {
  std::string out;
  for (const UidlPlan::Cutover& cutover : member(policy)) {
    out += (out.empty() ? "" : ", ") + std::string("{ before = ") + iso_day(cutover.before) +
           ", scheme = " + text_list(cutover.chain) + " }";
  }
  return '[' + out + ']';
}

std::string BoardsKey::toml(Policy& policy) const {
  std::string out;
  for (const BoardName& board : member(policy)) {
    out += (out.empty() ? "{ " : ", ") + basic_string(board.name) + " = " + board_value(board);
  }
  return out.empty() ? "{}" : out + " }";
}

std::string OctetsKey::toml(Policy& policy) const {
  return with_unit(member(policy), octet_units);
}

std::string DurationKey::toml(Policy& policy) const {
  return with_unit(member(policy), second_units);
}

std::string CountKey::toml(Policy& policy) const {
  return std::to_string(member(policy));
}

std::string FlagKey::toml(Policy& policy) const {
  return member(policy) ? "true" : "false";
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): as its siblings
std::string XCommandsKey::toml(Policy& policy) const {
  std::string out;
  for (const XCommand& command : policy.x_commands) {
    out += (out.empty() ? "" : ", ") + basic_string(command.name) + " = " + x_command(command);
  }
  return out.empty() ? "{}" : "{ " + out + " }";
}

Result<std::uint64_t> octets_of(std::string_view text) {
  return number_with_unit(text, octet_units, "has to be a number with K, M or G");
}

Result<std::uint64_t> seconds_of(std::string_view text) {
  return number_with_unit(text, second_units, "has to be a number with s, m, h or d");
}

std::string octets_toml(std::uint64_t octets) {
  return with_unit(octets, octet_units);
}

std::string seconds_toml(std::uint64_t seconds) {
  return with_unit(seconds, second_units);
}

Status any_text(std::string_view /*text*/) {
  return Done{};
}

Status check_mailbox(std::string_view text) {
  if (without_control_characters(text) && text.size() <= max_mailbox_octets) return Done{};
  return refused("has to be a mailbox's name without control characters, not " + in_quotes(text));
}

bool without_control_characters(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

}  // namespace pop3_legacy::policy
