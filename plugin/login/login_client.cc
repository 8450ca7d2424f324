#include "plugin/login/login_client.h"

#include <string>
#include <string_view>

#include "plugin/core/base/text.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/dovecot/module_context.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::login {

namespace {

using dovecot::trampoline;

// The wording of Dovecot's client_command_execute() and cmd_capa() in src/pop3-login.
constexpr std::string_view unknown_command = "-ERR Unknown command.\r\n";
constexpr std::string_view capa_begin = "+OK\r\nCAPA\r\n";
constexpr std::string_view capa_end = "\r\n.\r\n";
constexpr std::size_t max_verb_octets = 8;

/// Allocated from the client's pool, so no destructor runs.
struct LoginClient {
  union login_client_module_context module_context;
  const Authorization* authorization;
  bool in_command;  ///< Dovecot is executing a command
  bool has_verb;    ///< Dovecot has taken the beginning of a line and is waiting for the rest
};

MODULE_CONTEXT_DEFINE_INIT(login_client_id, &login_module_register);

LoginClient& of(struct client* client) {
  return *dovecot::module_context<LoginClient>(client, login_client_id);
}

void send(struct client* client, std::string_view octets) {
  of(client).module_context.super.send_raw_data(client, octets.data(), octets.size());
}

#ifdef POP3_LEGACY_HAVE_SASL_PROXY
constexpr auto advertised_mechanisms = sasl_proxy_get_advertised_mechs;
constexpr auto find_mechanism = sasl_proxy_find_available_mech;
#else
constexpr auto advertised_mechanisms = sasl_server_get_advertised_mechs;
constexpr auto find_mechanism = sasl_server_find_available_mech;
#endif

/// Decides as this Dovecot's commands and CAPA do.
WaysIn ways_in(struct client* client) {
#ifdef POP3_LEGACY_HAVE_CONNECTION_SECURED
  const bool may_be_clear = client->set->auth_allow_cleartext || client->connection_secured;
  const bool has_tls = client->connection_tls_secured || client->haproxy_terminated_tls;
#else
  const bool may_be_clear =
      client->secured || (!client->set->disable_plaintext_auth &&
                          std::string_view(client->ssl_set->ssl) != "required");
  const bool has_tls = client->tls;
#endif
  unsigned mechanisms = 0;
  (void)advertised_mechanisms(client, &mechanisms);
  return {.password = may_be_clear && find_mechanism(client, "PLAIN") != nullptr,
          .apop = find_mechanism(client, "APOP") != nullptr,
          .sasl = mechanisms > 0,
          .stls = client_is_tls_enabled(client) && !has_tls};
}

/// The verb at the beginning of `input` as Dovecot's client_read_cmd_name() takes it: without CRs,
/// and cut if it is too long. Empty until its end has arrived.
std::string verb_of(std::string_view input) {
  constexpr std::string_view ends{" \n\0", 3};
  std::string verb;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input[i] == '\r') {
      continue;
    }
    if (i >= max_verb_octets || ends.find(input[i]) != std::string_view::npos) {
      return verb;
    }
    verb += input[i];
  }
  return {};
}

enum class Help { not_asked, incomplete, answered };

/// Answers HELP if it is at the beginning of a line.
Help answer_help(struct client* client, std::string_view input) {
  if (!equals_ignoring_case(verb_of(input), help_entry.name)) {
    return Help::not_asked;
  }
  const auto line_feed = input.find('\n');
  if (line_feed == std::string_view::npos) {
    return Help::incomplete;
  }
  const CommandLine line = parse_command_line(input.substr(0, line_feed + 1));
  const Reply reply = of(client).authorization->help(ways_in(client), line.arguments);
  i_stream_skip(client->input, line_feed + 1);
  // Dovecot does the same for every command it knows, whatever the answer.
  client->bad_counter = 0;
  send(client, reply.wire());
  return Help::answered;
}

/// Executes Dovecot's next command.
bool execute_next(struct client* client) {
  LoginClient& self = of(client);
  const uoff_t before = client->input->v_offset;
  self.in_command = true;
  // The client may be destroyed in this call but not freed: our caller holds a reference.
  const bool done = self.module_context.super.input_next_cmd(client);
  self.in_command = false;
  // AUTH is not done either while the client still has to answer, but its line has ended.
  if (done || client->authenticating) {
    self.has_verb = false;
  } else if (!client->destroyed && client->input->v_offset != before) {
    self.has_verb = true;
  }
  return done;
}

bool input_next_cmd(struct client* client) {
  if (of(client).authorization->has_help() && !of(client).has_verb) {
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    if (i_stream_read_more(client->input, &data, &size) <= 0) {
      return false;
    }
    const std::string_view input(static_cast<const char*>(static_cast<const void*>(data)), size);
    switch (trampoline("HELP", Help::not_asked, [&] { return answer_help(client, input); })) {
      case Help::answered:
        return true;
      case Help::incomplete:
        return false;
      case Help::not_asked:
        break;
    }
  }
  return execute_next(client);
}

/// True: ours has replaced the answer.
bool replace_answer(struct client* client, std::string_view answer) {
  const Authorization& authorization = *of(client).authorization;
  if (answer == unknown_command) {
    const auto reply = authorization.unknown_command();
    if (reply) {
      send(client, reply->wire());
    }
    return reply.has_value();
  }
  if (!authorization.has_capabilities() || !answer.starts_with(capa_begin) ||
      !answer.ends_with(capa_end)) {
    return false;
  }
  send(client, authorization.capa(answer).wire());
  return true;
}

void send_raw_data(struct client* client, const void* data, std::size_t size) {
  LoginClient& self = of(client);
  const std::string_view answer(static_cast<const char*>(data), size);
  // What a proxy passes on is not to be replaced.
  if (self.in_command &&
      trampoline("an answer", false, [&] { return replace_answer(client, answer); })) {
    return;
  }
  self.module_context.super.send_raw_data(client, data, size);
}

}  // namespace

void attach(struct client* client, const Authorization& authorization) {
  auto* const self = p_new(client->pool, LoginClient, 1);
  struct client_vfuncs* const functions = client->vlast;
  self->authorization = &authorization;
  self->module_context.super = *functions;
  client->vlast = &self->module_context.super;
  functions->input_next_cmd = input_next_cmd;
  functions->send_raw_data = send_raw_data;
  dovecot::set_module_context(client, login_client_id, self);
}

}  // namespace pop3_legacy::login
