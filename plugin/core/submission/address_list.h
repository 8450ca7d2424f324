/// Whether the value of an address field is RFC 5322's grammar and nothing else. The hosts'
/// parsers make the best of what they are given and leave out the rest; somebody else's parser
/// might read an author or a recipient there.
#ifndef POP3_LEGACY_CORE_SUBMISSION_ADDRESS_LIST_H
#define POP3_LEGACY_CORE_SUBMISSION_ADDRESS_LIST_H

#include <cstddef>
#include <optional>
#include <string_view>

namespace pop3_legacy::submission {

/// How many addresses stand in the unfolded `value`, those in groups among them; no value: it is no
/// list of addresses. Names may have octets beyond ASCII, and addresses may lack a domain.
std::optional<std::size_t> count_addresses(std::string_view value);

}  // namespace pop3_legacy::submission

#endif
