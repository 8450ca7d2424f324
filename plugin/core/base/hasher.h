/// The hashes that the UIDL formulas and XTND XMIT need: Dovecot's library computes them, and for
/// the standalone host OpenSSL's (plugin/hash).
#ifndef POP3_LEGACY_CORE_BASE_HASHER_H
#define POP3_LEGACY_CORE_BASE_HASHER_H

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

using Md5Digest = std::array<std::uint8_t, 16>;
using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 of a text that arrives in pieces.
class RunningSha256 {
 public:
  RunningSha256() = default;
  RunningSha256(const RunningSha256&) = delete;
  RunningSha256& operator=(const RunningSha256&) = delete;
  RunningSha256(RunningSha256&&) = delete;
  RunningSha256& operator=(RunningSha256&&) = delete;
  virtual ~RunningSha256() = default;

  /// A failure is reported by finish().
  virtual void add(std::string_view piece) = 0;
  /// The last call.
  [[nodiscard]] virtual Result<Sha256Digest> finish() = 0;
};

class Hasher {
 public:
  Hasher() = default;
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;
  Hasher(Hasher&&) = delete;
  Hasher& operator=(Hasher&&) = delete;
  virtual ~Hasher() = default;

  /// The hash of the concatenated pieces. An Error where the library has no MD5 (FIPS).
  [[nodiscard]] virtual Result<Md5Digest> md5(std::span<const std::string_view> pieces) = 0;
  [[nodiscard]] virtual Result<Sha256Digest> sha256(std::string_view text) = 0;
  /// The result must not outlive the hasher, which may be used in the meantime.
  [[nodiscard]] virtual Result<std::unique_ptr<RunningSha256>> begin_sha256() = 0;
  /// RFC 2104 with SHA-256.
  [[nodiscard]] virtual Result<Sha256Digest> hmac_sha256(std::string_view key,
                                                         std::string_view text) = 0;
};

}  // namespace pop3_legacy

#endif
