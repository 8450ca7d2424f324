/// Strictly checks whether an address field's value follows RFC 5322's grammar. The hosts' parsers
/// make the best of their input and leave out the rest; another parser might find an author or a
/// recipient there.
#ifndef POP3_LEGACY_CORE_SUBMISSION_ADDRESS_LIST_H
#define POP3_LEGACY_CORE_SUBMISSION_ADDRESS_LIST_H

#include <cstddef>
#include <optional>
#include <string_view>

namespace pop3_legacy::submission {

/// The number of addresses in the unfolded `value`, including those in groups; no value: it is not
/// a list of addresses. Names may have octets beyond ASCII, and addresses may lack a domain.
std::optional<std::size_t> count_addresses(std::string_view value);

}  // namespace pop3_legacy::submission

#endif
