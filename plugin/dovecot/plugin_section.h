/* Our settings in Dovecot 2.3's `plugin { }`, for every process that reads it. */
#ifndef POP3_LEGACY_DOVECOT_PLUGIN_SECTION_H
#define POP3_LEGACY_DOVECOT_PLUGIN_SECTION_H

#ifdef __cplusplus
extern "C" {
#endif

/* plugin { } accepts any name, so a misspelt one of ours would go unnoticed, and so would whatever
   the policy was to close. `words`: alternating names and values, `count` in all. Returns the first
   name that begins like ours but is not one of them, or NULL. */
const char* pop3_legacy_unknown_setting(const char* const* words, unsigned int count);

#ifdef __cplusplus
}
#endif

#endif
