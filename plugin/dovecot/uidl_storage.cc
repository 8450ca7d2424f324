#include "plugin/dovecot/uidl_storage.h"

#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/uidl/assignment.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/dovecot/dovecot_maildrop.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/module_context.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/dovecot/user_policy.h"

namespace pop3_legacy::dovecot {

namespace {

/// How long one part of the work may take while others wait.
constexpr std::chrono::milliseconds part(50);

/// The ids of one INBOX, computed when the first is asked for: by prepare() in parts, or all the
/// rest at once if an id is needed earlier.
class MailboxUidls {
 public:
  explicit MailboxUidls(struct mailbox* box) : box_(box) {}

  /// A failure is tried again, because it may have passed.
  Status prepare() { return is_known() ? Status(Done{}) : compute(); }
  /// Does a part of the work. False: there is more to do.
  Result<bool> prepare_part() {
    return is_known() ? Result<bool>(true) : compute(std::chrono::steady_clock::now() + part);
  }

  void step_aside(const std::function<void()>& work) {
    const State before = std::exchange(state_, State::computing);
    work();
    state_ = before;
  }

  /// No value: Dovecot names the message itself.
  Result<std::optional<std::string_view>> id(Uid uid) {
    using Found = std::optional<std::string_view>;
    if (state_ == State::computing) return Found();
    auto id = find(uid);
    const bool missing = state_ == State::ours && !id && (uid > ids_.last() || ids_.lost());
    if (state_ == State::unknown || missing) {
      // Logged here, once; the storage would log it for each message.
      if (const Status done = compute(); !done) {
        e_error(box_->event, "pop3_legacy: the UIDLs are not known: %s", done.error().text.c_str());
      }
      id = find(uid);
    }
    if (state_ == State::failed) return *failure_;
    if (state_ == State::host) return Found();
    if (!id && ids_.lost()) return uidl::list_is_lost();
    if (!id) return Error{Failure::gone, "there is no message with UID " + std::to_string(uid)};
    switch (id->by) {
      case uidl::NamedBy::plugin:
        return Found(id->text);
      case uidl::NamedBy::host:
        // pop3 names the message itself, and may store that id (pop3_save_uidl). Nothing else
        // would.
        return serves_clients() || id->text.empty() ? Found() : Found(id->text);
      case uidl::NamedBy::nobody:
        break;
    }
    return Error{Failure::gone,
                 "the message with UID " + std::to_string(uid) + " has no id in this session"};
  }

  [[nodiscard]] bool is_computing() const { return state_ == State::computing; }
  [[nodiscard]] bool is_known() const { return has_ids() || state_ == State::host; }
  /// nullptr: they are not known, or Dovecot names all messages.
  [[nodiscard]] uidl::Ids* ids() { return has_ids() ? &ids_ : nullptr; }

 private:
  enum class State { unknown, computing, host, ours, failed };

  [[nodiscard]] bool has_ids() const { return state_ == State::ours && !ids_.lost(); }

  std::optional<uidl::Ids::Id> find(Uid uid) {
    return state_ == State::ours && uid <= ids_.last() ? ids_.find(uid) : std::nullopt;
  }

  using Time = std::chrono::steady_clock::time_point;

  /// The work in progress between two parts. It then holds nothing of the mailbox.
  struct Work {
    explicit Work(struct mailbox* box, const policy::Resolution& resolution)
        : maildrop(box), assignment(maildrop, resolution.policy.uidl, resolution.uidl_known) {}

    DovecotMaildrop maildrop;
    uidl::IdAssignment assignment;
  };

  Status compute() {
    const Result<bool> computed = compute(Time::max());
    return computed ? Status(Done{}) : Status(computed.error());
  }

  // False: the time is up and there is more to do.
  Result<bool> compute(Time until) {
    // Set until the computation has succeeded, so that an exception also leaves an Error.
    failure_ = Error{Failure::temporary, "computing them was interrupted"};
    try {
      state_ = State::computing;
      const Result<State> found = try_to_compute(until);
      state_ = found ? found.value() : State::failed;
      if (found && state_ == State::unknown) return false;
      work_.reset();
      if (found) return true;
      failure_ = found.error();
      return found.error();
    } catch (...) {
      state_ = State::failed;
      work_.reset();
      throw;
    }
  }

  // State::unknown: there is more to do.
  Result<State> try_to_compute(Time until) {
    if (!work_) {
      const policy::Resolution* const resolution = user_policy(box_->storage->user);
      if (resolution == nullptr) {
        return Error{Failure::permanent, "the plugin's settings cannot be read"};
      }
      work_.emplace(box_, *resolution);
    }
    const Result<bool> done = work_->assignment.go_on(until);
    if (!done) return done.error();
    if (!done.value()) {
      work_->maildrop.let_go();
      return State::unknown;
    }
    auto ids = work_->assignment.take_ids();
    if (!ids) return State::host;
    ids_ = std::move(*ids);
    return State::ours;
  }

