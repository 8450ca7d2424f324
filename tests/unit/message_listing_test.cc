#include "plugin/core/commands/message_listing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

using Line = Result<std::optional<std::string>>;

// For messages that must be read, as for XOVER: the process may have other clients.
TEST(MessageListing, MakesWayBehindALineThatTookLong) {
  FakeHost port(3);
  MessageListing listing(port, 1, 3, [](MessageNumber number) -> Line {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    return std::optional(std::to_string(number));
  });
  EXPECT_EQ(listing.next().value(), "1\r\n");
  EXPECT_EQ(listing.next().value(), "2\r\n");
  EXPECT_EQ(listing.next().value(), "3\r\n");
  EXPECT_EQ(listing.next().value(), "");
}

}  // namespace
}  // namespace pop3_legacy
