#include "shim/server_session.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/protocol/reply.h"
#include "plugin/core/session/session.h"
#include "plugin/core/state/mailbox_users.h"
#include "plugin/core/uidl/assignment.h"
#include "plugin/files/spool_file.h"
#include "plugin/hash/openssl_hasher.h"
#include "plugin/idn/idn2_domain.h"
#include "plugin/process/running_process.h"
#include "shim/inspection.h"
#include "shim/mail_addresses.h"
#include "shim/message_parts.h"
#include "shim/narrowed_maildrop.h"
#include "shim/uidl_maildrop.h"

namespace pop3_legacy::shim {

namespace {

/// What one step of a long answer reads or lists.
constexpr std::size_t step_octets = 4096;
constexpr std::size_t max_waiting_input = std::size_t{16} * 1024;
constexpr std::size_t apop_digest_digits = 32;

constexpr std::string_view greeting = "+OK POP3 test host ready.";
constexpr std::string_view ok = "+OK\r\n";
constexpr std::string_view last_line = ".\r\n";
// STLS and SASL are missing because this host does not support them; APOP has no CAPA tag.
constexpr std::string_view capabilities =
    "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nUSER\r\n.\r\n";

std::string err(std::string_view text) {
  return Reply::err(text).wire();
}

/// The wording of Dovecot's client_send_storage_error().
std::string storage_error(const Error& error) {
  constexpr std::string_view text =
      "Internal error occurred. Refer to server log for more information.";
  return err((error.kind == Failure::permanent ? "[SYS/PERM] " : "[SYS/TEMP] ") +
             std::string(text));
}

/// Digits at the front of `arguments`, read as Dovecot's str_parse_uint() does. They are removed
/// unless the number is too large, which the reply shows.
template <class T>
std::optional<T> take_number(std::string_view& arguments) {
  const auto number = pop3_legacy::take_number<std::uint64_t>(arguments);
  return number && *number <= std::numeric_limits<T>::max() ? std::optional(static_cast<T>(*number))
                                                            : std::nullopt;
}

/// Dovecot's replies to a malformed number; the argument is appended.
struct NumberErrors {
  std::string_view invalid;
  std::string_view too_large;
  std::string_view noise;
};
constexpr NumberErrors message_number_errors{.invalid = "Invalid message number: ",
                                             .too_large = "Message number too large: ",
                                             .noise = "Noise after message number: "};
constexpr NumberErrors size_errors{
    .invalid = "Invalid size: ", .too_large = "Size too large: ", .noise = "Noise after size: "};

/// The grammar of Dovecot's get_msgnum() and get_size(): digits, then the end or, with
/// `more_follows`, a space. The Error's text is that of the reply.
template <class T>
Result<T> take_argument(std::string_view& arguments, const NumberErrors& errors,
                        bool more_follows) {
  const auto wrong = [&](std::string_view text) {
    return Error{Failure::permanent, std::string(text).append(arguments)};
  };
  if (arguments.empty() || arguments.front() < '0' || arguments.front() > '9') {
    return wrong(errors.invalid);
  }
  const auto number = take_number<T>(arguments);
  if (!number) {
    return wrong(errors.too_large);
  }
  if (more_follows ? !arguments.starts_with(' ') : !arguments.empty()) {
    return wrong(errors.noise);
  }
  arguments.remove_prefix(std::min(arguments.find_first_not_of(' '), arguments.size()));
  return *number;
}

/// RFC 1939's APOP digest in lower case; empty if OpenSSL has no MD5 (FIPS).
std::string apop_digest(const std::string& timestamp, const std::string& secret) {
  const std::string hashed = timestamp + secret;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  std::string hex;
  if (EVP_Digest(hashed.data(), hashed.size(), digest.data(), &length, EVP_md5(), nullptr) == 1) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (unsigned i = 0; i < length; ++i) {
      hex += digits[digest.at(i) / 16U];
      hex += digits[digest.at(i) % 16U];
    }
  }
  return hex;
}

bool is_hex(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// An answer that is produced in pieces, as its output is taken.
class LongAnswer {
 public:
  enum class Progress { more, complete };

  LongAnswer() = default;
  LongAnswer(const LongAnswer&) = delete;
  LongAnswer& operator=(const LongAnswer&) = delete;
  LongAnswer(LongAnswer&&) = delete;
  LongAnswer& operator=(LongAnswer&&) = delete;
  virtual ~LongAnswer() = default;

  /// Appends the next piece to `output`.
  virtual Result<Progress> advance(std::string& output) = 0;
};

/// A message being sent to the client, from after the status line to the lone dot.
class Transfer : public LongAnswer {
 public:
  /// Sends `body_lines` of the body, after the header and the empty line.
  Transfer(std::unique_ptr<MessageReader> reader, std::uint64_t body_lines)
      : reader_(std::move(reader)), lines_left_(body_lines) {}

  Result<Progress> advance(std::string& output) override {
    const auto piece = reader_->read(step_octets);
    if (!piece) {
      return piece.error();
    }
    for (const char c : piece.value()) {
      put(c, output);
      if (in_body_ && lines_left_ == 0 && last_ == '\n') {
        return finish(output);
      }
    }
    return piece.value().empty() ? finish(output) : Progress::more;
  }

 private:
  void put(char c, std::string& output) {
    if (c == '.' && (last_ == '\n' || last_ == '\0')) {
      output += '.';
    }
    if (c == '\n' && last_ != '\r') {
      output += '\r';
    }
    output += c;
    last_ = c == '\0' ? ' ' : c;  // '\0' means: nothing yet
    if (c != '\n') {
      line_empty_ = line_empty_ && c == '\r';
      return;
    }
    if (in_body_) {
      --lines_left_;
    } else {
      in_body_ = line_empty_;
    }
    line_empty_ = true;
  }

  [[nodiscard]] Progress finish(std::string& output) const {
    if (last_ != '\n') {
      output += "\r\n";
    }
    output += last_line;
    return Progress::complete;
  }

  std::unique_ptr<MessageReader> reader_;
  std::uint64_t lines_left_;
  char last_ = '\0';
  bool line_empty_ = true;
  bool in_body_ = false;
};

/// One line for each message that is not deleted.
class Listing : public LongAnswer {
 public:
  /// `deleted` is indexed by number. It does not change during the answer, because commands wait
  /// for its end.
  Listing(const std::vector<bool>& deleted, std::function<std::string(MessageNumber)> text)
      : deleted_(deleted), text_(std::move(text)) {}

  Result<Progress> advance(std::string& output) override {
    const std::size_t enough = output.size() + step_octets;
    for (; number_ < deleted_.size(); ++number_) {
      if (output.size() >= enough) {
        return Progress::more;
      }
      if (!deleted_[number_]) {
        output += std::to_string(number_) + ' ' + text_(number_) + "\r\n";
      }
    }
    output += last_line;
    return Progress::complete;
  }

 private:
  const std::vector<bool>& deleted_;
  std::function<std::string(MessageNumber)> text_;
  MessageNumber number_ = 1;
};

/// An answer from the core.
class CoreListing : public LongAnswer {
 public:
  explicit CoreListing(std::unique_ptr<pop3_legacy::Listing> listing)
      : listing_(std::move(listing)) {}

  Result<Progress> advance(std::string& output) override {
    const Result<std::string> lines = listing_->next();
    if (!lines) {
      return lines.error();
    }
    const bool complete = lines.value().empty() && !listing_->unfinished();
    output += complete ? last_line : std::string_view(lines.value());
    return complete ? Progress::complete : Progress::more;
  }

 private:
  std::unique_ptr<pop3_legacy::Listing> listing_;
};

/// The open maildrop, and what this session has done to its messages.
struct OpenMaildrop {
  /// Nothing is open; there are no messages.
  OpenMaildrop() = default;
  explicit OpenMaildrop(std::shared_ptr<Maildrop> opened, bool to_read_only = false)
      : maildrop(std::move(opened)),
        read_only(to_read_only),
        sizes(std::size_t{maildrop->message_count()} + 1),
        deleted(sizes.size()),
        seen(sizes.size()) {
    all.messages = count();
    for (MessageNumber number = 1; number <= count(); ++number) {
      sizes[number] = maildrop->size(number);
      all.octets += sizes[number];
    }
  }

  [[nodiscard]] MessageNumber count() const noexcept {
    return static_cast<MessageNumber>(sizes.size() - 1);
  }

  /// `number` must not be deleted.
  void mark_deleted(MessageNumber number) {
    deleted[number] = true;
    ++removed.messages;
    removed.octets += sizes[number];
  }
  void unmark_deleted() {
    deleted.assign(deleted.size(), false);
    removed = {};
  }
  /// What is not deleted.
  [[nodiscard]] Tally left() const noexcept {
    return {all.messages - removed.messages, all.octets - removed.octets};
  }

  static std::vector<MessageNumber> marked(const std::vector<bool>& marks) {
    std::vector<MessageNumber> numbers;
    for (MessageNumber number = 1; number < marks.size(); ++number) {
      if (marks[number]) {
        numbers.push_back(number);
      }
    }
    return numbers;
  }

  /// Removes the messages `gone`, and stores which messages have been seen.
  Status commit(std::span<const MessageNumber> gone) {
    const auto have_seen = marked(seen);
    if (read_only || (gone.empty() && have_seen.empty() && !removes_unseen)) {
      return Done{};
    }
    return maildrop->commit(gone, have_seen);
  }

  std::shared_ptr<Maildrop> maildrop;
  bool read_only = true;
  bool removes_unseen = false;          ///< messages that are not in the view
  std::vector<std::uint64_t> sizes{0};  ///< this and the next two are indexed by number
  std::vector<bool> deleted{false};
  std::vector<bool> seen{false};  ///< by RETR in this session
  Tally all;
  Tally removed;  ///< the deleted part of it
};

/// The states that a maildrop keeps, under their own names.
class MaildropStates : public StateStore {
 public:
  explicit MaildropStates(Maildrop& maildrop) : maildrop_(maildrop) {}

  Result<std::optional<std::string>> load_state(std::string_view name) override {
    return maildrop_.load_state(name);
  }
  Status store_state(std::string_view name, std::string_view content) override {
    return maildrop_.store_state(name, content);
  }

 private:
  Maildrop& maildrop_;
};

/// Answers the core's questions to its host from a maildrop.
class MaildropHost : public host::Maildrop,
                     public host::Mailbox,
                     public host::Uidls,
                     public host::Connection,
                     public host::Environment,
                     public host::Narrowing,
                     public host::Contents,
                     public host::Boards,
                     public host::Outbox,
                     public host::Programs {
 public:
  /// `open` must outlive this.
  MaildropHost(OpenMaildrop& open, std::string user, const policy::Resolution& resolution,
               const shim::Environment& environment, std::function<void(std::string_view)> log)
      : open_(open),
        own_(std::make_shared<NarrowedMaildrop>(open.maildrop)),
        environment_(environment),
        user_(std::move(user)),
        uidl_policy_(resolution.policy.uidl),
        uidl_known_(resolution.uidl_known),
        log_(std::move(log)),
        by_user_(resolution.policy.inbox.shared),
        own_states_(*own_),
        mailbox_users_(own_states_, user_, by_user_, log_) {}

  /// As in Remembered.
  [[nodiscard]] bool remembers_hidden() const {
    const auto name = by_user_ ? state_of_user(view::hidden_state, user_)
                               : Result<std::string>(std::string(view::hidden_state));
    return !name || own_->has_state(name.value());
  }

  /// The result refers to this object.
  [[nodiscard]] host::Host host() noexcept {
    return {.maildrop = *this,
            .mailbox = *this,
            .uidls = *this,
            .connection = *this,
            .environment = *this,
            .states = mailbox_users_,
            .user_states = mailbox_users_,
            .narrowing = this,
            .contents = this,
            .boards = this,
            .outbox = environment_.submit ? this : nullptr,
            .programs = environment_.run_program ? this : nullptr};
  }

  [[nodiscard]] MessageNumber message_count() const override { return open_.count(); }
  [[nodiscard]] UidValidity uidvalidity() const override {
    return open_.maildrop ? open_.maildrop->uidvalidity() : 0;
  }
  [[nodiscard]] Uid uid(MessageNumber number) const override { return open_.maildrop->uid(number); }
  // Always true in this host.
  [[nodiscard]] bool numbers_follow_uids() const override { return true; }
  [[nodiscard]] MessageNumber highest_seen() const override {
    MessageNumber number = message_count();
    while (number > 0 && !open_.maildrop->seen(number)) {
      --number;
    }
    return number;
  }
  Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& numbers) override {
    std::vector<std::optional<std::int64_t>> dates;
    for (const MessageNumber number : numbers) {
      const auto date = open_.maildrop->received(number);
      if (!date && date.error().kind != Failure::gone) {
        return date.error();
      }
      dates.push_back(date ? std::optional(date.value()) : std::nullopt);
    }
    return dates;
  }
  Status narrow(const std::vector<MessageNumber>& numbers) override {
    own_->narrow(numbers);
    open_ = OpenMaildrop(own_);
    return Done{};
  }
  void forget_deletions() override {
    keeps_deleted_ = open_.removed.messages > 0;
    open_.unmark_deleted();
  }
  /// Some messages were deleted that QUIT does not remove.
  [[nodiscard]] bool keeps_deleted() const noexcept { return keeps_deleted_; }
  Status remove_unseen(const std::vector<Uid>& uids) override {
    open_.removes_unseen = own_->remove_unseen(uids);
    return Done{};
  }
  [[nodiscard]] bool deleted(MessageNumber number) const override { return open_.deleted[number]; }
  Status mark_deleted(MessageNumber number) override {
    open_.mark_deleted(number);
    return Done{};
  }
  [[nodiscard]] Tally left() const override { return open_.left(); }
  [[nodiscard]] Tally all() const override { return open_.all; }
  [[nodiscard]] std::string_view deadly_in_verb() const noexcept override { return {}; }
  [[nodiscard]] bool output_acknowledged() const override {
    return !environment_.output_acknowledged || environment_.output_acknowledged();
  }
  [[nodiscard]] std::uint64_t octets(MessageNumber number) const override {
    return open_.sizes[number];
  }
  // This host has no master users.
  void leave_seen_alone() override {}
  Status mark_seen(MessageNumber number) override {
    open_.seen[number] = open_.seen[number] || !open_.maildrop->seen(number);
    return Done{};
  }
  Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber number) override {
    const auto message = open_.maildrop->open_message(number);
    return message ? take_apart(*message.value())
                   : Result<std::unique_ptr<MessageParts>>(message.error());
  }
  Result<std::unique_ptr<host::Inspection>> inspect(std::vector<FieldQuery> queries) override {
    return std::unique_ptr<host::Inspection>(
        std::make_unique<MaildropInspection>(*open_.maildrop, std::move(queries)));
  }

