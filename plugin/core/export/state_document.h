/// All states of one user as one text, from which they can be restored elsewhere.
///
///     dovecot-pop3-legacy states 1
///     user anna@example.org
///     state last 39
///     2 1700000000 93 90 1600000001.M1P1.host
///
///     state hidden 4711
///     …
///     end 2 5d41402a
///
/// `state NAME OCTETS` is followed by the state's octets and a line end that is not part of them.
/// The last line has the form used by all our texts (uidl/lines.h) and counts the states. The user
/// is written as a word (uidl::as_word()).
#ifndef POP3_LEGACY_CORE_EXPORT_STATE_DOCUMENT_H
#define POP3_LEGACY_CORE_EXPORT_STATE_DOCUMENT_H

#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

struct NamedState {
  std::string name;
  std::string content;
};

struct StateDocument {
  std::string user;
  std::vector<NamedState> states;  ///< in the order of state_rules(), each at most once
};

[[nodiscard]] std::string print_states(const StateDocument& document);
/// Checks that each state is whole and of a known version. An Error says what is wrong.
[[nodiscard]] Result<StateDocument> parse_states(std::string_view text);

/// Says what is wrong with a state's content, or which newer version it has.
[[nodiscard]] Status check_state(std::string_view name, std::string_view content);

}  // namespace pop3_legacy

#endif
