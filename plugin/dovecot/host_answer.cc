#include "plugin/dovecot/host_answer.h"

#include <utility>

namespace pop3_legacy::dovecot {

namespace {

/// The host wants to destroy the client of the current question. There is only one question at a
/// time.
bool destruction_asked_for = false;

// In 2.4, client_destroy() gives up its own reference to the event after the callback.
template <class Client>
void keep_event(Client* client) {
  if constexpr (requires { client->event; }) {
    event_ref(client->event);
  }
}

void note_destruction(struct client* client, const char* /*reason*/) {
  destruction_asked_for = true;
  keep_event(client);
}

}  // namespace

Result<std::string> host_answer(struct client* client, std::string_view command) {
  const std::string line = std::string(command) + "\r\n";
  buffer_t* answer = buffer_create_dynamic(default_pool, 512);
  struct istream* input = i_stream_create_from_data(line.data(), line.size());
  struct ostream* output = o_stream_create_buffer(answer);
  const auto bad_counter = std::exchange(client->bad_counter, 0U);
  const auto destroy = std::exchange(client->v.destroy, note_destruction);
  destruction_asked_for = false;

  std::swap(client->input, input);
  std::swap(client->output, output);
  (void)client_handle_input(client);
  std::swap(client->input, input);
  std::swap(client->output, output);

  client->v.destroy = destroy;
  client->bad_counter = bad_counter;
  std::string octets(static_cast<const char*>(answer->data), answer->used);
  i_stream_unref(&input);
  o_stream_destroy(&output);
  buffer_free(&answer);
  // If the host has disconnected the client, its own timeout destroys it; the streams it closed
  // were ours.
  const bool over = destruction_asked_for || client->disconnected;
  if (over && !client->disconnected) {
    client_disconnect(client, "Dovecot ended the session");
  }
  if (octets.empty() || over) {
    return Error{Failure::temporary,
                 (over ? "Dovecot ended the session at " : "Dovecot gave no answer to ") +
                     std::string(command)};
  }
  return octets;
}

}  // namespace pop3_legacy::dovecot
