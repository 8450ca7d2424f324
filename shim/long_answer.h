/// Answers that are made as their output is taken.
#ifndef POP3_LEGACY_SHIM_LONG_ANSWER_H
#define POP3_LEGACY_SHIM_LONG_ANSWER_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/protocol/answer.h"
#include "shim/maildrop.h"
#include "shim/replies.h"

namespace pop3_legacy::shim {

/// What one step of a long answer reads or lists, in octets.
inline constexpr std::size_t step_octets = 4096;

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
class MessageLines : public LongAnswer {
 public:
  /// `deleted` is indexed by number. It does not change during the answer, because commands wait
  /// for its end.
  MessageLines(const std::vector<bool>& deleted, std::function<std::string(MessageNumber)> text)
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

}  // namespace pop3_legacy::shim

#endif
