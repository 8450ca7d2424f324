#include "shim/message_parts.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"

namespace pop3_legacy::shim {

namespace {

constexpr std::size_t piece_octets = 4096;
constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct Unref {
  void operator()(void* object) const noexcept { g_object_unref(object); }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

/// Converts a charset to UTF-8, piece by piece. As in Dovecot, an unknown charset is taken for
/// UTF-8, and an invalid sequence becomes U+FFFD.
class ToUtf8 {
 public:
  explicit ToUtf8(const char* charset) {
    if (charset != nullptr) {
      converter_ = g_mime_iconv_open("UTF-8", charset);
    }
    if (converter_ == none()) {
      converter_ = g_mime_iconv_open("UTF-8", "UTF-8");
    }
  }
  ToUtf8(const ToUtf8&) = delete;
  ToUtf8& operator=(const ToUtf8&) = delete;
  ToUtf8(ToUtf8&&) = delete;
  ToUtf8& operator=(ToUtf8&&) = delete;
  ~ToUtf8() {
    if (converter_ != none()) {
      g_mime_iconv_close(converter_);
    }
  }

  /// What cannot be converted yet is kept for the next piece.
  std::string add(std::string_view octets) {
    held_ += octets;
    std::string text;
    char* from = held_.data();
    std::size_t left = held_.size();
    while (left > 0) {
      std::array<char, 1024> buffer{};
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t done = iconv(converter_, &from, &left, &to, &room);
      const int error = errno;
      text.append(buffer.data(), buffer.size() - room);
      if (done == static_cast<std::size_t>(-1) && error == EINVAL) {
        break;
      }
      if (done == static_cast<std::size_t>(-1) && error == EILSEQ) {
        text += replacement;
        ++from;
        --left;
      }
    }
    held_.erase(0, held_.size() - left);
    return text;
  }

 private:
  static iconv_t none() noexcept {
    return reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): iconv_open()'s
  }
  iconv_t converter_ = none();
  std::string held_;
};

/// Walks a GMime tree from its root and returns it as the events of MessageParts.
class GMimeParts : public MessageParts {
 public:
  /// `message`: nullptr if it is empty.
  explicit GMimeParts(Ref<GMimeObject> message) : message_(std::move(message)) {
    todo_.push_back({message_.get(), 0});
  }

  Result<Piece> next() override {
    if (content_) {
      if (const Piece piece = next_text(); piece.kind == Kind::text) {
        return piece;
      }
    }
    if (!queue_.empty()) {
      field_ = std::move(queue_.front());
      queue_.pop_front();
      return Piece{.kind = Kind::field,
                   .name = field_.name,
                   .octets = field_.octets,
                   .goes_on = field_.goes_on};
    }
    if (in_header_) {
      return end_header();
    }
    if (todo_.empty()) {
      return Piece{};
    }
    begin();
    return Piece{.kind = Kind::part, .depth = depth_};
  }

  void skip_text() override {
    content_.reset();
    charset_.reset();
  }

 private:
  struct Todo {
    GMimeObject* object;
    unsigned depth;
  };
  struct Field {
    std::string name;
    std::string octets;
    bool goes_on;
  };

  // For POP3, a GMimeMessage and the part that is its body have one header.
  void begin() {
    const Todo todo = todo_.back();
    todo_.pop_back();
    depth_ = todo.depth;
    current_ = todo.object;
    in_header_ = true;
    if (current_ != nullptr && GMIME_IS_MESSAGE(current_)) {
      queue_fields(current_);
      current_ = g_mime_message_get_mime_part(GMIME_MESSAGE(current_));
    }
    queue_fields(current_);
  }

  void queue_fields(GMimeObject* object) {
    if (object == nullptr) {
      return;
    }
    GMimeHeaderList* const headers = g_mime_object_get_header_list(object);
    for (int i = 0; i < g_mime_header_list_get_count(headers); ++i) {
      GMimeHeader* const header = g_mime_header_list_get_header_at(headers, i);
      const std::string name = text_or_empty(g_mime_header_get_raw_name(header));
      std::string line = name + ':' + text_or_empty(g_mime_header_get_raw_value(header));
      std::string_view rest = line;
      while (rest.ends_with('\n') || rest.ends_with('\r')) {
        rest.remove_suffix(1);
      }
      for (bool first = true; first || !rest.empty(); first = false) {
        std::string_view octets = take_until(rest, '\n');
        if (octets.ends_with('\r')) {
          octets.remove_suffix(1);
        }
        queue_.push_back({name, std::string(octets), !first});
      }
    }
  }

  Piece end_header() {
    in_header_ = false;
    info_ = PartInfo();
    if (current_ != nullptr) {
      describe(current_);
    }
    return Piece{.kind = Kind::header_end, .info = &info_};
  }

