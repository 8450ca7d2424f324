/// Courier's list of the messages it has numbered: the file courierpop3dsizelist in a Maildir.
#ifndef POP3_LEGACY_CORE_UIDL_COURIER_LIST_H
#define POP3_LEGACY_CORE_UIDL_COURIER_LIST_H

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/facts.h"

namespace pop3_legacy::uidl {

class CourierList {
 public:
  /// An empty list.
  CourierList() = default;

  /// Any text is a list: lines that Courier skips are skipped here too, and their messages have no
  /// number. The rules are those of readpop3dlist() in courier-libs' imap/pop3dserver.C and, for
  /// versions that it no longer reads, of pop3dserver.c of 2013:
  ///
  ///  - The first line is `/VERSION NEXT VALIDITY`. The lines of versions 3 and 2 are
  ///    `NAME SIZE n:v:8BIT`, where `:8BIT` may be missing; those of version 1 are `NAME SIZE n` or
  ///    `NAME SIZE n:v`. In any other version no line counts.
  ///  - Without such a first line it is of version 0: `NAME SIZE`, and the id is the file's name.
  ///  - The name is the file's, including its flags; it may contain any octets, even blanks. A
  ///    folder before it does not matter. If a name occurs twice, the last one counts.
  ///  - A last line without its line end does not count, nor does one of 2,028 octets or more.
  static CourierList parse(std::string_view text);

  /// `file_name` is a Maildir file name up to its ":". No value: Courier has not numbered it.
  [[nodiscard]] std::optional<CourierNumber> find(std::string_view file_name) const;

  /// For the log, after the file's name: how many lines were skipped, and the first of them. Empty:
  /// none.
  [[nodiscard]] std::string passed_over() const;

 private:
  void pass_over(std::size_t line);

  std::map<std::string, CourierNumber, std::less<>> numbers_;
  std::vector<std::size_t> first_passed_over_;  ///< line numbers, counted from 1
  std::size_t passed_over_ = 0;
};

}  // namespace pop3_legacy::uidl

#endif
