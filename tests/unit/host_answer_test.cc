// A Dovecot that ends the session in the middle of a question must not free the object that asks.
// Its client_handle_input() and client_disconnect() are imitated here as far as needed.
#include "plugin/dovecot/host_answer.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace {

std::function<void(struct client*)>& host_command() {
  static std::function<void(struct client*)> command;
  return command;
}

int disconnects = 0;
int destructions = 0;

void say(struct client* client, const std::string& text) {
  if (!client->output->closed) o_stream_nsend(client->output, text.data(), text.size());
}

}  // namespace

extern "C" {

bool client_handle_input(struct client* client) {
  while (!client->output->closed && i_stream_next_line(client->input) != nullptr) {
    host_command()(client);
  }
  if (client->output->closed) {
    client->v.destroy(client, nullptr);
    return false;
  }
  return true;
}

void client_disconnect(struct client* client, const char* /*reason*/) {
  if (client->disconnected) return;
  client->disconnected = true;
  ++disconnects;
  i_stream_close(client->input);
  o_stream_close(client->output);
}
}

namespace pop3_legacy::dovecot {
namespace {

class HostAnswer : public testing::Test {
 protected:
  static void SetUpTestSuite() { lib_init(); }
  static void TearDownTestSuite() { lib_deinit(); }

  void SetUp() override {
    disconnects = destructions = 0;
    sent_ = buffer_create_dynamic(default_pool, 64);
    client_.input = i_stream_create_from_data("", 0);
    client_.output = o_stream_create_buffer(sent_);
    client_.v.destroy = [](struct client*, const char*) { ++destructions; };
    begin_event(client_);
  }
  void TearDown() override {
    i_stream_unref(&client_.input);
    o_stream_destroy(&client_.output);
    buffer_free(&sent_);
    end_event(client_);
  }

  template <class Client>
  static void begin_event(Client& client) {
    if constexpr (requires { client.event; }) client.event = event_create(nullptr);
  }
  template <class Client>
  static void end_event(Client& client) {
    if constexpr (requires { client.event; }) event_unref(&client.event);
  }

  buffer_t* sent_ = nullptr;
  struct client client_ {};
};

TEST_F(HostAnswer, IsWhatTheHostSays) {
  host_command() = [](struct client* client) { say(client, "+OK\r\nTOP\r\n.\r\n"); };
  struct ostream* const output = client_.output;
  const auto answer = host_answer(&client_, "CAPA");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer.value(), "+OK\r\nTOP\r\n.\r\n");
  EXPECT_EQ(client_.output, output);
  EXPECT_EQ(sent_->used, 0U);
}

// Does what client_handle_input() does after the twentieth bad command in a row.
TEST_F(HostAnswer, DoesNotEndTheSessionByTheNumberOfBadCommands) {
  constexpr unsigned most = 20;
  client_.bad_counter = most;
  host_command() = [](struct client* client) {
    say(client, "-ERR no such message\r\n");
    if (++client->bad_counter > most) client_disconnect(client, "Too many bad commands.");
  };
  const auto answer = host_answer(&client_, "UIDL 1");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer.value(), "-ERR no such message\r\n");
  EXPECT_EQ(client_.bad_counter, most);
  EXPECT_EQ(disconnects, 0);
  EXPECT_EQ(destructions, 0);
}

// Does what client_send_storage_error() does for an inconsistent mailbox.
TEST_F(HostAnswer, SurvivesADisconnectOfTheClient) {
  host_command() = [](struct client* client) {
    say(client, "-ERR [SYS/TEMP] Mailbox is in inconsistent state, please relogin.\r\n");
    client_disconnect(client, "Mailbox is in inconsistent state.");
  };
  EXPECT_FALSE(host_answer(&client_, "UIDL 1"));
  EXPECT_TRUE(client_.disconnected);
  EXPECT_EQ(destructions, 0);
  // The answer to the client's own command is still sent.
  EXPECT_FALSE(client_.output->closed);
}

TEST_F(HostAnswer, DisconnectsWhereTheHostWouldHaveDestroyedTheClient) {
  host_command() = [](struct client* client) { o_stream_close(client->output); };
  EXPECT_FALSE(host_answer(&client_, "UIDL 1"));
  EXPECT_EQ(disconnects, 1);
  EXPECT_EQ(destructions, 0);
  client_.v.destroy(&client_, nullptr);
  EXPECT_EQ(destructions, 1);
}

TEST_F(HostAnswer, SaysWhenThereIsNone) {
  host_command() = [](struct client*) {};
  const auto answer = host_answer(&client_, "CAPA");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().text, "Dovecot gave no answer to CAPA");
  EXPECT_FALSE(client_.disconnected);
}

}  // namespace
}  // namespace pop3_legacy::dovecot
