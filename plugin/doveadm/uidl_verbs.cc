#include "plugin/doveadm/uidl_verbs.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/state/state_rules.h"
#include "plugin/core/uidl/detection.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/pinning.h"
#include "plugin/core/uidl/verification.h"
#include "plugin/doveadm/shown_ids.h"
#include "plugin/dovecot/mail_facts.h"
#include "plugin/dovecot/uidl_storage.h"

namespace pop3_legacy::doveadm {

namespace {

constexpr std::size_t shown_differences = 20;

/// "message 3, UID 7".
std::string message_words(std::size_t number, Uid uid) {
  return "message " + std::to_string(number) + ", UID " + std::to_string(uid);
}

/// Says how far an answer that goes by numbers can be trusted.
void tell_trust(const Work& work, const uidl::OldList& old_list) {
  if (uidl::listed_by(old_list) == uidl::ListedBy::number && !old_list.entries.empty()) {
    const std::string trust = uidl::trust_in_numbers(old_list, work.messages.size());
    e_warning(work.box->event, "pop3_legacy: %s", trust.c_str());
  }
}

/// Describes the first of the odd ids and says how many more there are.
void tell_odd(const Work& work, const std::vector<std::string>& first, std::size_t count) {
  for (const std::string& odd : first) {
    e_warning(work.box->event, "pop3_legacy: %s", odd.c_str());
  }
  if (count > first.size()) {
    e_warning(work.box->event, "pop3_legacy: %zu more are like this", count - first.size());
  }
}

// --- detect ---

void print_row(const Work& work, const uidl::Detection& found, const uidl::Detection::Row& row) {
  std::string chain;
  for (const std::string& name : row.chain) {
    chain.append(chain.empty() ? "" : " ").append(name);
  }
  doveadm_print(chain.c_str());
  doveadm_print_num(row.reproduced);
  doveadm_print_num(found.ids);
  doveadm_print_num(work.messages.size());
  doveadm_print(uidl::policy_line(row).c_str());
}

/// Says what the rows do not show.
void tell_detection(const Work& work, const uidl::OldList& old_list, const uidl::Detection& found,
                    std::size_t best) {
  const uidl::ListedBy by = uidl::listed_by(old_list);
  if (by == uidl::ListedBy::number && !found.by_message && found.ids > 0) {
    e_warning(work.box->event,
              "pop3_legacy: the list has %zu ids and the mailbox %zu messages, so ids are compared "
              "without their numbers",
              old_list.entries.size(), work.messages.size());
  }
  if (found.stored > 0) {
    e_warning(work.box->event,
              "pop3_legacy: Dovecot has stored ids with %zu messages, and these take precedence "
              "over any scheme",
              found.stored);
  }
  if (best < found.ids) {
    e_warning(work.box->event, "pop3_legacy: %zu of the list's %zu ids are %s; %s",
              found.ids - best, found.ids,
              best == 0 ? "not reproduced by any scheme" : "not reproduced by the first line",
              by == uidl::ListedBy::nothing
                  ? "\"pin\" could import them from the old server's UIDL answer"
                  : "\"pin\" can import them");
  }
}

// --- verify ---

void tell_difference(const Work& work, const uidl::Verification::Difference& difference) {
  const std::string expected = difference.expected.empty()
                                   ? "which is not in the list"
                                   : "expected: \"" + difference.expected + "\"";
  e_error(work.box->event, "pop3_legacy: %s, has the id \"%s\", %s",
          message_words(difference.number, difference.uid).c_str(), difference.actual.c_str(),
          expected.c_str());
}

void tell_verification(const Work& work, const uidl::Verification& found) {
  for (const auto& difference : found.first) {
    tell_difference(work, difference);
  }
  std::vector<std::string> shared;
  for (const auto& one : found.first_shared) {
    shared.push_back(message_words(one.number, one.uid) + ", has the id \"" + one.actual +
                     "\", because the list gives \"" + one.expected + "\" to another message, too");
  }
  tell_odd(work, shared, found.shared);
  for (const std::string& id : found.unclaimed) {
    e_warning(work.box->event, "pop3_legacy: the id \"%s\" is gone or different now", id.c_str());
  }
}

// --- pin ---

/// An Error says why nothing may be pinned here.
Status may_pin(const Work& work) {
  if (!work.policy.uidl_known) {
    return refused("the policy that decides the ids cannot be read");
  }
  const auto unknown = std::find_if(work.messages.begin(), work.messages.end(),
                                    [](const auto& message) { return message.guid.empty(); });
  if (unknown != work.messages.end()) {
    const auto number = static_cast<std::size_t>(unknown - work.messages.begin()) + 1;
    return refused(message_words(number, unknown->uid) +
                   ", cannot be pinned, because pins go by GUID: " + dovecot::without_guids +
                   ", or it cannot be read now");
  }
  if (mailbox_is_readonly(work.box)) {
    return refused("the mailbox is read-only");
  }
  return Done{};
}

Result<uidl::GuidIds> pins_of(struct mailbox* box) {
  const auto states = states_of(box);
  const auto text = states->load_state(uidl::pins_state);
  if (!text) {
    return text.error();
  }
  if (!text.value()) {
    return uidl::GuidIds();
  }
  auto pins = uidl::parse_pins(*text.value());
  if (!pins) {
    return unusable_state(*states, uidl::pins_state, *text.value(), pins.error());
  }
  return pins;
}

/// Pinned ids that their messages do not get after all.
struct Copies {
  std::vector<std::string> first;  ///< a sentence each
  std::size_t count = 0;
};

/// `work` has the ids as they are with the new pins. A copy of a message keeps the id that it was
/// given to distinguish it from the original. An Error: no message gets its id.
Result<Copies> find_copies(const Work& work, const uidl::OldList& old_list,
                           const std::vector<std::size_t>& pinned_entries) {
  uidl::OldList pinned;
  pinned.format = old_list.format;
  for (const std::size_t entry : pinned_entries) {
    pinned.entries.push_back(old_list.entries[entry]);
    pinned.entries.back().octets.reset();
  }
  const auto shown = uidl::verify_list(pinned, work.messages, uidl::told_oddities);
  if (!shown) {
    return Copies{};
  }
  Copies copies{.first = {}, .count = shown.value().different};
  for (const auto& one : shown.value().first) {
    copies.first.push_back("message " + std::to_string(one.number) +
                           " is a copy of another one and keeps its id " + in_quotes(one.actual) +
                           ", so " + in_quotes(one.expected) + " cannot be pinned");
  }
  if (!copies.first.empty() && shown.value().same == 0) {
    return refused(copies.first.front());
  }
  return copies;
}

struct Pinned {
  uidl::Pinning pinning;
  Copies copies;
};

/// Stores what is to be pinned. After an Error, nothing has changed.
Result<Pinned> store_pins(Work& work, const uidl::OldList& old_list, bool replace) {
  if (const Status allowed = may_pin(work); !allowed) {
    return allowed.error();
  }
  auto before = pins_of(work.box);
  if (!before) {
    return before.error();
  }
  auto pinning = uidl::pin_list(old_list, work.messages, std::move(before.value()), replace,
                                static_cast<std::size_t>(work.policy.policy.uidl.max_length));
  if (!pinning) {
    return pinning.error();
  }
  // A trial run, so that what cannot work is refused before anything is stored.
  const uidl::GuidIds& pins = pinning.value().pins;
  if (const Status named = name_messages(work.box, work.policy, work.messages, &pins); !named) {
    return named.error();
  }
  auto copies = find_copies(work, old_list, pinning.value().pinned);
  if (!copies) {
    return copies.error();
  }
  if (pinning.value().added > 0) {
    // The memory may say "pinned" only once the pins are stored. If this ends here, the next login
    // says it.
    const Status stored = states_of(work.box)->store_state(uidl::pins_state, uidl::pins_text(pins));
    if (!stored) {
      return stored.error();
    }
  }
  return Pinned{std::move(pinning.value()), std::move(copies.value())};
}

}  // namespace

Result<bool> list(Work& work) {
  if (const Status named = name_messages(work.box, work.policy, work.messages); !named) {
    return named.error();
  }
  std::size_t number = 0;
  for (const uidl::NumberedMessage& message : work.messages) {
    ++number;
    if (message.id.empty()) {
      e_warning(work.box->event, "pop3_legacy: %s, has no id now: left out",
                message_words(number, message.uid).c_str());
      continue;
    }
    doveadm_print_num(number);
    doveadm_print_num(message.uid);
    doveadm_print(message.guid.c_str());
    doveadm_print(message.id.c_str());
  }
  return true;
}

Result<bool> detect(Work& work, const uidl::OldList& old_list) {
  Result<uidl::Detection> result = Error{};
  look_at(work.box, [&](uidl::Maildrop& maildrop) {
    result = uidl::detect_schemes(maildrop, work.policy.policy.uidl, old_list, work.messages);
  });
  if (!result) {
    return result.error();
  }
  const uidl::Detection& found = result.value();
  for (const uidl::Detection::Row& row : found.rows) {
    print_row(work, found, row);
  }
  const std::size_t best = found.rows.empty() ? 0 : found.rows.front().reproduced;
  tell_detection(work, old_list, found, best);
  return best > 0 || found.ids == 0;
}

Result<bool> verify(Work& work, const uidl::OldList& old_list) {
  if (const Status named = name_messages(work.box, work.policy, work.messages); !named) {
    return named.error();
  }
  const auto result = uidl::verify_list(old_list, work.messages, shown_differences);
  if (!result) {
    return result.error();
  }
  const uidl::Verification& found = result.value();
  tell_verification(work, found);
  for (const std::size_t number :
       {work.messages.size(), found.same, found.different, found.unlisted, found.missing}) {
    doveadm_print_num(number);
  }
  tell_trust(work, old_list);
  return found.different == 0;
}

Result<bool> pin(Work& work, const uidl::OldList& old_list, bool replace) {
  const auto pinned = store_pins(work, old_list, replace);
  if (!pinned) {
    return Error{pinned.error().kind, pinned.error().text + ": nothing was changed"};
  }
  if (const Status prepared = dovecot::prepare_uidls(work.box); !prepared) {
    return prepared.error();
  }
  const auto& [pinning, copies] = pinned.value();
  tell_odd(work, pinning.odd, pinning.not_pinned);
  tell_odd(work, copies.first, copies.count);
  tell_trust(work, old_list);
  for (const std::size_t number : {pinning.added, pinning.present, pinning.gone}) {
    doveadm_print_num(number);
  }
  return true;
}

}  // namespace pop3_legacy::doveadm
