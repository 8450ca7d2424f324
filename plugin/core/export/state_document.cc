#include "plugin/core/export/state_document.h"

#include <optional>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/state/state_rules.h"
#include "plugin/core/submission/ledger.h"
#include "plugin/core/tracking/hidden.h"
#include "plugin/core/tracking/highest_accessed.h"
#include "plugin/core/tracking/pace.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/memory.h"

namespace pop3_legacy {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy states 1\n";
constexpr std::string_view user_word = "user ";
constexpr std::string_view state_word = "state ";

std::ptrdiff_t rank(std::string_view name) {
  return find_state_rule(name) - state_rules().data();
}

// The line without its end; no value: the text has no more lines.
std::optional<std::string_view> take_line(std::string_view& text) {
  if (text.find('\n') == std::string_view::npos) return std::nullopt;
  return take_until(text, '\n');
}

Result<NamedState> take_state(std::string_view line, std::string_view& rest) {
  line.remove_prefix(state_word.size());
  NamedState state;
  state.name = take_until(line, ' ');
  const auto octets = whole_number<std::size_t>(line);
  if (!octets) {
    return refused("the state " + in_quotes(state.name) + " has no length");
  }
  if (rest.size() <= *octets || rest[*octets] != '\n') {
    return refused("the state " + in_quotes(state.name) + " is not as long as it says");
  }
  state.content = rest.substr(0, *octets);
  rest.remove_prefix(*octets + 1);
  return state;
}

template <class T>
Status nothing_wrong(const Result<T>& parsed) {
  return parsed ? Status(Done{}) : Status(parsed.error());
}

Status check_hidden(std::string_view content) {
  std::optional<Error> damage;
  const auto parsed = view::Hidden::parse(content, damage);
  return parsed && damage ? Status(*damage) : nothing_wrong(parsed);
}

}  // namespace

Status check_state(std::string_view name, std::string_view content) {
  if (name == last_state) return HighestAccessed::check(content);
  if (name == view::hidden_state) return check_hidden(content);
  if (name == uidl::memory_state) return nothing_wrong(uidl::parse_memory(content));
  if (name == uidl::pins_state) return nothing_wrong(uidl::parse_pins(content));
  if (name == pace_state) return Pace::check(content);
  if (name == submission::ledger_state) return submission::Ledger::check(content);
  return refused("this version of the plugin does not know this state");
}

std::string print_states(const StateDocument& document) {
  std::string out(title);
  out.append(user_word).append(uidl::as_word(document.user)) += '\n';
  for (const NamedState& state : document.states) {
    out.append(state_word).append(state.name) += ' ';
    out.append(std::to_string(state.content.size())) += '\n';
    out.append(state.content) += '\n';
  }
  return uidl::with_end(std::move(out), document.states.size());
}

Result<StateDocument> parse_states(std::string_view text) {
  std::string_view rest = text;
  if (!rest.starts_with(title)) {
    return refused("this was not written by \"state export\": it does not begin with " +
                   in_quotes(title.substr(0, title.size() - 1)));
  }
  rest.remove_prefix(title.size());
  const auto user_line = take_line(rest);
  auto user = user_line && user_line->starts_with(user_word)
                  ? uidl::from_word(user_line->substr(user_word.size()))
                  : std::nullopt;
  if (!user) return refused("the second line does not name the user");
  StateDocument document{.user = std::move(*user), .states = {}};
  while (const auto line = take_line(rest)) {
    if (!line->starts_with(state_word)) {
      const auto before = static_cast<std::size_t>(line->data() - text.data());
      if (uidl::with_end(std::string(text.substr(0, before)), document.states.size()) == text) {
        return document;
      }
      return refused("the document was changed, or part of it is missing");
    }
    auto state = take_state(*line, rest);
    if (!state) return state.error();
    const std::string& name = state.value().name;
    if (const Status good = check_state(name, state.value().content); !good) {
      return refused("the state " + in_quotes(name) + ": " + good.error().text);
    }
    if (!document.states.empty() && rank(document.states.back().name) >= rank(name)) {
      return refused("the state " + in_quotes(name) + " is in the wrong place");
    }
    document.states.push_back(std::move(state.value()));
  }
  return refused("the document ends too early");
}

}  // namespace pop3_legacy
