#!/bin/sh
# in_tree.sh TREE COMMAND...: runs a command inside a Debian tree (see debian_tree.sh), in this
# folder, which is mounted there meanwhile.
set -eu
tree=$1
shift
propagation=private
unshare --mount --propagation private true 2>/dev/null || propagation=unchanged
# shellcheck disable=SC2016 # the inner shells expand these
exec unshare --mount --propagation $propagation sh -euc '
  tree=$1 here=$2
  shift 2
  mkdir -p "$tree$here"
  mount --bind "$here" "$tree$here"
  mount -t proc proc "$tree/proc"
  exec chroot "$tree" sh -euc "cd \"\$1\"; shift; exec \"\$@\"" sh "$here" "$@"
' sh "$tree" "$(pwd)" "$@"
