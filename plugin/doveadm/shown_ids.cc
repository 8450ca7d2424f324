#include "plugin/doveadm/shown_ids.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugin/core/uidl/assignment.h"
#include "plugin/dovecot/dovecot_maildrop.h"
#include "plugin/dovecot/uidl_storage.h"

namespace pop3_legacy::doveadm {

namespace {

/// The mailbox as it is, or as it would be with other pins. Ignores what is to be stored.
class LookedAt : public dovecot::DovecotMaildrop {
 public:
  /// pins: nullptr for the existing pins.
  LookedAt(struct mailbox* box, const uidl::GuidIds* pins) : DovecotMaildrop(box), pins_(pins) {}

  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override {
    if (pins_ != nullptr && name == uidl::pins_state) {
      return std::optional(uidl::pins_text(*pins_));
    }
    return DovecotMaildrop::load_state(name);
  }
  Status store_state(std::string_view /*name*/, std::string_view /*content*/) override {
    return Done{};
  }
  [[nodiscard]] Result<bool> exchange_state(std::string_view /*name*/,
                                            const std::optional<std::string>& /*old*/,
                                            std::string_view /*content*/) override {
    return true;
  }

 private:
  const uidl::GuidIds* pins_;
};

/// Dovecot names the messages itself, and this process cannot find out how.
Error not_known() {
  return refused(
      "messages have Dovecot's own ids here, but doveconf did not report pop3_uidl_format "
      "(doveadm-server cannot run it: leave out -S)");
}

/// For a mailbox in which the plugin does not name the messages.
Status name_by_host(LookedAt& maildrop, std::unordered_map<Uid, std::string>& by_uid) {
  for (std::uint32_t place = 0; place < maildrop.message_count(); ++place) {
    const auto message = maildrop.message(place);
    auto id = message ? maildrop.stored_id() : Result<std::string>(message.error());
    if (id && id.value().empty()) {
      id = maildrop.host_id();
    }
    if (!id && id.error().kind != Failure::gone) {
      return id.error();
    }
    if (id) {
      by_uid.emplace(maildrop.uid(place), std::move(id.value()));
    }
  }
  return Done{};
}

}  // namespace

void look_at(struct mailbox* box, const std::function<void(uidl::Maildrop&)>& look) {
  dovecot::with_hosts_uidls(box, [&] {
    LookedAt maildrop(box, nullptr);
    look(maildrop);
  });
}

Status name_messages(struct mailbox* box, const policy::Resolution& policy,
                     NumberedMessages& messages, const uidl::GuidIds* pins) {
  std::unordered_map<Uid, std::string> by_uid;
  Status status = Done{};
  dovecot::with_hosts_uidls(box, [&] {
    LookedAt maildrop(box, pins);
    auto ids = uidl::assign_ids(maildrop, policy.policy.uidl, policy.uidl_known);
    if (!ids) {
      status = ids.error();
      return;
    }
    if (!ids.value()) {
      status = name_by_host(maildrop, by_uid);
    }
    for (std::uint32_t place = 0; ids.value() && place < maildrop.message_count(); ++place) {
      const Uid uid = maildrop.uid(place);
      const auto id = ids.value()->find(uid);
      if (id && id->by != uidl::NamedBy::nobody) by_uid.emplace(uid, id->text);
    }
    if (ids.value() && ids.value()->lost()) status = uidl::list_is_lost();
  });
  for (uidl::NumberedMessage& message : messages) {
    const auto named = by_uid.find(message.uid);
    message.id = named == by_uid.end() ? std::string() : std::move(named->second);
    if (status && named != by_uid.end() && message.id.empty()) {
      status = not_known();
    }
  }
  return status;
}

}  // namespace pop3_legacy::doveadm
