// LAST: [last].

#include <array>

#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::array semantics{
    Choice{"rfc1225", LastSemantics::rfc1225,
           "RETR and DELE raise it, RSET returns it to where the session began"},
    Choice{"rfc1460", LastSemantics::rfc1460, "the same, but RSET sets it to zero"},
    Choice{"uw", LastSemantics::uw, "as `rfc1225`; TOP raises it, too (UW ipop3d)"},
    Choice{"popper", LastSemantics::popper,
           "only DELE raises it, RSET sets zero (Berkeley popper)"},
    Choice{"dovecot", LastSemantics::dovecot, "only RETR raises it, RSET sets zero"},
};

constexpr std::array starts{
    Choice{"durable", LastStart::durable,
           "where the last session ended; where nothing is known yet, at the highest message with "
           "`\\Seen`"},
    Choice{"seen", LastStart::seen, "always at the highest message with `\\Seen`"},
    Choice{"session", LastStart::session, "always at zero; nothing is kept"},
};

constexpr std::array on_drop{
    Choice{"delivered", LastOnDrop::delivered,
           "the messages that have reached the client: it has sent another command after them"},
    Choice{"all", LastOnDrop::all, "what QUIT would leave: for programs that never say QUIT"},
    Choice{"nothing", LastOnDrop::nothing, "nothing, as if the session had never been"},
};

constexpr std::array wordings{
    Choice{"plain", LastWording::plain, "`+OK 3`"},
    Choice{"popper", LastWording::popper, "`+OK 3 is the last message seen.`"},
    Choice{"qpopper", LastWording::qpopper, "`+OK 3 is the last read message.`"},
    Choice{"mh", LastWording::mh, "`+OK 3 is the last msg seen`"},
};

constexpr std::array keys{
    Key{.path = "last.semantics",
        .description = "Which commands raise LAST's number, and where RSET puts it.",
        .kind = one_of<semantics, &Policy::last, &Policy::Last::semantics>()},
    Key{.path = "last.start",
        .description = "Where LAST's number starts at login.",
        .kind = one_of<starts, &Policy::last, &Policy::Last::start>()},
    Key{.path = "last.on_drop",
        .description = "What a session that ended without QUIT leaves behind, with `start = "
                       "\"durable\"`.",
        .kind = one_of<on_drop, &Policy::last, &Policy::Last::on_drop>()},
    Key{.path = "last.wording",
        .description = "The text after LAST's number.",
        .kind = one_of<wordings, &Policy::last, &Policy::Last::wording>()},
};

}  // namespace

const Section last_section{.table = "last", .description = {}, .keys = keys};

}  // namespace pop3_legacy::policy
