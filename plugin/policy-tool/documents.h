/// The documents generated from the entries of keys, commands, schemes and dialects.
///
/// The reference is committed as conf.d/REFERENCE.md. The build target `documents` regenerates it,
/// and a test compares it.
#ifndef POP3_LEGACY_POLICY_TOOL_DOCUMENTS_H
#define POP3_LEGACY_POLICY_TOOL_DOCUMENTS_H

#include <string>

namespace pop3_legacy::policy_tool {

/// A policy with every key commented out, with its default and its purpose: it sets nothing.
std::string default_document();

/// The reference page, in Markdown.
std::string reference();

}  // namespace pop3_legacy::policy_tool

#endif
