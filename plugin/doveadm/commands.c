/* lib20_doveadm_pop3_legacy_plugin.so: its entry points, and how doveadm sees `doveadm pop3-legacy
   …`. The work is done in policy_tool.cc, state_tool.cc and uidl_tool.cc. */
#include "config.h"
#include "lib.h"
/* after lib.h */
#include "array.h"
#include "doveadm-mail.h"
#include "doveadm-print.h"
#include "istream.h"
#include "mail-user.h"
#include "plugin/doveadm/policy_tool.h"
#include "plugin/doveadm/state_tool.h"
#include "plugin/doveadm/uidl_tool.h"

/* What all commands share. */
struct command_context {
  struct doveadm_mail_cmd_context ctx;

  int (*get_next_user)(struct doveadm_mail_cmd_context* ctx, const char** username_r);
  bool asked; /* for the first user */
  bool ran;   /* for the user that doveadm is at */
};

static struct command_context* command_of(struct doveadm_mail_cmd_context* ctx) {
  return container_of(ctx, struct command_context, ctx);
}

/* EX_TEMPFAIL wins; otherwise the first failure does, as in doveadm_mail_failed_error(). */
static void failed_with(struct doveadm_mail_cmd_context* ctx, int exit_code) {
  if (ctx->exit_code == 0 || exit_code == EX_TEMPFAIL) ctx->exit_code = exit_code;
}

/* --- many users --------------------------------------------------------------------------------

   If doveadm cannot run a command for a user, it logs why, goes on with the next user, and ends
   with 0. A migration must not take that for success. doveadm puts the name of each user that it
   tries into cctx->username, but not of users that a wildcard skips. */

/* Whether no other process may run the command for a user. If another one does, it answers with an
   exit code, which doveadm obeys. */
static bool runs_here(const struct doveadm_mail_cmd_context* ctx) {
  return ctx->set->doveadm_port == 0 && (ctx->set->doveadm_worker_count == 0 || doveadm_server);
}

static void look_back(struct command_context* self) {
  struct doveadm_mail_cmd_context* ctx = &self->ctx;

  if (self->asked && runs_here(ctx) && ctx->cctx->username != NULL && !self->ran)
    failed_with(ctx, EX_TEMPFAIL);
  self->asked = TRUE;
  self->ran = FALSE;
  ctx->cctx->username = NULL;
}

static int get_next_user(struct doveadm_mail_cmd_context* ctx, const char** username_r) {
  struct command_context* self = command_of(ctx);

  look_back(self);
  return self->get_next_user(ctx, username_r);
}

static void preinit(struct doveadm_mail_cmd_context* ctx) {
  struct command_context* self = command_of(ctx);

  self->get_next_user = ctx->v.get_next_user;
  ctx->v.get_next_user = get_next_user;
}

/* --- a file of the administrator's ---------------------------------------------------------------

   The parameter "file" is doveadm's own way: the file is opened where the command was typed, before
   privileges are dropped, and is sent along if doveadm-server runs the command. */

/* Ends doveadm. A doveadm-server continues, and each run() fails because the file is missing. */
static void refuse(const struct doveadm_mail_cmd_context* ctx, int exit_code, const char* why) {
  if (ctx->cctx->conn_type == DOVEADM_CONNECTION_TYPE_CLI) i_fatal_status(exit_code, "%s", why);
  i_error("%s", why);
}

/* False: there is no file, and refuse() was called with the reason. */
static bool open_file(struct doveadm_mail_cmd_context* ctx, bool for_many, const char* too_many) {
  if (ctx->cmd_input == NULL && ctx->cctx->conn_type == DOVEADM_CONNECTION_TYPE_CLI)
    doveadm_mail_help_name(ctx->cmd->name);
  /* doveadm closes the stream after the first user. The next ones would get an empty list (Dovecot
     2.4) or wait forever (2.3). */
  if (!ctx->iterate_single_user && !(for_many && runs_here(ctx))) {
    refuse(ctx, EX_USAGE, too_many);
    return FALSE;
  }
  doveadm_mail_get_input(ctx);
  return TRUE;
}

/* doveadm seeks to the beginning for each user; a pipe cannot do that. */
static void replay_file(struct doveadm_mail_cmd_context* ctx, const void* text, size_t size,
                        const char* name) {
  i_stream_unref(&ctx->cmd_input);
  ctx->cmd_input = i_stream_create_copy_from_data(text, size);
  i_stream_set_name(ctx->cmd_input, name);
}

#ifdef POP3_LEGACY_HAVE_DOVEADM_INIT_ARGS
/* Dovecot 2.3 refuses an option that this function does not accept. */
static bool takes_replace(struct doveadm_mail_cmd_context* ctx ATTR_UNUSED, int option) {
  return option == 'r';
}
#endif

