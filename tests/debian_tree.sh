#!/bin/sh
# Creates a Debian of another release in a folder and prints the folder's path. The folder is kept
# and reused by the next call.
#
#   debian_tree.sh SUITE            a Dovecot and what the plugin is built with: bookworm has
#                                   Dovecot 2.3, trixie has Dovecot 2.4, forky a newer 2.4
#   debian_tree.sh SUITE backports  the same, and its Dovecot and the one of SUITE-backports as
#                                   packages, to be installed over each other
#   debian_tree.sh SUITE oracles    the POP3 servers that tests/oracles asks; bookworm has all five
#   debian_tree.sh SUITE mta        mail servers that the integration tests send to: postfix, msmtp
#
# Needs root and debootstrap. POP3_LEGACY_TREES says where the trees are. Exit code 3: the mirror has no
# such release.
set -eu

suite=$1
contents=${2:-dovecot}
trees=${POP3_LEGACY_TREES:-/var/cache/dovecot-pop3-legacy}
mirror=http://deb.debian.org/debian
needed=$suite # what the mirror must have
# The packages in `unpacked` are only unpacked, with their dependencies: they conflict with each
# other, and their scripts would start servers. If two contain a file of the same name
# (/usr/sbin/pop3d), the later one's is kept.
case $contents in
dovecot | backports)
  tree=$trees/$suite
  if [ "$contents" = backports ]; then
    needed=$suite-backports
    tree=$trees/$needed
  fi
  packages=ca-certificates,cmake,dovecot-core,dovecot-dev,dovecot-pop3d,dovecot-sqlite,g++,libcli11-dev
  packages=$packages,libcmocka-dev,libgtest-dev,libidn2-dev,libssl-dev,libtomlplusplus-dev,lowdown,man-db
  packages=$packages,ninja-build,pkg-config,python3,dpkg-dev,file
  unpacked=
  ;;
oracles)
  tree=$trees/$suite-oracles
  packages=ca-certificates
  unpacked='courier-pop cyrus-pop3d popa3d solid-pop3d mailutils-pop3d'
  ;;
mta)
  tree=$trees/$suite-mta
  packages=ca-certificates,msmtp,postfix
  unpacked=
  ;;
*)
  echo "debian_tree.sh: there is no tree \"$contents\", only \"dovecot\", \"backports\", \"mta\" and \"oracles\"." >&2
  exit 1
  ;;
esac

# fetch_both: puts the release's Dovecot into /var/cache/dovecot/release of the tree, and the backport
# into /var/cache/dovecot/backport.
fetch_both() {
  cp /etc/resolv.conf "$tree/etc/resolv.conf"
  echo "deb $mirror $needed main" >"$tree/etc/apt/sources.list.d/backports.list"
  chroot "$tree" apt-get update || return
  for version in "release/$suite" "backport/$needed"; do
    folder=/var/cache/dovecot/${version%/*}
    chroot "$tree" mkdir -p "$folder"
    # shellcheck disable=SC2016 # the inner shell expands these
    chroot "$tree" sh -euc 'cd "$1"; exec apt-get download dovecot-core/"$2" dovecot-dev/"$2" dovecot-pop3d/"$2" \
      dovecot-sqlite/"$2"' sh "$folder" "${version#*/}" || return
  done
}

# has: the mirror has this release.
has() {
  wget -q --spider "$mirror/dists/$1/Release"
}

# make_tree: creates the tree from nothing; fails if a step fails.
make_tree() {
  rm -rf "$tree"
  mkdir -p "$tree"
  # All releases are made alike; debootstrap has scripts under the names of those that it knows.
  debootstrap --variant=minbase --include="$packages" "$suite" "$tree" "$mirror" \
    /usr/share/debootstrap/scripts/sid || return
  [ "$contents" != backports ] || fetch_both || return
  [ -n "$unpacked" ] || return 0
  cp /etc/resolv.conf "$tree/etc/resolv.conf"
  # One after another, because of their dependencies.
  for package in $unpacked; do
    chroot "$tree" apt-get install --download-only --no-install-recommends --yes "$package" || return
  done
  archives=$tree/var/cache/apt/archives
  for archive in "$archives"/*.deb $(for package in $unpacked; do echo "$archives/${package}_"*.deb; done); do
    dpkg-deb --fsys-tarfile "$archive" >"$archives/unpacked.tar" || return
    tar -x -f "$archives/unpacked.tar" --keep-directory-symlink -C "$tree" || return
  done
  rm "$archives/unpacked.tar"
  chroot "$tree" ldconfig
  chroot "$tree" apt-get clean
}

# Written last: a tree that was interrupted, or made for other packages, is created again.
mark=$tree/made-for
made_for=$packages${unpacked:+ $unpacked}
[ "$contents" != backports ] || made_for="$made_for $needed"
if [ "$(cat "$mark" 2>/dev/null || true)" != "$made_for" ]; then
  if ! has "$needed" && has stable; then
    echo "debian_tree.sh: $mirror has no $needed." >&2
    exit 3
  fi
  log=$tree.log
  mkdir -p "$trees"
  tries=3
  until make_tree >"$log" 2>&1; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
      echo "debian_tree.sh: a tree of $suite could not be made; the output is in $log:" >&2
      tail -n 5 "$log" >&2
      exit 1
    fi
    sleep 5
  done
  # Name look-ups inside must not wait for a name server outside.
  echo "127.0.0.1 localhost $(hostname)" >"$tree/etc/hosts"
  : >"$tree/etc/resolv.conf"
  printf %s "$made_for" >"$mark"
fi
echo "$tree"
