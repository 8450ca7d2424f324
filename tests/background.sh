#!/bin/sh
# background.sh FOLDER SUITE TREE: what run.sh can have done while its tests wait for their servers:
# the build in the tree of the other Debian ("" = there is none), the build with sanitizers, and
# lint. Each leaves what it prints in FOLDER/NAME.out and then its exit code in FOLDER/NAME.code.
set -u
cd "$(dirname "$0")/.." || exit 1
folder=$1
suite=$2
tree=$3

# piece NAME COMMAND...
piece() {
  name=$1
  shift
  "$@" >"$folder/$name.out" 2>&1 </dev/null
  echo $? >"$folder/$name.code"
}

[ -z "$tree" ] || piece other-build sh tests/in_tree.sh "$tree" \
  sh tests/build.sh "build-$suite" -DBUILD_TESTING=ON -DPOP3_LEGACY_SHIM=OFF
piece sanitized-build sh tests/build.sh build-sanitized -DPOP3_LEGACY_DOVECOT=OFF \
  -DPOP3_LEGACY_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug
piece lint sh tests/lint.sh build
