#include "plugin/dovecot/script_client.h"

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "buffer.h"
#include "ioloop.h"
#include "istream.h"
#include "ostream-private.h"
#include "program-client.h"

#define CONNECT_TIMEOUT_MSECS 5000

struct pop3_legacy_script {
  pool_t pool;
  struct program_client* client;
  struct timeout* to_begin;
  struct ostream* output;
  struct istream* input;
  buffer_t* said;
  size_t max_octets;
  bool too_long;
  pop3_legacy_script_answer* answer;
  void* context;
};

/* --- a stream that accepts only so many octets --- */

struct limited_ostream {
  struct ostream_private ostream; /* must be first: Dovecot frees the struct by this address */
  struct pop3_legacy_script* script;
};

static ssize_t limited_sendv(struct ostream_private* stream, const struct const_iovec* iov,
                             unsigned int iov_count) {
  struct pop3_legacy_script* script = ((struct limited_ostream*)stream)->script;
  ssize_t sent = 0;
  unsigned int i;

  for (i = 0; i < iov_count; i++) {
    if (script->said->used + iov[i].iov_len > script->max_octets) {
      script->too_long = TRUE;
      stream->ostream.stream_errno = EMSGSIZE;
      return -1;
    }
    buffer_append(script->said, iov[i].iov_base, iov[i].iov_len);
    stream->ostream.offset += iov[i].iov_len;
    sent += (ssize_t)iov[i].iov_len;
  }
  return sent;
}

static struct ostream* limited_ostream_create(struct pop3_legacy_script* script) {
  struct limited_ostream* stream = i_new(struct limited_ostream, 1);
  struct ostream* output;

  stream->script = script;
  stream->ostream.max_buffer_size = SIZE_MAX;
  stream->ostream.ostream.blocking = TRUE;
  stream->ostream.sendv = limited_sendv;
  output = o_stream_create(&stream->ostream, NULL, -1);
  o_stream_set_name(output, "(a script's output)");
  o_stream_set_no_error_handling(output, TRUE);
  return output;
}

/* --- */

static void ended(enum program_client_exit_status status, struct pop3_legacy_script* script) {
  enum pop3_legacy_script_end end = POP3_LEGACY_SCRIPT_BROKEN;

  if (script->too_long)
    end = POP3_LEGACY_SCRIPT_TOO_LONG;
  else if (status == PROGRAM_CLIENT_EXIT_STATUS_SUCCESS)
    end = POP3_LEGACY_SCRIPT_SUCCEEDED;
  else if (status == PROGRAM_CLIENT_EXIT_STATUS_FAILURE)
    end = POP3_LEGACY_SCRIPT_FAILED;
  script->answer(end, script->context);
}

static void begin(struct pop3_legacy_script* script) {
  timeout_remove(&script->to_begin);
  program_client_run_async(script->client, ended, script);
}

struct pop3_legacy_script* pop3_legacy_script_begin(struct event* event, const char* socket_path,
                                                    const char* const* environment,
                                                    size_t max_octets,
                                                    pop3_legacy_script_answer* answer,
                                                    void* context) {
  pool_t pool = pool_alloconly_create("pop3_legacy script", 1024);
  struct pop3_legacy_script* script = p_new(pool, struct pop3_legacy_script, 1);
#ifdef POP3_LEGACY_HAVE_PROGRAM_PARAMETERS
  struct program_client_parameters set;
#else
  struct program_client_settings set;
#endif

  script->pool = pool;
  script->answer = answer;
  script->context = context;
  script->max_octets = max_octets;
  script->said = buffer_create_dynamic(default_pool, 512);
  i_zero(&set);
  set.client_connect_timeout_msecs = CONNECT_TIMEOUT_MSECS;
#ifdef POP3_LEGACY_HAVE_PROGRAM_PARAMETERS
  script->client = program_client_unix_create(event, socket_path, NULL, &set);
#else
  set.event = event;
  script->client = program_client_unix_create(socket_path, NULL, &set, FALSE);
#endif
  for (; *environment != NULL; environment += 2)
    program_client_set_env(script->client, environment[0], environment[1]);
  /* Empty input that ends at once, or the script would wait for input. */
  script->input = i_stream_create_from_data("", 0);
  program_client_set_input(script->client, script->input);
  script->output = limited_ostream_create(script);
  program_client_set_output(script->client, script->output);
  /* begin() may fail at once, and the caller does not expect to be called back so early. */
  script->to_begin = timeout_add_short(0, begin, script);
  return script;
}

const char* pop3_legacy_script_output(struct pop3_legacy_script* script, size_t* size_r) {
  *size_r = script->said->used;
  return script->said->data;
}

void pop3_legacy_script_end(struct pop3_legacy_script** _script) {
  struct pop3_legacy_script* script = *_script;

  *_script = NULL;
  if (script == NULL) return;
  timeout_remove(&script->to_begin);
  program_client_destroy(&script->client);
  i_stream_unref(&script->input);
  o_stream_destroy(&script->output);
  buffer_free(&script->said);
  pool_unref(&script->pool);
}
