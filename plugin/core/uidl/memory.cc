#include "plugin/core/uidl/memory.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "plugin/core/dates.h"
#include "plugin/core/text.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy uidl 1";

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

// No value: a name that is no scheme's, or none at all.
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

// The years 0 to 9999, which is what a policy can say.
constexpr std::int64_t first_cutover = -62167219200;
constexpr std::int64_t last_cutover = 253402300799;

std::optional<policy::UidlPlan::Cutover> cutover_of(std::string_view text) {
  policy::UidlPlan::Cutover cutover;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cutover.before);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || digits >= text.size() || text[digits] != ' ' ||
      cutover.before < first_cutover || cutover.before > last_cutover) {
    return std::nullopt;
  }
  auto chain = chain_of(text.substr(digits + 1));
  if (!chain) {
    return std::nullopt;
  }
  cutover.chain = std::move(*chain);
  return cutover;
}

// Adds one line; false where it does not belong here.
Result<bool> add_line(std::string_view line, Memory& memory) {
  if (const auto kept = behind("kept", line)) {
    const Status added = add_guid_id_line(*kept, memory.kept);
    return added ? Result<bool>(true) : Result<bool>(added.error());
  }
  if (const auto names = behind("scheme", line)) {
    auto chain = chain_of(*names);
    memory.plan.chain = chain ? std::move(*chain) : std::vector<std::string>{};
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
    std::size_t octets = 0;
    const char* const end = number->data() + number->size();
    const auto [last, error] = std::from_chars(number->data(), end, octets);
    memory.max_length = octets;
    return error == std::errc{} && last == end && octets >= max_own_identifier_octets &&
           octets <= max_identifier_octets;
  }
  memory.pinned = memory.pinned || line == "pinned";
  return line == "pinned";
}

}  // namespace

Result<Memory> parse_memory(std::string_view text) {
  Memory memory;
  memory.plan.chain.clear();
  const Status read =
      read_lines(text, {.title = title,
                        .what = "memory of UIDLs",
                        .add = [&](std::string_view line) { return add_line(line, memory); },
                        .count = [&] { return memory.kept.size(); }});
  if (!read) {
    return read.error();
  }
  if (memory.plan.chain.empty()) {
    return Error{Failure::permanent, "no scheme stands in the file"};
  }
  return memory;
}

std::string memory_text(const Memory& memory) {
  const policy::UidlPlan& plan = memory.plan;
  std::string out(title);
  out.append("\nscheme ").append(joined(plan.chain)).append("\n");
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
  if (memory.pinned) {
    out.append("pinned\n");
  }
  out.append(guid_id_lines("kept", memory.kept));
  return with_end(std::move(out), memory.kept.size());
}

std::size_t longest_identifier(const Memory& memory) noexcept {
  return memory.max_length.value_or(max_own_identifier_octets);
}

std::string plan_words(const policy::UidlPlan& plan) {
  std::string out = "scheme " + joined(plan.chain);
  for (const auto& cutover : plan.cutovers) {
    out += ", before " + iso_day(cutover.before) + " " + joined(cutover.chain);
  }
  return plan.form.empty() ? out : out + ", template " + in_quotes(plan.form);
}

bool same_plan(const policy::UidlPlan& a, const policy::UidlPlan& b) {
  return a.chain == b.chain && a.cutovers == b.cutovers && a.form == b.form;
}

}  // namespace pop3_legacy::uidl
