#include "plugin/dovecot/mail_facts.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "plugin/core/uidl/header_lines.h"
#include "plugin/core/uidl/message_text.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/files/durable_file.h"
#include "plugin/files/open_file.h"

namespace pop3_legacy::dovecot {

using uidl::envelope_of;
using uidl::header_of;

namespace {

constexpr std::string_view courier_file = "/courierpop3dsizelist";
constexpr std::size_t max_courier_octets = std::size_t{256} * 1024 * 1024;
constexpr std::string_view envelope_start = "From ";

/// A header line that Dovecot itself adds to an mbox (mbox_hide_headers in mbox-storage.c), except
/// Content-Length, which others also write.
bool is_dovecots(std::string_view line) {
  constexpr std::array<std::string_view, 6> names = {
      "X-IMAPbase:", "X-IMAP:", "X-UID:", "X-Keywords:", "Status:", "X-Status:"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return uidl::begins(line, name); });
}

/// The Content-Length line that Dovecot added to the header of a message in an mbox; empty if it
/// added none. Dovecot adds its lines at the header's end, X-UID before Content-Length
/// (mbox_sync_add_missing_headers() in mbox-sync-update.c, mbox-save.c), and adds no Content-Length
/// if there is one. So Dovecot's own line comes after X-UID and is followed only by Dovecot's
/// lines; one that the message arrived with comes before X-UID.
std::string_view dovecots_length(std::string_view header) {
  std::string_view found;
  bool behind_uid = false;
  bool dovecots = false;  // the field that a folded line continues is Dovecot's
  for (const std::string_view line : lines(header)) {
    if (!continues(line)) {
      behind_uid = behind_uid || uidl::begins(line, "X-UID:");
      const bool length = behind_uid && uidl::begins(line, "Content-Length:");
      dovecots = length || is_dovecots(line);
      if (length) found = line;
    }
    if (!dovecots) found = {};
  }
  return found;
}

/// The header of a message in an mbox without that line.
std::string without_dovecots_length(std::string_view header) {
  std::string out(header);
  if (const std::string_view line = dovecots_length(header); !line.empty()) {
    out.erase(static_cast<std::size_t>(line.data() - header.data()), line.size());
  }
  return out;
}

/// A message in an mbox as it was before Dovecot opened the file.
std::string without_dovecots_lines(std::string_view text) {
  const std::string_view header = header_of(text);
  const std::string_view length = dovecots_length(header);
  std::string out;
  for (const std::string_view line : lines(header)) {
    if (!is_dovecots(line) && line.data() != length.data()) {
      out += line;
    }
  }
  return out.append(text.substr(header.size()));
}

}  // namespace

MailFacts::MailFacts(struct mail* mail, std::shared_ptr<const uidl::CourierList> courier)
    : mail_(mail), courier_(std::move(courier)) {
  const std::string_view storage = mail->box->storage->name;
  format_ = storage == "maildir" ? Format::maildir
            : storage == "mbox"  ? Format::mbox
                                 : Format::other;
}

UidValidity MailFacts::uidvalidity() {
  return mail_index_get_header(mail_->transaction->view)->uid_validity;
}

Error MailFacts::error() const {
  Error error = mailbox_error(mail_->box);
  error.text = "UID " + std::to_string(mail_->uid) + ": " + error.text;
  return error;
}

Result<std::string> MailFacts::special(enum mail_fetch_field field) {
  const char* value = nullptr;
  if (mail_get_special(mail_, field, &value) < 0) {
    return error();
  }
  return std::string(value);
}

Result<std::string> MailFacts::guid() {
  Result<std::string> guid = special(MAIL_FETCH_GUID);
  if (guid && guid.value().empty()) {
    return Error{Failure::permanent, without_guids};
  }
  return guid;
}

std::string MailFacts::user() {
  return mail_->box->storage->user->username;
}

Result<std::int64_t> MailFacts::received() {
  time_t date = 0;
  if (mail_get_received_date(mail_, &date) < 0) {
    return error();
  }
  return std::int64_t{date};
}

