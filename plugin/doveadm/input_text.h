/// A file of the administrator's, as doveadm hands it over.
#ifndef POP3_LEGACY_DOVEADM_INPUT_TEXT_H
#define POP3_LEGACY_DOVEADM_INPUT_TEXT_H

#include <cstddef>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/doveadm/doveadm_host.h"

namespace pop3_legacy::doveadm {

/// Reads the stream to its end. An Error has its name: it cannot be read, or is longer than
/// `longest` octets; `behind` is what follows that in the sentence.
Result<std::string> read_text(struct istream* input, std::size_t longest, const char* behind = "");

/// `error` as an entry point of C's returns it, valid until the end of the host's data stack frame.
inline const char* in_data_stack(const Error& error) {
  return t_strdup(error.text.c_str());
}

}  // namespace pop3_legacy::doveadm

#endif
