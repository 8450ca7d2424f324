/// The file of a list of ids, made of a string.
#ifndef POP3_LEGACY_TESTS_UNIT_FAKE_LIST_FILE_H
#define POP3_LEGACY_TESTS_UNIT_FAKE_LIST_FILE_H

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "plugin/core/uidl/list_file.h"

namespace pop3_legacy::uidl {

class FakeListFile : public ListFile {
 public:
  explicit FakeListFile(std::string text)
      : text_(std::make_shared<std::string>(std::move(text))), octets_(text_->size()) {}

  [[nodiscard]] std::shared_ptr<std::string> text() const { return text_; }
  [[nodiscard]] std::uint64_t octets() const override { return octets_; }
  bool read(std::uint64_t offset, std::span<char> out) override {
    if (offset + out.size() > text_->size()) return false;
    text_->copy(out.data(), out.size(), offset);
    return true;
  }

 private:
  std::shared_ptr<std::string> text_;
  std::uint64_t octets_;
};

}  // namespace pop3_legacy::uidl

#endif
