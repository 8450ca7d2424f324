#include "plugin/core/uidl/memory.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/core/base/dates.h"
#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy uidl 2";
/// In the first version every chain ended with "dovecot", and "host" meant that no id was given.
constexpr std::string_view first_title = "dovecot-pop3-legacy uidl 1";
constexpr std::string_view dovecot_last_line = "rest dovecot";
constexpr std::string_view kept_line = "\nkept ";

// The rest of a line that begins with `word` and a blank.
std::optional<std::string_view> behind(std::string_view word, std::string_view line) {
  if (!line.starts_with(word) || line.size() <= word.size() || line[word.size()] != ' ') {
    return std::nullopt;
  }
  return line.substr(word.size() + 1);
}

std::string joined(const std::vector<std::string>& chain) {
  std::string out;
  for (const std::string& name : chain) {
    out.append(out.empty() ? "" : " ").append(name);
  }
  return out;
}

// No value: a name is not that of a scheme, or there is none.
std::optional<std::vector<std::string>> chain_of(std::string_view text) {
  std::vector<std::string> chain;
  if (text == "host") {
    return std::vector<std::string>{"host"};
  }
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(' '));
    if (find_scheme(name) == nullptr) {
      return std::nullopt;
    }
    chain.emplace_back(name);
    text.remove_prefix(name.size() < text.size() ? name.size() + 1 : name.size());
  }
  return chain.empty() ? std::nullopt : std::optional(std::move(chain));
}

// The years 0 to 9999, which is the range that a policy can express.
constexpr std::int64_t first_cutover = -62167219200;
constexpr std::int64_t last_cutover = 253402300799;

std::optional<Plan::Cutover> cutover_of(std::string_view text) {
  Plan::Cutover cutover;
  cutover.before = take_number<std::int64_t>(text).value_or(first_cutover - 1);
  if (!text.starts_with(' ') || cutover.before < first_cutover || cutover.before > last_cutover) {
    return std::nullopt;
  }
  auto chain = chain_of(text.substr(1));
  if (!chain) {
    return std::nullopt;
  }
  cutover.chain = std::move(*chain);
  return cutover;
}

// "validity offset reserved".
std::optional<UidCount> count_of(std::string_view text) {
  const auto take_blank = [&text] {
    const bool blank = text.starts_with(' ');
    text.remove_prefix(blank ? 1 : 0);
    return blank;
  };
  const auto validity = take_number<UidValidity>(text);
  if (!validity || !take_blank()) return std::nullopt;
  const auto offset = take_number<std::uint64_t>(text);
  if (!offset || !take_blank()) return std::nullopt;
  const auto reserved = whole_number<std::uint64_t>(text);
  if (!reserved) return std::nullopt;
  return UidCount{.validity = *validity, .offset = *offset, .reserved = *reserved};
}

// Adds one line; false if it does not belong here.
Result<bool> add_line(std::string_view line, Memory& memory) {
  if (const auto kept = behind("kept", line)) {
    const Status added = add_guid_id_line(*kept, memory.kept);
    return added ? Result<bool>(true) : Result<bool>(added.error());
  }
  if (const auto names = behind("scheme", line)) {
    auto chain = chain_of(*names);
    memory.plan.chain = chain ? std::move(*chain) : std::vector<std::string>{};
    memory.given = chain.has_value();
    return chain.has_value();
  }
  if (const auto text = behind("cutover", line)) {
    auto cutover = cutover_of(*text);
    if (cutover) {
      memory.plan.cutovers.push_back(std::move(*cutover));
    }
    return cutover.has_value();
  }
  if (const auto form = behind("template", line)) {
    memory.plan.form = *form;
    return true;
  }
  if (const auto path = behind("key_file", line)) {
    memory.plan.key_file = *path;
    return true;
  }
  if (const auto word = behind("owner", line)) {
    auto owner = from_word(*word);
    memory.owner = owner ? std::move(*owner) : std::string();
    return !memory.owner.empty();
  }
  if (const auto mark = behind("key", line)) {
    memory.key_mark = *mark;
    return true;
  }
  if (const auto number = behind("max_length", line)) {
    memory.max_length = whole_number<std::size_t>(*number).value_or(0);
    return *memory.max_length >= max_own_identifier_octets &&
           *memory.max_length <= max_identifier_octets;
  }
  if (const auto numbers = behind("uids", line)) {
    memory.count = count_of(*numbers);
    return memory.count.has_value();
  }
  memory.dovecot_last = memory.dovecot_last || line == dovecot_last_line;
  memory.pinned = memory.pinned || line == "pinned";
  return line == "pinned" || line == dovecot_last_line;
}

std::string_view title_of(std::string_view text) noexcept {
  return text.starts_with(first_title) ? first_title : title;
}

