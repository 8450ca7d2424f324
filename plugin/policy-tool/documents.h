/// The documents that are made of the entries of keys, commands, schemes and dialects.
///
/// They are committed as conf.d/pop3-legacy/default.toml and conf.d/REFERENCE.md; the target
/// `documents` of the build writes them anew, and a test compares them.
#ifndef POP3_LEGACY_POLICY_TOOL_DOCUMENTS_H
#define POP3_LEGACY_POLICY_TOOL_DOCUMENTS_H

#include <string>

namespace pop3_legacy::policy_tool {

/// A policy with every key behind a "#", with its default and what it is for: it sets nothing.
std::string default_document();

/// The page of reference, in Markdown.
std::string reference();

}  // namespace pop3_legacy::policy_tool

#endif
