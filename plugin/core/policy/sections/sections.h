/// The tables of a policy document, file by file. keys.cc defines their order.
#ifndef POP3_LEGACY_CORE_POLICY_SECTIONS_SECTIONS_H
#define POP3_LEGACY_CORE_POLICY_SECTIONS_SECTIONS_H

#include <string>
#include <vector>

#include "plugin/core/policy/keys.h"

namespace pop3_legacy::policy {

// commands.cc
extern const Section top_section, commands_section, help_section, capa_section, x_commands_section;
// last.cc
extern const Section last_section;
// uidl.cc
extern const Section uidl_section;
/// The chain made of these names, or the reason why there is none.
Result<std::vector<std::string>> chain_of(const std::vector<std::string>& names);
/// Checks that the keys of [uidl] are consistent, which no entry can tell by itself.
Status check_plan(const UidlPlan& plan);
// listings.cc
extern const Section xlst_section, euidl_section, xsender_section, gurl_section;
// boards.cc
extern const Section boards_section;
// xmit.cc
extern const Section xmit_section;
// pace.cc
extern const Section pace_section, lenient_section;
// reply.cc
extern const Section reply_section, templates_section;
// view.cc
extern const Section view_section, delete_section, inbox_section;
/// Checks that the keys of [delete] are consistent.
Status check_deletion(const Policy::Delete& deletion);

}  // namespace pop3_legacy::policy

#endif
