/// Rewords the replies of the host's commands.
///
/// The host executes its commands one at a time and answers as always; the first line of each
/// answer passes through here. The state of the maildrop is read before a command is executed: when
/// the host is given it, or when it has answered the one before. After QUIT there is nothing left
/// to ask.
#ifndef POP3_LEGACY_CORE_WORDING_REPLY_WORDING_H
#define POP3_LEGACY_CORE_WORDING_REPLY_WORDING_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

  /// The host is given this line, behind those that it has not answered; it ends after `end` octets
  /// of the host's input. Lines can be given as long as there is room().
  void given(const CommandLine& line, const Recognized& recognized, std::uint64_t end);
  [[nodiscard]] bool room() const noexcept { return given_.size() < most_given; }
  /// The host has answered all that it was given.
  void all_answered() noexcept;

  /// The host, which has consumed that many octets of its input, has not yet answered the line that
  /// it consumed last.
  [[nodiscard]] bool awaits_reply(std::uint64_t consumed) const noexcept {
    return next_ < given_.size() && given_[next_].end <= consumed;
  }

  /// `line` is the first line of the host's next answer, without CRLF. Returns what the client gets
  /// instead. Replies with a response code are not changed (RFC 2449, section 8).
  [[nodiscard]] std::string reworded(std::string_view line);
  /// The same for the host's reply to an unknown command, which it is not given.
  [[nodiscard]] std::string reworded_unknown(std::string_view verb, std::string_view line) const;

 private:
  /// The values of a template's fields.
  struct Facts {
    Tally tally;
    MessageNumber message = 0;
    std::string command;
    std::string id;
  };

  /// A line that the host has not answered yet.
  struct Given {
    std::uint64_t end = 0;
    std::string verb;
    const Command* command = nullptr;
    std::optional<Worded> positive;
    std::optional<MessageNumber> number;
    bool names_message = false;
  };
  /// Enough for one write of replies, and no more than a client may make a session remember.
  static constexpr std::size_t most_given = 64;

  void begin_next();
  [[nodiscard]] std::uint64_t size_of(MessageNumber message) const;
  [[nodiscard]] std::optional<Worded> negative_reply(const Given& line) const;
  [[nodiscard]] std::string worded(std::optional<Worded> reply, const Facts& facts,
                                   std::string_view hosts) const;

  const ReplyWords& words_;
  const host::Maildrop& maildrop_;
  const host::Environment& environment_;
  bool all_hosts_;
  std::vector<Given> given_;
  std::size_t next_ = 0;  ///< the place in given_ of the line that the host answers next
  // of that line
  std::optional<Worded> positive_;
  std::optional<Worded> negative_;
  Facts facts_;
};

}  // namespace pop3_legacy::wording

#endif