  Result<Board> look_at_board(std::string_view mailbox) override {
    auto opened = environment_.maildrops->open_board(user_, mailbox);
    return opened ? Result<Board>(board_of(*opened.value())) : opened.error();
  }
  Result<Board> open_board(std::string_view mailbox) override {
    auto opened = environment_.maildrops->open_board(user_, mailbox);
    if (!opened) {
      return opened.error();
    }
    const Board board = board_of(*opened.value());
    const Status replaced =
        replace_by(OpenMaildrop(std::move(opened.value()), /*to_read_only=*/true));
    return replaced ? Result<Board>(board) : replaced.error();
  }
  Status close_maildrop() override { return replace_by(OpenMaildrop()); }
  void prepare_quit() override {}

  [[nodiscard]] std::uint64_t octets_sent(Access access) const override {
    return access == Access::top ? topped_ : retrieved_;
  }
  /// Called when an answer to RETR or TOP of this many octets is complete.
  void sent(Access access, std::uint64_t octets) noexcept {
    (access == Access::top ? topped_ : retrieved_) += octets;
  }
  Result<std::string> host_answer(std::string_view command) override {
    return command == "CAPA" ? Result<std::string>(std::string(capabilities))
                             : Error{Failure::permanent, "this host answers CAPA only"};
  }
  [[nodiscard]] bool has_seen(MessageNumber number) const override {
    return open_.maildrop->seen(number);
  }
  [[nodiscard]] std::vector<Uid> mailbox_uids() const override {
    const shim::Maildrop& whole = own_->whole();
    std::vector<Uid> uids;
    for (MessageNumber number = 1; number <= whole.message_count(); ++number) {
      uids.push_back(whole.uid(number));
    }
    return uids;
  }
  Result<std::vector<std::optional<std::string>>> guids(const std::vector<Uid>& uids) override {
    const shim::Maildrop& whole = own_->whole();
    const std::vector<Uid> all = mailbox_uids();
    std::vector<std::optional<std::string>> found;
    for (const Uid uid : uids) {
      const auto place = std::lower_bound(all.begin(), all.end(), uid);
      found.push_back(place != all.end() && *place == uid
                          ? std::optional(whole.unique_name(
                                static_cast<MessageNumber>(place - all.begin()) + 1))
                          : std::nullopt);
    }
    return found;
  }
  void log_error(std::string_view sentence) override { log_(sentence); }