/* --- uidl --------------------------------------------------------------------------------------
 */

struct uidl_context {
  struct command_context command;
  enum pop3_legacy_uidl_command kind;
  struct pop3_legacy_old_list* old_list; /* NULL for a command that takes none */
  bool replace;
};

static struct uidl_context* context_of(struct doveadm_mail_cmd_context* ctx) {
  return container_of(command_of(ctx), struct uidl_context, command);
}

static void read_old_list(struct uidl_context* self) {
  struct doveadm_mail_cmd_context* ctx = &self->command.ctx;
  const char* error;
  const void* text;
  size_t size;

  if (!open_file(ctx, TRUE,
                 "An old list cannot be sent to doveadm-server for many users: give one user with "
                 "-u, or leave out -S, doveadm_port and doveadm_worker_count"))
    return;
  self->old_list = pop3_legacy_old_list_read(ctx->cmd_input, &error);
  if (self->old_list == NULL) {
    refuse(ctx, EX_NOINPUT, error);
    return;
  }
  text = pop3_legacy_old_list_text(self->old_list, &size);
  replay_file(ctx, text, size, "old list");
}

#ifdef POP3_LEGACY_HAVE_DOVEADM_INIT_ARGS
static void uidl_init(struct doveadm_mail_cmd_context* ctx, const char* const args[] ATTR_UNUSED) {
#else
static void uidl_init(struct doveadm_mail_cmd_context* ctx) {
#endif
  struct uidl_context* self = context_of(ctx);

  if (self->kind != POP3_LEGACY_UIDL_LIST) read_old_list(self);
  (void)doveadm_cmd_param_bool(ctx->cctx, "replace", &self->replace);
  pop3_legacy_uidl_headings(self->kind);
}

static int uidl_run(struct doveadm_mail_cmd_context* ctx, struct mail_user* user) {
  struct uidl_context* self = context_of(ctx);
  int error = MAIL_ERROR_TEMP;

  self->command.ran = TRUE;
  if (self->kind != POP3_LEGACY_UIDL_LIST && self->old_list == NULL) {
    failed_with(ctx, EX_NOINPUT);
    return -1;
  }
  switch (pop3_legacy_uidl_run(self->kind, user, self->old_list, self->replace, &error)) {
    case POP3_LEGACY_UIDL_DONE:
      return 0;
    case POP3_LEGACY_UIDL_NO:
      failed_with(ctx, DOVEADM_EX_NOTPOSSIBLE);
      return 0;
    case POP3_LEGACY_UIDL_NO_LIST:
      failed_with(ctx, EX_NOINPUT);
      return 0;
    case POP3_LEGACY_UIDL_FAILED:
      break;
  }
  doveadm_mail_failed_error(ctx, (enum mail_error)error);
  return -1;
}

static void uidl_deinit(struct doveadm_mail_cmd_context* ctx) {
  pop3_legacy_old_list_free(&context_of(ctx)->old_list);
}

static struct doveadm_mail_cmd_context* uidl_alloc(enum pop3_legacy_uidl_command kind) {
  struct uidl_context* self = doveadm_mail_cmd_alloc(struct uidl_context);

  self->kind = kind;
#ifdef POP3_LEGACY_HAVE_DOVEADM_INIT_ARGS
  self->command.ctx.v.parse_arg = takes_replace;
#endif
  self->command.ctx.v.preinit = preinit;
  self->command.ctx.v.init = uidl_init;
  self->command.ctx.v.run = uidl_run;
  self->command.ctx.v.deinit = uidl_deinit;
  /* a list is saved to a file; the other answers are for people to read */
  doveadm_print_init(kind == POP3_LEGACY_UIDL_LIST ? DOVEADM_PRINT_TYPE_TAB
                                                   : DOVEADM_PRINT_TYPE_TABLE);
  return &self->command.ctx;
}

static struct doveadm_mail_cmd_context* list_alloc(void) {
  return uidl_alloc(POP3_LEGACY_UIDL_LIST);
}
static struct doveadm_mail_cmd_context* detect_alloc(void) {
  return uidl_alloc(POP3_LEGACY_UIDL_DETECT);
}
static struct doveadm_mail_cmd_context* verify_alloc(void) {
  return uidl_alloc(POP3_LEGACY_UIDL_VERIFY);
}
static struct doveadm_mail_cmd_context* pin_alloc(void) {
  return uidl_alloc(POP3_LEGACY_UIDL_PIN);
}

/* --- policy ------------------------------------------------------------------------------------
 */

struct policy_context {
  struct command_context command;
  bool explain;
};

static struct policy_context* policy_context_of(struct doveadm_mail_cmd_context* ctx) {
  return container_of(command_of(ctx), struct policy_context, command);
}

#ifdef POP3_LEGACY_HAVE_DOVEADM_INIT_ARGS
static void policy_init(struct doveadm_mail_cmd_context* ctx,
                        const char* const args[] ATTR_UNUSED) {
#else
static void policy_init(struct doveadm_mail_cmd_context* ctx) {
#endif
  const char* form;

  if (doveadm_cmd_param_str(ctx->cctx, "form", &form)) {
    policy_context_of(ctx)->explain = strcmp(form, "explain") == 0;
    if (!policy_context_of(ctx)->explain && strcmp(form, "show") != 0)
      doveadm_mail_help_name(ctx->cmd->name);
  }
  doveadm_print_header("policy", "policy", DOVEADM_PRINT_HEADER_FLAG_HIDE_TITLE);
}

static int policy_run(struct doveadm_mail_cmd_context* ctx, struct mail_user* user) {
  command_of(ctx)->ran = TRUE;
  switch (pop3_legacy_policy_print(user, policy_context_of(ctx)->explain)) {
    case 1:
      return 0;
    case 0:
      failed_with(ctx, DOVEADM_EX_NOTPOSSIBLE);
      return 0;
    default:
      failed_with(ctx, EX_TEMPFAIL);
      return -1;
  }
}

static struct doveadm_mail_cmd_context* policy_alloc(void) {
  struct policy_context* self = doveadm_mail_cmd_alloc(struct policy_context);

  self->command.ctx.v.preinit = preinit;
  self->command.ctx.v.init = policy_init;
  self->command.ctx.v.run = policy_run;
  doveadm_print_init(DOVEADM_PRINT_TYPE_FLOW);
  return &self->command.ctx;
}

/* --- state -------------------------------------------------------------------------------------
 */

struct state_context {
  struct command_context command;
  bool import;
  struct pop3_legacy_states* states; /* NULL for the export */
  bool replace;
};

static struct state_context* state_context_of(struct doveadm_mail_cmd_context* ctx) {
  return container_of(command_of(ctx), struct state_context, command);
}

#define ONE_USER "States belong to one user: name that user with -u"

static void read_states(struct state_context* self) {
  struct doveadm_mail_cmd_context* ctx = &self->command.ctx;
  const char* error;
  const void* text;
  size_t size;

  if (!open_file(ctx, FALSE, ONE_USER)) return;
  self->states = pop3_legacy_states_read(ctx->cmd_input, &error);
  if (self->states == NULL) {
    refuse(ctx, EX_NOINPUT, error);
    return;
  }
  text = pop3_legacy_states_text(self->states, &size);
  replay_file(ctx, text, size, "states");
}

#ifdef POP3_LEGACY_HAVE_DOVEADM_INIT_ARGS
static void state_init(struct doveadm_mail_cmd_context* ctx, const char* const args[] ATTR_UNUSED) {
#else
static void state_init(struct doveadm_mail_cmd_context* ctx) {
#endif
  struct state_context* self = state_context_of(ctx);

  if (self->import) {
    read_states(self);
    (void)doveadm_cmd_param_bool(ctx->cctx, "replace", &self->replace);
    pop3_legacy_states_headings();
    return;
  }
  if (!ctx->iterate_single_user) refuse(ctx, EX_USAGE, ONE_USER);
  /* "-f tab" ignores DOVEADM_PRINT_HEADER_FLAG_HIDE_TITLE; a document must not have a title */
  if (ctx->cctx->conn_type == DOVEADM_CONNECTION_TYPE_CLI) doveadm_print_hide_titles = TRUE;
  doveadm_print_header("states", "states", DOVEADM_PRINT_HEADER_FLAG_HIDE_TITLE);
}

static int state_run(struct doveadm_mail_cmd_context* ctx, struct mail_user* user) {
  struct state_context* self = state_context_of(ctx);
  enum pop3_legacy_state_outcome outcome;

  self->command.ran = TRUE;
  if (!ctx->iterate_single_user) {
    failed_with(ctx, EX_USAGE);
    return -1;
  }
  if (self->import && self->states == NULL) {
    failed_with(ctx, EX_NOINPUT);
    return -1;
  }
  outcome = self->import ? pop3_legacy_states_import(user, self->states, self->replace)
                         : pop3_legacy_states_export(user);
  if (outcome == POP3_LEGACY_STATE_DONE) return 0;
  failed_with(ctx, outcome == POP3_LEGACY_STATE_NO ? DOVEADM_EX_NOTPOSSIBLE : EX_TEMPFAIL);
  return outcome == POP3_LEGACY_STATE_NO ? 0 : -1;
}

static void state_deinit(struct doveadm_mail_cmd_context* ctx) {
  pop3_legacy_states_free(&state_context_of(ctx)->states);
}

static struct doveadm_mail_cmd_context* state_alloc(bool import) {
  struct state_context* self = doveadm_mail_cmd_alloc(struct state_context);

  self->import = import;
#ifdef POP3_LEGACY_HAVE_DOVEADM_INIT_ARGS
  if (import) self->command.ctx.v.parse_arg = takes_replace;
#endif
  self->command.ctx.v.preinit = preinit;
  self->command.ctx.v.init = state_init;
  self->command.ctx.v.run = state_run;
  self->command.ctx.v.deinit = state_deinit;
  doveadm_print_init(import ? DOVEADM_PRINT_TYPE_TABLE : DOVEADM_PRINT_TYPE_FLOW);
  return &self->command.ctx;
}

static struct doveadm_mail_cmd_context* export_alloc(void) {
  return state_alloc(FALSE);
}
static struct doveadm_mail_cmd_context* import_alloc(void) {
  return state_alloc(TRUE);
}

/* --- the tables --------------------------------------------------------------------------------
 */

/* clang-format off: doveadm's macros contain braces and commas */
#define OLD_LIST DOVEADM_CMD_PARAM('\0', "file", CMD_PARAM_ISTREAM, CMD_PARAM_FLAG_POSITIONAL)
#define WITH_OLD_LIST \
  DOVEADM_CMD_PARAMS_START DOVEADM_CMD_MAIL_COMMON OLD_LIST DOVEADM_CMD_PARAMS_END

static struct doveadm_cmd_ver2 commands[] = {
    {.name = "pop3-legacy policy",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX "[show|explain]",
     .mail_cmd = policy_alloc,
     DOVEADM_CMD_PARAMS_START DOVEADM_CMD_MAIL_COMMON DOVEADM_CMD_PARAM(
         '\0', "form", CMD_PARAM_STR, CMD_PARAM_FLAG_POSITIONAL) DOVEADM_CMD_PARAMS_END},
    {.name = "pop3-legacy state export",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX,
     .mail_cmd = export_alloc,
     DOVEADM_CMD_PARAMS_START DOVEADM_CMD_MAIL_COMMON DOVEADM_CMD_PARAMS_END},
    {.name = "pop3-legacy state import",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX "[-r] FILE",
     .mail_cmd = import_alloc,
     DOVEADM_CMD_PARAMS_START DOVEADM_CMD_MAIL_COMMON DOVEADM_CMD_PARAM(
         'r', "replace", CMD_PARAM_BOOL, 0) OLD_LIST DOVEADM_CMD_PARAMS_END},
    {.name = "pop3-legacy uidl list",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX,
     .mail_cmd = list_alloc,
     DOVEADM_CMD_PARAMS_START DOVEADM_CMD_MAIL_COMMON DOVEADM_CMD_PARAMS_END},
    {.name = "pop3-legacy uidl detect",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX "OLDLIST",
     .mail_cmd = detect_alloc,
     WITH_OLD_LIST},
    {.name = "pop3-legacy uidl verify",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX "OLDLIST",
     .mail_cmd = verify_alloc,
     WITH_OLD_LIST},
    {.name = "pop3-legacy uidl pin",
     .usage = DOVEADM_CMD_MAIL_USAGE_PREFIX "[-r] OLDLIST",
     .mail_cmd = pin_alloc,
     DOVEADM_CMD_PARAMS_START DOVEADM_CMD_MAIL_COMMON DOVEADM_CMD_PARAM(
         'r', "replace", CMD_PARAM_BOOL, 0) OLD_LIST DOVEADM_CMD_PARAMS_END},
};
/* clang-format on */

#pragma GCC visibility push(default)

extern const char* doveadm_pop3_legacy_plugin_version;
void doveadm_pop3_legacy_plugin_init(struct module* module);
void doveadm_pop3_legacy_plugin_deinit(void);

const char* doveadm_pop3_legacy_plugin_version = DOVECOT_ABI_VERSION;

void doveadm_pop3_legacy_plugin_init(struct module* module) {
  for (unsigned int i = 0; i < N_ELEMENTS(commands); i++) doveadm_cmd_register_ver2(&commands[i]);
  pop3_legacy_uidl_attach(module);
}

/* Before doveadm unloads its modules, it ends the mail storage and with it all hooks. */
void doveadm_pop3_legacy_plugin_deinit(void) {}
