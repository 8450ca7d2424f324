/// The TRANSACTION state of the standalone host.
#ifndef POP3_LEGACY_SHIM_TRANSACTION_H
#define POP3_LEGACY_SHIM_TRANSACTION_H

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/policy/policy.h"
#include "plugin/core/session/session.h"
#include "shim/environment.h"
#include "shim/long_answer.h"
#include "shim/maildrop_host.h"
#include "shim/open_maildrop.h"

namespace pop3_legacy::shim {

/// The TRANSACTION state: the base commands on an open maildrop, in place of Dovecot's.
class Transaction {
 public:
  Transaction(std::unique_ptr<Maildrop> maildrop, const std::string& user,
              policy::Resolution resolution, const Environment& environment,
              std::function<void(std::string_view)> log)
      : open_(std::move(maildrop)),
        log_(std::move(log)),
        host_(open_, user, resolution, environment, log_),
        core_(host_.host(), std::move(resolution),
              {.uidls = open_.maildrop->has_state(uidl::memory_state),
               .hidden = host_.remembers_hidden()}) {}

  [[nodiscard]] Session& core() noexcept { return core_; }

  /// Returns the reply to a line of the base commands, or its first line if the rest is the long
  /// answer.
  std::string execute(std::string_view line);
  [[nodiscard]] std::unique_ptr<LongAnswer> take_long_answer() { return std::move(long_answer_); }
  /// The answer taken last has been completed by its lone dot, after this many octets.
  void long_answer_sent(std::uint64_t octets) noexcept {
    if (transferring_ != Access::none) {
      host_.sent(transferring_, octets);
    }
    transferring_ = Access::none;
  }

  /// QUIT was executed, successfully or not.
  [[nodiscard]] bool over() const noexcept { return over_; }

  /// Ends without QUIT: as in Dovecot, nothing is removed, and \Seen is kept.
  void drop() {
    if (over_) {
      return;
    }
    over_ = true;
    if (const Status committed = open_.commit({}); !committed) {
      log_("\\Seen was not stored: " + committed.error().text);
    }
    core_.finish(Ending::dropped);
  }

 private:
  struct Row {
    std::string_view name;
    std::string (*execute)(Transaction& self, std::string_view arguments) = nullptr;
  };
  static const std::array<Row, 10> commands;

  std::string stat();
  std::string list(std::string_view arguments);
  std::string uidl(std::string_view arguments);
  std::string listing(std::string_view arguments, std::string first_line,
                      std::function<std::string(MessageNumber)> text);
  std::string retr(std::string_view arguments);
  std::string top(std::string_view arguments);
  std::string transfer(Access access, MessageNumber number, std::string first_line,
                       std::uint64_t body_lines);
  std::string dele(std::string_view arguments);
  std::string rset();
  std::string quit();
  /// The number of an existing message that is not deleted. The Error's text is that of the reply.
  Result<MessageNumber> message_number(std::string_view& arguments, bool more_follows) const;

  OpenMaildrop open_;
  std::function<void(std::string_view)> log_;
  MaildropHost host_;
  Session core_;
  std::unique_ptr<LongAnswer> long_answer_;
  Access transferring_ = Access::none;  ///< the command that the long answer taken last answers
  bool over_ = false;
};

}  // namespace pop3_legacy::shim

#endif
