/// toml++ as configured for all who read documents: include it only through this header.
#ifndef POP3_LEGACY_CORE_POLICY_READER_TOML_H
#define POP3_LEGACY_CORE_POLICY_READER_TOML_H

// toml++ nests and recurses as deeply as the text does: see find_endless_key() in reader.cc.
#define TOML_MAX_NESTED_VALUES 16
// "[[[" breaks an assertion of toml++ (fixed after 3.4 by its pull request 301). With assertions
// enabled, that ends the process; with NDEBUG, the compiler assumes that it holds. With neither,
// toml++ continues and reports the error.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_EXCEPTIONS 0
// The parser is compiled only in reader.cc.
#define TOML_HEADER_ONLY 0
#include <toml++/toml.h>

#endif
