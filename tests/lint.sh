#!/bin/sh
# lint.sh BUILD: checks that the sources are formatted according to .clang-format, and that neither
# clang-tidy nor clang warns. BUILD has a compile_commands.json with the warning flags of both
# compilers.
set -eu
find plugin shim tests -name '*.c' -o -name '*.cc' -o -name '*.h' | xargs clang-format --dry-run --Werror
# compiled ENDING: the sources with this ending in the build
compiled() {
  sed -n "s/^ *\"file\": \"\(.*\.$1\)\",\{0,1\}$/\1/p" "$build/compile_commands.json" | sort -u
}
build=$1
compiled c | xargs -n 4 clang-tidy --quiet -p "$build" --checks='-*,clang-analyzer-*,clang-diagnostic-*'
compiled cc | xargs -P 2 -n 4 clang-tidy --quiet -p "$build"
