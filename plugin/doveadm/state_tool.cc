#include "plugin/doveadm/state_tool.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/export/state_document.h"
#include "plugin/core/state/mailbox_users.h"
#include "plugin/core/state/state_rules.h"
#include "plugin/core/state/state_store.h"
#include "plugin/doveadm/doveadm_host.h"
#include "plugin/doveadm/inbox.h"
#include "plugin/doveadm/input_text.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/dovecot/user_policy.h"
#include "plugin/dovecot/user_states.h"

/// The administrator's file; opaque to C.
struct pop3_legacy_states {  // NOLINT(readability-identifier-naming): C
  std::string text;
  pop3_legacy::StateDocument document;
};

namespace pop3_legacy::doveadm {

namespace {

using Outcome = enum pop3_legacy_state_outcome;
using StatesFile = struct pop3_legacy_states;

/// No document is this long; an endless device is.
constexpr std::size_t max_document = std::size_t{512} * 1024 * 1024;

/// Where one user's states are.
class Stores {
 public:
  Stores(struct mail_user* user, bool by_user)
      : inbox_(user),
        mailbox_states_(states_of(inbox_.box())),
        mailbox_users_(
            states_for_user(*mailbox_states_, user->username, by_user, [](std::string_view) {})),
        user_states_(dovecot::states_in_dict(user, *mailbox_users_)) {}

  [[nodiscard]] Status open() {
    if (inbox_.open()) return Done{};
    return Error{Failure::temporary, std::string("INBOX cannot be opened: ") +
                                         mailbox_get_last_internal_error(inbox_.box(), nullptr)};
  }
  [[nodiscard]] bool readonly() const { return mailbox_is_readonly(inbox_.box()); }
  [[nodiscard]] StateStore& of(const StateRule& rule) noexcept {
    return rule.owner == StateRule::Owner::user ? *user_states_ : *mailbox_users_;
  }

