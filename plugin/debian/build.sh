#!/bin/sh
# build.sh [FOLDER [OPTION...]]: makes the Debian package for the Dovecot whose headers are installed, in
# FOLDER (build-package), and prints its path. OPTIONs are CMake's.
#
# The same sources give the same octets, whatever the folder, the time and the machine.
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-build-package}
[ $# -eq 0 ] || shift
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || date -r CHANGELOG.md +%s)}"
export SOURCE_DATE_EPOCH
umask 022

# Debian's flags, with all of its hardening; without the names of this machine's folders.
flags() {
  DEB_BUILD_MAINT_OPTIONS=hardening=+all dpkg-buildflags --get "$1"
}
maps="-ffile-prefix-map=$(pwd)=. -ffile-prefix-map=$(pwd)/$folder=build"
CFLAGS="$(flags CFLAGS) $(flags CPPFLAGS) $maps"
CXXFLAGS="$(flags CXXFLAGS) $(flags CPPFLAGS) $maps"
LDFLAGS=$(flags LDFLAGS)
export CFLAGS CXXFLAGS LDFLAGS

rm -f "$folder"/*.deb
{
  cmake --preset package -B "$folder" "$@"
  cmake --build "$folder"
  cd "$folder"
  cpack -G DEB
} >&2
ls "$(pwd)"/*.deb
