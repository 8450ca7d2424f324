#include "plugin/hash/openssl_hasher.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <string>
#include <utility>

namespace pop3_legacy {

namespace {

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* held) const noexcept { release(held); }
};
template <class T, void (*release)(T*)>
using Owned = std::unique_ptr<T, Release<T, release>>;

/// Keeps OpenSSL's error queue as it was, because Dovecot's TLS reads it too.
class ErrorQueueKept {
 public:
  ErrorQueueKept() noexcept { ERR_set_mark(); }
  ErrorQueueKept(const ErrorQueueKept&) = delete;
  ErrorQueueKept& operator=(const ErrorQueueKept&) = delete;
  ErrorQueueKept(ErrorQueueKept&&) = delete;
  ErrorQueueKept& operator=(ErrorQueueKept&&) = delete;
  ~ErrorQueueKept() { ERR_pop_to_mark(); }
};

Error failed(std::string_view algorithm) {
  return Error{Failure::permanent, "OpenSSL failed to compute " + std::string(algorithm)};
}

Error missing(std::string_view algorithm) {
  return Error{Failure::permanent, "OpenSSL has no " + std::string(algorithm) + " here (FIPS?)"};
}

using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

class OpensslRunningSha256 : public RunningSha256 {
 public:
  explicit OpensslRunningSha256(DigestContext context) : context_(std::move(context)) {}

  void add(std::string_view piece) override {
    const ErrorQueueKept kept;
    intact_ = intact_ && EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
  }
  [[nodiscard]] Result<Sha256Digest> finish() override {
    const ErrorQueueKept kept;
    Sha256Digest made{};
    unsigned octets = 0;
    intact_ = intact_ && EVP_DigestFinal_ex(context_.get(), made.data(), &octets) == 1;
    if (!intact_ || octets != made.size()) return failed("SHA256");
    return made;
  }

 private:
  DigestContext context_;
  bool intact_ = true;
};

class OpensslHasher : public Hasher {
 public:
  [[nodiscard]] Result<Md5Digest> md5(std::span<const std::string_view> pieces) override {
    return digest<Md5Digest>(md5_, "MD5", pieces);
  }
  [[nodiscard]] Result<Sha256Digest> sha256(std::string_view text) override {
    return digest<Sha256Digest>(sha256_, "SHA256", std::span(&text, 1));
  }
  [[nodiscard]] Result<std::unique_ptr<RunningSha256>> begin_sha256() override {
    const ErrorQueueKept kept;
    if (!fetched(sha256_, "SHA256")) return missing("SHA256");
    DigestContext context(EVP_MD_CTX_new());
    if (!context || EVP_DigestInit_ex2(context.get(), sha256_.get(), nullptr) != 1) {
      return failed("SHA256");
    }
    return std::unique_ptr<RunningSha256>(
        std::make_unique<OpensslRunningSha256>(std::move(context)));
  }
  [[nodiscard]] Result<Sha256Digest> hmac_sha256(std::string_view key,
                                                 std::string_view text) override {
    const ErrorQueueKept kept;
    if (!hmac_) {
      const Owned<EVP_MAC, EVP_MAC_free> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
      if (!algorithm) return missing("HMAC");
      hmac_.reset(EVP_MAC_CTX_new(algorithm.get()));
      if (!hmac_) return failed("HMAC-SHA256");
    }
    std::string hash = "SHA256";
    const std::array parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash.data(), hash.size()),
        OSSL_PARAM_construct_end()};
    Sha256Digest made{};
    std::size_t octets = 0;
    if (EVP_MAC_init(hmac_.get(), octets_of(key), key.size(), parameters.data()) != 1 ||
        EVP_MAC_update(hmac_.get(), octets_of(text), text.size()) != 1 ||
        EVP_MAC_final(hmac_.get(), made.data(), &octets, made.size()) != 1 ||
        octets != made.size()) {
      return failed("HMAC-SHA256");
    }
    return made;
  }

 private:
  using Algorithm = Owned<EVP_MD, EVP_MD_free>;

  static const unsigned char* octets_of(std::string_view text) noexcept {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL's octets are unsigned
    return reinterpret_cast<const unsigned char*>(text.data());
  }

  static bool fetched(Algorithm& algorithm, const char* name) noexcept {
    if (!algorithm) algorithm.reset(EVP_MD_fetch(nullptr, name, nullptr));
    return algorithm != nullptr;
  }

  template <class Digest>
  Result<Digest> digest(Algorithm& algorithm, const char* name,
                        std::span<const std::string_view> pieces) {
    const ErrorQueueKept kept;
    if (!fetched(algorithm, name)) return missing(name);
    bool done = context_ && EVP_DigestInit_ex2(context_.get(), algorithm.get(), nullptr) == 1;
    for (const std::string_view piece : pieces) {
      done = done && EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
    }
    Digest made{};
    unsigned octets = 0;
    done = done && EVP_MD_get_size(algorithm.get()) == static_cast<int>(made.size()) &&
           EVP_DigestFinal_ex(context_.get(), made.data(), &octets) == 1;
    if (!done) return failed(name);
    return made;
  }

  DigestContext context_{EVP_MD_CTX_new()};
  Algorithm md5_;
  Algorithm sha256_;
  Owned<EVP_MAC_CTX, EVP_MAC_CTX_free> hmac_;
};

}  // namespace

std::unique_ptr<Hasher> openssl_hasher() {
  return std::make_unique<OpensslHasher>();
}

}  // namespace pop3_legacy
