#include "plugin/dovecot/host_dict.h"

#include <time.h>

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "dict-private.h"
#include "ioloop.h"
#include "mail-storage-private.h"
#include "mail-user.h"
#include "plugin/dovecot/plugin_settings.h"
#ifdef POP3_LEGACY_HAVE_DICT_INIT_AUTO
#include "settings.h"
#endif

struct pop3_legacy_host_dict {
  struct mail_user* user;
  struct dict* dict;
  struct ioloop* ioloop; /* current while the dict is open; nothing else is in it */
  long long deadline;    /* as now_msecs() */

  /* of the look-up or the write */
  int result; /* WAITING, then what is returned */
  char* text;
};

enum { WAITING = -2 };

static long long now_msecs(void) {
  struct timespec now;

  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#ifdef POP3_LEGACY_HAVE_DICT_INIT_AUTO

static int init_dict(struct mail_user* user, const char* block, const char* uri,
                     struct dict** dict_r, const char** error_r) {
  struct event* event;
  int ret;

  if (*uri != '\0') {
    *error_r = t_strdup_printf(
        "this Dovecot has no dict URIs; put dict DRIVER { ... } into %s { } instead", block);
    return -1;
  }
  event = event_create(user->event);
  settings_event_add_filter_name(event, block);
  ret = dict_init_auto(event, dict_r, error_r);
  event_unref(&event);
  return ret;
}

#else

/* For a dict to which this process itself connects, Dovecot waits thirty seconds unless its URI
   says otherwise. */
static const char* with_time_limit(const char* uri) {
  static const char* const drivers[] = {"redis:", "memcached:", "memcached_ascii:"};

  for (unsigned int i = 0; i < N_ELEMENTS(drivers); i++) {
    size_t length = strlen(drivers[i]);
    if (strncmp(uri, drivers[i], length) == 0)
      return t_strdup_printf("%stimeout_msecs=%u:%s", drivers[i], POP3_LEGACY_DICT_MSECS,
                             uri + length);
  }
  return uri;
}

static int init_dict(struct mail_user* user, const char* block ATTR_UNUSED, const char* uri,
                     struct dict** dict_r, const char** error_r) {
  struct dict_settings set;

  if (*uri == '\0') return 0;
  i_zero(&set);
  set.base_dir = user->set->base_dir;
  set.event_parent = user->event;
  return dict_init(with_time_limit(uri), &set, dict_r, error_r) < 0 ? -1 : 1;
}

#endif

int pop3_legacy_host_dict_open(struct mail_user* user, const char* block, const char* uri,
                               struct pop3_legacy_host_dict** dict_r, const char** error_r) {
  struct pop3_legacy_host_dict* self;
  struct dict* dict = NULL;
  int ret = init_dict(user, block, uri, &dict, error_r);

  if (ret <= 0) return ret;
  self = i_new(struct pop3_legacy_host_dict, 1);
  self->user = user;
  self->dict = dict;
  self->ioloop = io_loop_create();
  self->deadline = now_msecs() + POP3_LEGACY_DICT_MSECS;
  dict_switch_ioloop(dict);
  *dict_r = self;
  return 1;
}

static void finished(struct pop3_legacy_host_dict* self, int result, const char* text) {
  self->text = i_strdup(text);
  self->result = result;
  io_loop_stop(self->ioloop);
}

static void looked_up(const struct dict_lookup_result* result, struct pop3_legacy_host_dict* self) {
  finished(self, result->ret, result->ret < 0 ? result->error : result->value);
}

static void committed(const struct dict_commit_result* result, struct pop3_legacy_host_dict* self) {
  finished(self, result->ret < 0 ? -1 : 0, result->error);
}

static void time_is_up(struct pop3_legacy_host_dict* self) {
  io_loop_stop(self->ioloop);
}

/* What dict_deinit() does when it drops the last reference. A pending request holds one more
   reference, dropped only when the driver's deinit() aborts the request; nothing else does that
   within half a minute. */
static void abort_dict(struct pop3_legacy_host_dict* self) {
  struct event* event = self->dict->event;

  self->dict->v.deinit(self->dict);
  self->dict = NULL;
  event_unref(&event);
}

/* Waits for the answer to what begin() has sent. The answer may already be there when begin()
   returns. */
static void wait_for_answer(struct pop3_legacy_host_dict* self,
                            void (*begin)(struct pop3_legacy_host_dict* self, const char* key,
                                          const char* value),
                            const char* key, const char* value) {
  long long left = self->deadline - now_msecs();
  struct timeout* to;

  self->text = NULL;
  if (left <= 0) {
    self->text =
        i_strdup_printf("it has taken %u seconds to answer so far", POP3_LEGACY_DICT_MSECS / 1000);
    self->result = -1;
    return;
  }
  self->result = WAITING;
  to = timeout_add((unsigned int)left, time_is_up, self);
  begin(self, key, value);
  if (self->result == WAITING) io_loop_run(self->ioloop);
  timeout_remove(&to);
  if (self->result == WAITING) {
    abort_dict(self);
    i_free(self->text);
    self->text = i_strdup_printf("no answer within %u seconds", POP3_LEGACY_DICT_MSECS / 1000);
    self->result = -1;
  }
}

static void begin_lookup(struct pop3_legacy_host_dict* self, const char* key,
                         const char* value ATTR_UNUSED) {
  dict_lookup_async(self->dict, mail_user_get_dict_op_settings(self->user), key, looked_up, self);
}

/* Not dict_transaction_commit(): with Redis, that of Dovecot 2.3 calls back twice. */
static void begin_set(struct pop3_legacy_host_dict* self, const char* key, const char* value) {
  struct dict_transaction_context* transaction =
      dict_transaction_begin(self->dict, mail_user_get_dict_op_settings(self->user));

  dict_set(transaction, key, value);
  dict_transaction_commit_async(&transaction, committed, self);
}

int pop3_legacy_host_dict_lookup(struct pop3_legacy_host_dict* self, const char* key,
                                 char** value_r, char** error_r) {
  wait_for_answer(self, begin_lookup, key, NULL);
  *(self->result > 0 ? value_r : error_r) = self->text;
  return self->result;
}

int pop3_legacy_host_dict_set(struct pop3_legacy_host_dict* self, const char* key,
                              const char* value, char** error_r) {
  wait_for_answer(self, begin_set, key, value);
  *error_r = self->text;
  return self->result;
}

void pop3_legacy_host_dict_close(struct pop3_legacy_host_dict** _self) {
  struct pop3_legacy_host_dict* self = *_self;

  *_self = NULL;
  if (self == NULL) return;
  if (self->dict != NULL) dict_deinit(&self->dict);
  io_loop_destroy(&self->ioloop);
  i_free(self);
}
