/// Courier's list of the messages it has numbered: the file courierpop3dsizelist in a Maildir.
#ifndef POP3_LEGACY_CORE_UIDL_COURIER_LIST_H
#define POP3_LEGACY_CORE_UIDL_COURIER_LIST_H

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/result.h"
#include "plugin/core/uidl/facts.h"

namespace pop3_legacy::uidl {

class CourierList {
 public:
  /// An empty one.
  CourierList() = default;

  /// As courierpop3d 1.0.16 reads it: the first line is `/3 NEXT VALIDITY` (or `/2 …`, older), each
  /// other `NAME SIZE NUMBER:VALIDITY:UTF8` (older: without `:UTF8`), the name that of the file,
  /// with its flags and with any octets, also blanks. Where a name stands twice, the last counts.
  /// What Courier would pass over is an Error that names the line: a message that loses its number
  /// would get another id.
  static Result<CourierList> parse(std::string_view text);

  /// `file_name` is a Maildir's, up to its ":". No value: Courier did not number it.
  [[nodiscard]] std::optional<CourierNumber> find(std::string_view file_name) const;

 private:
  std::map<std::string, CourierNumber, std::less<>> numbers_;
};

}  // namespace pop3_legacy::uidl

#endif
