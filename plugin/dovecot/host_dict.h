/* One of Dovecot's dicts, as C because its functions are macros that are not C++.

   Dovecot 2.3: a URI. Dovecot 2.4: a block NAME { dict … { } }.
   It is open for one piece of work: nothing else may wait for the ioloop meanwhile, and the dict
   server serves one client at a time. */
#ifndef POP3_LEGACY_DOVECOT_HOST_DICT_H
#define POP3_LEGACY_DOVECOT_HOST_DICT_H

#ifdef __cplusplus
extern "C" {
#endif

struct mail_user;
struct pop3_legacy_host_dict;

/* block: the name of Dovecot 2.4's. uri: "" where none is configured, as always on Dovecot 2.4.
   Returns 1 and the dict, 0 where none is configured, or -1 and a sentence in *error_r, valid until
   the end of the host's data stack frame. */
int pop3_legacy_host_dict_open(struct mail_user* user, const char* block, const char* uri,
                               struct pop3_legacy_host_dict** dict_r, const char** error_r);

/* All look-ups and writes of an open dict wait for POP3_LEGACY_DICT_MSECS at most, counted from its
   opening, but a dict that this process asks by itself (Redis) has as much again for the last of
   them. After -1 the dict is good for nothing but to be closed. What is returned in *value_r or
   *error_r is to be freed with i_free(). A key begins with "shared/" or, for the user's own,
   "priv/". */

/* Returns 1 and the value, 0 where the dict is sure that there is none, or -1 and why it cannot
   tell. */
int pop3_legacy_host_dict_lookup(struct pop3_legacy_host_dict* dict, const char* key,
                                 char** value_r, char** error_r);

/* Returns 0 once the dict has it, or -1 and why it is not sure of that. */
int pop3_legacy_host_dict_set(struct pop3_legacy_host_dict* dict, const char* key,
                              const char* value, char** error_r);

/* Sets *dict to NULL, which it may be already. */
void pop3_legacy_host_dict_close(struct pop3_legacy_host_dict** dict);

#ifdef __cplusplus
}
#endif

#endif