bool is_behind_head(std::string_view line) noexcept {
  return line.starts_with("kept ") || line.starts_with("end ");
}

// What the lines do not say by themselves.
Result<Memory> completed(Memory memory, std::string_view text) {
  const bool first_version = title_of(text) == first_title;
  if (!memory.given && (first_version || !memory.pinned)) {
    return Error{Failure::permanent, "the file names no scheme"};
  }
  if (!memory.given) {
    memory.plan = {};
  }
  if (first_version) {
    memory.given = !memory.plan.host();
    memory.dovecot_last = memory.given;
  }
  return memory;
}

}  // namespace

Result<Memory> parse_memory(std::string_view text) {
  Memory memory;
  memory.plan.chain.clear();
  const Status read =
      read_lines(text, {.title = title_of(text),
                        .what = "memory of UIDLs",
                        .add = [&](std::string_view line) { return add_line(line, memory); },
                        .count = [&] { return memory.kept.size(); }});
  if (!read) {
    return read.error();
  }
  return completed(std::move(memory), text);
}

Result<Memory> parse_memory_head(std::string_view text) {
  Memory memory;
  memory.plan.chain.clear();
  Lines lines(text);
  (void)lines.next();  // the title
  for (auto line = lines.next(); line && !is_behind_head(*line); line = lines.next()) {
    const Result<bool> belongs = add_line(*line, memory);
    if (!belongs || !belongs.value()) return lines.wrong("this does not belong here");
  }
  return completed(std::move(memory), text);
}

bool keeps_ids(std::string_view text) noexcept {
  return text.find(kept_line) != std::string_view::npos;
}

std::string memory_text(const Memory& memory) {
  const Plan& plan = memory.plan;
  std::string out(title);
  out.append("\n");
  if (memory.given) {
    out.append("scheme ").append(joined(plan.chain)).append("\n");
  }
  for (const auto& cutover : plan.cutovers) {
    out.append("cutover ").append(std::to_string(cutover.before)).append(" ");
    out.append(joined(cutover.chain)).append("\n");
  }
  if (!plan.form.empty()) {
    out.append("template ").append(plan.form).append("\n");
  }
  if (!memory.key_mark.empty()) {
    out.append("key_file ").append(plan.key_file).append("\n");
    out.append("key ").append(memory.key_mark).append("\n");
    if (!memory.owner.empty()) {
      out.append("owner ").append(as_word(memory.owner)).append("\n");
    }
  }
  if (memory.max_length) {
    out.append("max_length ").append(std::to_string(*memory.max_length)).append("\n");
  }
  if (memory.dovecot_last) {
    out.append(dovecot_last_line).append("\n");
  }
  if (memory.count) {
    out.append("uids ").append(std::to_string(memory.count->validity)).append(" ");
    out.append(std::to_string(memory.count->offset)).append(" ");
    out.append(std::to_string(memory.count->reserved)).append("\n");
  }
  if (memory.pinned) {
    out.append("pinned\n");
  }
  out.append(guid_id_lines("kept", memory.kept));
  return with_end(std::move(out), memory.kept.size());
}

std::size_t longest_identifier(const Memory& memory) noexcept {
  return memory.max_length.value_or(max_own_identifier_octets);
}

bool is_hosts_mark(std::string_view text) {
  Memory mark;
  mark.given = true;
  return text == memory_text(mark);
}

std::string plan_words(const Plan& plan) {
  std::string out = "scheme " + joined(plan.chain);
  for (const auto& cutover : plan.cutovers) {
    out += ", before " + iso_day(cutover.before) + " " + joined(cutover.chain);
  }
  return plan.form.empty() ? out : out + ", template " + in_quotes(plan.form);
}

Plan bare_plan(Plan plan) {
  const auto strip = [](std::vector<std::string>& chain) {
    if (chain.size() > 1 && chain.back() == "host") {
      chain.pop_back();
    }
  };
  strip(plan.chain);
  for (auto& cutover : plan.cutovers) {
    strip(cutover.chain);
  }
  if (plan.host()) {
    plan.cutovers.clear();
  }
  if (!plan.uses("template")) {
    plan.form.clear();
  }
  if (!plan.uses("hmac-sha256")) {
    plan.key_file.clear();
  }
  return plan;
}

bool same_plan(const Plan& a, const Plan& b) {
  return a.chain == b.chain && a.cutovers == b.cutovers && a.form == b.form;
}

bool has_plan(const Memory& memory, const Plan& wanted) {
  if (same_plan(memory.plan, wanted)) {
    return true;
  }
  if (!memory.dovecot_last) {
    return false;
  }
  // A policy that writes the final "dovecot" out asks for the same.
  Plan whole = memory.plan;
  whole.chain.emplace_back("dovecot");
  return same_plan(whole, wanted);
}

}  // namespace pop3_legacy::uidl
