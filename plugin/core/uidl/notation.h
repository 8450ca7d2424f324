/// How the old servers wrote numbers and digests.
#ifndef POP3_LEGACY_CORE_UIDL_NOTATION_H
#define POP3_LEGACY_CORE_UIDL_NOTATION_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/core/base/hasher.h"

namespace pop3_legacy::uidl {

inline constexpr std::string_view lower_hex_digits = "0123456789abcdef";
inline constexpr std::string_view upper_hex_digits = "0123456789ABCDEF";
inline constexpr std::string_view decimal_digits = "0123456789";

/// `number` in the base given by the number of `digits`, zero-padded to `width`.
std::string number_in(std::string_view digits, std::uint64_t number, std::size_t width = 0);

/// Qpopper's 20 characters. Not a number in base 80: each four octets of the digest become five
/// characters, and the groups overlap by four bits, so every fifth character is "!". "." never
/// occurs (it is written "~"), so no answer begins with one.
std::string base80(const Md5Digest& digest);

}  // namespace pop3_legacy::uidl

#endif
