#include "plugin/doveadm/uidl_tool.h"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "plugin/core/uidl/old_list.h"
#include "plugin/doveadm/doveadm_host.h"
#include "plugin/doveadm/inbox.h"
#include "plugin/doveadm/input_text.h"
#include "plugin/doveadm/pop3_settings.h"
#include "plugin/doveadm/uidl_verbs.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/dovecot/uidl_storage.h"
#include "plugin/dovecot/user_policy.h"

/// The administrator's file; opaque to C.
struct pop3_legacy_old_list {  // NOLINT(readability-identifier-naming): C
  std::string text;
  pop3_legacy::uidl::OldList list;
};

namespace pop3_legacy::doveadm {

namespace {

using Outcome = enum pop3_legacy_uidl_outcome;
using OldListFile = struct pop3_legacy_old_list;

/// No list of a maildrop is this long; an endless device is.
constexpr std::size_t max_old_list = std::size_t{256} * 1024 * 1024;

/// Logs `what`, followed by what the storage says about its last failure.
Outcome storage_failed(struct mailbox* box, const char* what, int* error_r) {
  enum mail_error error = MAIL_ERROR_NONE;
  const char* const reason = mailbox_get_last_internal_error(box, &error);
  e_error(box->event, "pop3_legacy: %s: %s", what, reason);
  *error_r = error == MAIL_ERROR_NONE ? MAIL_ERROR_TEMP : error;
  return POP3_LEGACY_UIDL_FAILED;
}

Result<bool> run_verb(enum pop3_legacy_uidl_command command, Work& work,
                      const uidl::OldList& old_list, bool replace) {
  switch (command) {
    case POP3_LEGACY_UIDL_LIST:
      return list(work);
    case POP3_LEGACY_UIDL_DETECT:
      return detect(work, old_list);
    case POP3_LEGACY_UIDL_VERIFY:
      return verify(work, old_list);
    case POP3_LEGACY_UIDL_PIN:
      return pin(work, old_list, replace);
  }
  return Error{};
}

Outcome run(enum pop3_legacy_uidl_command command, struct mail_user* user,
            const uidl::OldList* old_list, bool replace, int* error_r) {
  Inbox inbox(user);
  struct mailbox* const box = inbox.box();
  if (!inbox.open() || !inbox.sync()) {
    return storage_failed(box, "INBOX cannot be opened", error_r);
  }
  const policy::Resolution* const policy = dovecot::user_policy(user);
  if (policy == nullptr) {
    e_error(user->event, "%s", user->error);
    return POP3_LEGACY_UIDL_FAILED;
  }
  auto messages = read_messages(box, old_list != nullptr && uidl::has_sizes(*old_list));
  if (!messages) {
    return storage_failed(box, "the messages cannot be listed", error_r);
  }
  if (old_list != nullptr && old_list->entries.empty() && !messages->empty()) {
    e_error(box->event, "pop3_legacy: the list is empty, but the mailbox has %zu messages",
            messages->size());
    return POP3_LEGACY_UIDL_NO_LIST;
  }
  Work work{box, *policy, std::move(*messages)};
  const uidl::OldList none;  // "list" has no list to read
  const Result<bool> answer =
      run_verb(command, work, old_list == nullptr ? none : *old_list, replace);
  if (!answer) {
    e_error(box->event, "pop3_legacy: %s", answer.error().text.c_str());
    return answer.error().kind == Failure::permanent ? POP3_LEGACY_UIDL_NO
                                                     : POP3_LEGACY_UIDL_FAILED;
  }
  return answer.value() ? POP3_LEGACY_UIDL_DONE : POP3_LEGACY_UIDL_NO;
}

/// nullptr and a sentence in *error_r, if the stream cannot be read to its end or is not a list.
std::unique_ptr<OldListFile> read_old_list(struct istream* input, const char** error_r) {
  auto text = read_text(input, max_old_list, ", the most a list of ids may have");
  if (!text) {
    *error_r = in_data_stack(text.error());
    return nullptr;
  }
  auto list = std::make_unique<OldListFile>();
  list->text = std::move(text.value());
  auto read = uidl::read_old_list(list->text);
  if (!read) {
    *error_r = t_strdup_printf("%s: %s", i_stream_get_name(input), read.error().text.c_str());
    return nullptr;
  }
  list->list = std::move(read.value());
  for (const std::string& odd : uidl::oddities(list->list)) {
    i_warning("%s: %s", i_stream_get_name(input), odd.c_str());
  }
  return list;
}

}  // namespace

}  // namespace pop3_legacy::doveadm

using pop3_legacy::dovecot::trampoline;

void pop3_legacy_uidl_attach(struct module* module) {
  static const struct mail_storage_hooks hooks = pop3_legacy::dovecot::uidl_hooks();
  pop3_legacy::dovecot::set_host_id_source(
      {.settings = pop3_legacy::doveadm::pop3_id_settings, .serves_clients = false});
  // Even if mail_plugins does not name this module: doveadm loads it for every user.
  mail_storage_hooks_add_forced(module, &hooks);
}

struct pop3_legacy_old_list* pop3_legacy_old_list_read(struct istream* input,
                                                       const char** error_r) {
  *error_r = "the old list could not be read";
  return trampoline("reading the old list", static_cast<struct pop3_legacy_old_list*>(nullptr),
                    [&] { return pop3_legacy::doveadm::read_old_list(input, error_r).release(); });
}

const void* pop3_legacy_old_list_text(const struct pop3_legacy_old_list* list, size_t* size_r) {
  *size_r = list->text.size();
  return list->text.data();
}

void pop3_legacy_old_list_free(struct pop3_legacy_old_list** list) {
  delete std::exchange(*list, nullptr);
}

void pop3_legacy_uidl_headings(enum pop3_legacy_uidl_command command) {
  const auto number = static_cast<enum doveadm_print_header_flags>(
      DOVEADM_PRINT_HEADER_FLAG_RIGHT_JUSTIFY | DOVEADM_PRINT_HEADER_FLAG_NUMBER);
  const auto text = doveadm_print_header_flags{};
  if (command == POP3_LEGACY_UIDL_LIST) {
    doveadm_print_header("number", "number", number);
    doveadm_print_header("uid", "uid", number);
    doveadm_print_header("guid", "guid", text);
    doveadm_print_header("uidl", "uidl", text);
    return;
  }
  const auto columns = [](std::initializer_list<const char*> numbers, const char* last) {
    for (const char* const name : numbers) {
      doveadm_print_header(name, name, number);
    }
    doveadm_print_header(last, last,
                         text);  // a table gives the last column all the room that is left
  };
  if (command == POP3_LEGACY_UIDL_DETECT) {
    doveadm_print_header("scheme", "scheme", text);
    columns({"reproduced", "ids", "messages"}, "line");
  } else if (command == POP3_LEGACY_UIDL_VERIFY) {
    columns({"messages", "same", "different", "unlisted"}, "missing");
  } else {
    columns({"pinned", "already"}, "gone");
  }
}

enum pop3_legacy_uidl_outcome pop3_legacy_uidl_run(enum pop3_legacy_uidl_command command,
                                                   struct mail_user* user,
                                                   const struct pop3_legacy_old_list* list,
                                                   bool replace, int* error_r) {
  *error_r = MAIL_ERROR_TEMP;
  return trampoline("the command", POP3_LEGACY_UIDL_FAILED, [&] {
    return pop3_legacy::doveadm::run(command, user, list == nullptr ? nullptr : &list->list,
                                     replace, error_r);
  });
}
