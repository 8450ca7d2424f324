#include "plugin/core/uidl/listed_sizes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <vector>

namespace pop3_legacy::uidl {

namespace {

constexpr std::int64_t smallest_growth = -64;  ///< of a message when it is moved, in octets
constexpr std::int64_t largest_growth = 1024;
constexpr std::int64_t slack = 64;            ///< allowed around the growth of most messages
constexpr std::int64_t slack_share = 16;      ///< also allowed: this fraction of the message
constexpr std::size_t exceptions_share = 10;  ///< one message in so many may be further off
constexpr std::size_t farthest_shift = 100;
constexpr std::size_t proving_run = 3;  ///< messages in a row with the sizes of others

/// The sizes of one message on both servers.
struct Pair {
  std::uint32_t number = 0;
  std::int64_t before = 0;
  std::int64_t now = 0;

  [[nodiscard]] std::int64_t growth() const { return now - before; }
};

/// All pairs, and the present size of each message of the maildrop.
struct Sizes {
  std::vector<Pair> pairs;        ///< ascending
  std::vector<std::int64_t> now;  ///< by place
};

/// The median growth, and how often the most common growth occurs.
struct Growth {
  std::int64_t middle = 0;
  std::int64_t commonest = 0;
  std::size_t times = 0;
};

Growth growth_of(const std::vector<Pair>& pairs) {
  std::map<std::int64_t, std::size_t> times;
  for (const Pair& pair : pairs) ++times[pair.growth()];
  Growth found;
  std::size_t seen = 0;
  for (const auto& [growth, count] : times) {
    if (seen <= pairs.size() / 2) found.middle = growth;
    seen += count;
    if (count > found.times) {
      found.commonest = growth;
      found.times = count;
    }
  }
  return found;
}

std::vector<const Pair*> far_off(const std::vector<Pair>& pairs, const Growth& growth) {
  const std::int64_t usual = std::clamp(growth.middle, smallest_growth, largest_growth);
  std::vector<const Pair*> found;
  for (const Pair& pair : pairs) {
    if (std::abs(pair.growth() - usual) > slack + pair.now / slack_share) found.push_back(&pair);
  }
  return found;
}

struct Run {
  std::size_t longest = 0;
  std::size_t overlap = 0;  ///< messages for which there is another to compare
};

/// The longest run of messages whose old size, plus `growth`, does not match their present size but
/// that of the message `shift` places later (or earlier, if negative).
Run run_of(const Sizes& sizes, std::int64_t growth, std::int64_t shift) {
  Run found;
  std::size_t run = 0;
  for (const Pair& pair : sizes.pairs) {
    const std::int64_t other = std::int64_t{pair.number} - 1 + shift;
    if (other < 0 || other >= static_cast<std::int64_t>(sizes.now.size())) continue;
    ++found.overlap;
    const std::int64_t expected = pair.before + growth;
    const bool of_other =
        expected != pair.now && expected == sizes.now[static_cast<std::size_t>(other)];
    run = of_other ? run + 1 : 0;
    found.longest = std::max(found.longest, run);
  }
  return found;
}

bool displaced(const Sizes& sizes, const Growth& growth) {
  const std::size_t count = sizes.pairs.size();
  const std::size_t farthest = std::min(farthest_shift, std::max<std::size_t>(1, count / 2));
  const auto proved = [&](std::int64_t shift) {
    const Run as_they_were = run_of(sizes, 0, shift);
    if (as_they_were.overlap > 0 &&
        as_they_were.longest >= std::min(proving_run, as_they_were.overlap)) {
      return true;
    }
    // A growth shared by only a few messages is chance.
    return growth.times * 2 >= count &&
           run_of(sizes, growth.commonest, shift).longest >= proving_run;
  };
  for (std::int64_t distance = 1; distance <= static_cast<std::int64_t>(farthest); ++distance) {
    if (proved(distance) || proved(-distance)) return true;
  }
  return false;
}

/// Why the sizes contradict the list; empty: they do not.
std::string contradiction_in(const Sizes& sizes) {
  const std::size_t count = sizes.pairs.size();
  const Growth growth = growth_of(sizes.pairs);
  const std::vector<const Pair*> off = far_off(sizes.pairs, growth);
  std::string why;
  if (off.size() > count / exceptions_share) {
    const Pair& first = *off.front();
    why = std::to_string(off.size()) + " of " + std::to_string(count) +
          " messages do not have the size in LIST's answer; the first is message " +
          std::to_string(first.number) + ", with " + std::to_string(first.before) +
          " octets before and " + std::to_string(first.now) + " now";
  } else if (displaced(sizes, growth)) {
    why = "the sizes in LIST's answer are those of the messages next to them";
  }
  return why.empty() ? why
                     : why +
                           ": the list is not of these messages in this order (to go by number "
                           "anyway, leave LIST's answer out of the file)";
}

using OctetsOf = std::uint64_t NumberedMessage::*;

Sizes sizes_of(const OldList& list, std::span<const NumberedMessage> messages, OctetsOf octets) {
  Sizes found;
  for (const NumberedMessage& message : messages) {
    found.now.push_back(static_cast<std::int64_t>(message.*octets));
  }
  for (const OldEntry& entry : list.entries) {
    if (!entry.octets || !entry.number) continue;
    const std::int64_t now = found.now[*entry.number - 1];
    if (now > 0) {
      found.pairs.push_back({*entry.number, static_cast<std::int64_t>(*entry.octets), now});
    }
  }
  std::sort(found.pairs.begin(), found.pairs.end(),
            [](const Pair& a, const Pair& b) { return a.number < b.number; });
  return found;
}

}  // namespace

std::string contradiction(const OldList& list, std::span<const NumberedMessage> messages) {
  const Sizes sizes = sizes_of(list, messages, &NumberedMessage::octets);
  if (sizes.pairs.empty()) return {};
  std::string why = contradiction_in(sizes);
  if (why.empty()) return why;
  const Sizes stored = sizes_of(list, messages, &NumberedMessage::stored_octets);
  const bool fits = !stored.pairs.empty() && contradiction_in(stored).empty();
  return fits ? std::string() : why;
}

}  // namespace pop3_legacy::uidl
