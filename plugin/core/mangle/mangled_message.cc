#include "plugin/core/mangle/mangled_message.h"

#include <algorithm>
#include <array>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/message/header_field.h"

namespace pop3_legacy {

namespace {

/// What one call produces: as much as a host sends before it checks for room again.
constexpr std::size_t piece_octets = 4096;
/// How much of the message is read per call: HTML may be long and its text short.
constexpr std::size_t read_octets = std::size_t{64} * 1024;
/// Lower than the limit of the hosts' libraries, so that all hosts stop at the same part. qpopper
/// descends 5 levels.
constexpr unsigned max_depth = 50;
constexpr std::uint32_t max_parts = 5000;
/// qpopper's limit for a name in a line in brackets.
constexpr std::size_t max_name_octets = 30;
constexpr std::size_t max_type_octets = 20;

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// The part's type up to the slash, and the part after it.
std::string_view major_of(std::string_view type) noexcept {
  return type.substr(0, type.find('/'));
}
std::string_view minor_of(std::string_view type) noexcept {
  return type.substr(std::min(type.find('/'), type.size() - 1) + 1);
}

/// Reads the whole message once and chooses, for every multipart/alternative, the part to show. The
/// result is indexed by part number.
Result<std::vector<bool>> choose(MessageParts& parts) {
  struct Level {
    std::string type;
    std::uint32_t first = 0;  // the numbers of its parts; 0: none yet
    std::uint32_t plain = 0;
    std::uint32_t number = 0;
  };
  std::vector<bool> chosen;
  std::vector<Level> levels;
  const auto leave = [&](std::size_t depth) {
    for (; levels.size() > depth; levels.pop_back()) {
      const Level& level = levels.back();
      if (const std::uint32_t number = level.plain != 0 ? level.plain : level.first; number != 0) {
        chosen[number] = true;
      }
    }
  };
  for (;;) {
    const auto piece = parts.next();
    if (!piece) {
      return piece.error();
    }
    switch (piece.value().kind) {
      case MessageParts::Kind::part:
        leave(piece.value().depth);
        levels.emplace_back().number = static_cast<std::uint32_t>(chosen.size());
        chosen.push_back(false);
        if (chosen.size() > max_parts) {
          leave(0);
          return chosen;
        }
        break;
      case MessageParts::Kind::header_end: {
        parts.skip_text();
        Level& level = levels.back();
        level.type = piece.value().info->type;
        if (levels.size() > 1) {
          Level& parent = levels[levels.size() - 2];
          parent.first = parent.first != 0 ? parent.first : level.number;
          if (parent.plain == 0 && level.type == "text/plain") {
            parent.plain = level.number;
          }
        }
        break;
      }
      case MessageParts::Kind::end:
        leave(0);
        return chosen;
      case MessageParts::Kind::field:
      case MessageParts::Kind::text:
        break;
    }
  }
}

}  // namespace

MangledMessage::MangledMessage(std::unique_ptr<MessageParts> parts, Open open, Mangling mangling,
                               std::uint64_t body_lines)
    : open_(std::move(open)),
      parts_(std::move(parts)),
      mangling_(std::move(mangling)),
      lines_left_(body_lines) {}

Result<std::string> MangledMessage::next() {
  out_.clear();
  for (std::size_t read = 0; !done_ && out_.size() < piece_octets && read < read_octets;) {
    const auto piece = parts_->next();
    if (!piece) {
      return piece.error();
    }
    read += piece.value().octets.size() + 1;
    if (const Status taken = take(piece.value()); !taken) {
      return taken.error();
    }
  }
  return std::exchange(out_, {});
}

Status MangledMessage::take(const MessageParts::Piece& piece) {
  switch (piece.kind) {
    case MessageParts::Kind::part:
      return begin_part(piece.depth);
    case MessageParts::Kind::field:
      take_field(piece);
      return Done{};
    case MessageParts::Kind::header_end:
      levels_.back().info = *piece.info;
      return end_header();
    case MessageParts::Kind::text:
      if (showing_ && in_html_) {
        std::string text;
        html_.add(piece.octets, text);
        show(text);
      } else if (showing_) {
        show(piece.octets);
      }
      return Done{};
    case MessageParts::Kind::end:
      finish();
      return Done{};
  }
  return Done{};
}

Status MangledMessage::begin_part(unsigned depth) {
  if (in_html_) {
    std::string rest;
    html_.end(rest);
    show(rest);
    in_html_ = false;
  }
  showing_ = false;
  levels_.resize(std::min<std::size_t>(levels_.size(), depth));
  Level level;
  level.number = parts_seen_++;
  if (levels_.empty()) {
    level.is_message = true;
    level.shows_fields = true;
  } else {
    const Level& parent = levels_.back();
    level.is_message = parent.info.body == PartInfo::Body::message;
    const bool alternative = parent.info.type == "multipart/alternative";
    level.omitted = parent.omitted ||
                    (alternative && !(level.number < chosen_.size() && chosen_[level.number]));
    // qpopper omits the body of the message that is attached to a report.
    level.body_omitted = level.is_message && parent.body_omitted;
    level.shows_fields = level.is_message && !level.omitted;
  }
  levels_.push_back(std::move(level));
  if (parts_seen_ > max_parts) {
    levels_.back().info.in_line = true;
    note("message too complex; ");
    finish();
  }
  return Done{};
}

void MangledMessage::take_field(const MessageParts::Piece& piece) {
  if (!levels_.back().shows_fields) {
    return;
  }
  if (!piece.goes_on) {
    field_wanted_ = wanted(piece.name);
  }
  if (field_wanted_) {
    put(piece.octets);
    if (piece.ends_line) {
      put("\n");
    }
  }
}

bool MangledMessage::wanted(std::string_view name) const {
  constexpr std::string_view content = "content-";
  const auto same = [name](std::string_view other) { return equals_ignoring_case(name, other); };
  return !same("mime-version") && !equals_ignoring_case(name.substr(0, content.size()), content) &&
         std::any_of(mangling_.fields.begin(), mangling_.fields.end(), same);
}

Status MangledMessage::end_header() {
  if (levels_.size() == 1) {
    end_own_header();
    if (done_) {
      return Done{};
    }
  }
  return end_part_header();
}

// For a message without content, qpopper says nothing and does not even end the header.
void MangledMessage::end_own_header() {
  end_line();
  if (lines_left_ > 0) {
    constexpr std::array<std::string_view, 3> charsets{"us-ascii", "iso-8859-1", "utf-8"};
    put("Mime-version: 1.0\nContent-Type: text/plain;charset=\"");
    put(charsets.at(static_cast<std::size_t>(mangling_.charset)));
    put("\"\n");
  }
  put("\n");
  in_body_ = true;
  done_ = lines_left_ == 0;
}

Status MangledMessage::end_part_header() {
  Level& level = levels_.back();
  if (level.shows_fields && levels_.size() > 1) {
    put("\n");
  }
  if (level.omitted || level.body_omitted) {
    level.omitted = true;
    parts_->skip_text();
    return Done{};
  }
  if (level.info.body == PartInfo::Body::leaf) {
    end_leaf_header();
    return Done{};
  }
  if (levels_.size() > max_depth) {
    level.info.in_line = true;
    note("message too complex; ");
    leave_out();
    return Done{};
  }
  if (level.info.body == PartInfo::Body::message) {
    const bool report =
        levels_.size() > 1 && levels_[levels_.size() - 2].info.type == "multipart/report";
    level.body_omitted = report;
    end_line();
    show(report ? "\n[Header of message follows:]\n\n" : "\n[Included message follows:]\n\n");
    return Done{};
  }
  if (level.info.type == "multipart/alternative" && chosen_.empty()) {
    auto again = open_();
    if (!again) {
      return again.error();
    }
    auto chosen = choose(*again.value());
    if (!chosen) {
      return chosen.error();
    }
    chosen_ = std::move(chosen.value());
  }
  return Done{};
}

void MangledMessage::end_leaf_header() {
  const PartInfo& info = levels_.back().info;
  const std::string_view major = major_of(info.type);
  const std::string_view minor = minor_of(info.type);
  if (major == "text" && !info.attachment && info.decodable) {
    end_line();
    showing_ = true;
    in_html_ = minor == "html";
    return;
  }
  leave_out();
  if (info.type == "message/delivery-status" || info.type == "message/external-body" ||
      info.type == "application/vnd.ms-tnef" || info.type == "application/applefile") {
    return;  // useless without what it describes, or also expressed in words elsewhere
  }
  if (major == "multipart") {
    levels_.back().info.in_line = true;
    note("invalid MIME formatting; ");
  } else if (major == "text") {
    note({});
  } else if (major == "application") {
    note({}, minor == "octet-stream" ? "" : minor);
  } else {
    const bool known = major == "audio" || major == "image" || major == "video" ||
                       major == "model" || major == "message";
    note({}, known ? major : "unknown");
  }
}

void MangledMessage::leave_out() {
  levels_.back().omitted = true;
  parts_->skip_text();
}

// The wording and the blanks are qpopper's.
void MangledMessage::note(std::string_view error, std::string_view type) {
  end_line();
  const PartInfo& info = levels_.back().info;
  std::string text = "\n[" + std::string(error);
  if (!info.file_name.empty()) {
    std::string name(cut(info.file_name, max_name_octets));
    std::replace_if(
        name.begin(), name.end(), [](char c) { return (c >= '\0' && c < ' ') || c == '\x7F'; },
        '?');
    text += name + "]\n[ ";
  }
  if (!type.empty()) {
    text.append(cut(type, max_type_octets)).append(" ");
  }
  show(text.append(info.in_line ? "part omitted]\n\n" : "attachment omitted]\n\n"));
}

void MangledMessage::finish() {
  if (done_) {
    return;
  }
  if (in_html_) {
    std::string rest;
    html_.end(rest);
    show(rest);
  }
  end_line();
  done_ = true;
}

// Octets that are not UTF-8 can only result from a library's mistake; they do no harm.
void MangledMessage::show(std::string_view utf8) {
  using Charset = Mangling::Charset;
  std::string text;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    const std::size_t length = std::min<std::size_t>(lead < 0xC0   ? 1
                                                     : lead < 0xE0 ? 2
                                                     : lead < 0xF0 ? 3
                                                                   : 4,
                                                     utf8.size() - at);
    const std::string_view character = utf8.substr(at, length);
    at += length;
    // The hosts' libraries differ in how many of these they write for one invalid sequence.
    const bool replaced = character == replacement;
    if (replaced && std::exchange(replaced_, true)) {
      continue;
    }
    replaced_ = replaced;
    if (lead < 0x80 || mangling_.charset == Charset::utf_8) {
      text += character;
    } else if (mangling_.charset == Charset::iso_8859_1 && length == 2 && lead <= 0xC3) {
      text += static_cast<char>((lead & 0x03U) << 6U |
                                (static_cast<unsigned char>(character[1]) & 0x3FU));
    } else {
      text += '_';
    }
  }
  put(text);
}

void MangledMessage::end_line() {
  if (last_ != '\n') {
    put("\n");
  }
}

void MangledMessage::put(std::string_view octets) {
  for (const char c : octets) {
    if (done_ || (in_body_ && lines_left_ == 0)) {
      done_ = true;
      return;
    }
    if (c == '\n' && last_ != '\r') {
      out_ += '\r';
    }
    out_ += c;
    last_ = c;
    if (c == '\n' && in_body_ && lines_left_ != all_lines) {
      --lines_left_;
    }
  }
  done_ = done_ || (in_body_ && lines_left_ == 0);
}

}  // namespace pop3_legacy
