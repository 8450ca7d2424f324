// The committed documents match the entries they are generated from.

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

TEST(DocumentsTest, TheDefaultPolicyIsUpToDate) {
  EXPECT_EQ(committed("pop3-legacy/default.toml"), default_document()) << make_them;
}

TEST(DocumentsTest, TheReferenceIsUpToDate) {
  EXPECT_EQ(committed("REFERENCE.md"), reference()) << make_them;
}

}  // namespace
}  // namespace pop3_legacy::policy_tool
