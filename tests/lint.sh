#!/bin/sh
# lint.sh BUILD: the sources are formatted as .clang-format says, and clang-tidy has nothing to
# say. BUILD has a compile_commands.json.
set -eu
sources=$(find plugin shim tests -name '*.c' -o -name '*.cc' -o -name '*.h' | sort)
# shellcheck disable=SC2086 # words are meant
clang-format --dry-run --Werror $sources
echo "[       OK ] clang-format"
printf '%s\n' $sources | grep '\.cc$' | xargs -P 2 -n 4 clang-tidy --quiet -p "$1"
echo "[       OK ] clang-tidy"
