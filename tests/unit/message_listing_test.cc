#include "plugin/core/commands/message_listing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

// For messages that must be read, as for XOVER: the process may have other clients.
TEST(MessageListing, MakesWayBehindALineThatTookLong) {
  FakeHost port(3);
  MessageListing listing(port, 1, 3, [](MessageNumber number, std::string& to) -> Result<bool> {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    to += std::to_string(number);
    return true;
  });
  EXPECT_EQ(listing.next().value(), "1\r\n");
  EXPECT_EQ(listing.next().value(), "2\r\n");
  EXPECT_EQ(listing.next().value(), "3\r\n");
  EXPECT_EQ(listing.next().value(), "");
}

}  // namespace
}  // namespace pop3_legacy
