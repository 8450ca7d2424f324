#!/bin/sh
# Installs what is missing, builds, and runs the tests, in stages (see stages.py).
#
#   sh tests/run.sh            every stage but bench
#   sh tests/run.sh STAGE...   these stages
#   sh tests/run.sh --list     lists the stages
set -u
cd "$(dirname "$0")/.." || exit 1
if [ "${1:-}" != --list ] && ! sh tests/install.sh test; then
  echo "0 passed, 1 failed"
  exit 1
fi
exec python3 -B tests/stages.py "$@"
