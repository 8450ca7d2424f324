#include "plugin/core/uidl/uid_form.h"

#include <algorithm>
#include <charconv>

#include "plugin/core/base/text.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t max_digits = 20;  ///< of 64 bits, decimal

char* copied(const std::string& text, char* out) noexcept {
  return text.empty() ? out : std::copy(text.begin(), text.end(), out);
}

}  // namespace

std::size_t UidForm::longest() const noexcept {
  return before.size() + max_digits + after.size();
}

char* UidForm::write(Uid uid, char* out) const noexcept {
  out = copied(before, out);
  const std::uint64_t number = uid + offset;
  char* end = base == Base::decimal ? std::to_chars(out, out + max_digits, number).ptr
                                    : std::to_chars(out, out + max_digits, number, 16).ptr;
  if (base == Base::upper_hex) std::transform(out, end, out, upper);
  if (const auto digits = static_cast<std::size_t>(end - out); digits < width) {
    const std::size_t zeros = std::min<std::size_t>(width, max_digits) - digits;
    std::copy_backward(out, end, end + zeros);
    std::fill_n(out, zeros, '0');
    end += zeros;
  }
  return copied(after, end);
}

std::string UidForm::id(Uid uid) const {
  std::string made(longest(), '\0');
  made.resize(static_cast<std::size_t>(write(uid, made.data()) - made.data()));
  return made;
}

}  // namespace pop3_legacy::uidl
