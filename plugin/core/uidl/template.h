/// The form of scheme "template": text with named fields, "{uidvalidity:08x}{uid:08x}".
///
/// The fields uid, uidvalidity and received (seconds since 1970) are decimal, or have a format: an
/// optional "0" and width (1 to 20), then "d", "x" or "X", as in `{uid:08X}`. A width without the
/// "0" is refused, because it would pad with blanks. The fields guid and filename are inserted
/// unchanged and have no format. "{{" and "}}" stand for a brace. All other text must be in the
/// range 0x21 to 0x7E.
#ifndef POP3_LEGACY_CORE_UIDL_TEMPLATE_H
#define POP3_LEGACY_CORE_UIDL_TEMPLATE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/core/uidl/uid_form.h"

namespace pop3_legacy::uidl {

class Template {
 public:
  /// An Error (permanent) says what is wrong and where; its text continues "uidl.template …". A
  /// template that cannot distinguish messages (no uid, guid or filename) is also an Error.
  static Result<Template> parse(std::string_view text);

  /// No value: the message lacks a field (a filename outside a Maildir). `uid_offset` is added to
  /// the UID if counts_uids().
  [[nodiscard]] Result<std::optional<std::string>> fill(Facts& facts,
                                                        std::uint64_t uid_offset = 0) const;

  /// The form, if only the UID differs between the messages of a mailbox, and is written once.
  [[nodiscard]] std::optional<UidForm> uid_form(UidValidity validity,
                                                std::uint64_t uid_offset) const;

  /// Messages are distinguished only by UID, so under another UIDVALIDITY another message would
  /// have the same id.
  [[nodiscard]] bool counts_uids() const noexcept;

 private:
  enum class Field { text, uid, uidvalidity, guid, filename, received };
  using Base = UidForm::Base;
  struct Part {
    Field field = Field::text;
    std::string text;    ///< for Field::text
    unsigned width = 0;  ///< minimum number of digits
    Base base = Base::decimal;
  };

  static Result<Part> parse_field(std::string_view whole);

  std::vector<Part> parts_;
};

}  // namespace pop3_legacy::uidl

#endif
