#!/bin/sh
# lint.sh BUILD: the sources are formatted as .clang-format says, clang-tidy has nothing to say, and clang
# no warning. BUILD has a compile_commands.json, with the flags that both compilers warn by.
set -eu
find plugin shim tests -name '*.c' -o -name '*.cc' -o -name '*.h' | xargs clang-format --dry-run --Werror
# compiled ENDING: the sources of the build
compiled() {
  sed -n "s/^ *\"file\": \"\(.*\.$1\)\",\{0,1\}$/\1/p" "$build/compile_commands.json" | sort -u
}
build=$1
compiled c | xargs -n 4 clang-tidy --quiet -p "$build" --checks='-*,clang-analyzer-*,clang-diagnostic-*'
compiled cc | xargs -P 2 -n 4 clang-tidy --quiet -p "$build"
