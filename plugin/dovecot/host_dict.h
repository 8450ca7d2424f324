/* One of Dovecot's dicts. In C, because dict functions are macros that C++ cannot use.

   Dovecot 2.3: a URI. Dovecot 2.4: a block NAME { dict … { } }. A dict is open for one piece of
   work only: nothing else may wait for the ioloop meanwhile, and the dict server serves one client
   at a time. */
#ifndef POP3_LEGACY_DOVECOT_HOST_DICT_H
#define POP3_LEGACY_DOVECOT_HOST_DICT_H

#ifdef __cplusplus
extern "C" {
#endif

struct mail_user;
struct pop3_legacy_host_dict;

/* block: name of the block, for Dovecot 2.4. uri: "" if none is configured, and always on Dovecot
   2.4. Returns 1 and the dict, 0 if none is configured, or -1 and a sentence in *error_r, valid
   until the end of the host's data stack frame. */
int pop3_legacy_host_dict_open(struct mail_user* user, const char* block, const char* uri,
                               struct pop3_legacy_host_dict** dict_r, const char** error_r);

/* The look-ups and writes of an open dict together wait for at most POP3_LEGACY_DICT_MSECS, counted
   from its opening. The last of them may take as long again if this process itself connects to the
   dict (Redis). After -1 the dict can only be closed. Free *value_r and *error_r with i_free(). A
   key begins with "shared/" or, for the user's own values, with "priv/". */

/* Returns 1 and the value, 0 if the dict certainly has none, or -1 and the reason why it cannot
   tell. */
int pop3_legacy_host_dict_lookup(struct pop3_legacy_host_dict* dict, const char* key,
                                 char** value_r, char** error_r);

/* Returns 0 once the dict has stored the value, or -1 and the reason why that is not certain. */
int pop3_legacy_host_dict_set(struct pop3_legacy_host_dict* dict, const char* key,
                              const char* value, char** error_r);

/* Sets *dict to NULL; it may be NULL already. */
void pop3_legacy_host_dict_close(struct pop3_legacy_host_dict** dict);

#ifdef __cplusplus
}
#endif

#endif
