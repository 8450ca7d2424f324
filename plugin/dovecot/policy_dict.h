/* Dovecot's dict with the policy, as C because its functions are macros that are not C++.

   Dovecot 2.3: pop3_legacy_policy = dict:URI. Dovecot 2.4: pop3_legacy_policy_dict { dict … { } }.
   The dict is open for the look-ups of one login: nothing else may wait for the ioloop meanwhile.
 */
#ifndef POP3_LEGACY_DOVECOT_POLICY_DICT_H
#define POP3_LEGACY_DOVECOT_POLICY_DICT_H

#ifdef __cplusplus
extern "C" {
#endif

struct mail_user;
struct pop3_legacy_policy_dict;

/* policy: the setting pop3_legacy_policy. Returns 1 and the dict, 0 where none is configured, or -1
   and a sentence in *error_r, valid until the end of the host's data stack frame. */
int pop3_legacy_policy_dict_open(struct mail_user* user, const char* policy,
                                 struct pop3_legacy_policy_dict** dict_r, const char** error_r);

/* Returns 1 and the value, 0 where the dict is sure that there is none, or -1 and why it cannot
   tell; either text is to be freed with i_free(). Waits for msecs at most, but a dict that this
   process asks by itself (Redis) has the time limit it was opened with. After -1 the dict is good
   for nothing but to be closed. */
int pop3_legacy_policy_dict_lookup(struct pop3_legacy_policy_dict* dict, const char* key,
                                   unsigned int msecs, char** value_r, char** error_r);

/* Sets *dict to NULL, which it may be already. */
void pop3_legacy_policy_dict_close(struct pop3_legacy_policy_dict** dict);

#ifdef __cplusplus
}
#endif

#endif
