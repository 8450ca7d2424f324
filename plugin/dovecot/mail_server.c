#include "plugin/dovecot/mail_server.h"

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "hostpid.h"
#include "ioloop.h"
#include "iostream-ssl.h"
#include "istream-private.h"
#include "mail-storage-private.h"
#include "mail-user.h"
#include "net.h"
#include "ostream.h"
#include "smtp-address.h"
#include "smtp-client-connection.h"
#include "smtp-client-transaction.h"
#include "smtp-client.h"
#include "smtp-reply.h"
#include "smtp-submit.h"
#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS
#include "settings.h"
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "plugin/dovecot/host_stream.h"

#define SMTP_PORT 25
#define MSECS_PER_SEC 1000

struct pop3_legacy_mail {
  pool_t pool;
  struct event* event;
  struct smtp_submit_settings set;
  struct ssl_iostream_settings ssl;
  struct istream* message;
  pop3_legacy_mail_answer* answer;
  void* context;

  struct smtp_submit* program; /* sendmail_path */

  struct smtp_client* client; /* submission_host */
  struct smtp_client_transaction* transaction;
  struct timeout* to_send;
  unsigned int unanswered; /* recipients */
  bool refused;            /* at least one recipient was */
};

#ifdef POP3_LEGACY_HAVE_TYPED_SETTINGS

static int read_settings(struct pop3_legacy_mail* mail, struct mail_user* user,
                         const char** error_r) {
  const struct smtp_submit_settings* set;

  if (settings_get(user->event, &smtp_submit_setting_parser_info, 0, &set, error_r) < 0) return -1;
  mail->set = *set;
  mail->set.hostname = p_strdup(mail->pool, set->hostname);
  mail->set.submission_host = p_strdup(mail->pool, set->submission_host);
  mail->set.sendmail_path = p_strdup(mail->pool, set->sendmail_path);
  mail->set.submission_ssl = p_strdup(mail->pool, set->submission_ssl);
  settings_free(set);
  return 0;
}

#else

static const char* setting(struct mail_user* user, const char* name, const char* otherwise) {
  const char* value = mail_user_plugin_getenv(user, name);

  return value == NULL ? otherwise : value;
}

static int read_settings(struct pop3_legacy_mail* mail, struct mail_user* user,
                         const char** error_r ATTR_UNUSED) {
  mail->set.submission_host = setting(user, "pop3_legacy_submission_host", "");
  mail->set.submission_ssl = setting(user, "pop3_legacy_submission_ssl", "");
  mail->set.sendmail_path = setting(user, "pop3_legacy_sendmail_path", "/usr/sbin/sendmail");
  mail->set.submission_timeout = 30; /* Dovecot's default */
  mail_user_init_ssl_client_settings(user, &mail->ssl);
  return 0;
}

#endif

static void answer(struct pop3_legacy_mail* mail, int status, const char* error) {
  pop3_legacy_mail_answer* callback = mail->answer;

  mail->answer = NULL;
  if (callback != NULL) callback(status, error, mail->context);
}

static void answer_reply(struct pop3_legacy_mail* mail, const struct smtp_reply* reply) {
  bool temporary = smtp_reply_is_temp_fail(reply) || !smtp_reply_is_remote(reply);

  answer(mail, temporary ? -1 : 0, smtp_reply_log(reply));
}

/* --- pace --- */

/* When the server reads as fast as we write, lib-smtp sends the whole message without returning to
   the event loop. Other sessions would have to wait. Each line with a dot also takes some ten times
   its size from the data stack, so a few megabytes of dots would end the process. So the stream
   pauses after this many octets: for a moment it has nothing more to read. */
#define PACE_OCTETS ((size_t)128 * 1024)

struct paced_istream {
  struct istream_private istream; /* must be first: Dovecot frees the struct by this address */
  size_t left;                    /* until the next pause */
};

static ssize_t paced_read(struct istream_private* stream) {
  struct paced_istream* paced = (struct paced_istream*)stream;
  ssize_t count;

  if (paced->left == 0) {
    paced->left = PACE_OCTETS;
    i_stream_set_input_pending(&stream->istream, TRUE);
    return 0;
  }
  i_stream_seek(stream->parent, stream->parent_start_offset + stream->istream.v_offset);
  count = i_stream_read_copy_from_parent(&stream->istream);
  if (count > 0) paced->left -= I_MIN(paced->left, (size_t)count);
  return count;
}

