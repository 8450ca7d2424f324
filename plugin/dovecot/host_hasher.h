/// The hashes as Dovecot's own library computes them: every process has that loaded, while merely
/// loading libcrypto would cost a session as much as everything else.
#ifndef POP3_LEGACY_DOVECOT_HOST_HASHER_H
#define POP3_LEGACY_DOVECOT_HOST_HASHER_H

#include <memory>
#include <string>

#include "plugin/core/base/hasher.h"

namespace pop3_legacy::dovecot {

class HostHasher : public Hasher {
 public:
  HostHasher();
  HostHasher(const HostHasher&) = delete;
  HostHasher& operator=(const HostHasher&) = delete;
  HostHasher(HostHasher&&) = delete;
  HostHasher& operator=(HostHasher&&) = delete;
  ~HostHasher() override;

  [[nodiscard]] Result<Md5Digest> md5(std::span<const std::string_view> pieces) override;
  [[nodiscard]] Result<Sha256Digest> sha256(std::string_view text) override;
  [[nodiscard]] Result<std::unique_ptr<RunningSha256>> begin_sha256() override;
  /// The work that depends on the key alone is done once for each key.
  [[nodiscard]] Result<Sha256Digest> hmac_sha256(std::string_view key,
                                                 std::string_view text) override;

 private:
  struct Keyed;

  std::unique_ptr<Keyed> keyed_;
};

}  // namespace pop3_legacy::dovecot

#endif
