#include "plugin/core/submission/dot_reader.h"

#include <algorithm>

namespace pop3_legacy::submission {

std::size_t DotReader::take(std::string_view octets, std::string& text) {
  std::size_t at = 0;
  while (at < octets.size() && !ended()) {
    if (state_ == State::text) {
      const std::size_t end = std::min(octets.find_first_of("\r\n", at), octets.size());
      text += octets.substr(at, end - at);
      at = end;
      if (at == octets.size()) break;
    }
    step(octets[at], text);
    ++at;
  }
  return at;
}

void DotReader::step(char c, std::string& text) {
  switch (state_) {
    case State::line_start:
      if (c == '.') {
        state_ = State::dot;
        return;
      }
      break;
    case State::dot:  // removed, unless it is the end
      if (c == '\r') {
        state_ = State::dot_cr;
        return;
      }
      if (c == '\n') {
        state_ = State::ended;
        return;
      }
      break;
    case State::dot_cr:
      if (c == '\n') {
        state_ = State::ended;
        return;
      }
      text += "\r\n";
      break;
    case State::cr:
      if (c != '\n') text += "\r\n";
      break;
    case State::text:
    case State::ended:
      break;
  }
  if (c == '\r') {
    state_ = State::cr;
  } else if (c == '\n') {
    text += "\r\n";
    state_ = State::line_start;
  } else {
    text += c;
    state_ = State::text;
  }
}

}  // namespace pop3_legacy::submission
