#!/bin/sh
# Makes a Debian of another release in a folder, with a Dovecot and what the plugin is built
# with, and prints the folder's path. It is kept and used again by the next call.
#
#   debian_tree.sh SUITE          bookworm has Dovecot 2.3, trixie has Dovecot 2.4
#
# Needs root and debootstrap. POP3_LEGACY_TREES says where the trees stand.
set -eu

suite=$1
trees=${POP3_LEGACY_TREES:-/var/cache/dovecot-pop3-legacy}
tree=$trees/$suite
packages=ca-certificates,cmake,dovecot-core,dovecot-dev,dovecot-pop3d,g++,libcli11-dev,libcmocka-dev
packages=$packages,libgtest-dev,libtomlplusplus-dev,ninja-build,pkg-config

# Written last: a tree that was interrupted, or made for other packages, is made anew.
mark=$tree/made-for
if [ "$(cat "$mark" 2>/dev/null || true)" != "$packages" ]; then
  rm -rf "$tree"
  mkdir -p "$tree"
  tries=3
  until debootstrap --variant=minbase --include="$packages" "$suite" "$tree" >"$trees/$suite.log" 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
      echo "debian_tree.sh: debootstrap $suite failed; its output is in $trees/$suite.log:" >&2
      tail -n 5 "$trees/$suite.log" >&2
      exit 1
    fi
    sleep 5
    rm -rf "$tree"
    mkdir -p "$tree"
  done
  # A name that is looked up inside must not wait for a name server outside.
  echo "127.0.0.1 localhost $(hostname)" >"$tree/etc/hosts"
  : >"$tree/etc/resolv.conf"
  printf %s "$packages" >"$mark"
fi
echo "$tree"
