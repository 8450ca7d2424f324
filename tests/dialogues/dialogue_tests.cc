#include "tests/dialogues/dialogue_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "tests/dialogues/login.h"
#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

namespace {

/// The DNS label used in the user's name.
std::string label_of(const Dialogue& dialogue, std::string_view addition) {
  std::string label = slug_of(dialogue) + '-' + std::string(addition);
  std::replace(label.begin(), label.end(), '_', '-');
  return label;
}

/// Where `a` and `b` differ; empty if they are equal.
std::string difference(std::string_view a, std::string_view b) {
  if (a == b) {
    return {};
  }
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto offset = static_cast<std::size_t>(in_a - a.begin());
  const auto line = a.substr(0, offset).rfind('\n') + 1;
  return "at octet " + std::to_string(offset) + ":\n  " + shown(a.substr(line)) + "\n  " +
         shown(b.substr(line));
}

void expect_equal(const Recording& expected, const Recording& got, const std::string& what) {
  ASSERT_EQ(expected.size(), got.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string differs = difference(expected[i], got[i]);
    EXPECT_TRUE(differs.empty()) << what << ", session " << i + 1 << ' ' << differs;
  }
}

class DialogueTest : public testing::Test {
 public:
  DialogueTest(Plan& plan, const Dialogue& dialogue, Mode mode)
      : plan_(plan), dialogue_(dialogue), mode_(mode) {}

  void TestBody() override {
    try {
      play_and_compare();
    } catch (const std::exception& failure) {
      FAIL() << failure.what();
    }
  }

 private:
  void play_and_compare() {
    if (mode_ == Mode::line) {
      in_line_mode(label_of(dialogue_, name_of(Mode::line)));
      return;
    }
    const auto recording =
        play(dialogue_, *plan_.host, plan_.host_name, mode_, label_of(dialogue_, name_of(mode_)));
    // Its own user, so that tests can run in several processes at the same time.
    const auto& reference =
        in_line_mode(label_of(dialogue_, std::string(name_of(mode_)) + "-line"));
    expect_equal(reference, recording,
                 "line by line and in mode " + std::string(name_of(mode_)) +
                     " the host answers differently");
  }

  const Recording& in_line_mode(const std::string& label) {
    const auto known = plan_.in_line_mode.find(&dialogue_);
    if (known != plan_.in_line_mode.end()) {
      return known->second;
    }
    return plan_.in_line_mode
        .emplace(&dialogue_, play(dialogue_, *plan_.host, plan_.host_name, Mode::line, label))
        .first->second;
  }

  Plan& plan_;
  const Dialogue& dialogue_;
  Mode mode_;
};

/// Plays the client's side of a dialogue, whatever the answers are; both hosts must give the same
/// ones.
class ComparisonTest : public testing::Test {
 public:
  ComparisonTest(Plan& plan, const Dialogue& dialogue) : plan_(plan), dialogue_(dialogue) {}

  void TestBody() override {
    try {
      std::vector<Recording> ones;
      std::vector<Recording> others;
      do {
        reset_ = false;
        ones.push_back(record(*plan_.host, "a"));
        others.push_back(record(*plan_.other, "b"));
      } while (reset_ && ones.size() < max_attempts && !each_session_agrees_once(ones, others));
      if (each_session_agrees_once(ones, others)) {
        return;
      }
      expect_equal(ones.back(), others.back(), "the hosts differ");
    } catch (const std::exception& failure) {
      FAIL() << failure.what();
    }
  }

 private:
  // A reset loses the end of an answer, sometimes on one side, sometimes on the other. Then any two
  // equal answers are enough.
  static bool each_session_agrees_once(const std::vector<Recording>& ones,
                                       const std::vector<Recording>& others) {
    for (std::size_t session = 0; session < ones.front().size(); ++session) {
      const bool agrees = std::any_of(ones.begin(), ones.end(), [&](const Recording& one) {
        return std::any_of(others.begin(), others.end(),
                           [&](const Recording& other) { return one[session] == other[session]; });
      });
      if (!agrees) {
        return false;
      }
    }
    return true;
  }

  Recording record(HostUnderTest& host, std::string_view which) {
    const auto account = host.fresh_account(label_of(dialogue_, which), dialogue_.mails);
    if (plan_.write_policies) {
      account->set_policy("[commands]\nallow = []\n");
    }
    Recording recording;
    for (const Step& step : dialogue_.steps) {
      if (const auto* const session = std::get_if<Session>(&step)) {
        recording.push_back(converse(*account, session->client_octets(), session->logs_in));
      } else {
        happen(step, *account, /*with_policy=*/false);
      }
    }
    return recording;
  }

  std::string converse(Account& account, std::string octets, bool logs_in) {
    if (!octets.ends_with("QUIT\r\n")) {
      octets += "QUIT\r\n";
    }
    std::optional<Incoming> incoming;
    const auto connection = logs_in ? log_in(account, incoming) : greeted(account, incoming);
    if (logs_in) {
      incoming->expect_ok("PASS");
    }
    connection->send(octets);
    std::string received;
    for (;;) {
      const std::string more = incoming->next();
      if (more.empty()) {
        reset_ = reset_ || connection->was_reset();
        return received;
      }
      received += more;
    }
  }

  Plan& plan_;
  const Dialogue& dialogue_;
  bool reset_ = false;  ///< a connection was reset
};

/// A name that GoogleTest's filters and CTest accept.
std::string test_name(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

template <class Make>
void register_test([[maybe_unused]] const std::string& suite,
                   [[maybe_unused]] const std::string& name,
                   [[maybe_unused]] const Dialogue& dialogue, [[maybe_unused]] Make make) {
#ifndef __clang_analyzer__  // it takes what GoogleTest keeps for a leak
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, dialogue.file.c_str(), 1,
                        [make]() -> testing::Test* { return make().release(); });
#endif
}

}  // namespace

std::string slug_of(const Dialogue& dialogue) {
  return std::filesystem::path(dialogue.file).stem().string();
}

void register_tests(Plan& plan) {
  const std::string suite = plan.other ? "compare" : test_name(plan.host_name);
  for (const Dialogue& dialogue : plan.dialogues) {
    const std::string name = test_name(slug_of(dialogue));
    if (plan.other) {
      if (!dialogue.compared) continue;
      register_test(suite, name, dialogue, [&plan, &dialogue] {
        return std::make_unique<ComparisonTest>(plan, dialogue);
      });
      continue;
    }
    for (const Mode mode : modes) {
      if (dialogue.plays_in(mode)) {
        register_test(suite, name + '/' + std::string(name_of(mode)), dialogue,
                      [&plan, &dialogue, mode] {
                        return std::make_unique<DialogueTest>(plan, dialogue, mode);
                      });
      }
    }
  }
}

}  // namespace pop3_legacy::dialogue
