#!/usr/bin/env python3
"""What the first and the second UIDL of a large maildrop cost, for a scheme of each class.

  uidl.py --modules DIR [--tree DIR] [--messages N]

A private Dovecot (tests/integration) serves one Maildir; the policy's scheme is changed and what the
plugin and Dovecot's cache remember is removed before each pair of sessions. For a session this prints
the wall time of UIDL, the processor time of its pop3 process and the most memory it had. Compare
within one run only: "host" is Dovecot's own UIDL."""
import argparse
import glob
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import hosts
from private_host import MAIL_UID

# scheme, what it is an example of
CLASSES = (
    ("host", "Dovecot's own, without the plugin's ids"),
    ("decimal-uid", "the index"),
    ("courier-v0", "the file name"),
    ("maildir-md5", "the file name, hashed"),
    ("hmac-sha256", "the GUID, with a key"),
    ("courier", "the old server's file"),
    ("xuidl", "one header"),
    ("popa3d", "the header, hashed"),
    ("pins", "an imported list"),
)


def fill(maildir, count):
    for number in range(1, count + 1):
        name = f"{1600000000 + number}.M{number}P1.bench"
        with open(f"{maildir}/cur/{name}:2,S", "wb") as file:
            file.write(b"X-UIDL: id%d\n" % number + hosts.message(number))


def measure(host, user):
    """A session's UIDL: wall seconds, processor seconds, and MB at most."""
    with hosts.Pop3(host.port, user) as pop3:
        pop3.command(b"NOOP")
        process = hosts.processes_of(host, user)[0]
        before = processor_seconds(process)
        begun = time.monotonic()
        pop3.send(b"UIDL\r\n")
        received = b""
        count = 0
        while not received.endswith(b"\r\n.\r\n"):
            received = received[-8:] + pop3.socket.recv(1 << 20)
            count += received.count(b"\n")
            if received.startswith(b"-ERR"):
                raise AssertionError(received)
        wall = time.monotonic() - begun
        used = processor_seconds(process) - before
        with open(f"/proc/{process}/status") as file:
            peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
        pop3.quit()
    return wall, used, peak / 1024


def processor_seconds(process):
    with open(f"/proc/{process}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def prepare(host, maildir, scheme, names):
    """Writes the policy, and makes a mailbox that remembers nothing of another scheme."""
    for path in glob.glob(f"{maildir}/dovecot-pop3-legacy-*") + glob.glob(f"{maildir}/dovecot.index.cache"):
        os.unlink(path)
    key = f"{host.base}/key"
    with open(key, "w") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
    os.chmod(key, 0o600)
    os.chown(key, MAIL_UID, MAIL_UID)
    real = "dovecot" if scheme == "pins" else scheme
    with open(f"{host.policies}/default.toml", "w") as file:
        file.write(f'[uidl]\nscheme = "{real}"\nkey_file = "{key}"\n')
    with open(f"{maildir}/courierpop3dsizelist", "w") as file:
        file.write("/3 1 1700000000\n")
        file.writelines(f"{name}:2,S 300 {number}:1700000000:0\n" for number, name in enumerate(names, 1))
    if scheme == "pins":
        with open(f"{maildir}/dovecot-pop3-legacy-pins", "wb") as file:
            file.write(hosts.pins({name: f"old-server-{number}" for number, name in enumerate(names, 1)}))
    host.give(maildir)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--tree")
    parser.add_argument("--messages", type=int, default=100000)
    options = parser.parse_args()
    os.umask(0o22)
    scratch = tempfile.mkdtemp()
    os.chmod(scratch, 0o755)
    try:
        hosts.configure(scratch, options.modules, options.tree, None)
        user = "bench@example.org"
        with hosts.new_host() as host:
            maildir = host.maildir(user)
            fill(maildir, options.messages)
            host.give(maildir)
            with hosts.Pop3(host.port, user) as pop3:  # builds the index and the sizes
                pop3.socket.settimeout(600)
                pop3.command(b"STAT")
                pop3.quit()
            names = [name.split(":")[0] for name in os.listdir(f"{maildir}/cur")]
            print(f"{host.name()}, {options.messages} messages")
            print("| scheme | made of | first: wall s | CPU s | MB | second: wall s | CPU s | MB |")
            print("|---|---|---|---|---|---|---|---|")
            for scheme, made_of in CLASSES:
                prepare(host, maildir, scheme, names)
                cells = [f"{wall:.2f} | {used:.2f} | {peak:.0f}"
                         for wall, used, peak in (measure(host, user), measure(host, user))]
                print(f"| {scheme} | {made_of} | {' | '.join(cells)} |", flush=True)
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
