#!/bin/sh
# Makes the Debian packages in Debian trees (see debian_tree.sh), and tests them there (see packages.py).
#
#   sh tests/packages.sh            bookworm, trixie and forky
#   sh tests/packages.sh SUITE...   these
#
# The packages are in build-package-SUITE. Needs root, debootstrap and lintian.
set -u
cd "$(dirname "$0")/.." || exit 1
exec python3 -B tests/packages.py "$@"