 private:
  Inbox inbox_;
  std::unique_ptr<StateStore> mailbox_states_;
  std::unique_ptr<StateStore> mailbox_users_;
  std::unique_ptr<StateStore> user_states_;
};

Outcome failed(const struct mail_user* user, const Error& error) {
  e_error(user->event, "pop3_legacy: %s", error.text.c_str());
  return error.kind == Failure::permanent ? POP3_LEGACY_STATE_NO : POP3_LEGACY_STATE_FAILED;
}

/// No value: the policy cannot be read; this has been logged.
std::optional<bool> states_by_user(struct mail_user* user) {
  const policy::Resolution* const policy = dovecot::user_policy(user);
  if (policy == nullptr) {
    e_error(user->event, "%s", user->error);
    return std::nullopt;
  }
  return dovecot::has_states_of_own(user, policy->policy);
}

Outcome export_states(struct mail_user* user) {
  const auto by_user = states_by_user(user);
  if (!by_user) return POP3_LEGACY_STATE_FAILED;
  Stores stores(user, *by_user);
  if (const Status open = stores.open(); !open) return failed(user, open.error());
  StateDocument document{.user = user->username, .states = {}};
  for (const StateRule& rule : state_rules()) {
    StateStore& store = stores.of(rule);
    auto content = store.load_state(rule.name);
    if (!content) return failed(user, {Failure::temporary, content.error().text});
    if (!content.value()) continue;
    if (const Status good = check_state(rule.name, *content.value()); !good) {
      return failed(user, unusable_state(store, rule.name, *content.value(), good.error()));
    }
    document.states.push_back({std::string(rule.name), std::move(*content.value())});
  }
  std::string text = print_states(document);
  text.pop_back();  // doveadm ends its output with a line end
  doveadm_print(text.c_str());
  return POP3_LEGACY_STATE_DONE;
}

/// A state of the document, and what is stored in its place now.
struct Step {
  const NamedState& state;
  StateStore& store;
  std::optional<std::string> old;
};

Outcome import_states(struct mail_user* user, const StateDocument& document, bool replace) {
  const auto by_user = states_by_user(user);
  if (!by_user) return POP3_LEGACY_STATE_FAILED;
  Stores stores(user, *by_user);
  if (const Status open = stores.open(); !open) return failed(user, open.error());
  if (stores.readonly()) {
    return failed(user, {Failure::permanent, "the mailbox is read-only: nothing was changed"});
  }
  if (document.user != user->username) {
    e_warning(user->event, "pop3_legacy: these are the states of %s", document.user.c_str());
  }
  // Everything is checked before anything is changed.
  std::vector<Step> steps;
  bool refused = false;
  for (const NamedState& state : document.states) {
    StateStore& store = stores.of(*find_state_rule(state.name));
    auto old = store.load_state(state.name);
    if (!old) {
      return failed(user, {Failure::temporary, old.error().text + ": nothing was changed"});
    }
    if (!replace && old.value() && *old.value() != state.content) {
      refused = true;
      e_error(user->event,
              "pop3_legacy: there is a different state already, %s: nothing was changed; -r "
              "replaces it",
              store.place_of(state.name).c_str());
    }
    steps.push_back({state, store, std::move(old.value())});
  }
  if (refused) return POP3_LEGACY_STATE_NO;
  for (const Step& step : steps) {
    const bool present = step.old == step.state.content;
    if (!present) {
      const auto stored = step.store.exchange_state(step.state.name, step.old, step.state.content);
      if (!stored || !stored.value()) {
        const std::string why = stored ? "a session changed it meanwhile" : stored.error().text;
        return failed(user, {Failure::temporary,
                             "the state " + step.state.name + " could not be stored: " + why +
                                 "; what is printed above is stored; run this again for the rest"});
      }
    }
    doveadm_print(step.state.name.c_str());
    doveadm_print_num(step.state.content.size());
    doveadm_print(present ? "present" : step.old ? "replaced" : "stored");
  }
  return POP3_LEGACY_STATE_DONE;
}

/// Text sent to doveadm-server arrives with CRLF (ostream-dot.c); no state has a CR of its own.
void drop_carriage_returns(std::string& text) {
  const std::size_t line_end = text.find('\n');
  const bool with_cr = line_end != std::string::npos && line_end > 0 && text[line_end - 1] == '\r';
  if (with_cr) std::erase(text, '\r');
}

std::unique_ptr<StatesFile> read_states(struct istream* input, const char** error_r) {
  auto text = read_text(input, max_document);
  if (!text) {
    *error_r = in_data_stack(text.error());
    return nullptr;
  }
  auto states = std::make_unique<StatesFile>();
  states->text = std::move(text.value());
  drop_carriage_returns(states->text);
  auto document = parse_states(states->text);
  if (!document) {
    *error_r = t_strdup_printf("%s: %s", i_stream_get_name(input), document.error().text.c_str());
    return nullptr;
  }
  states->document = std::move(document.value());
  return states;
}

}  // namespace

}  // namespace pop3_legacy::doveadm

using pop3_legacy::dovecot::trampoline;

struct pop3_legacy_states* pop3_legacy_states_read(struct istream* input, const char** error_r) {
  *error_r = "the states could not be read";
  return trampoline("reading the states", static_cast<struct pop3_legacy_states*>(nullptr),
                    [&] { return pop3_legacy::doveadm::read_states(input, error_r).release(); });
}

const void* pop3_legacy_states_text(const struct pop3_legacy_states* states, size_t* size_r) {
  *size_r = states->text.size();
  return states->text.data();
}

void pop3_legacy_states_free(struct pop3_legacy_states** states) {
  delete std::exchange(*states, nullptr);
}

enum pop3_legacy_state_outcome pop3_legacy_states_export(struct mail_user* user) {
  return trampoline("the command", POP3_LEGACY_STATE_FAILED,
                    [&] { return pop3_legacy::doveadm::export_states(user); });
}

void pop3_legacy_states_headings(void) {
  const auto number = static_cast<enum doveadm_print_header_flags>(
      DOVEADM_PRINT_HEADER_FLAG_RIGHT_JUSTIFY | DOVEADM_PRINT_HEADER_FLAG_NUMBER);
  doveadm_print_header("state", "state", doveadm_print_header_flags{});
  doveadm_print_header("octets", "octets", number);
  doveadm_print_header("result", "result", doveadm_print_header_flags{});
}

enum pop3_legacy_state_outcome pop3_legacy_states_import(struct mail_user* user,
                                                         const struct pop3_legacy_states* states,
                                                         bool replace) {
  return trampoline("the command", POP3_LEGACY_STATE_FAILED, [&] {
    return pop3_legacy::doveadm::import_states(user, states->document, replace);
  });
}
