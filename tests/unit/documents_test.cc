// The committed reference matches the entries it is generated from.

#include "plugin/policy-tool/documents.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace pop3_legacy::policy_tool {
namespace {

constexpr const char* make_them = "\nwrite it anew: cmake --build build --target documents";

std::string committed(const std::string& path) {
  std::ifstream file(std::string(POP3_LEGACY_SOURCE_DIR) + "/conf.d/" + path);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// Every login reads it, so it only says where the keys are.
TEST(DocumentsTest, TheShippedPolicyIsShortAndSetsNothing) {
  std::string rest = committed("pop3-legacy/default.toml");
  EXPECT_LT(rest.size(), 1000U);
  while (!rest.empty()) {
    EXPECT_TRUE(rest.starts_with('#')) << rest;
    rest.erase(0, rest.find('\n') + 1);
  }
}

TEST(DocumentsTest, TheReferenceIsUpToDate) {
  EXPECT_EQ(committed("REFERENCE.md"), reference()) << make_them;
}

}  // namespace
}  // namespace pop3_legacy::policy_tool
