/// What commands that list headers and lines ask of Dovecot's storage.
#ifndef POP3_LEGACY_DOVECOT_MAIL_INSPECTION_H
#define POP3_LEGACY_DOVECOT_MAIL_INSPECTION_H

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plugin/core/host/contents.h"
#include "plugin/dovecot/dovecot_maildrop.h"

namespace pop3_legacy::dovecot {

/// What a message had to be opened for is kept in Dovecot's cache, so that the next answer opens
/// none.
class MailInspection : public host::Inspection {
 public:
  /// `place_of`: the place in the mailbox, from 0, of a message's number.
  MailInspection(struct mailbox* box, std::vector<FieldQuery> queries,
                 std::function<std::uint32_t(MessageNumber)> place_of);

  [[nodiscard]] Result<std::vector<std::optional<std::string>>> fields(
      MessageNumber number) override;
  [[nodiscard]] Result<std::uint64_t> lines(MessageNumber number) override;

 private:
  Result<std::optional<std::string>> field(const FieldQuery& query, const std::string& cached_as);

  DovecotMaildrop maildrop_;
  std::vector<FieldQuery> queries_;
  std::vector<std::string> cached_as_;  ///< a name in the cache for each of queries_
  std::function<std::uint32_t(MessageNumber)> place_of_;
};

}  // namespace pop3_legacy::dovecot

#endif
