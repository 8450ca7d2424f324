#include "plugin/dovecot/host_hasher.h"

#include "plugin/dovecot/host.h"

extern "C" {
#include "hmac.h"
#include "md5.h"
#include "safe-memset.h"
#include "sha2.h"
}

namespace pop3_legacy::dovecot {

namespace {

class HostRunningSha256 : public RunningSha256 {
 public:
  HostRunningSha256() { sha256_init(&context_); }

  void add(std::string_view piece) override { sha256_loop(&context_, piece.data(), piece.size()); }
  [[nodiscard]] Result<Sha256Digest> finish() override {
    Sha256Digest made{};
    sha256_result(&context_, made.data());
    return made;
  }

 private:
  struct sha256_ctx context_ {};
};

}  // namespace

/// An HMAC that has taken its key and nothing else.
struct HostHasher::Keyed {
  explicit Keyed(std::string_view taken) : key(taken) {
    hmac_init(&begun, reinterpret_cast<const unsigned char*>(key.data()), key.size(),
              &hash_method_sha256);
  }
  Keyed(const Keyed&) = delete;
  Keyed& operator=(const Keyed&) = delete;
  Keyed(Keyed&&) = delete;
  Keyed& operator=(Keyed&&) = delete;
  ~Keyed() {
    safe_memset(&begun, 0, sizeof(begun));
    safe_memset(key.data(), 0, key.size());
  }

  std::string key;
  struct hmac_context begun {};
};

HostHasher::HostHasher() = default;

HostHasher::~HostHasher() = default;

Result<Md5Digest> HostHasher::md5(std::span<const std::string_view> pieces) {
  struct md5_context context {};
  md5_init(&context);
  for (const std::string_view piece : pieces) md5_update(&context, piece.data(), piece.size());
  Md5Digest made{};
  md5_final(&context, made.data());
  return made;
}

Result<Sha256Digest> HostHasher::sha256(std::string_view text) {
  Sha256Digest made{};
  sha256_get_digest(text.data(), text.size(), made.data());
  return made;
}

Result<std::unique_ptr<RunningSha256>> HostHasher::begin_sha256() {
  return std::unique_ptr<RunningSha256>(std::make_unique<HostRunningSha256>());
}

Result<Sha256Digest> HostHasher::hmac_sha256(std::string_view key, std::string_view text) {
  if (!keyed_ || keyed_->key != key) keyed_ = std::make_unique<Keyed>(key);
  struct hmac_context context = keyed_->begun;
  hmac_update(&context, text.data(), text.size());
  Sha256Digest made{};
  hmac_final(&context, made.data());
  return made;
}

}  // namespace pop3_legacy::dovecot
