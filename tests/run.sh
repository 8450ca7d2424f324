#!/bin/sh
# Installs what is missing, builds, and runs every test on every host: the core by itself, the
# standalone host (once more with sanitizers), and two real Dovecots, 2.3 and 2.4. One of those
# is this machine's, for the other a Debian tree is made (see debian_tree.sh). Takes some
# thirty-five minutes on two cores.
#
#   sh tests/run.sh
#
# Needs root, for packages, chroots and mail users. The output of each step is in build/logs.
# Ends with a line "N passed, N failed", or "N passed, N failed, N skipped" where a host could
# not be had; with CI set in the environment, skipped is failed.
set -u
if [ "$(id -u)" != 0 ]; then
  echo "run.sh: must be run by root: it installs packages and starts servers with users of their own." >&2
  exit 1
fi
cd "$(dirname "$0")/.." || exit 1
here=$(pwd)
logs=$here/build/logs
mkdir -p "$logs"
rm -f "$logs"/*
passed=0 failed=0 skipped=0
mail_user=20000:20000 # private_host.py's MAIL_UID
scratch=$(mktemp -d)
chmod 755 "$scratch"
servers=
background= # the process of background.sh
# What tests/dialogues/README.md says of the time before login.
login_help=long
login_capabilities='X-LAST, LOGIN-DELAY 900 USER'
login_unknown_command='That command is not known here.'

stop_servers() {
  for pid in $servers; do
    kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
  done
  servers=
}
trap 'stop_servers; [ -z "$background" ] || kill "$background" 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

# step NAME COMMAND...: runs it; it counts only when it fails. Returns the command's exit code.
step() {
  run 0 "$@"
}

# tests NAME COMMAND...: the same for a command that tests: it has to pass at least one.
tests() {
  run 1 "$@"
}

# run LEAST NAME COMMAND...: counts the tests in what the command prints.
run() {
  least=$1
  name=$2
  shift 2
  begun=$(date +%s)
  "$@" >"$logs/$name.log" 2>&1 </dev/null
  code=$?
  ok=$(grep -cE '^\[       OK \] |^ *[0-9]+/[0-9]+ Test +#[0-9]+:.* Passed ' "$logs/$name.log")
  bad=$(grep -cE '^\[  FAILED  \] .*\([0-9]+ ms\)$|^ *[0-9]+/[0-9]+ Test +#[0-9]+:.*\*\*\*' "$logs/$name.log")
  if [ "$bad" -eq 0 ] && { [ $code -ne 0 ] || [ "$ok" -lt "$least" ]; }; then
    bad=1
  fi
  passed=$((passed + ok))
  failed=$((failed + bad))
  printf '%-28s %5d passed, %d failed  (%d s)\n' "$name" "$ok" "$bad" $(($(date +%s) - begun))
  if [ "$bad" -gt 0 ]; then
    echo "---- the end of $logs/$name.log:"
    grep -nE '\[  FAILED  \]|\*\*\*|error:|Error' "$logs/$name.log" | head -n 30
    tail -n 40 "$logs/$name.log"
    echo "----"
  fi
  return $code
}

skip() {
  echo "$1 SKIPPED: $2"
  skipped=$((skipped + 1))
}

# await NAME: what a piece of background.sh prints, and its exit code, once it has ended.
await() {
  seconds=3600 # as background.sh has
  while [ ! -s "$scratch/$1.code" ] && [ $seconds -gt 0 ]; do
    sleep 1
    seconds=$((seconds - 1))
  done
  cat "$scratch/$1.out"
  return "$(cat "$scratch/$1.code" || echo 1)"
}

# serve LOG COMMAND...: starts a server that says "listening on 127.0.0.1:PORT"; sets $port.
serve() {
  log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null &
  servers="$servers $!"
  port=
  tries=150
  while [ -z "$port" ] && [ $tries -gt 0 ]; do
    port=$(sed -n 's/^listening on 127\.0\.0\.1://p' "$log")
    [ -n "$port" ] || sleep 0.1
    tries=$((tries - 1))
  done
  if [ -z "$port" ]; then
    cat "$log"
    return 1
  fi
}

# The dialogues against the standalone host of a build.
standalone_dialogues() {
  base=$scratch/standalone-$(basename "$1")
  mkdir -p "$base/homes" "$base/policies/domains"
  serve "$base/log" "$1/pop3-legacy-host" --maildir "$base/homes/%u/Maildir" \
    --policy "$base/policies" --port 0 --login-help "$login_help" \
    --login-capabilities "$login_capabilities" \
    --login-unknown-command "$login_unknown_command" || return 1
  "$1/run_dialogues" --host standalone --port "$port" --homes "$base/homes" \
    --policies "$base/policies" --owner 0:0 tests/dialogues/*.txt
  code=$?
  stop_servers
  if grep -E 'ERROR: |runtime error' "$base/log"; then
    return 1
  fi
  return $code
}

# dovecot_dialogues NAME MODULES TREE
dovecot_dialogues() {
  base=$scratch/$1
  mkdir -p "$base/policies/domains"
  serve "$scratch/$1.log" python3 tests/integration/private_dovecot.py --base "$base" \
    --modules "$2" ${3:+--tree "$3"} --policies "$base/policies" --login-help "$login_help" \
    --login-capabilities "$login_capabilities" \
    --login-unknown-command "$login_unknown_command" || return 1
  build/run_dialogues --host "$1" --port "$port" --homes "$base/homes" \
    --policies "$base/policies" --owner $mail_user tests/dialogues/*.txt
  code=$?
  stop_servers
  if grep -E 'Panic:|Fatal:' "$base/dovecot.log"; then
    return 1
  fi
  return $code
}

# off_is_off NAME MODULES TREE: every dialogue's commands, to a Dovecot without the plugin and to
# one with the plugin and every command off; the answers are the same octets.
off_is_off() {
  base=$scratch/$1-off
  mkdir -p "$base/policies/domains" "$base/plain" "$base/off"
  printf '[commands]\nallow = []\n' >"$base/policies/default.toml"
  serve "$base/plain.log" python3 tests/integration/private_dovecot.py --base "$base/plain" \
    ${3:+--tree "$3"} --homes "$base/homes" --no-plugin || return 1
  plain_port=$port
  serve "$base/off.log" python3 tests/integration/private_dovecot.py --base "$base/off" \
    --modules "$2" ${3:+--tree "$3"} --homes "$base/homes" --policies "$base/policies" || return 1
  build/run_dialogues --compare "$plain_port" "$port" --homes "$base/homes" \
    --owner $mail_user tests/dialogues/*.txt
  code=$?
  stop_servers
  return $code
}

# real_dovecot NAME SUITE: everything that a real Dovecot is for.
real_dovecot() {
  if [ "$(dovecot_name)" = "$1" ]; then
    modules=build/modules
    tree=
  else
    modules=build-$2/modules
    tree=$other_tree
    if [ -z "$tree" ]; then
      skip "$1" "no $2 tree could be made: $(cat "$logs/other-tree.log")"
      return
    fi
    step "$1-build" await other-build || return
    tests "$1-unit" sh tests/in_tree.sh "$tree" ctest --test-dir "build-$2" --output-on-failure
  fi
  tests "$1-dialogues" dovecot_dialogues "$1" "$modules" "$tree"
  tests "$1-off-is-off" off_is_off "$1" "$modules" "$tree"
  tests "$1-integration" python3 tests/integration/run.py --modules "$modules" \
    ${tree:+--tree "$tree"} --require "$1" ${mta:+--mta "$mta"}
}

# The POP3 servers that mail comes from, and what they themselves answer to UIDL.
old_servers() {
  if sh tests/debian_tree.sh bookworm oracles >"$logs/oracles-tree.log" 2>&1; then
    tests oracles python3 tests/oracles/test_oracles.py
  else
    skip oracles "no tree with the old servers could be made: $(cat "$logs/oracles-tree.log")"
  fi
}

dovecot_name() {
  dovecot --version | sed -n 's/^\([0-9]*\.[0-9]*\).*/dovecot-\1/p'
}

