#include "plugin/policy-tool/documents.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/keys.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/wording/dialects.h"

namespace pop3_legacy::policy_tool {

namespace {

using policy::Key;
using policy::Policy;
using policy::Section;

constexpr std::size_t columns = 100;

// --- what an entry says ---

std::string default_of(const Key& key) {
  Policy policy;
  std::string value = std::visit([&](const auto& kind) { return kind.toml(policy); }, key.kind);
  return value.empty() ? "\"\"" : value;  // `inherit` is not part of a Policy
}

std::vector<policy::Word> words_of(const Key& key) {
  std::vector<policy::Word> words;
  if (const auto* const kind = std::get_if<policy::WordKey>(&key.kind)) {
    for (std::size_t i = 0; i < kind->count(); ++i) words.push_back(kind->word(i));
  }
  return words;
}

std::string from_to(const std::string& least, const std::string& most) {
  return "from " + least + " to " + most;
}

std::string listed(const std::vector<std::string_view>& names) {
  std::string out;
  for (const std::string_view name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

// The values that a kind of key accepts, in sentences that follow the entry's own. Empty: the entry
// says it.
struct Values {
  std::string operator()(const policy::CountKey& kind) const {
    return "An integer " + from_to(std::to_string(kind.least), std::to_string(kind.most)) + '.';
  }
  std::string operator()(const policy::OctetsKey& kind) const {
    return "A number of octets, or one with K, M or G in quotes, " +
           from_to(policy::octets_toml(kind.least), policy::octets_toml(kind.most)) + '.';
  }
  std::string operator()(const policy::DurationKey& kind) const {
    return "A number with s, m, h or d in quotes, " +
           from_to(policy::seconds_toml(0), policy::seconds_toml(kind.most)) + '.';
  }
  std::string operator()(const policy::ChainKey& /*kind*/) const {
    std::vector<std::string_view> names{"host"};
    for (const uidl::Scheme& scheme : uidl::schemes()) names.push_back(scheme.name);
    return "The schemes: " + listed(names) + '.';
  }
  std::string operator()(const policy::NamesKey& kind) const {
    std::vector<std::string_view> names;
    for (const Command& command : command_table()) {
      if (kind.name(command.name) && command.ours()) names.push_back(command.name);
    }
    return key.path == "commands.allow" ? "The names: " + listed(names) + '.' : std::string();
  }
  template <class Other>
  std::string operator()(const Other& /*kind*/) const {
    return {};
  }
  const Key& key;
};

std::string text_of(const Key& key) {
  const std::string values = std::visit(Values{key}, key.kind);
  return std::string(key.description) + (values.empty() ? "" : " ") + values;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) lines.push_back(take_until(text, '\n'));
  return lines;
}

// --- default.toml ---

// Breaks `text` into lines that begin with `first` and `next`.
std::string wrapped(std::string_view text, std::string_view first, std::string_view next) {
  std::string out;
  std::string line(first);
  std::size_t indent = first.size();
  while (!text.empty()) {
    const std::string_view word = take_until(text, ' ');
    if (line.size() > indent && line.size() + 1 + word.size() > columns) {
      out += line + '\n';
      line = next;
      indent = next.size();
    }
    line.append(line.size() > indent ? " " : "").append(word);
  }
  return out + line + '\n';
}

std::string default_entry(const Key& key) {
  std::string out = wrapped(text_of(key), "# ", "# ");
  for (const policy::Word& word : words_of(key)) {
    out += wrapped(std::string(word.word) + ": " + std::string(word.meaning), "#   ", "#     ");
  }
  for (const std::string_view line : lines_of(key.example)) {
    out.append("#   ").append(line).append("\n");
  }
  if (std::holds_alternative<policy::XCommandsKey>(key.kind)) return out;  // a table of its own
  return out.append("#").append(policy::last_part(key.path)) + " = " + default_of(key) + '\n';
}

// --- REFERENCE.md ---

std::string code(std::string_view text) {
  return '`' + std::string(text) + '`';
}

std::string reference_entry(const Key& key) {
  std::string out =
      "- **" + code(key.path) + "** = " + code(default_of(key)) + ". " + text_of(key) + '\n';
  for (const policy::Word& word : words_of(key)) {
    out +=
        "  - " + code('"' + std::string(word.word) + '"') + ": " + std::string(word.meaning) + '\n';
  }
  if (!key.example.empty()) out += '\n';
  for (const std::string_view line : lines_of(key.example)) {
    out.append("      ").append(line).append("\n");
  }
  return out;
}

std::string keys_reference() {
  std::string out =
      "## Keys of a policy\n\n"
      "`commands.deny` is `deny` in the table `[commands]`. The default follows the `=`.\n";
  for (const Section* const section : policy::sections()) {
    out += section->table.empty()
               ? "\n### Before all tables\n\n"
               : "\n### " + code('[' + std::string(section->table) + ']') + "\n\n";
    if (!section->description.empty()) out.append(section->description).append("\n\n");
    for (const Key& key : section->keys) out += reference_entry(key);
  }
  return out;
}

// Text for a table's cell.
std::string cell(std::string_view text) {
  std::string out = " ";
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out + " |";
}

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& text : cells) out += cell(text);
  return out + '\n';
}

std::string commands_reference() {
  const Policy defaults;
  const std::vector<std::string>& allowed = defaults.commands.allow;
  std::string out =
      "\n## Commands\n\n"
      "HELP and CAPA show those that a session has. Dovecot's own are there unless "
      "`commands.deny` names them; the plugin's are, where `commands.allow` names them (CAPA "
      "always). Denying a command also denies those that do the same.\n\n" +
      row({"command", "", "whose", "in CAPA", "by default", "denied with"}) +
      "|---|---|---|---|---|---|\n";
  for (const Command& command : command_table()) {
    const bool there =
        !command.ours() || std::find(allowed.begin(), allowed.end(), command.name) != allowed.end();
    std::string denied = command.like.empty() ? "" : code(command.like);
    if (!command.deniable) denied = "cannot be";
    out += row({code(command.syntax), std::string(command.summary),
                command.owner == Owner::host ? "Dovecot's" : std::string(command.origin),
                command.capability.empty() ? "" : code(command.capability), there ? "yes" : "no",
                denied});
  }
  return out;
}

std::string schemes_reference() {
  std::string out =
      "\n## UIDL schemes\n\n"
      "\"No\" in the last column: a conversion from mbox to Maildir, or new UIDs, change what the "
      "scheme is made of. Save the old server's UIDL answer before, and pin it.\n\n" +
      row({"scheme", "whose ids, and what they are made of", "moved to Maildir"}) +
      "|---|---|---|\n";
  for (const uidl::Scheme& scheme : uidl::schemes()) {
    out += row({code(scheme.name), std::string(scheme.description) + '.',
                scheme.survives_conversion ? "yes" : "no"});
  }
  return out;
}

std::string dialects_reference() {
  std::string out =
      "\n## Dialects\n\n"
      "A reply that is not listed is Dovecot's own. The names are those of `[reply.templates]`.\n";
  for (const wording::Dialect& dialect : wording::dialects()) {
    out.append("\n### ").append(code(dialect.name)).append("\n\nThe words: ");
    out.append(dialect.about).append(".\n");
    Policy policy;
    std::copy(dialect.templates.begin(), dialect.templates.end(), policy.reply.templates.begin());
    std::string lines;
    for (const Section* const section : policy::sections()) {
      if (section->table != "reply.templates") continue;
      for (const Key& key : section->keys) {
        const std::string& text = std::get<policy::TextKey>(key.kind).member(policy);
        if (text.empty()) continue;
        lines.append("    ").append(policy::last_part(key.path)).append(" = ");
        lines += text;
        lines += '\n';
      }
    }
    if (!lines.empty()) out += '\n' + lines;
  }
  return out;
}

}  // namespace

std::string default_document() {
  std::string out = wrapped(
      "The policy for everybody, before the domains' own. Each key is here with its built-in "
      "default, after a \"#\": as it is, this file changes nothing. \"pop3-legacy-policy check "
      "FOLDER\" finds mistakes; \"pop3-legacy-policy defaults\" prints this file again, \"… "
      "reference\" the same with commands, schemes and dialects.",
      "# ", "# ");
  for (const Section* const section : policy::sections()) {
    out += '\n';
    if (!section->description.empty()) out += wrapped(section->description, "# ", "# ");
    if (!section->table.empty()) out.append("[").append(section->table).append("]\n");
    for (const Key& key : section->keys) out += default_entry(key);
  }
  return out;
}

std::string reference() {
  return "# Reference\n\n"
         "<!-- Made by the build's target `documents` from the entries in plugin/core: change "
         "those "
         "(CONTRIBUTING.md). -->\n\n"
         "The keys of a policy, the commands, the schemes of message ids and the dialects of "
         "replies, as this version has them. How policies are put together, and what to heed, is "
         "in "
         "README.md.\n\n" +
         keys_reference() + commands_reference() + schemes_reference() + dialects_reference();
}

}  // namespace pop3_legacy::policy_tool
