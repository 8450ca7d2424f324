#!/bin/sh
# Installs the Debian packages that are missing.
#
#   install.sh build   what is needed to build, and a Dovecot to try it with
#   install.sh test    that, and what the tests need
#
# A Dovecot installed by this is not started, neither now nor at boot. An existing one is left as it
# is. If it has no POP3, this script stops, because the package dovecot-pop3d would make it serve
# POP3 after its next restart.
set -eu

packages="cmake dovecot-core dovecot-dev dovecot-pop3d g++ libcli11-dev libidn2-dev libssl-dev libtomlplusplus-dev
  make ninja-build pkg-config procps python3 util-linux"
if [ "$1" = test ]; then
  packages="$packages clang clang-format clang-tidy curl debootstrap dovecot-sqlite fetchmail getmail6 hostname
    libclang-rt-dev libcmocka-dev libevent-dev libgmime-3.0-dev libgtest-dev lintian lowdown man-db mpop mutt netcat-openbsd
    openssl perl prometheus python3-pytest redis-tools stunnel4 valgrind"
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
if ! $new_dovecot && [ ! -e /usr/lib/dovecot/pop3 ]; then
  echo "install.sh: there is a Dovecot without POP3 on this machine. Installing dovecot-pop3d would" \
    "make it serve POP3 from its next restart on. Install it yourself, or try another machine." >&2
  exit 1
fi
# No service is started while packages are installed. The mark identifies our file, even one that an
# interrupted call has left.
policy=/usr/sbin/policy-rc.d
mark='# by install.sh of dovecot-pop3-legacy'
forget_policy() {
  ! grep -qxF "$mark" $policy 2>/dev/null || rm -f $policy
}
forget_policy
trap forget_policy EXIT
trap 'exit 1' HUP INT TERM
if $new_dovecot && [ ! -e $policy ]; then
  printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >$policy
  chmod 755 $policy
fi

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
if $new_dovecot; then
  if command -v systemctl >/dev/null; then
    systemctl disable --quiet dovecot.service dovecot.socket 2>/dev/null || true
  fi
  update-rc.d dovecot disable >/dev/null 2>&1 || true
  rm -f /etc/systemd/system/*.wants/dovecot.service /etc/systemd/system/*.wants/dovecot.socket
fi
