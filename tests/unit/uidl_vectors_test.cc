// The UIDL formulas compared with their second implementation, tests/vectors/formulas.py, over a
// corpus of odd messages. The build writes the messages and the expected ids into one file.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/schemes.h"
#include "plugin/hash/openssl_hasher.h"

namespace pop3_legacy::uidl {
namespace {

using OptionalText = std::optional<std::string>;

class VectorFacts : public Facts {
 public:
  [[nodiscard]] Uid uid() override { return uid_value; }
  [[nodiscard]] UidValidity uidvalidity() override { return validity; }
  [[nodiscard]] Result<std::string> guid() override { return guid_value; }
  [[nodiscard]] std::string user() override { return user_value; }
  [[nodiscard]] Result<std::int64_t> received() override { return received_value; }
  [[nodiscard]] Result<OptionalText> file_name() override { return file; }
  [[nodiscard]] Result<std::optional<CourierNumber>> courier() override { return number; }
  [[nodiscard]] Result<std::string> header() override { return text.substr(0, header_octets); }
  [[nodiscard]] Result<OptionalText> envelope_line() override { return envelope; }
  [[nodiscard]] Result<std::string> beginning(std::size_t octets) override {
    return text.substr(0, octets);
  }

  Uid uid_value = 0;
  UidValidity validity = 0;
  std::string guid_value;
  std::string user_value;
  std::int64_t received_value = 0;
  OptionalText file;
  std::optional<CourierNumber> number;
  OptionalText envelope;
  std::size_t header_octets = 0;
  std::string text;
};

struct Vector {
  std::string name;
  std::unique_ptr<VectorFacts> facts = std::make_unique<VectorFacts>();
  std::map<std::string, OptionalText, std::less<>> ids;  ///< by scheme
};

/// `written` is "-", or "." and hexadecimal digits.
OptionalText octets(std::string_view written) {
  if (written == "-") return std::nullopt;
  std::string text;
  for (std::size_t at = 1; at + 1 < written.size(); at += 2) {
    text += static_cast<char>(std::stoi(std::string(written.substr(at, 2)), nullptr, 16));
  }
  return text;
}

class UidlVectorsTest : public testing::TestWithParam<std::string> {
 protected:
  UidlVectorsTest() {
    std::ifstream file(POP3_LEGACY_UIDL_VECTORS);
    for (std::string line; std::getline(file, line);) {
      std::istringstream in(line);
      std::string key;
      in >> key;
      if (key == "key") {
        key_ = next(in).value_or("");
      } else if (key == "message") {
        in >> vectors_.emplace_back().name;
      } else {
        take(key, in, vectors_.back());
      }
    }
    context_.hasher = [this]() -> Result<Hasher*> { return hasher_.get(); };
    context_.key = key_;
  }

  std::vector<Vector> vectors_;
  Context context_;

 private:
  static OptionalText next(std::istream& in) {
    std::string written = "-";
    in >> written;
    return octets(written);
  }

  static void take(std::string_view key, std::istream& in, Vector& into) {
    VectorFacts& facts = *into.facts;
    if (key == "uid") {
      in >> facts.uid_value;
    } else if (key == "uidvalidity") {
      in >> facts.validity;
    } else if (key == "received") {
      in >> facts.received_value;
    } else if (key == "guid") {
      in >> facts.guid_value;
    } else if (key == "user") {
      in >> facts.user_value;
    } else if (key == "file_name") {
      facts.file = next(in);
    } else if (key == "courier") {
      if (CourierNumber number; in >> number.number >> number.validity) facts.number = number;
    } else if (key == "envelope") {
      facts.envelope = next(in);
    } else if (key == "header_octets") {
      in >> facts.header_octets;
    } else if (key == "text") {
      facts.text = next(in).value_or("");
    } else if (key == "id") {
      std::string scheme;
      in >> scheme;
      into.ids[scheme] = next(in);
    } else {
      ADD_FAILURE() << "unknown key " << key;
    }
  }

  std::string key_;
  std::unique_ptr<Hasher> hasher_ = openssl_hasher();
};

TEST_P(UidlVectorsTest, GivesTheIdsOfTheSecondImplementation) {
  const Scheme* const scheme = find_scheme(GetParam());
  ASSERT_NE(scheme, nullptr);
  std::size_t compared = 0;
  std::size_t with_id = 0;
  for (Vector& vector : vectors_) {
    const auto expected = vector.ids.find(GetParam());
    ASSERT_NE(expected, vector.ids.end()) << vector.name;
    const auto got = scheme->formula(*vector.facts, context_);
    ASSERT_TRUE(got.ok()) << vector.name << ": " << got.error().text;
    EXPECT_EQ(got.value(), expected->second) << vector.name;
    ++compared;
    if (expected->second) ++with_id;
  }
  EXPECT_GE(compared, 200U);
  EXPECT_GE(with_id, 50U);
}

/// All schemes but the template, whose ids the administrator defines.
std::vector<std::string> compared_schemes() {
  std::vector<std::string> names;
  for (const Scheme& scheme : schemes()) {
    if (scheme.name != "template") names.emplace_back(scheme.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Schemes, UidlVectorsTest, testing::ValuesIn(compared_schemes()),
                         [](const testing::TestParamInfo<std::string>& scheme) {
                           std::string name = scheme.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace pop3_legacy::uidl
