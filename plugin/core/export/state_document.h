/// All states of one user as one text, to be put back elsewhere.
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
/// Behind `state NAME OCTETS` come the state's octets, and a line end that is not one of them. The
/// last line is that of all texts of ours (uidl/lines.h), and counts the states. The user is a word
/// (uidl::as_word()).
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
  std::vector<NamedState> states;  ///< in the order of state_rules(), each once
};

[[nodiscard]] std::string print_states(const StateDocument& document);
/// Each state is whole and of a version that is known. An Error says what is wrong.
[[nodiscard]] Result<StateDocument> parse_states(std::string_view text);

/// What is wrong with a state's content, or of which newer version it is.
[[nodiscard]] Status check_state(std::string_view name, std::string_view content);

}  // namespace pop3_legacy

#endif
