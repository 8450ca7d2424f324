#include "plugin/dovecot/mail_parts.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/dovecot/mailbox_state.h"

namespace pop3_legacy::dovecot {

namespace {

std::string_view name_of(const struct message_header_line& line) {
  return {line.name, line.name_len};
}

/// Puts a header's first word into `word` and passes its parameters to `take`.
template <class Parse, class Take>
void read_parameters(const struct message_header_line& line, Parse parse, std::string& word,
                     Take take) {
  T_BEGIN {
    struct rfc822_parser_context parser {};
    rfc822_parser_init(&parser, line.full_value, line.full_value_len, nullptr);
    rfc822_skip_lwsp(&parser);
    string_t* const text = t_str_new(64);
    const int more = parse(&parser, text);
    const std::string_view parsed(str_c(text));
    std::transform(parsed.begin(), parsed.end(), std::back_inserter(word), lower);
    if (more >= 0) {
      const char* const* parameters = nullptr;
      rfc2231_parse(&parser, &parameters);
      for (; *parameters != nullptr; parameters += 2) {
        take(std::string_view(parameters[0]), std::string_view(parameters[1]));
      }
    }
    rfc822_parser_deinit(&parser);
  }
  T_END;
}

/// Decodes the RFC 2047 words that some mailers put into file names.
std::string readable(std::string_view name) {
  std::string text;
  T_BEGIN {
    buffer_t* const decoded = t_buffer_create(name.size() + 1);
    message_header_decode_utf8(reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                               decoded, nullptr);
    text.assign(static_cast<const char*>(decoded->data), decoded->used);
  }
  T_END;
  return text;
}

}  // namespace

Result<std::unique_ptr<MessageParts>> MailParts::open(
    struct mailbox_transaction_context* transaction, std::uint32_t sequence) {
  constexpr auto fields =
      static_cast<enum mail_fetch_field>(MAIL_FETCH_STREAM_HEADER | MAIL_FETCH_STREAM_BODY);
  std::unique_ptr<MailParts> parts(new MailParts(mail_alloc(transaction, fields, nullptr)));
  mail_set_seq(parts->mail_, sequence);
  struct istream* input = nullptr;
  if (mail_get_stream_because(parts->mail_, nullptr, nullptr, "MANGLE", &input) < 0) {
    return mailbox_error(parts->mail_->box);
  }
  parts->start(input);
  return std::unique_ptr<MessageParts>(std::move(parts));
}

void MailParts::start(struct istream* input) {
  input_ = input;
  i_stream_seek(input, 0);
  pool_ = pool_alloconly_create("pop3_legacy message parts", 4096);
  const struct message_parser_settings settings {};
  parser_ = message_parser_init(pool_, input, &settings);
  decoder_ = message_decoder_init(nullptr, static_cast<enum message_decoder_flags>(0));
}

MailParts::~MailParts() {
  if (parser_ != nullptr) {
    struct message_part* parts = nullptr;
    message_parser_deinit(&parser_, &parts);
    message_decoder_deinit(&decoder_);
    pool_unref(&pool_);
  }
  mail_free(&mail_);
}

Result<MessageParts::Piece> MailParts::next() {
  for (;;) {
    if (!pending_) {
      const auto read = read_block();
      if (!read) {
        return read.error();
      }
      if (!read.value()) {
        if (!begun_) {
          return begin_part();  // an empty message
        }
        return in_header_ ? end_header() : Piece{};
      }
    }
    if (block_.part != current_ || !begun_) {
      if (in_header_) {
        return end_header();
      }
      if (!is_above(block_.part)) {
        return begin_part();
      }
    }
    pending_ = false;
    if (block_.part != current_) {
      continue;  // the text between the parts of a multipart
    }
    if (block_.hdr != nullptr) {
      if (!block_.hdr->eoh) {
        return field();
      }
      continue;
    }
    struct message_block decoded {};
    if (in_header_) {
      (void)message_decoder_decode_next_block(decoder_, &block_, &decoded);
      decodes_ = true;
      return end_header();
    }
    if (wants_text_ && decodes_ && block_.size > 0 &&
        message_decoder_decode_next_block(decoder_, &block_, &decoded) && decoded.size > 0) {
      return Piece{.kind = Kind::text,
                   .octets = {reinterpret_cast<const char*>(decoded.data), decoded.size}};
    }
  }
}

/// False: the message has ended.
Result<bool> MailParts::read_block() {
  const int got = ended_ ? -1 : message_parser_parse_next_block(parser_, &block_);
  if (got > 0) {
    pending_ = true;
    return true;
  }
  if (input_->stream_errno != 0) {
    mail_set_critical(mail_, "read(%s) failed: %s", i_stream_get_name(input_),
                      i_stream_get_error(input_));
    return mailbox_error(mail_->box);
  }
  if (got == 0) {
    return Error{Failure::temporary, "the message's stream has nothing to read yet"};
  }
  ended_ = true;
  return false;
}

bool MailParts::is_above(const struct message_part* part) const {
  const struct message_part* above = current_;
  while (above != nullptr && above != part) {
    above = above->parent;
  }
  return above != nullptr;
}

MessageParts::Piece MailParts::begin_part() {
  current_ = pending_ ? block_.part : nullptr;
  begun_ = true;
  in_header_ = true;
  decodes_ = false;
  has_type_ = false;
  has_boundary_ = false;
  info_ = PartInfo();
  other_name_.clear();
  Piece piece{.kind = Kind::part};
  if (current_ != nullptr) {
    for (const struct message_part* above = current_->parent; above != nullptr;
         above = above->parent) {
      ++piece.depth;
    }
  }
  return piece;
}

MessageParts::Piece MailParts::field() {
  struct message_header_line& line = *block_.hdr;
  const std::string_view name = name_of(line);
  const bool disposition = equals_ignoring_case(name, "Content-Disposition");
  const bool type = equals_ignoring_case(name, "Content-Type");
  const bool encoding = equals_ignoring_case(name, "Content-Transfer-Encoding");
  // The decoder sees a part's header only through these fields.
  if (type || encoding) {
    struct message_block decoded {};
    (void)message_decoder_decode_next_block(decoder_, &block_, &decoded);
  }
  if (disposition && line.continues) {
    line.use_full_value = true;
  }
  if (!line.continues) {
    if (type && !has_type_) {
      has_type_ = true;
      read_content_type(line);
    } else if (disposition) {
      read_disposition(line);
    } else if (encoding) {
      T_BEGIN {
        info_.decodable = message_decoder_parse_cte(&line) != MESSAGE_CTE_UNKNOWN;
      }
      T_END;
    }
  }
  line_.clear();
  if (!line.continued) {
    line_.append(name).append(reinterpret_cast<const char*>(line.middle), line.middle_len);
  }
  line_.append(reinterpret_cast<const char*>(line.value), line.value_len);
  return {.kind = Kind::field,
          .name = name,
          .octets = line_,
          .goes_on = line.continued,
          .ends_line = !line.no_newline};
}

void MailParts::read_content_type(const struct message_header_line& line) {
  std::string type;
  read_parameters(line, rfc822_parse_content_type, type,
                  [this](std::string_view name, std::string_view value) {
                    if (equals_ignoring_case(name, "boundary")) {
                      has_boundary_ = true;
                    } else if (equals_ignoring_case(name, "name")) {
                      other_name_ = readable(value);
                    }
                  });
  if (type.find('/') != std::string::npos) {
    info_.type = std::move(type);
  }
}

void MailParts::read_disposition(const struct message_header_line& line) {
  std::string disposition;
  info_.file_name.clear();
  read_parameters(line, rfc822_parse_mime_token, disposition,
                  [this](std::string_view name, std::string_view value) {
                    if (equals_ignoring_case(name, "filename")) {
                      info_.file_name = readable(value);
                    }
                  });
  info_.attachment = disposition == "attachment";
  info_.in_line = disposition == "inline";
}

MessageParts::Piece MailParts::end_header() {
  in_header_ = false;
  const unsigned flags = current_ == nullptr ? 0U : static_cast<unsigned>(current_->flags);
  if ((flags & MESSAGE_PART_FLAG_MULTIPART) != 0 && has_boundary_) {
    info_.body = PartInfo::Body::multipart;
  } else if ((flags & MESSAGE_PART_FLAG_MESSAGE_RFC822) != 0) {
    info_.body = PartInfo::Body::message;
    info_.type = "message/rfc822";  // parts of a digest need not say so
  }
  if (info_.file_name.empty()) {
    info_.file_name = other_name_;
  }
  wants_text_ = info_.body == PartInfo::Body::leaf && info_.type.starts_with("text/");
  return {.kind = Kind::header_end, .info = &info_};
}

}  // namespace pop3_legacy::dovecot
