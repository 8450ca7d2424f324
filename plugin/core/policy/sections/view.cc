// What POP3 shows and deletes, and for whom: [view], [delete], [inbox].

#include <array>

#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::uint64_t most_in_view = 1'000'000'000;
constexpr std::uint64_t most_days = 36'500;

constexpr std::array modes{
    Choice{"allow", DeleteMode::allow, "it is Dovecot's"},
    Choice{"deny", DeleteMode::deny,
           "it is refused, and XDELE: `-ERR Mail cannot be deleted here: the server keeps it.`"},
    Choice{"hide", DeleteMode::hide,
           "it is accepted; the message stays on the server, and POP3 never shows it again"},
    Choice{"keep-days", DeleteMode::keep_days, "the same, but it is removed after `delete.days`"},
};

constexpr std::array view_keys{
    Key{.path = "view.newest",
        .description =
            "How many of the newest messages are shown, those with the highest numbers; 0 for all.",
        .kind = CountKey{at<&Policy::view, &Policy::View::newest>, 0, most_in_view}},
    Key{.path = "view.days",
        .description = "For how many days after its arrival a message is shown; 0 for all. With "
                       "both keys, a message must satisfy both.",
        .kind = CountKey{at<&Policy::view, &Policy::View::days>, 0, most_days}},
    Key{.path = "view.hide_fetched",
        .description = "A message that POP3 has sent whole is not shown again: for clients that "
                       "cannot keep a list.",
        .kind = FlagKey{at<&Policy::view, &Policy::View::hide_fetched>}},
};

constexpr std::array delete_keys{
    Key{.path = "delete.mode",
        .description = "What DELE does.",
        .kind = one_of<modes, &Policy::deletion, &Policy::Delete::mode>()},
    Key{.path = "delete.days",
        .description = "The days that a deleted message is kept; `mode = \"keep-days\"` needs it.",
        .kind = CountKey{at<&Policy::deletion, &Policy::Delete::days>, 0, most_days}},
};

constexpr std::array inbox_keys{
    Key{.path = "inbox.shared",
        .description =
            "Several users have this INBOX (info@, read by three): each has LAST, hidden "
            "and fetched messages, pace and sent mail of their own. Otherwise these are the "
            "INBOX's, whoever logs in.",
        .kind = FlagKey{at<&Policy::inbox, &Policy::Inbox::shared>}},
};

}  // namespace

const Section view_section{
    .table = "view",
    .description = "Which messages POP3 shows, numbered from 1; IMAP sees all.",
    .keys = view_keys};
const Section delete_section{.table = "delete", .description = {}, .keys = delete_keys};
const Section inbox_section{.table = "inbox", .description = {}, .keys = inbox_keys};

Status check_deletion(const Policy::Delete& deletion) {
  if (deletion.mode == DeleteMode::keep_days && deletion.days == 0) {
    return refused(R"(delete.mode is "keep-days", but there is no delete.days)");
  }
  return Done{};
}

}  // namespace pop3_legacy::policy