static struct istream* paced_istream_create(struct istream* parent) {
  struct paced_istream* paced = i_new(struct paced_istream, 1);

  paced->left = PACE_OCTETS;
  paced->istream.read = paced_read;
  paced->istream.stream_size_passthrough = TRUE;
  paced->istream.max_buffer_size = parent->real_stream->max_buffer_size;
  paced->istream.istream.readable_fd = FALSE;
  paced->istream.istream.blocking = FALSE;
  paced->istream.istream.seekable = parent->seekable;
  /* No descriptor, because files cannot be waited for. */
  return pop3_legacy_host_stream_create(&paced->istream, parent, -1, /*reads_others=*/0);
}

/* --- by SMTP --- */

static void transaction_finished(struct pop3_legacy_mail* mail) {
  /* lib-smtp frees the transaction itself */
  mail->transaction = NULL;
  answer(mail, -1, "The mail server ended the transaction.");
}

static void mail_from_answered(const struct smtp_reply* reply ATTR_UNUSED,
                               struct pop3_legacy_mail* mail ATTR_UNUSED) {
  /* if the sender is refused, every recipient is refused too */
}

static void data_answered(const struct smtp_reply* reply, struct pop3_legacy_mail* mail) {
  if (smtp_reply_is_success(reply))
    answer(mail, 1, smtp_reply_log(reply));
  else
    answer_reply(mail, reply);
}

static void recipient_data_answered(const struct smtp_reply* reply ATTR_UNUSED,
                                    struct pop3_legacy_mail* mail ATTR_UNUSED) {}

static void send_message(struct pop3_legacy_mail* mail) {
  timeout_remove(&mail->to_send);
  if (mail->transaction != NULL) {
    struct istream* paced = paced_istream_create(mail->message);

    smtp_client_transaction_send(mail->transaction, paced, data_answered, mail);
    i_stream_unref(&paced);
  }
}

static void recipient_answered(const struct smtp_reply* reply, struct pop3_legacy_mail* mail) {
  i_assert(mail->unanswered > 0);
  mail->unanswered--;
  if (!smtp_reply_is_success(reply)) {
    mail->refused = TRUE;
    answer_reply(mail, reply);
  } else if (mail->unanswered == 0 && !mail->refused) {
    mail->to_send = timeout_add_short(0, send_message, mail);
  }
}

static int begin_smtp(struct pop3_legacy_mail* mail, const struct smtp_address* sender,
                      const struct smtp_address* recipients, unsigned int count,
                      const char** error_r) {
  enum smtp_client_connection_ssl_mode ssl_mode = SMTP_CLIENT_SSL_MODE_NONE;
  const char* ssl = mail->set.submission_ssl;
  struct smtp_client_settings set;
  struct smtp_client_connection* connection;
  const char* host;
  in_port_t port;
  unsigned int i;

  if (net_str2hostport(mail->set.submission_host, SMTP_PORT, &host, &port) < 0) {
    *error_r =
        t_strdup_printf("submission_host has no host and port: %s", mail->set.submission_host);
    return -1;
  }
  if (strcasecmp(ssl, "smtps") == 0 || strcasecmp(ssl, "submissions") == 0)
    ssl_mode = SMTP_CLIENT_SSL_MODE_IMMEDIATE;
  else if (strcasecmp(ssl, "starttls") == 0)
    ssl_mode = SMTP_CLIENT_SSL_MODE_STARTTLS;

  i_zero(&set);
  set.my_hostname = mail->set.hostname;
  set.connect_timeout_msecs = set.command_timeout_msecs =
      mail->set.submission_timeout * MSECS_PER_SEC;
  set.debug = mail->set.mail_debug;
  set.event_parent = mail->event;
#ifndef POP3_LEGACY_HAVE_TYPED_SETTINGS
  set.ssl = &mail->ssl;
#endif
  mail->client = smtp_client_init(&set);
  connection =
      smtp_client_connection_create(mail->client, SMTP_PROTOCOL_SMTP, host, port, ssl_mode, NULL);
  mail->transaction =
      smtp_client_transaction_create(connection, sender, NULL, 0, transaction_finished, mail);
  smtp_client_connection_unref(&connection);
  mail->unanswered = count;
  for (i = 0; i < count; i++) {
    smtp_client_transaction_add_rcpt(mail->transaction, &recipients[i], NULL, recipient_answered,
                                     recipient_data_answered, mail);
  }
  smtp_client_transaction_start(mail->transaction, mail_from_answered, mail);
  return 0;
}

