/// toml++, as all who read documents see it: include no other header of its.
#ifndef POP3_LEGACY_CORE_POLICY_READER_TOML_H
#define POP3_LEGACY_CORE_POLICY_READER_TOML_H

// toml++ nests, and recurses, as deep as the text does: see find_endless_key() in reader.cc.
#define TOML_MAX_NESTED_VALUES 16
// "[[[" breaks an assertion of toml++ (mended after 3.4 by its pull request 301). Asserted, that
// ends the process; with NDEBUG the compiler takes it for true. Without either, toml++ goes on
// and reports the error.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// The parser is compiled once, in reader.cc.
#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#endif
