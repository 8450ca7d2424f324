/// One of the test host's maildrops, as the assignment of UIDLs uses it.
#ifndef POP3_LEGACY_SHIM_UIDL_MAILDROP_H
#define POP3_LEGACY_SHIM_UIDL_MAILDROP_H

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/uidl/courier_list.h"
#include "plugin/core/uidl/maildrop.h"
#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// The id that the test host itself gives: "%08x" of each argument, Dovecot's default.
std::string hosts_uidl(Uid uid, UidValidity uidvalidity);

/// The core's Facts about the message that is selected when a question is asked.
class MessageFacts : public uidl::Facts {
 public:
  /// `maildrop` must outlive this. `log` takes sentences for the administrator; it may be empty.
  MessageFacts(Maildrop& maildrop, std::string user, std::function<void(std::string_view)> log = {})
      : maildrop_(maildrop), user_(std::move(user)), log_(std::move(log)) {}

  void choose(MessageNumber number) noexcept { number_ = number; }
  [[nodiscard]] MessageNumber number() const noexcept { return number_; }

  [[nodiscard]] Uid uid() override { return maildrop_.uid(number_); }
  [[nodiscard]] UidValidity uidvalidity() override { return maildrop_.uidvalidity(); }
  [[nodiscard]] Result<std::string> guid() override { return maildrop_.unique_name(number_); }
  [[nodiscard]] std::string user() override { return user_; }
  [[nodiscard]] Result<std::int64_t> received() override { return maildrop_.received(number_); }
  [[nodiscard]] Result<std::optional<std::string>> file_name() override {
    return maildrop_.file_name(number_);
  }
  [[nodiscard]] Result<std::optional<uidl::CourierNumber>> courier() override;
  [[nodiscard]] Result<std::string> header() override;
  [[nodiscard]] Result<std::optional<std::string>> envelope_line() override;
  [[nodiscard]] Result<std::string> beginning(std::size_t octets) override;

 private:
  /// At most this many octets, envelope line included. `header_only`: no more than the header
  /// needs.
  Result<std::string> text(std::size_t at_most, bool header_only);

  Maildrop& maildrop_;
  std::string user_;
  std::function<void(std::string_view)> log_;
  MessageNumber number_ = 1;
  std::optional<uidl::CourierList> courier_;  ///< once it has been read
};

/// Caches nothing that it has read from a message: tests have few messages.
class UidlMaildrop : public uidl::Maildrop {
 public:
  /// `maildrop` must outlive this. `log` takes sentences for the administrator.
  UidlMaildrop(shim::Maildrop& maildrop, std::string user,
               std::function<void(std::string_view)> log)
      : maildrop_(maildrop), facts_(maildrop, std::move(user), log), log_(std::move(log)) {}

  [[nodiscard]] std::uint32_t message_count() override { return maildrop_.message_count(); }
  [[nodiscard]] Result<uidl::Facts*> message(std::uint32_t place) override;
  [[nodiscard]] Uid uid(std::uint32_t place) override { return maildrop_.uid(place + 1); }
  [[nodiscard]] UidValidity uidvalidity() override { return maildrop_.uidvalidity(); }
  [[nodiscard]] Uid uid_next() override { return static_cast<Uid>(maildrop_.next_uid()); }
  [[nodiscard]] Result<std::string> stored_id() override;
  [[nodiscard]] bool stores_none(std::uint32_t place) override;
  [[nodiscard]] Result<std::string> host_id() override;
  [[nodiscard]] Result<Hasher*> hasher() override;
  [[nodiscard]] Result<std::string> read_key(const std::string& path) override;
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  void report(const Event& event) override;

 private:
  shim::Maildrop& maildrop_;
  MessageFacts facts_;
  std::function<void(std::string_view)> log_;
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace pop3_legacy::shim

#endif