  void describe(GMimeObject* object) {
    GMimeContentType* const type = g_mime_object_get_content_type(object);
    const std::string full = text_or_empty(g_mime_content_type_get_media_type(type)) + '/' +
                             text_or_empty(g_mime_content_type_get_media_subtype(type));
    info_.type.clear();
    std::transform(full.begin(), full.end(), std::back_inserter(info_.type), lower);
    const char* const disposition = g_mime_object_get_disposition(object);
    info_.attachment = disposition != nullptr && equals_ignoring_case(disposition, "attachment");
    info_.in_line = disposition != nullptr && equals_ignoring_case(disposition, "inline");
    if (GMIME_IS_MULTIPART(object)) {
      describe_multipart(object, type);
    } else if (GMIME_IS_MESSAGE_PART(object) && info_.type == "message/rfc822") {
      info_.body = PartInfo::Body::message;
      if (GMimeMessage* const inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object))) {
        todo_.push_back({GMIME_OBJECT(inner), depth_ + 1});
      }
    } else if (GMIME_IS_PART(object)) {
      describe_leaf(GMIME_PART(object), type);
    }
  }

  void describe_multipart(GMimeObject* object, GMimeContentType* type) {
    if (g_mime_content_type_get_parameter(type, "boundary") == nullptr) {
      return;
    }
    info_.body = PartInfo::Body::multipart;
    GMimeMultipart* const multipart = GMIME_MULTIPART(object);
    for (int i = g_mime_multipart_get_count(multipart); i > 0; --i) {
      todo_.push_back({g_mime_multipart_get_part(multipart, i - 1), depth_ + 1});
    }
  }

  void describe_leaf(GMimePart* part, GMimeContentType* type) {
    info_.file_name = text_or_empty(g_mime_part_get_filename(part));
    const GMimeContentEncoding encoding = g_mime_part_get_content_encoding(part);
    const char* const named =
        g_mime_object_get_header(GMIME_OBJECT(part), "Content-Transfer-Encoding");
    info_.decodable =
        encoding != GMIME_CONTENT_ENCODING_UUENCODE &&
        (encoding != GMIME_CONTENT_ENCODING_DEFAULT || named == nullptr || *named == '\0');
    GMimeDataWrapper* const content = g_mime_part_get_content(part);
    if (content == nullptr || !info_.type.starts_with("text/") || !info_.decodable) {
      return;
    }
    GMimeStream* const raw = g_mime_data_wrapper_get_stream(content);
    g_mime_stream_reset(raw);
    content_.reset(g_mime_stream_filter_new(raw));
    if (encoding == GMIME_CONTENT_ENCODING_BASE64 ||
        encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE) {
      const Ref<GMimeFilter> decoder(g_mime_filter_basic_new(encoding, FALSE));
      g_mime_stream_filter_add(GMIME_STREAM_FILTER(content_.get()), decoder.get());
    }
    charset_ = std::make_unique<ToUtf8>(g_mime_content_type_get_parameter(type, "charset"));
  }

  Piece next_text() {
    std::array<char, piece_octets> buffer{};
    for (;;) {
      const ssize_t got = g_mime_stream_read(content_.get(), buffer.data(), buffer.size());
      if (got <= 0) {
        skip_text();
        return Piece{};
      }
      text_ = charset_->add({buffer.data(), static_cast<std::size_t>(got)});
      if (!text_.empty()) {
        return Piece{.kind = Kind::text, .octets = text_};
      }
    }
  }

  Ref<GMimeObject> message_;
  std::vector<Todo> todo_;  ///< the next one is last
  GMimeObject* current_ = nullptr;
  bool in_header_ = false;
  unsigned depth_ = 0;
  std::deque<Field> queue_;
  Field field_;
  PartInfo info_;
  Ref<GMimeStream> content_;
  std::unique_ptr<ToUtf8> charset_;
  std::string text_;
};

}  // namespace

Result<std::unique_ptr<MessageParts>> take_apart(MessageReader& message) {
  static const bool ready = (g_mime_init(), true);
  (void)ready;
  std::FILE* const file = std::tmpfile();
  if (file == nullptr) {
    return Error{Failure::temporary, std::string("no temporary file: ") + std::strerror(errno)};
  }
  const Ref<GMimeStream> stream(g_mime_stream_file_new(file));  // closes the file
  for (;;) {
    const auto piece = message.read(piece_octets);
    if (!piece) {
      return piece.error();
    }
    if (piece.value().empty()) {
      break;
    }
    if (std::fwrite(piece.value().data(), 1, piece.value().size(), file) != piece.value().size()) {
      return Error{Failure::temporary, "a temporary file cannot be written"};
    }
  }
  std::rewind(file);
  const Ref<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MESSAGE);
  // Parsed as a part: for a message, GMime would parse the addresses at once, however many there
  // are.
  Ref<GMimeObject> parsed(g_mime_parser_construct_part(parser.get(), nullptr));
  return std::unique_ptr<MessageParts>(std::make_unique<GMimeParts>(std::move(parsed)));
}

}  // namespace pop3_legacy::shim
