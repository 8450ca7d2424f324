/// Rewords the replies of the host's commands.
///
/// The host executes its commands one at a time and answers as always; the first line of each
/// answer passes through here. The state of the maildrop is read when a command begins, because
/// after QUIT there is nothing left to ask.
#ifndef POP3_LEGACY_CORE_WORDING_REPLY_WORDING_H
#define POP3_LEGACY_CORE_WORDING_REPLY_WORDING_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/environment.h"
#include "plugin/core/host/maildrop.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/wording/dialects.h"

namespace pop3_legacy::wording {

/// At least one reply is reworded.
bool words_replies(const ReplyWords& words) noexcept;

class ReplyWording {
 public:
  /// All of these must outlive this object.
  ReplyWording(const ReplyWords& words, const host::Maildrop& maildrop,
               const host::Environment& environment);

  /// Every reply is the host's own: nothing needs to be called.
  [[nodiscard]] bool all_hosts() const noexcept { return all_hosts_; }

  /// The reply to a successful login, without CRLF; the maildrop is open. `hosts` is the host's own
  /// reply.
  [[nodiscard]] std::string logged_in(std::string_view hosts) const;

  /// The host executes this line next.
  void begins(const CommandLine& line, const Recognized& recognized);

  /// The host has not yet answered that line.
  [[nodiscard]] bool awaits_reply() const noexcept { return begun_; }

  /// `line` is the first line of the host's answer, without CRLF. Returns what the client gets
  /// instead. Replies with a response code are not changed (RFC 2449, section 8).
  [[nodiscard]] std::string reworded(std::string_view line);

 private:
  /// The values of a template's fields.
  struct Facts {
    Tally tally;
    MessageNumber message = 0;
    std::string command;
    std::string id;
  };

  [[nodiscard]] std::uint64_t size_of(MessageNumber message) const;
  [[nodiscard]] std::optional<Worded> negative_reply(const Command& command,
                                                     std::string_view arguments) const;
  [[nodiscard]] std::string worded(std::optional<Worded> reply, const Facts& facts,
                                   std::string_view hosts) const;

  const ReplyWords& words_;
  const host::Maildrop& maildrop_;
  const host::Environment& environment_;
  bool all_hosts_;
  bool begun_ = false;
  std::optional<Worded> positive_;
  std::optional<Worded> negative_;
  Facts facts_;
};

}  // namespace pop3_legacy::wording

#endif
