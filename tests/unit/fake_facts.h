/// A message made of variables, for tests of the UIDL formulas.
#ifndef POP3_LEGACY_TESTS_UNIT_FAKE_FACTS_H
#define POP3_LEGACY_TESTS_UNIT_FAKE_FACTS_H

#include <optional>
#include <string>

#include "plugin/core/uidl/facts.h"

namespace pop3_legacy::uidl {

class FakeFacts : public Facts {
 public:
  [[nodiscard]] Uid uid() override { return uid_value; }
  [[nodiscard]] UidValidity uidvalidity() override { return validity; }
  [[nodiscard]] Result<std::string> guid() override {
    if (no_guid) return Error{Failure::permanent, "no GUIDs here"};
    return answer(guid_value);
  }
  [[nodiscard]] std::string user() override { return user_value; }
  [[nodiscard]] Result<std::int64_t> received() override { return answer(received_value); }
  [[nodiscard]] Result<std::optional<std::string>> file_name() override { return answer(file); }
  [[nodiscard]] Result<std::optional<CourierNumber>> courier() override { return answer(number); }
  [[nodiscard]] Result<std::string> header() override { return answer(header_text); }
  [[nodiscard]] Result<std::optional<std::string>> envelope_line() override {
    return answer(envelope);
  }
  [[nodiscard]] Result<std::string> beginning(std::size_t octets) override {
    return answer((header_text + empty_line + body).substr(0, octets));
  }

  Uid uid_value = 0xABC;
  UidValidity validity = 0x4FE12D90;
  std::string guid_value = "guid-1";
  bool no_guid = false;
  std::string user_value = "alice@example.org";
  std::int64_t received_value = 1072915200;
  std::optional<std::string> file = "1000000000.M1P2.host";
  std::optional<CourierNumber> number;
  std::string header_text;
  std::string empty_line = "\n";
  std::string body;
  std::optional<std::string> envelope;
  /// The answer to every question that can fail.
  std::optional<Error> error;

 private:
  template <class T>
  Result<T> answer(const T& value) {
    if (error) return *error;
    return value;
  }
};

}  // namespace pop3_legacy::uidl

#endif
