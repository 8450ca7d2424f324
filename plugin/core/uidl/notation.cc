#include "plugin/core/uidl/notation.h"

#include <algorithm>

namespace pop3_legacy::uidl {

std::string number_in(std::string_view digits, std::uint64_t number, std::size_t width) {
  std::string out;
  do {
    out += digits[number % digits.size()];
    number /= digits.size();
  } while (number > 0);
  out.append(width > out.size() ? width - out.size() : 0, digits[0]);
  std::reverse(out.begin(), out.end());
  return out;
}

std::string base80(const Md5Digest& digest) {
  std::string out;
  for (std::size_t at = 0; at < digest.size(); at += 4) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      value = (value << 4U) + digest.at(at + i);
    }
    for (int i = 0; i < 5; ++i) {
      const char letter = static_cast<char>('!' + value % 80);
      out += letter == '.' ? '~' : letter;
      value /= 80;
    }
  }
  return out;
}

}  // namespace pop3_legacy::uidl