  struct mailbox* box_;
  State state_ = State::unknown;
  std::optional<Work> work_;
  uidl::Ids ids_;
  std::optional<Error> failure_;
};

struct MailboxContext {
  union mailbox_module_context module_context;  // must be first; holds the callbacks before ours
  MailboxUidls* uidls;                          // owned
};

MODULE_CONTEXT_DEFINE_INIT(mailbox_module, &mail_storage_module_register);
MODULE_CONTEXT_DEFINE_INIT(mail_module, &mail_module_register);

MailboxUidls* uidls_of(struct mailbox* box) {
  auto* const context = module_context<MailboxContext>(box, mailbox_module);
  return context == nullptr ? nullptr : context->uidls;
}

void free_mailbox(struct mailbox* box) {
  auto* const context = module_context<MailboxContext>(box, mailbox_module);
  delete context->uidls;
  context->module_context.super.free(box);
}

bool is_inbox(const struct mailbox* box) {
  return std::strcmp(box->name, "INBOX") == 0 &&
         (mailbox_get_namespace(box)->flags & NAMESPACE_FLAG_INBOX_USER) != 0;
}

void mailbox_allocated(struct mailbox* box) {
  if (!is_inbox(box)) return;
  auto* const context = p_new(box->pool, MailboxContext, 1);
  context->uidls = trampoline("making room for UIDLs", static_cast<MailboxUidls*>(nullptr),
                              [&] { return new MailboxUidls(box); });
  struct mailbox_vfuncs* const callbacks = box->vlast;
  context->module_context.super = *callbacks;
  box->vlast = &context->module_context.super;
  callbacks->free = free_mailbox;
  set_module_context(box, mailbox_module, context);
}

int set_id(struct mail* mail, const char** value_r) {
  const auto id = uidls_of(mail->box)->id(mail->uid);
  if (!id) {
    mail_storage_set_error(mail->box->storage,
                           id.error().kind == Failure::gone ? MAIL_ERROR_EXPUNGED : MAIL_ERROR_TEMP,
                           id.error().text.c_str());
    return -1;
  }
  if (!id.value()) return 0;
  auto* const details = reinterpret_cast<struct mail_private*>(mail);
  *value_r = p_strndup(details->data_pool, id.value()->data(), id.value()->size());
  return 1;
}

int get_special(struct mail* mail, enum mail_fetch_field field, const char** value_r) {
  auto* const details = reinterpret_cast<struct mail_private*>(mail);
  if (field == MAIL_FETCH_UIDL_BACKEND) {
    const int result =
        trampoline("finding a message's UIDL", -1, [&] { return set_id(mail, value_r); });
    if (result != 0) return result < 0 ? -1 : 0;
  }
  const auto* const context = module_context<union mail_module_context>(details, mail_module);
  const auto next =
      context == nullptr ? mail->box->mail_vfuncs->get_special : context->super.get_special;
  return next(mail, field, value_r);
}

// A session that leaves everything to Dovecot does not prepare the ids: the first message that is
// asked for its own does. Dovecot asks those for whose sizes a session begins (read_mailbox() in
// pop3-client.c) for much, and never for an id.
void mail_allocated(struct mail* mail) {
  MailboxUidls* const uidls = uidls_of(mail->box);
  if (uidls == nullptr || uidls->is_computing()) return;
  auto* const details = reinterpret_cast<struct mail_private*>(mail);
  const bool for_size = (details->wanted_fields & MAIL_FETCH_VIRTUAL_SIZE) != 0;
  if (serves_clients() && for_size && !uidls->is_known()) return;
  if (details->vlast == &details->v &&
      details->v.get_special == mail->box->mail_vfuncs->get_special) {
    details->v.get_special = get_special;  // no other plugin is below it: nothing is to be kept
    return;
  }
  auto* const context = p_new(details->pool, union mail_module_context, 1);
  struct mail_vfuncs* const callbacks = details->vlast;
  context->super = *callbacks;
  details->vlast = &context->super;
  callbacks->get_special = get_special;
  set_module_context(details, mail_module, context);
}

}  // namespace

struct mail_storage_hooks uidl_hooks() {
  struct mail_storage_hooks table {};
  table.mail_user_created = user_policy_created;
  table.mailbox_allocated = mailbox_allocated;
  table.mail_allocated = mail_allocated;
  return table;
}

Status prepare_uidls(struct mailbox* box) {
  MailboxUidls* const uidls = uidls_of(box);
  if (uidls == nullptr) {
    return Error{Failure::permanent, "this mailbox was not prepared for UIDLs"};
  }
  return uidls->prepare();
}

uidl::Ids* prepared_uidls(struct mailbox* box) {
  MailboxUidls* const uidls = uidls_of(box);
  return uidls == nullptr ? nullptr : uidls->ids();
}

bool asks_storage_alone(struct mail* mail) {
  auto* const details = reinterpret_cast<struct mail_private*>(mail);
  const auto* const ours = module_context<union mail_module_context>(details, mail_module);
  const auto of_storage = mail->box->mail_vfuncs->get_special;
  return details->v.get_special == of_storage ||
         (details->v.get_special == get_special &&
          (ours == nullptr || ours->super.get_special == of_storage));
}

Result<bool> prepare_part_of_uidls(struct mailbox* box) {
  MailboxUidls* const uidls = uidls_of(box);
  if (uidls == nullptr) {
    return Error{Failure::permanent, "this mailbox was not prepared for UIDLs"};
  }
  return uidls->prepare_part();
}

void with_hosts_uidls(struct mailbox* box, const std::function<void()>& work) {
  if (MailboxUidls* const uidls = uidls_of(box)) {
    uidls->step_aside(work);
  } else {
    work();
  }
}

bool remembers_uidls(struct mail_user* user) {
  struct mail_namespace* const ns = mail_namespace_find_inbox(user->namespaces);
  if (ns == nullptr) return false;
  if (has_mailbox_state(ns, uidl::pins_state)) return true;
  // If the state cannot be read, the failure is reported when the ids are asked for.
  const auto memory = look_at_mailbox_state(ns, uidl::memory_state);
  return !memory || (memory.value() && !uidl::is_hosts_mark(*memory.value()));
}

}  // namespace pop3_legacy::dovecot
