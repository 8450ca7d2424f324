#!/bin/sh
# Installs the Debian packages that are missing.
#
#   install.sh build   what a build with a Dovecot to try it takes
#   install.sh test    that, and what the tests take
#
# A Dovecot that this installs is not started, now or at boot. One that is there already is left
# as it is.
set -eu

packages="cmake dovecot-core dovecot-dev dovecot-pop3d g++ libcli11-dev libtomlplusplus-dev
  ninja-build pkg-config procps python3 util-linux"
if [ "$1" = test ]; then
  packages="$packages clang clang-format clang-tidy curl debootstrap fetchmail hostname
    libclang-rt-dev libcmocka-dev libevent-dev libgtest-dev libssl-dev netcat-openbsd perl valgrind"
fi

missing=
for package in $packages; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "install.sh: these packages are missing, and only root can install them:$missing" >&2
  exit 1
fi
new_dovecot=false
[ -e /usr/sbin/dovecot ] || new_dovecot=true
policy=/usr/sbin/policy-rc.d
own_policy=false
if $new_dovecot && [ ! -e $policy ]; then
  own_policy=true
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod 755 $policy
fi
forget_policy() {
  ! $own_policy || rm -f $policy
}
trap forget_policy EXIT

echo "Installing:$missing"
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # words are meant
if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "install.sh: apt-get failed; the whole output is in $log" >&2
  exit 1
fi
rm -f "$log"
if $new_dovecot && command -v systemctl >/dev/null; then
  systemctl disable --quiet dovecot.service dovecot.socket 2>/dev/null || true
fi