everything() {
  step install sh tests/install.sh test || return
  step build sh tests/build.sh build -DBUILD_TESTING=ON || return
  other_suite=trixie
  [ "$(dovecot_name)" = dovecot-2.3 ] || other_suite=bookworm
  other_tree=$(sh tests/debian_tree.sh $other_suite 2>"$logs/other-tree.log") || other_tree=
  mta=$(sh tests/debian_tree.sh bookworm mta 2>"$logs/mta-tree.log") ||
    skip real-mta "no tree with mail servers could be made: $(cat "$logs/mta-tree.log")"
  timeout 3600 nice -n 19 sh tests/background.sh "$scratch" "$other_suite" "$other_tree" &
  background=$!
  tests unit ctest --test-dir build --output-on-failure -LE dialogues
  tests memory-dialogues build/run_dialogues --host memory tests/dialogues/*.txt
  tests standalone-dialogues standalone_dialogues build
  tests standalone-integration python3 tests/integration/run.py --standalone build/pop3-legacy-host \
    ${mta:+--mta "$mta"}
  old_servers
  real_dovecot dovecot-2.3 bookworm
  real_dovecot dovecot-2.4 trixie
  if step sanitized-build await sanitized-build; then
    tests sanitized-unit ctest --test-dir build-sanitized --output-on-failure -LE dialogues
    tests sanitized-memory-dialogues build-sanitized/run_dialogues --host memory tests/dialogues/*.txt
    tests sanitized-standalone-dialogues standalone_dialogues build-sanitized
  fi
  tests lint await lint
}

everything
if [ $skipped -gt 0 ]; then
  echo "$passed passed, $failed failed, $skipped skipped"
  [ -z "${CI:-}" ] || exit 1
else
  echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ] && [ $passed -gt 0 ]
