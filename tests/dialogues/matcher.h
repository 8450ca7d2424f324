/// Compares what a host answers with a dialogue.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_MATCHER_H
#define POP3_LEGACY_TESTS_DIALOGUES_MATCHER_H

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "tests/dialogues/dialogue.h"

namespace pop3_legacy::dialogue {

/// Follows one session. Every Error's text is "FILE:LINE: …" for the line that was expected.
class Matcher {
 public:
  /// `session` must outlive this.
  Matcher(std::string_view file, const Session& session, std::string_view host);

  /// The client has sent the first `exchanges` exchanges; later ones cannot have been answered yet.
  void sent(std::size_t exchanges) noexcept { sent_ = exchanges; }

  /// The next octets from the host, in pieces of any size.
  Status feed(std::string_view octets);

  /// All lines that answer the first `exchanges` exchanges have arrived.
  [[nodiscard]] bool answered(std::size_t exchanges) const noexcept;

  /// To be called when the host has closed the connection.
  [[nodiscard]] Status closed() const;

  /// An Error saying what was expected next and that `what` came instead.
  [[nodiscard]] Error failure(std::string_view what) const;

 private:
  struct Awaited {
    std::size_t exchange = 0;
    const Expected* expected = nullptr;
  };

  Status take(std::string_view line);

  std::string file_;
  const Session& session_;
  std::vector<Awaited> awaited_;
  std::size_t position_ = 0;  ///< in awaited_
  std::size_t sent_ = 0;
  std::string partial_;  ///< a line whose end has not arrived yet
};

}  // namespace pop3_legacy::dialogue

#endif
