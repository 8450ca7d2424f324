#include "tests/dialogues/matcher.h"

#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

Matcher::Matcher(std::string_view file, const Session& session, std::string_view host)
    : file_(file), session_(session) {
  for (std::size_t exchange = 0; exchange < session.exchanges.size(); ++exchange) {
    for (const Expected& expected : session.exchanges[exchange].expected) {
      if (expected.holds_for(host)) {
        awaited_.push_back({exchange, &expected});
      }
    }
  }
}

Status Matcher::feed(std::string_view octets) {
  partial_ += octets;
  std::size_t begin = 0;
  for (;;) {
    const auto line_feed = partial_.find('\n', begin);
    if (line_feed == std::string::npos) {
      partial_.erase(0, begin);
      return Done{};
    }
    const auto line = std::string_view(partial_).substr(begin, line_feed - begin);
    if (!line.ends_with('\r')) {
      return failure("a line that ends with LF alone: " + shown(line));
    }
    if (Status taken = take(line.substr(0, line.size() - 1)); !taken) {
      return taken;
    }
    begin = line_feed + 1;
  }
}

Status Matcher::take(std::string_view line) {
  if (position_ == awaited_.size() || awaited_[position_].exchange >= sent_) {
    return failure("a line that nothing asked for: " + shown(line));
  }
  const Pattern& pattern = awaited_[position_].expected->pattern;
  if (!pattern.any_lines()) {
    if (!pattern.matches(line)) {
      return failure("another line: " + shown(line));
    }
    ++position_;
  } else if (awaited_[position_ + 1].expected->pattern.matches(line)) {
    position_ += 2;
  }
  return Done{};
}

bool Matcher::answered(std::size_t exchanges) const noexcept {
  return position_ == awaited_.size() || awaited_[position_].exchange >= exchanges;
}

Status Matcher::closed() const {
  if (!partial_.empty()) {
    return failure("the end, in the middle of a line: " + shown(partial_));
  }
  if (position_ < awaited_.size()) {
    return failure("the end");
  }
  return Done{};
}

Error Matcher::failure(std::string_view what) const {
  const bool end = position_ == awaited_.size();
  const unsigned line = end ? session_.end_line : awaited_[position_].expected->line;
  const std::string expected =
      end ? "the end of the session" : '"' + awaited_[position_].expected->source + '"';
  return refused(at(file_, line) + "expected " + expected + ", got " + std::string(what));
}

}  // namespace pop3_legacy::dialogue