Result<std::optional<std::string>> MailFacts::file_name() {
  if (format_ != Format::maildir) {
    return std::optional<std::string>();
  }
  Result<std::string> name = special(MAIL_FETCH_STORAGE_ID);
  if (!name) {
    return name.error();
  }
  return std::optional(std::move(name.value()));
}

Result<std::optional<uidl::CourierNumber>> MailFacts::courier() {
  const auto name = file_name();
  if (!name) {
    return name.error();
  }
  if (!name.value()) {
    return std::optional<uidl::CourierNumber>();
  }
  if (!courier_) {
    const char* folder = nullptr;
    if (mailbox_get_path_to(mail_->box, MAILBOX_LIST_PATH_TYPE_MAILBOX, &folder) <= 0) {
      return error();
    }
    const std::string path = std::string(folder).append(courier_file);
    const auto text = files::read_small_file(path, max_courier_octets);
    if (!text) {
      return text.error();
    }
    courier_ = std::make_shared<const uidl::CourierList>(
        uidl::CourierList::parse(text.value().value_or(std::string())));
    if (const std::string odd = courier_->passed_over(); !odd.empty()) {
      e_warning(mail_->box->event, "pop3_legacy: uidl: %s: %s", path.c_str(), odd.c_str());
    }
  }
  return courier_->find(*name.value());
}

// The text as stored; less than `at_most` if the message is shorter.
Result<std::string> MailFacts::text(std::size_t at_most, bool header_only) {
  struct istream* input = nullptr;
  const int opened = header_only ? mail_get_hdr_stream(mail_, nullptr, &input)
                                 : mail_get_stream(mail_, nullptr, nullptr, &input);
  if (opened < 0) {
    return error();
  }
  return read_stream(input, at_most, header_only);
}

Result<std::string> MailFacts::read_stream(struct istream* input, std::size_t at_most,
                                           bool header_only) {
  std::string text;
  std::size_t line = 0;  // start of the last line; what is before it is not examined again
  bool in_header = true;
  while (text.size() < at_most && in_header) {
    const unsigned char* data = nullptr;
    size_t size = 0;
    const int more = i_stream_read_more(input, &data, &size);
    if (more < 0) {
      if (input->stream_errno != 0) {
        mail_set_critical(mail_, "read(%s) failed: %s", i_stream_get_name(input),
                          i_stream_get_error(input));
        return error();
      }
      break;
    }
    const std::string_view chunk(reinterpret_cast<const char*>(data),
                                 std::min(size, at_most - text.size()));
    const std::size_t line_end = chunk.rfind('\n');
    text.append(chunk);
    if (header_only && line_end != std::string_view::npos) {
      const std::string_view fresh = std::string_view(text).substr(line);
      in_header = header_of(fresh).size() == fresh.size();
      line = text.size() - chunk.size() + line_end + 1;
    }
    i_stream_skip(input, size);
  }
  return text;
}

// Reads from the file, beginning with the envelope line: Dovecot's message stream has no such line
// and omits the headers that it keeps in its index.
Result<std::string> MailFacts::mbox_text(std::size_t at_most) {
  struct istream* input = nullptr;
  if (mail_get_stream(mail_, nullptr, nullptr, &input) < 0) {
    return error();
  }
  // The stream is positioned at this message now: mbox_mail_get_stream() did the seek.
  const auto* const mbox = reinterpret_cast<const struct mbox_mailbox*>(mail_->box);
  const uoff_t start = istream_raw_mbox_get_start_offset(mbox->mbox_stream);
  const char* path = nullptr;
  if (mailbox_get_path_to(mail_->box, MAILBOX_LIST_PATH_TYPE_MAILBOX, &path) <= 0) {
    return error();
  }
  const files::OpenFile file(files::open_retrying(AT_FDCWD, path, O_RDONLY | O_NONBLOCK));
  if (!file.open()) {
    return files::failed(path, "opened", errno);
  }
  std::string text(at_most, '\0');
  const ssize_t have = files::read_at(file.get(), start, text);
  if (have < 0) {
    return files::failed(path, "read", errno);
  }
  text.resize(static_cast<std::size_t>(have));
  // The offset points to the line end before "From ".
  text.erase(0, text.starts_with("\r\n") ? 2 : text.starts_with('\n') ? 1 : 0);
  if (!text.starts_with(envelope_start)) {
    return Error{Failure::temporary, std::string(path) + ": no message begins where UID " +
                                         std::to_string(mail_->uid) + " should"};
  }
  return text;
}

