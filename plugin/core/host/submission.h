/// A message as its senders see it: the addresses, where it is kept, and the outcome.
#ifndef POP3_LEGACY_CORE_HOST_SUBMISSION_H
#define POP3_LEGACY_CORE_HOST_SUBMISSION_H

#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

/// A mail address without quoting, split at the last "@".
struct Address {
  std::string local;
  std::string domain;  ///< may be empty in a header

  bool operator==(const Address&) const = default;
};

struct Envelope {
  Address sender;
  std::vector<Address> recipients;  ///< at least one
};

/// What the MTA said.
struct Outcome {
  /// The MTA has accepted responsibility for the message.
  bool accepted = false;
  Failure kind = Failure::temporary;
  std::string reason;  ///< the MTA's own words; may be empty where it has accepted
};

/// A message waiting to be submitted, in an unlinked temporary file, released with this object.
class Spool {
 public:
  Spool() = default;
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;
  Spool(Spool&&) = delete;
  Spool& operator=(Spool&&) = delete;
  virtual ~Spool() = default;

  virtual Status append(std::string_view octets) = 0;
  /// Everything has been appended and must be in the file; nothing follows.
  virtual Status complete() = 0;
};

/// A message being given to the MTA. If it is dropped before its outcome is known, the MTA may or
/// may not have taken it.
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
