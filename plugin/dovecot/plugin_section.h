/* Our names in Dovecot 2.3's `plugin { }`, whichever process reads it. */
#ifndef POP3_LEGACY_DOVECOT_PLUGIN_SECTION_H
#define POP3_LEGACY_DOVECOT_PLUGIN_SECTION_H

#ifdef __cplusplus
extern "C" {
#endif

/* Anything may stand in plugin { }, so a misspelt name of ours would go unnoticed, and with it
   what the policy closes. `words`: names and values by turns, `count` of them. Returns the first
   name that begins as ours do and is none of them, or NULL. */
const char* pop3_legacy_unknown_setting(const char* const* words, unsigned int count);

#ifdef __cplusplus
}
#endif

#endif
