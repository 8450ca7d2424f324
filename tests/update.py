#!/usr/bin/env python3
"""An update of Dovecot below a build: from Debian bookworm's 2.3.19 to 2.3.21 of bookworm-backports.

  update.py TREE BUILD

TREE is what `debian_tree.sh bookworm backports` prints. The modules are built for the one, in BUILD; the
other refuses them; `cmake --build BUILD` makes them anew, and a session is served.
"""
import os
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(TESTS, "integration"))
import hosts  # noqa: E402

USER = "user@example.org"


def in_tree(tree, *command):
    print("----", *command, flush=True)
    subprocess.run(["sh", f"{TESTS}/in_tree.sh", tree, *command], check=True)


def install(tree, which):
    """Installs the release's Dovecot or the backport, without a service that starts."""
    in_tree(tree, "sh", "-euc", 'export DEBIAN_FRONTEND=noninteractive; cd "$1"; dpkg --force-confnew -i *.deb', "sh",
            f"/var/cache/dovecot/{which}")


def expect(what, found, expected):
    print(f"{what}: {found}", flush=True)
    if not found.startswith(expected):
        raise AssertionError(f"{what}: {found}, not {expected}")


def session():
    """Before and after login, and doveadm: one session that needs each of the modules."""
    with hosts.new_host(login={"help": "long"}) as host:
        host.maildir(USER)
        hosts.deliver(host, USER, hosts.message(1), 1)
        with hosts.Pop3(host.port, USER, login=False) as pop3:
            expect("HELP before login", pop3.multi(b"HELP")[0], b"+OK")
            for command, expected in ((f"USER {USER}", b"+OK"), (f"PASS {hosts.PASSWORD}", b"+OK"),
                                      ("LAST", b"+OK 0"), ("RETR 1", b"+OK"), ("LAST", b"+OK 1")):
                answer = pop3.multi(command.encode()) if command == "RETR 1" else (pop3.command(command.encode()),)
                expect(command, answer[0], expected)
            expect("QUIT", pop3.quit(), b"+OK")
        print(host.doveadm("pop3-legacy", "policy", "-u", USER).splitlines()[0])
        return host.version()


def refused():
    """Dovecot has none of what was built for another one."""
    with hosts.new_host() as host:
        host.maildir(USER)
        with hosts.Pop3(host.port, USER, login=False) as pop3:
            pop3.command(b"USER " + USER.encode())
            expect("PASS with the old modules", pop3.command(b"PASS " + hosts.PASSWORD.encode()), b"-ERR")


def main():
    tree, build = map(os.path.abspath, sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="p3l.") as scratch:
        os.chmod(scratch, 0o755)
        install(tree, "release")
        # Neither optimized nor with symbols: it is built twice.
        in_tree(tree, "sh", "tests/build.sh", "dev", build, "-DPOP3_LEGACY_SHIM=OFF", "-DBUILD_TESTING=OFF",
                "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_FLAGS_DEBUG=", "-DCMAKE_CXX_FLAGS_DEBUG=")
        hosts.configure(scratch, f"{build}/modules", tree, None)
        before = session()
        install(tree, "backport")
        refused()
        in_tree(tree, "cmake", "--build", build)
        after = session()
    print(f"from Dovecot {before} to {after}")
    return 0 if before != after else 1


if __name__ == "__main__":
    sys.exit(main())
