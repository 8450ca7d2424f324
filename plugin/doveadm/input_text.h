/// A file of the administrator's, passed on by doveadm.
#ifndef POP3_LEGACY_DOVEADM_INPUT_TEXT_H
#define POP3_LEGACY_DOVEADM_INPUT_TEXT_H

#include <cstddef>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/doveadm/doveadm_host.h"

namespace pop3_legacy::doveadm {

/// Reads the stream to its end. The Error names the file: it cannot be read, or is longer than
/// `longest` octets; `behind` is appended to that sentence.
Result<std::string> read_text(struct istream* input, std::size_t longest, const char* behind = "");

/// `error` for an entry point in C, valid until the end of the host's data stack frame.
inline const char* in_data_stack(const Error& error) {
  return t_strdup(error.text.c_str());
}

}  // namespace pop3_legacy::doveadm

#endif