  Result<Hasher*> hasher() override {
    if (!hasher_) {
      hasher_ = openssl_hasher();
    }
    return hasher_.get();
  }
  [[nodiscard]] std::string decoded(std::string_view value) override {
    return decoded_header(value);
  }
  [[nodiscard]] std::string process() const override { return process::this_process(); }
  [[nodiscard]] std::optional<bool> is_running(std::string_view process) const override {
    return process::is_running(process);
  }
  [[nodiscard]] std::int64_t now() const override { return std::time(nullptr); }
  [[nodiscard]] std::string user_name() const override { return user_; }
  [[nodiscard]] std::string host_name() const override { return "localhost"; }
  [[nodiscard]] Result<std::string> ascii_domain(std::string_view domain) override {
    return idn2_domain(domain);
  }
  Result<std::vector<Address>> parse_addresses(std::string_view value,
                                               std::size_t at_most) override {
    return shim::parse_addresses(value, at_most);
  }
  Result<std::unique_ptr<Spool>> open_spool() override {
    std::error_code none;
    auto spool = files::SpoolFile::create(std::filesystem::temp_directory_path(none).string() +
                                          "/pop3-legacy-host.");
    return spool ? Result<std::unique_ptr<Spool>>(std::move(spool.value()))
                 : Result<std::unique_ptr<Spool>>(spool.error());
  }
  Result<std::unique_ptr<Submission>> submit(Spool& spool, const Envelope& envelope,
                                             std::function<void(Outcome)> done) override {
    return environment_.submit(spool, envelope, std::move(done));
  }