/* --- by a program --- */

static void program_answered(const struct smtp_submit_result* result,
                             struct pop3_legacy_mail* mail) {
  answer(mail, result->status, result->error);
}

/* For kernels without close_range() or CLOSE_RANGE_CLOEXEC (Linux before 5.11). */
static int close_at_exec_one_by_one(void) {
  DIR* folder = opendir("/proc/self/fd");
  const struct dirent* entry;
  int result = folder == NULL ? -1 : 0;

  while (folder != NULL && (entry = readdir(folder)) != NULL) {
    char* end;
    long fd = strtol(entry->d_name, &end, 10);

    if (end != entry->d_name && *end == '\0' && fd > STDERR_FILENO &&
        fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0 && errno != EBADF)
      result = -1;
  }
  if (folder != NULL) (void)closedir(folder);
  return result;
}

/* Dovecot forks and executes the mail program with everything open that this process has open:
   indexes and connections, those of other users included. The program must get none of it. So
   everything open now is marked close-on-exec. That is safe: Dovecot moves the program's own input
   and output to descriptors 0 to 2 (dup2() clears the mark), and the pop3 process itself is never
   executed again. Between here and the fork only the pipes for the program are opened, and Dovecot
   closes its own ends of these in the child. */
static int close_at_exec(void) {
#ifdef CLOSE_RANGE_CLOEXEC
  if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return 0;
#endif
  return close_at_exec_one_by_one();
}

static int begin_program(struct pop3_legacy_mail* mail, const struct smtp_address* sender,
                         const struct smtp_address* recipients, unsigned int count,
                         const char** error_r) {
  struct smtp_submit_input input;
  struct ostream* output;
  unsigned int i;

  if (mail->set.sendmail_path[0] != '/') {
    *error_r = "sendmail_path must be a path that begins with /";
    return -1;
  }
  i_zero(&input);
  input.event_parent = mail->event;
  mail->program = smtp_submit_init_simple(&input, &mail->set, sender);
  for (i = 0; i < count; i++) smtp_submit_add_rcpt(mail->program, &recipients[i]);
  /* Copies a file to a file, no more than the policy's max_size. */
  output = smtp_submit_send(mail->program);
  if (o_stream_send_istream(output, mail->message) != OSTREAM_SEND_ISTREAM_RESULT_FINISHED) {
    *error_r = "the message cannot be copied for the mail program";
    return -1;
  }
  if (close_at_exec() < 0) {
    *error_r = t_strdup_printf("the mail program would inherit open files: %s", strerror(errno));
    return -1;
  }
  smtp_submit_run_async(mail->program, program_answered, mail);
  return 0;
}

/* --- */

struct pop3_legacy_mail* pop3_legacy_mail_begin(struct mail_user* user,
                                                const struct smtp_address* sender,
                                                const struct smtp_address* recipients,
                                                unsigned int count, struct istream* message,
                                                pop3_legacy_mail_answer* callback, void* context,
                                                const char** error_r) {
  pool_t pool = pool_alloconly_create("pop3_legacy mail", 1024);
  struct pop3_legacy_mail* mail = p_new(pool, struct pop3_legacy_mail, 1);
  int result;

  mail->pool = pool;
  mail->event = event_create(user->event);
  mail->answer = callback;
  mail->context = context;
  mail->message = message;
  i_stream_ref(message);
  result = read_settings(mail, user, error_r);
  if (result == 0) {
    if (mail->set.hostname == NULL || *mail->set.hostname == '\0')
      mail->set.hostname = my_hostdomain();
    result = *mail->set.submission_host != '\0'
                 ? begin_smtp(mail, sender, recipients, count, error_r)
                 : begin_program(mail, sender, recipients, count, error_r);
  }
  if (result < 0) {
    mail->answer = NULL;
    pop3_legacy_mail_end(&mail);
  }
  return mail;
}

void pop3_legacy_mail_end(struct pop3_legacy_mail** _mail) {
  struct pop3_legacy_mail* mail = *_mail;

  *_mail = NULL;
  if (mail == NULL) return;
  mail->answer = NULL;
  timeout_remove(&mail->to_send);
  if (mail->program != NULL) smtp_submit_deinit(&mail->program);
  if (mail->transaction != NULL) smtp_client_transaction_destroy(&mail->transaction);
  if (mail->client != NULL) smtp_client_deinit(&mail->client);
  i_stream_unref(&mail->message);
  event_unref(&mail->event);
  pool_unref(&mail->pool);
}
