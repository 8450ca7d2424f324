// Sending mail over POP3: [xmit].

#include <array>

#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::uint64_t most_messages = 10'000;  // the last hour's times are stored

constexpr std::array from{
    Choice{"own-address", XmitFrom::own_address, "the user's own address only"},
    Choice{"own-domain", XmitFrom::own_domain, "any address of the user's domain"},
    Choice{"any", XmitFrom::any, "any"},
};

constexpr std::array keys{
    Key{.path = "xmit.from",
        .description =
            "Which addresses XTND XMIT allows in From, Sender, Resent-From and Resent-Sender.",
        .kind = one_of<from, &Policy::xmit, &Policy::Xmit::from>()},
    Key{.path = "xmit.max_size",
        .description = "The octets that a message sent by XTND XMIT may have.",
        .kind = OctetsKey{at<&Policy::xmit, &Policy::Xmit::max_octets>, kilobyte, gigabyte}},
    Key{.path = "xmit.max_recipients",
        .description = "The recipients that such a message may have.",
        .kind = CountKey{at<&Policy::xmit, &Policy::Xmit::max_recipients>, 1, most_messages}},
    Key{.path = "xmit.per_session",
        .description = "The messages that one session may send; 0 for no limit.",
        .kind = CountKey{at<&Policy::xmit, &Policy::Xmit::per_session>, 0, most_messages}},
    Key{.path = "xmit.per_hour",
        .description = "The messages that one user may send in an hour; 0 for no limit.",
        .kind = CountKey{at<&Policy::xmit, &Policy::Xmit::per_hour>, 0, most_messages}},
    Key{.path = "xmit.dedup",
        .description =
            "How long the same message from the same user is not sent again; \"0s\": it is.",
        .kind = DurationKey{at<&Policy::xmit, &Policy::Xmit::dedup>, seconds_of_a_day}},
    Key{.path = "xmit.save_to",
        .description = "The mailbox that gets a copy of what was sent, like \"Sent\"; empty for "
                       "none.",
        .kind = TextKey{check_mailbox, at<&Policy::xmit, &Policy::Xmit::save_to>}},
    Key{.path = "xmit.dry_run",
        .description = "Messages are taken and checked, but not sent.",
        .kind = FlagKey{at<&Policy::xmit, &Policy::Xmit::dry_run>}},
};

}  // namespace

const Section xmit_section{
    .table = "xmit",
    .description =
        "XTND XMIT, sending mail over POP3; it is available where `commands.allow` names it.",
    .keys = keys};

}  // namespace pop3_legacy::policy
