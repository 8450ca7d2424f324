/// What commands that list headers and line counts read from Dovecot's storage.
#ifndef POP3_LEGACY_DOVECOT_MAIL_INSPECTION_H
#define POP3_LEGACY_DOVECOT_MAIL_INSPECTION_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugin/core/host/contents.h"
#include "plugin/dovecot/dovecot_maildrop.h"

namespace pop3_legacy::dovecot {

/// Values for which a message had to be opened are kept in Dovecot's cache, so that the next answer
/// need not open any.
class MailInspection : public host::Inspection {
 public:
  /// `place_of`: converts a message's number to its place in the mailbox, from 0.
  MailInspection(struct mailbox* box, std::vector<FieldQuery> queries,
                 std::function<std::uint32_t(MessageNumber)> place_of);

  Status fields(MessageNumber number, Fields& found) override;
  [[nodiscard]] Result<std::uint64_t> lines(MessageNumber number) override;

 private:
  Status find(std::uint32_t place, const FieldQuery& query, unsigned cached_as,
              std::optional<std::string>& found);

  DovecotMaildrop maildrop_;
  std::vector<FieldQuery> queries_;
  std::vector<unsigned> cached_as_;       ///< each of queries_ that is usual
  std::optional<unsigned> lines_cached_;  ///< as this, once they were asked for
  std::function<std::uint32_t(MessageNumber)> place_of_;
};

}  // namespace pop3_legacy::dovecot

#endif