  Status save_message(Spool& spool, std::string_view mailbox) override {
    const Result<int> message = static_cast<files::SpoolFile&>(spool).rewound();
    return message ? own_->save_copy(mailbox, message.value()) : Status(message.error());
  }

  Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& call, std::function<void(ProgramResult)> done) override {
    if (call.service) {
      return Error{Failure::permanent, "this host has no script service for " + call.target};
    }
    return environment_.run_program(call, std::move(done));
  }

  // A failure is tried again, because it may have passed.
  Result<bool> prepare_uidls() override {
    if (uidls_prepared_) {
      return true;
    }
    UidlMaildrop maildrop(own_->whole(), user_, log_);
    auto ids = uidl::assign_ids(maildrop, uidl_policy_, uidl_known_);
    if (!ids) {
      return ids.error();
    }
    uidls_ = std::move(ids.value());
    uidls_prepared_ = true;
    return true;
  }
  bool all_named() override {
    return !uidls_ || std::none_of(uidls_->begin(), uidls_->end(), is_unnamed);
  }
  Result<std::string> uidl(MessageNumber number) override {
    if (uidls_ && is_unnamed((*uidls_)[own_->in_whole(number) - 1])) {
      return Error{Failure::gone, "the message has no id in this session"};
    }
    return id(number);
  }
  /// The policy's id, if it gives one. prepare_uidls() must have succeeded.
  [[nodiscard]] std::string id(MessageNumber number) const {
    const uidl::MessageId* const ours = uidls_ ? &(*uidls_)[own_->in_whole(number) - 1] : nullptr;
    return ours != nullptr && ours->from == uidl::MessageId::From::plugin
               ? ours->text
               : hosts_uidl(uid(number), uidvalidity());
  }

 private:
  static bool is_unnamed(const uidl::MessageId& id) {
    return id.from == uidl::MessageId::From::nobody;
  }

  static Board board_of(shim::Maildrop& maildrop) {
    Board board{.maxima = static_cast<Uid>(maildrop.next_uid() - 1), .last_date = std::nullopt};
    if (const MessageNumber last = maildrop.message_count(); last > 0) {
      if (const auto received = maildrop.received(last)) {
        board.last_date = received.value();
      }
    }
    return board;
  }

  Status replace_by(OpenMaildrop next) {
    if (Status committed = open_.commit(OpenMaildrop::marked(open_.deleted)); !committed) {
      return committed;
    }
    open_ = std::move(next);
    // The policy's ids are for the user's own maildrop only.
    uidls_.reset();
    uidls_prepared_ = true;
    keeps_deleted_ = false;
    return Done{};
  }

  OpenMaildrop& open_;
  std::shared_ptr<NarrowedMaildrop> own_;
  bool keeps_deleted_ = false;
  const shim::Environment& environment_;
  std::string user_;
  policy::Policy::Uidl uidl_policy_;
  bool uidl_known_;
  bool uidls_prepared_ = false;
  std::optional<std::vector<uidl::MessageId>> uidls_;  ///< of the whole mailbox
  std::function<void(std::string_view)> log_;
  bool by_user_;
  MaildropStates own_states_;
  MailboxUsers mailbox_users_;
  std::unique_ptr<Hasher> hasher_;
  std::uint64_t retrieved_ = 0;
  std::uint64_t topped_ = 0;
};

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
  std::string execute(std::string_view line) {
    const CommandLine parsed = parse_command_line(line);
    for (const Row& command : commands) {
      if (equals_ignoring_case(command.name, parsed.verb)) {
        return command.execute(*this, parsed.arguments);
      }
    }
    return err(parsed.verb.empty() ? "Unknown command."
                                   : "Unknown command: " + std::string(parsed.verb));
  }
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

  std::string stat() {
    const Tally left = open_.left();
    return "+OK " + std::to_string(left.messages) + ' ' + std::to_string(left.octets) + "\r\n";
  }

  std::string list(std::string_view arguments) {
    return listing(arguments, "+OK " + std::to_string(open_.left().messages) + " messages:\r\n",
                   [this](MessageNumber number) { return std::to_string(open_.sizes[number]); });
  }

  std::string uidl(std::string_view arguments) {
    return listing(arguments, std::string(ok),
                   [this](MessageNumber number) { return host_.id(number); });
  }

  std::string listing(std::string_view arguments, std::string first_line,
                      std::function<std::string(MessageNumber)> text) {
    if (arguments.empty()) {
      long_answer_ = std::make_unique<Listing>(open_.deleted, std::move(text));
      return first_line;
    }
    const auto number = message_number(arguments, false);
    if (!number) {
      return err(number.error().text);
    }
    return "+OK " + std::to_string(number.value()) + ' ' + text(number.value()) + "\r\n";
  }

  std::string retr(std::string_view arguments) {
    const auto number = message_number(arguments, false);
    if (!number) {
      return err(number.error().text);
    }
    auto reply = transfer(Access::retrieve, number.value(),
                          "+OK " + std::to_string(open_.sizes[number.value()]) + " octets\r\n",
                          std::numeric_limits<std::uint64_t>::max());
    if (long_answer_) {
      (void)host_.mark_seen(number.value());
    }
    return reply;
  }

  std::string top(std::string_view arguments) {
    const auto number = message_number(arguments, true);
    if (!number) {
      return err(number.error().text);
    }
    const auto lines = take_argument<std::uint64_t>(arguments, size_errors, false);
    if (!lines) {
      return err(lines.error().text);
    }
    return transfer(Access::top, number.value(), std::string(ok), lines.value());
  }

  std::string transfer(Access access, MessageNumber number, std::string first_line,
                       std::uint64_t body_lines) {
    auto reader = open_.maildrop->open_message(number);
    if (!reader) {
      log_(reader.error().text);
      return reader.error().kind == Failure::gone
                 ? err("Message " + std::to_string(number) + " expunged.")
                 : storage_error(reader.error());
    }
    long_answer_ = std::make_unique<Transfer>(std::move(reader.value()), body_lines);
    transferring_ = access;
    return first_line;
  }

  std::string dele(std::string_view arguments) {
    const auto number = message_number(arguments, false);
    if (!number) {
      return err(number.error().text);
    }
    open_.mark_deleted(number.value());
    return "+OK Marked to be deleted.\r\n";
  }

  std::string rset() {
    open_.unmark_deleted();
    open_.seen.assign(open_.seen.size(), false);
    return std::string(ok);
  }

  std::string quit() {
    over_ = true;
    const auto deleted = OpenMaildrop::marked(open_.deleted);
    if (const Status committed = open_.commit(deleted); !committed) {
      log_("QUIT: " + committed.error().text);
      core_.finish(Ending::dropped);
      return storage_error(committed.error());
    }
    core_.finish(Ending::quit);
    return deleted.empty() && !host_.keeps_deleted() ? "+OK Logging out.\r\n"
                                                     : "+OK Logging out, messages deleted.\r\n";
  }

  /// The number of an existing message that is not deleted. The Error's text is that of the reply.
  Result<MessageNumber> message_number(std::string_view& arguments, bool more_follows) const {
    auto number = take_argument<MessageNumber>(arguments, message_number_errors, more_follows);
    if (!number) {
      return number;
    }
    if (number.value() == 0 || number.value() > open_.count()) {
      return Error{Failure::permanent,
                   "There's no message " + std::to_string(number.value()) + '.'};
    }
    if (open_.deleted[number.value()]) {
      return Error{Failure::permanent, "Message is deleted."};
    }
    return number;
  }

  OpenMaildrop open_;
  std::function<void(std::string_view)> log_;
  MaildropHost host_;
  Session core_;
  std::unique_ptr<LongAnswer> long_answer_;
  Access transferring_ = Access::none;  ///< the command that the long answer taken last answers
  bool over_ = false;
};

