// Discussion groups (RFC 1082): [boards].

#include <array>
#include <string_view>

#include "plugin/core/base/dates.h"
#include "plugin/core/base/text.h"
#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

// An offset east of UTC, such as "+0530".
Status check_zone(std::string_view text) {
  if (zone_minutes(text)) return Done{};
  return refused("has to be a zone in digits, like \"-0800\", not " + in_quotes(text));
}

constexpr std::array wordings{
    Choice{"rfc1082", BoardsWording::rfc1082,
           "the RFC's examples' words; DELE does nothing on a board"},
    Choice{"mh", BoardsWording::mh, "those of MH's popser.c; DELE is refused"},
};

constexpr std::array on_bad_name{
    Choice{"stay", BoardsOnBadName::stay, "it stays open"},
    Choice{"rfc", BoardsOnBadName::rfc,
           "it is closed, what was marked is removed, and nothing is open"},
};

constexpr std::array dates{
    Choice{"rfc5322", BoardsDate::rfc5322, "the year has four digits"},
    Choice{"rfc822", BoardsDate::rfc822, "two, as in RFC 1082 and as the clients of 1988 had it"},
};

constexpr std::array keys{
    Key{.path = "boards.wording",
        .description = "What XTND BBOARDS, ARCHIVE and X-BBOARDS say.",
        .kind = one_of<wordings, &Policy::boards, &Policy::Boards::wording>()},
    Key{.path = "boards.on_bad_name",
        .description = "What happens to the maildrop when the name is not a board's.",
        .kind = one_of<on_bad_name, &Policy::boards, &Policy::Boards::on_bad_name>()},
    Key{.path = "boards.date",
        .description = "How X-BBOARDS writes the date of the last message.",
        .kind = one_of<dates, &Policy::boards, &Policy::Boards::date>()},
    Key{.path = "boards.zone",
        .description = "The zone of that date: hours and minutes east of UTC.",
        .kind = TextKey{check_zone, at<&Policy::boards, &Policy::Boards::zone>}},
    Key{.path = "boards.bboards",
        .description =
            "The boards that XTND BBOARDS opens, in the order in which clients see them: "
            "a table of names, at the end of the file, each with the mailbox that the "
            "user would open by IMAP. For more than the mailbox a board has a table of "
            "its own (conf.d/README.md: \"What X-BBOARDS tells\").",
        .kind = BoardsKey{at<&Policy::boards, &Policy::Boards::bboards>, true},
        .example = "[boards.bboards]\n"
                   "system = \"Public/system\"\n"
                   "[boards.bboards.local]\n"
                   "mailbox = \"Public/local\"\n"
                   "aliases = [\"here\", \"general\"]\n"},
    Key{.path = "boards.archive",
        .description = "The boards that XTND ARCHIVE opens, with the mailboxes of the archives. A "
                       "board's aliases hold for its archive.",
        .kind = BoardsKey{at<&Policy::boards, &Policy::Boards::archive>},
        .example = "[boards.archive]\n"
                   "system = \"Public/system-archive\"\n"},
};

}  // namespace

const Section boards_section{
    .table = "boards",
    .description =
        "XTND BBOARDS, ARCHIVE and X-BBOARDS (RFC 1082): mailboxes that any user may "
        "read in place of their own maildrop. The commands are available where `commands.allow` "
        "names them.",
    .keys = keys};

}  // namespace pop3_legacy::policy
