/// What a message is to those who send it on: who and to whom, where it is kept, what came of it.
#ifndef POP3_LEGACY_CORE_HOST_SUBMISSION_H
#define POP3_LEGACY_CORE_HOST_SUBMISSION_H

#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

/// A mail address without quoting: what stands before and behind the last "@".
struct Address {
  std::string local;
  std::string domain;  ///< may be empty where a header has none

  bool operator==(const Address&) const = default;
};

struct Envelope {
  Address sender;
  std::vector<Address> recipients;  ///< one at least
};

/// What the MTA said.
struct Outcome {
  /// The MTA has the message and is responsible for it.
  bool accepted = false;
  Failure kind = Failure::temporary;
  std::string reason;  ///< the MTA's own words, where it refused
};

/// A message on its way through, in a file that nobody else sees and that goes with this.
class Spool {
 public:
  Spool() = default;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  Spool(Spool&&) = delete;
  Spool& operator=(Spool&&) = delete;
  virtual ~Spool() = default;

  virtual Status append(std::string_view octets) = 0;
  /// All that was appended is in the file; nothing else is going to be.
  virtual Status complete() = 0;
};

/// A message that the MTA is being given. Dropped before its outcome is known: nobody knows
/// whether the MTA took it.
class Submission {
 public:
  Submission() = default;
  Submission(const Submission&) = delete;
  Submission& operator=(const Submission&) = delete;
  Submission(Submission&&) = delete;
  Submission& operator=(Submission&&) = delete;
  virtual ~Submission() = default;
};

}  // namespace pop3_legacy

#endif