const std::array<Transaction::Row, 10> Transaction::commands{{
    {"QUIT", [](Transaction& self, std::string_view) { return self.quit(); }},
    {"NOOP", [](Transaction&, std::string_view) { return std::string(ok); }},
    {"STAT", [](Transaction& self, std::string_view) { return self.stat(); }},
    {"LIST", [](Transaction& self, std::string_view arguments) { return self.list(arguments); }},
    {"UIDL", [](Transaction& self, std::string_view arguments) { return self.uidl(arguments); }},
    {"DELE", [](Transaction& self, std::string_view arguments) { return self.dele(arguments); }},
    {"RSET", [](Transaction& self, std::string_view) { return self.rset(); }},
    {"RETR", [](Transaction& self, std::string_view arguments) { return self.retr(arguments); }},
    {"TOP", [](Transaction& self, std::string_view arguments) { return self.top(arguments); }},
    {"CAPA", [](Transaction&, std::string_view) { return std::string(capabilities); }},
}};

}  // namespace

class ServerSession::Worker {
 public:
  explicit Worker(Environment environment) : environment_(std::move(environment)) {
    output_ += greeting;
    if (!environment_.apop_timestamp.empty()) {
      output_.append(" ").append(environment_.apop_timestamp);
    }
    output_ += "\r\n";
  }

