// How fast clients may be, and which deviations are tolerated: [pace], [lenient].

#include <array>

#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::uint64_t most_logins = 1000;
constexpr std::uint64_t most_retrieved = 1'000'000;
constexpr std::uint64_t most_top_lines = 1'000'000;

constexpr std::array pace_keys{
    Key{.path = "pace.login_delay",
        .description = "The time from one login to the next (\"5m\"), once the burst is used up; "
                       "\"0s\" for no limit. A login that comes too soon is answered `-ERR "
                       "[LOGIN-DELAY]`, and CAPA tells the delay.",
        .kind = DurationKey{at<&Policy::pace, &Policy::Pace::login_delay>, seconds_of_a_day}},
    Key{.path = "pace.burst",
        .description = "The logins that may follow one another without delay.",
        .kind = CountKey{at<&Policy::pace, &Policy::Pace::burst>, 1, most_logins}},
    Key{.path = "pace.retr_per_session",
        .description = "The messages that one session may retrieve; 0 for no limit.",
        .kind = CountKey{at<&Policy::pace, &Policy::Pace::retr_per_session>, 0, most_retrieved}},
    Key{.path = "pace.octets_per_hour",
        .description =
            "The octets that one user may retrieve in an hour (\"500M\"); 0 for no limit.",
        .kind =
            OctetsKey{at<&Policy::pace, &Policy::Pace::octets_per_hour>, 0, kilobyte* gigabyte}},
};

constexpr std::array lenient_keys{
    Key{.path = "lenient.top_lines",
        .description = "The lines of the body that TOP with one argument shows, as clients older "
                       "than RFC 1939 send it; 0 to refuse it.",
        .kind = CountKey{at<&Policy::lenient, &Policy::Lenient::top_lines>, 0, most_top_lines}},
    Key{.path = "lenient.spaces",
        .description = "Spaces before a command and after its arguments are ignored; otherwise "
                       "they are errors, as in Dovecot.",
        .kind = FlagKey{at<&Policy::lenient, &Policy::Lenient::spaces>}},
};

}  // namespace

const Section pace_section{.table = "pace", .description = {}, .keys = pace_keys};
const Section lenient_section{.table = "lenient",
                              .description = "What clients may write that Dovecot would refuse.",
                              .keys = lenient_keys};

}  // namespace pop3_legacy::policy
