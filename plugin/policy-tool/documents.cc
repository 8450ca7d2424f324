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

// --- REFERENCE.md, which is pop3-legacy-policy(5) as well ---

// A page of the manual has no tables: they do not fit on a terminal.

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
  if (key.example.empty()) return out;
  out += "\n  ```\n";
  for (const std::string_view line : lines_of(key.example)) {
    out.append("  ").append(line).append("\n");
  }
  return out + "  ```\n\n";
}

std::string keys_reference() {
  std::string out =
      "## KEYS\n\n"
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

std::string command_entry(const Command& command, bool there) {
  std::string out = "- **" + code(command.syntax) + "**: " + std::string(command.summary);
  if (command.owner == Owner::host) {
    out += " Dovecot's.";
  } else {
    out.append(" ").append(command.origin).append(there ? ". On by default." : ".");
  }
  if (!command.capability.empty()) out += " In CAPA: " + code(command.capability) + '.';
  if (!command.like.empty()) out += " Denied with " + code(command.like) + '.';
  if (!command.deniable) out += " Cannot be denied.";
  return out + '\n';
}

std::string commands_reference() {
  const Policy defaults;
  const std::vector<std::string>& allowed = defaults.commands.allow;
  std::string out =
      "\n## COMMANDS\n\n"
      "HELP and CAPA show those that a session has. Dovecot's own are there unless "
      "`commands.deny` names them; the plugin's are, where `commands.allow` names them (CAPA "
      "always). Denying a command also denies those that do the same. The entries of the plugin's "
      "commands say whose they are.\n\n";
  for (const Command& command : command_table()) {
    const bool there =
        !command.ours() || std::find(allowed.begin(), allowed.end(), command.name) != allowed.end();
    out += command_entry(command, there);
  }
  return out;
}

std::string schemes_reference() {
  std::string out =
      "\n## UIDL SCHEMES\n\n"
      "Whose ids, and what they are made of. Where it says \"Lost by a move\", a conversion from "
      "mbox "
      "to Maildir, or new UIDs, change what the scheme is made of: save the old server's UIDL "
      "answer "
      "before, and pin it.\n\n";
  for (const uidl::Scheme& scheme : uidl::schemes()) {
    out += "- **" + code(scheme.name) + "**: " + std::string(scheme.description) +
           (scheme.survives_conversion ? ".\n" : ". Lost by a move.\n");
  }
  return out;
}

std::string dialects_reference() {
  std::string out =
      "\n## DIALECTS\n\n"
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
      "Every key of a policy with its built-in default, after a \"#\": as it is, this file changes "
      "nothing. \"pop3-legacy-policy check FOLDER\" finds mistakes; \"pop3-legacy-policy "
      "reference\" prints the same with commands, schemes and dialects.",
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
         "## NAME\n\n"
         "pop3-legacy-policy - which commands, ids and replies the POP3 clients of a domain get\n\n"
         "## SYNOPSIS\n\n"
         "    /etc/dovecot/pop3-legacy/default.toml\n"
         "    /etc/dovecot/pop3-legacy/domains/DOMAIN.toml\n"
         "    /etc/dovecot/pop3-legacy/profiles/PROFILE.toml\n\n"
         "## DESCRIPTION\n\n"
         "A policy is a TOML file: `default.toml` for everybody, one for each domain that has its "
         "own, and profiles that these inherit or that the userdb gives to a user "
         "(`userdb_pop3_legacy_profile=PROFILE` in a passwd-file). A user without a domain has "
         "`default.toml` alone. A change holds from the next login on. How policies are put "
         "together, and what to heed with each feature, is in [conf.d/README.md](README.md); "
         "pop3-legacy-policy(1) checks them.\n\n"
         "This page has the keys, the commands, the schemes of message ids and the dialects of "
         "replies, as this version has them.\n\n" +
         keys_reference() + commands_reference() + schemes_reference() + dialects_reference() +
         "\n## SEE ALSO\n\n"
         "[pop3-legacy(7)](man/pop3-legacy.7.md), "
         "[pop3-legacy-policy(1)](man/pop3-legacy-policy.1.md), "
         "[pop3-legacy-migration(7)](MIGRATION.md), [conf.d/README.md](README.md)\n";
}

}  // namespace pop3_legacy::policy_tool