  void receive(std::string_view octets) {
    if (over_ || octets.empty()) {
      return;
    }
    input_.erase(0, std::exchange(consumed_, 0));
    input_ += octets;
    advance();
  }

  [[nodiscard]] bool wants_input() const noexcept {
    return !over_ && input_.size() - consumed_ < max_waiting_input;
  }

  std::string take_output(std::size_t at_most, std::size_t unread) {
    advance();
    std::string piece = output_.substr(0, at_most);
    output_.erase(0, piece.size());
    if (over_ && all_taken()) {
      connection_lost();
    }
    if (transaction_ && !piece.empty() && transaction_->core().awaits_departure()) {
      transaction_->core().leaving(input().size() - host_lines_ + unread);
    }
    return piece;
  }

  void output_left() {
    if (transaction_ && all_taken()) {
      transaction_->core().all_left();
    }
  }

  [[nodiscard]] bool waits() const noexcept {
    return intake_ && intake_->state() == Intake::State::waiting;
  }

  [[nodiscard]] bool waits_for_client_only() const noexcept {
    return waits() && intake_->for_client_only();
  }

  [[nodiscard]] bool has_input() const noexcept { return !input().empty(); }

  [[nodiscard]] bool wants_close() const noexcept { return over_; }

  void connection_lost() {
    end();
    if (transaction_) {
      transaction_->drop();
    }
  }

 private:
  [[nodiscard]] bool all_taken() const noexcept { return !long_answer_ && output_.empty(); }

  /// Does what the available input and the room for output allow.
  void advance() {
    while (!over_ && output_.size() < max_pending_output && step()) {
    }
  }

