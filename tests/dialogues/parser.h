/// Parses a dialogue file into a Dialogue. README.md in this folder describes the format.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_PARSER_H
#define POP3_LEGACY_TESTS_DIALOGUES_PARSER_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "tests/dialogues/dialogue.h"

namespace pop3_legacy::dialogue {

/// An Error's text is "FILE:LINE: what is wrong".
Result<Dialogue> parse_dialogue(std::string_view text, std::string_view file);
Result<Dialogue> read_dialogue(const std::string& path);

}  // namespace pop3_legacy::dialogue

#endif
