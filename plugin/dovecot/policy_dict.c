#include "plugin/dovecot/policy_dict.h"

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

struct pop3_legacy_policy_dict {
  struct mail_user* user;
  struct dict* dict;
  struct ioloop* ioloop; /* the current one while the dict is open; nothing but the dict is in it */

  /* the look-up */
  int result; /* WAITING or as returned */
  char* text;
};

enum { WAITING = -2 };

#ifdef POP3_LEGACY_HAVE_DICT_INIT_AUTO

static int init_dict(struct mail_user* user, const char* policy, struct dict** dict_r,
                     const char** error_r) {
  struct event* event;
  int ret;

  if (strncmp(policy, "dict:", 5) == 0) {
    *error_r =
        "this Dovecot has no dict URIs; put dict DRIVER { ... } into " POP3_LEGACY_POLICY_DICT
        " { } and leave pop3_legacy_policy out";
    return -1;
  }
  event = event_create(user->event);
  settings_event_add_filter_name(event, POP3_LEGACY_POLICY_DICT);
  ret = dict_init_auto(event, dict_r, error_r);
  event_unref(&event);
  return ret;
}

#else

/* A dict that the process asks by itself waits for thirty seconds, where its URI says nothing. */
static const char* with_time_limit(const char* uri) {
  static const char* const drivers[] = {"redis:", "memcached:", "memcached_ascii:"};

  for (unsigned int i = 0; i < N_ELEMENTS(drivers); i++) {
    size_t length = strlen(drivers[i]);
    if (strncmp(uri, drivers[i], length) == 0)
      return t_strdup_printf("%stimeout_msecs=%u:%s", drivers[i], POP3_LEGACY_POLICY_DICT_MSECS,
                             uri + length);
  }
  return uri;
}

static int init_dict(struct mail_user* user, const char* policy, struct dict** dict_r,
                     const char** error_r) {
  struct dict_settings set;

  if (strncmp(policy, "dict:", 5) != 0) return 0;
  i_zero(&set);
  set.base_dir = user->set->base_dir;
  set.event_parent = user->event;
  return dict_init(with_time_limit(policy + 5), &set, dict_r, error_r) < 0 ? -1 : 1;
}

#endif

int pop3_legacy_policy_dict_open(struct mail_user* user, const char* policy,
                                 struct pop3_legacy_policy_dict** dict_r, const char** error_r) {
  struct pop3_legacy_policy_dict* self;
  struct dict* dict = NULL;
  int ret = init_dict(user, policy, &dict, error_r);

  if (ret <= 0) return ret;
  self = i_new(struct pop3_legacy_policy_dict, 1);
  self->user = user;
  self->dict = dict;
  self->ioloop = io_loop_create();
  dict_switch_ioloop(dict);
  *dict_r = self;
  return 1;
}

static void looked_up(const struct dict_lookup_result* result,
                      struct pop3_legacy_policy_dict* self) {
  self->text = i_strdup(result->ret < 0 ? result->error : result->value);
  self->result = result->ret;
  io_loop_stop(self->ioloop);
}

static void time_is_up(struct pop3_legacy_policy_dict* self) {
  io_loop_stop(self->ioloop);
}

/* What dict_deinit() does at the last reference. A look-up that waits has one more, which it drops
   when the driver's deinit() aborts it; nothing else does before it has waited for half a minute.
 */
static void abort_lookup(struct pop3_legacy_policy_dict* self) {
  struct event* event = self->dict->event;

  self->dict->v.deinit(self->dict);
  self->dict = NULL;
  event_unref(&event);
}

int pop3_legacy_policy_dict_lookup(struct pop3_legacy_policy_dict* self, const char* key,
                                   unsigned int msecs, char** value_r, char** error_r) {
  const struct dict_op_settings set = {.username = self->user->username};
  struct timeout* to;

  self->result = WAITING;
  self->text = NULL;
  to = timeout_add(msecs, time_is_up, self);
  dict_lookup_async(self->dict, &set, key, looked_up, self);
  if (self->result == WAITING) io_loop_run(self->ioloop);
  timeout_remove(&to);
  if (self->result == WAITING) {
    abort_lookup(self);
    i_free(self->text);
    self->text = i_strdup_printf("no answer in %u.%03u seconds", msecs / 1000, msecs % 1000);
    self->result = -1;
  }
  *(self->result > 0 ? value_r : error_r) = self->text;
  return self->result;
}

void pop3_legacy_policy_dict_close(struct pop3_legacy_policy_dict** _self) {
  struct pop3_legacy_policy_dict* self = *_self;

  *_self = NULL;
  if (self == NULL) return;
  if (self->dict != NULL) dict_deinit(&self->dict);
  io_loop_destroy(&self->ioloop);
  i_free(self);
}