  /// False: nothing can be done before more input arrives.
  bool step() {
    if (long_answer_) {
      continue_long_answer();
      return true;
    }
    if (slow_reply_) {
      if (const auto reply = slow_reply_->step()) {
        slow_reply_.reset();
        send(reply->wire());
      }
      return true;
    }
    if (intake_) {
      return continue_intake();
    }
    if (host_lines_ == 0 && transaction_ && !front_line_too_long()) {
      Decision decision = transaction_->core().take(input(), given_);
      if (decision.taker == Taker::later) {
        std::this_thread::sleep_for(decision.pause);
        return true;
      }
      if (decision.taker == Taker::ours) {
        consume(decision.octets);
        Answer answer = transaction_->core().answer(std::move(decision));
        if (!answer.reply.wire().empty()) {
          send(answer.reply.wire(), answer.client_erred);
        }
        if (answer.ends_session && !over_) {
          end();
        }
        if (answer.listing && !over_) {
          long_answer_ = std::make_unique<CoreListing>(std::move(answer.listing));
        }
        if (answer.slow_reply && !over_) {
          slow_reply_ = std::move(answer.slow_reply);
        }
        if (answer.intake && !over_) {
          intake_ = std::move(answer.intake);
          intake_->when_done(environment_.wake);
        }
        return true;
      }
      host_lines_ = decision.octets;
      if (!decision.rewritten.empty()) {
        input_.replace(consumed_, decision.octets, decision.rewritten);
        host_lines_ = decision.rewritten.size();
      }
      given_ += host_lines_;
    }
    if (front_line_too_long()) {
      output_ += err("Input line too long.");
      end();
      return true;
    }
    const auto line_feed = input().find('\n');
    if (line_feed == std::string_view::npos) {
      return false;
    }
    execute(line_feed + 1);
    return true;
  }

  void continue_long_answer() {
    const std::size_t before = output_.size();
    const auto progress = long_answer_->advance(output_);
    long_answer_octets_ += output_.size() - before;
    if (!progress) {
      // The reply has begun, so only the missing lone dot can still tell the client.
      log(progress.error().text);
      end();
    } else if (progress.value() == LongAnswer::Progress::complete) {
      long_answer_.reset();
      transaction_->long_answer_sent(std::exchange(long_answer_octets_, 0));
      transaction_->core().executed(executed_);
    }
  }

  bool continue_intake() {
    if (intake_->state() == Intake::State::taking && !input().empty()) {
      const std::size_t taken = intake_->take(input());
      transaction_->core().took_data(taken);
      consume(taken);
    }
    if (intake_->state() != Intake::State::done) {
      return false;
    }
    const std::unique_ptr<Intake> intake = std::move(intake_);
    send(intake->reply().wire());
    if (auto listing = intake->listing(); listing && !over_) {
      long_answer_ = std::make_unique<CoreListing>(std::move(listing));
    }
    if (intake->ends_session() && !over_) {
      end();
    }
    return true;
  }

