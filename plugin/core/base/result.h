/// A value, or the reason why there is none.
///
/// The core and its host report every expected failure this way. Exceptions are for what nobody can
/// handle (out of memory) and are stopped at the boundary to the host.
#ifndef POP3_LEGACY_CORE_BASE_RESULT_H
#define POP3_LEGACY_CORE_BASE_RESULT_H

#include <string>
#include <utility>
#include <variant>

namespace pop3_legacy {

/// What a failure means to a POP3 client (RFC 3206's SYS/TEMP and SYS/PERM).
enum class Failure {
  temporary,  ///< may work at the next attempt: a lock, a full disk, a file being replaced
  permanent,  ///< needs the administrator: a damaged file, no permission
  gone,       ///< the message or file existed but no longer does
  locked,     ///< somebody else is working on it: may work in a moment; nothing was done
};

/// Why something failed. `text` is one sentence for the log, without a full stop.
struct Error {
  Failure kind = Failure::temporary;
  std::string text;
};

/// Will not work until somebody changes something; `why` is the sentence.
inline Error refused(std::string why) {
  return {Failure::permanent, std::move(why)};
}

/// Either a T or an Error, held by value. Asking for the one that is not there is a programming
/// error (std::bad_variant_access).
template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error{…};` read best.
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}      // NOLINT
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  [[nodiscard]] T& value() { return std::get<0>(held_); }
  [[nodiscard]] const T& value() const { return std::get<0>(held_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(held_); }

 private:
  std::variant<T, Error> held_;
};

/// Success without a value.
struct Done {};
using Status = Result<Done>;

}  // namespace pop3_legacy

#endif
