/// Reads from a maildrop's messages. Nothing is cached.
#ifndef POP3_LEGACY_SHIM_INSPECTION_H
#define POP3_LEGACY_SHIM_INSPECTION_H

#include <optional>
#include <string>
#include <vector>

#include "plugin/core/host/contents.h"
#include "shim/uidl_maildrop.h"

namespace pop3_legacy::shim {

class MaildropInspection : public host::Inspection {
 public:
  /// `maildrop` must outlive this.
  MaildropInspection(Maildrop& maildrop, std::vector<FieldQuery> queries)
      : maildrop_(maildrop), facts_(maildrop, {}), queries_(std::move(queries)) {}

  Status fields(MessageNumber number, Fields& found) override;
  [[nodiscard]] Result<std::uint64_t> lines(MessageNumber number) override;

 private:
  Maildrop& maildrop_;
  MessageFacts facts_;
  std::vector<FieldQuery> queries_;
};

}  // namespace pop3_legacy::shim

#endif
