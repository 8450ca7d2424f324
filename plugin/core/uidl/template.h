/// The form of scheme "template": text with named fields, "{uidvalidity:08x}{uid:08x}".
///
/// Fields: uid, uidvalidity, received (seconds since 1970): decimal, or with a format of an
/// optional "0" and width (1 to 20) and "d", "x" or "X": `{uid:08X}`; without the "0" the width
/// is refused, for it would pad with blanks. guid, filename: as they are, no format.
/// "{{" and "}}" stand for a brace. All other text must be 0x21 to 0x7E.
#ifndef POP3_LEGACY_CORE_UIDL_TEMPLATE_H
#define POP3_LEGACY_CORE_UIDL_TEMPLATE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/facts.h"

namespace pop3_legacy::uidl {

class Template {
 public:
  /// An Error (permanent) says in words that continue "uidl.template …" what is wrong and where.
  /// A template that cannot tell messages apart (no uid, guid or filename) is an Error, too.
  static Result<Template> parse(std::string_view text);

  /// No value: a field that the message does not have (a filename outside of a Maildir).
  /// `uid_offset` is added to the UID where counts_uids().
  [[nodiscard]] Result<std::optional<std::string>> fill(Facts& facts,
                                                        std::uint64_t uid_offset = 0) const;

  /// Messages are told apart by their UIDs alone, so another one has the id under another
  /// UIDVALIDITY.
  [[nodiscard]] bool counts_uids() const noexcept;

 private:
  enum class Field { text, uid, uidvalidity, guid, filename, received };
  enum class Base { decimal, lower_hex, upper_hex };
  struct Part {
    Field field = Field::text;
    std::string text;    ///< of Field::text
    unsigned width = 0;  ///< least number of digits
    Base base = Base::decimal;
  };

  std::vector<Part> parts_;
};

}  // namespace pop3_legacy::uidl

#endif
