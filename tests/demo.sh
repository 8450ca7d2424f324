#!/bin/sh
# Tries the plugin in a Dovecot of its own: installs what is missing, builds, starts a private
# Dovecot on a loopback port with sample mailboxes, plays sessions and prints them. Then it serves
# until Ctrl-C, or with --once ends. A Dovecot that is installed and configured here is not
# touched.
#
#   sh tests/demo.sh [--once] [--port N]
set -eu
cd "$(dirname "$0")/.."

case " $* " in
*" --help "* | *" -h "*)
  sed -n 's/^# \{0,1\}//p' "$0"
  exit 0
  ;;
esac
if [ "$(id -u)" != 0 ]; then
  echo "demo.sh: must be run by root: Dovecot starts its processes under users of its own." >&2
  exit 1
fi
sh tests/install.sh build
exec python3 tests/demo.py --build build-demo "$@"