Result<std::string> MailFacts::header() {
  for (std::size_t octets = std::size_t{16} * 1024;;
       octets = std::min(octets * 16, uidl::max_header_octets)) {
    Result<std::string> whole =
        format_ == Format::mbox ? mbox_text(octets) : text(octets, /*header_only=*/true);
    if (!whole) {
      return whole;
    }
    std::string_view rest = whole.value();
    rest.remove_prefix(envelope_of(rest).size());
    const std::string_view header = header_of(rest);
    if (header.size() < rest.size() || whole.value().size() < octets ||
        octets >= uidl::max_header_octets) {
      return format_ == Format::mbox ? without_dovecots_length(header) : std::string(header);
    }
  }
}

Result<std::optional<std::string>> MailFacts::envelope_line() {
  constexpr std::size_t enough = 8192;
  const Result<std::string> start =
      format_ == Format::mbox ? mbox_text(enough) : text(enough, /*header_only=*/true);
  if (!start) {
    return start.error();
  }
  const std::string_view line = envelope_of(start.value());
  return line.empty() ? std::optional<std::string>() : std::optional(std::string(line));
}

Result<std::string> MailFacts::beginning(std::size_t octets) {
  constexpr std::size_t for_the_rest = 16384;  // the envelope line and what Dovecot has added
  Result<std::string> start = format_ == Format::mbox
                                  ? mbox_text(octets + for_the_rest)
                                  : text(octets + for_the_rest, /*header_only=*/false);
  if (!start) {
    return start;
  }
  std::string_view rest = start.value();
  rest.remove_prefix(envelope_of(rest).size());
  // In the file, an empty line follows the message, then the next message or the end.
  if (format_ == Format::mbox) {
    const bool whole = start.value().size() < octets + for_the_rest;
    const std::size_t next = rest.find("\n\nFrom ");
    if (next != std::string_view::npos) {
      rest = rest.substr(0, next + 1);
    } else if (whole && rest.ends_with("\n\n")) {
      rest.remove_suffix(1);
    }
  }
  return (format_ == Format::mbox ? without_dovecots_lines(rest) : std::string(rest))
      .substr(0, octets);
}

Result<std::string> MailFacts::fields(const std::string& name) {
  const std::array<const char*, 2> names = {name.c_str(), nullptr};
  struct mailbox_header_lookup_ctx* wanted = mailbox_header_lookup_init(mail_->box, names.data());
  struct istream* input = nullptr;
  const int opened = mail_get_header_stream(mail_, wanted, &input);
  mailbox_header_lookup_unref(&wanted);
  if (opened < 0) {
    return error();
  }
  return read_stream(input, uidl::max_header_octets, /*header_only=*/true);
}

// Dovecot's cached sizes of a message's parts do not tell how many lines a header has, or the body
// of a multipart message.
Result<std::uint64_t> MailFacts::lines() {
  struct istream* input = nullptr;
  if (mail_get_stream(mail_, nullptr, nullptr, &input) < 0) {
    return error();
  }
  std::uint64_t lines = 0;
  const unsigned char* data = nullptr;
  size_t size = 0;
  i_stream_seek(input, 0);
  while (i_stream_read_more(input, &data, &size) > 0) {
    lines += static_cast<std::uint64_t>(std::count(data, data + size, '\n'));
    i_stream_skip(input, size);
  }
  if (input->stream_errno != 0) {
    mail_set_critical(mail_, "read(%s) failed: %s", i_stream_get_name(input),
                      i_stream_get_error(input));
    return error();
  }
  return lines;
}

}  // namespace pop3_legacy::dovecot