  /// Executes a line of `octets`, line end included, at the front of the input.
  void execute(std::size_t octets) {
    std::string_view line = input().substr(0, octets - 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (!transaction_) {
      const std::string reply = authorize(line.substr(0, line.find('\0')));
      consume(octets);
      send(reply);
      return;
    }
    const std::string reply = in_policys_words(transaction_->execute(line));
    consume(octets);
    host_lines_ -= octets;
    executed_ += octets;
    long_answer_ = transaction_->take_long_answer();
    over_ = transaction_->over();
    send(reply);
    if (!over_ && !long_answer_) {
      transaction_->core().executed(executed_);
    }
  }

  /// The same reply, with its first line worded by the policy.
  std::string in_policys_words(const std::string& reply) {
    const std::size_t end = reply.find("\r\n");
    return transaction_->core().reworded(std::string_view(reply).substr(0, end)) +
           reply.substr(end);
  }

  void send(const std::string& reply, bool client_erred = true) {
    output_ += reply;
    bad_commands_ = reply.starts_with('+') ? 0 : bad_commands_ + (client_erred ? 1 : 0);
    if (bad_commands_ > max_bad_commands && !over_) {
      output_ += err("Too many bad commands.");
      end();
    }
  }

  /// The session is over for the client. The maildrop is told once the output has left, because it
  /// matters what was delivered.
  void end() {
    over_ = true;
    long_answer_.reset();
    slow_reply_.reset();
    intake_.reset();
  }

  // --- the AUTHORIZATION state ---

  std::string authorize(std::string_view line) {
    const std::string_view verb = line.substr(0, line.find(' '));
    // Only one space is skipped: a password may begin with a space.
    const std::string_view argument = line.substr(std::min(verb.size() + 1, line.size()));
    if (equals_ignoring_case(verb, "USER")) {
      user_ = argument;
      return std::string(ok);
    }
    if (equals_ignoring_case(verb, "PASS")) {
      return pass(argument);
    }
    if (equals_ignoring_case(verb, "APOP")) {
      return apop(argument);
    }
    const Authorization& authorization = environment_.authorization;
    if (equals_ignoring_case(verb, "CAPA")) {
      return authorization.capa(capabilities).wire();
    }
    if (equals_ignoring_case(verb, "HELP") && authorization.has_help()) {
      return authorization
          .help({.password = true, .apop = !environment_.apop_timestamp.empty()},
                parse_command_line(line).arguments)
          .wire();
    }
    if (equals_ignoring_case(verb, "QUIT")) {
      over_ = true;  // the reply is still sent
      return "+OK Logging out\r\n";
    }
    const auto unknown = authorization.unknown_command();
    return unknown ? unknown->wire() : err("Unknown command.");
  }

  std::string pass(std::string_view password) {
    if (!user_) {
      return err("No username given.");
    }
    const std::string user = *std::exchange(user_, std::nullopt);
    const auto right = environment_.password_of(user);
    return right && *right == password ? log_in(user) : err("[AUTH] Authentication failed.");
  }

  std::string apop(std::string_view arguments) {
    if (environment_.apop_timestamp.empty()) {
      return err("APOP not enabled.");
    }
    const auto space = arguments.find(' ');
    if (space == std::string_view::npos || arguments.size() - space - 1 != apop_digest_digits) {
      return err("Invalid parameters.");
    }
    const std::string_view digest = arguments.substr(space + 1);
    if (!is_hex(digest)) {
      return err("Invalid characters in MD5 response.");
    }
    const std::string user(arguments.substr(0, space));
    const auto secret = environment_.password_of(user);
    return secret && equals_ignoring_case(apop_digest(environment_.apop_timestamp, *secret), digest)
               ? log_in(user)
               : err("[AUTH] Authentication failed.");
  }

  std::string log_in(const std::string& user) {
    who_ = "user " + user + ": ";
    auto opened = environment_.maildrops->open(user);
    if (!opened) {
      log(opened.error().text);
      return storage_error(opened.error());
    }
    policy::Resolution resolution =
        environment_.policy_of ? environment_.policy_of(user) : policy::Resolution{};
    for (const std::string& problem : resolution.problems) {
      log(problem);
    }
    transaction_ = std::make_unique<Transaction>(
        std::move(opened.value()), user, std::move(resolution), environment_,
        [this](std::string_view sentence) { log(sentence); });
    const LoginReply reply = transaction_->core().logged_in("+OK Logged in.");
    if (reply.refused) {
      end();
    }
    return reply.line + "\r\n";
  }

  void log(std::string_view sentence) const {
    if (environment_.log) {
      std::string line = who_ + std::string(sentence);
      std::replace_if(
          line.begin(), line.end(), [](char c) { return c >= '\0' && c < ' '; }, '?');
      environment_.log(line);
    }
  }

  // --- the input ---

  [[nodiscard]] std::string_view input() const noexcept {
    return std::string_view(input_).substr(consumed_);
  }
  void consume(std::size_t octets) noexcept { consumed_ += octets; }
  [[nodiscard]] bool front_line_too_long() const noexcept {
    return input().size() > max_line_octets &&
           input().substr(0, max_line_octets).find('\n') == std::string_view::npos;
  }

  Environment environment_;
  std::string who_;
  std::string input_;
  std::size_t consumed_ = 0;  ///< octets at the front of input_
  std::string output_;
  unsigned bad_commands_ = 0;
  bool over_ = false;

  std::optional<std::string> user_;  ///< from USER
  std::unique_ptr<Transaction> transaction_;
  std::unique_ptr<LongAnswer> long_answer_;
  std::unique_ptr<SlowReply> slow_reply_;
  std::unique_ptr<Intake> intake_;
  std::uint64_t long_answer_octets_ = 0;
  std::size_t host_lines_ = 0;  ///< octets at the front of the input that the core left to us
  std::uint64_t given_ = 0;     ///< octets that the core has left to us so far
  std::uint64_t executed_ = 0;  ///< of these, up to the last command begun
};

ServerSession::ServerSession(Environment environment)
    : worker_(std::make_unique<Worker>(std::move(environment))) {}

ServerSession::~ServerSession() = default;

void ServerSession::receive(std::string_view octets) {
  worker_->receive(octets);
}

bool ServerSession::wants_input() const noexcept {
  return worker_->wants_input();
}

std::string ServerSession::take_output(std::size_t at_most, std::size_t unread) {
  return worker_->take_output(at_most, unread);
}

void ServerSession::output_left() {
  worker_->output_left();
}

bool ServerSession::waits() const noexcept {
  return worker_->waits();
}

bool ServerSession::waits_for_client_only() const noexcept {
  return worker_->waits_for_client_only();
}

bool ServerSession::has_input() const noexcept {
  return worker_->has_input();
}

bool ServerSession::wants_close() const noexcept {
  return worker_->wants_close();
}

void ServerSession::connection_lost() {
  worker_->connection_lost();
}

}  // namespace pop3_legacy::shim
