#!/usr/bin/env python3
"""The processor time that UIDL of a large maildrop costs in Dovecot, with the plugin and without, and in other
POP3 servers.

  peers.py --modules DIR [--messages N] [--rounds N]

All servers hold the same messages and run at the same time; each round asks one after another, beginning
with another one each time. A session asks for UIDL twice. Counted is the time of all processes of the server,
user and system, from the command to the end of its reply; login and QUIT are not. The others are those of
tests/oracles, as Debian bookworm has them, in their tree. All have been asked before, so that whoever keeps a
list has it. Compare within one run only. Needs root."""
import argparse
import contextlib
import dataclasses
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import typing

sys.path[:0] = [os.path.join(os.path.dirname(os.path.abspath(__file__)), folder)
                for folder in ("../integration", "../oracles", ".")]
import hosts  # noqa: E402
import maildirs  # noqa: E402
import old_servers  # noqa: E402
import processes  # noqa: E402
from private_dovecot import PrivateDovecot  # noqa: E402
from private_host import MAIL_UID  # noqa: E402

# Ids from the index, from file names, remembered ones, and those in Dovecot's cache.
SCHEMES = ("decimal-uid", "courier-v0", "hmac-sha256", "popa3d")
DOVECOT = "Dovecot alone"


@dataclasses.dataclass
class Server:
    label: str
    port: int
    user: str
    roots: typing.Callable  # the processes that have started all others of it
    first: list = dataclasses.field(default_factory=list)  # milliseconds, by rounds
    again: list = dataclasses.field(default_factory=list)


def uidl(pop3):
    """Asks for all ids; returns how many lines there were."""
    pop3.send(b"UIDL\r\n")
    lines, end = 0, b""
    while not end.endswith(b"\r\n.\r\n"):
        octets = pop3.socket.recv(1 << 20)
        if not octets or (not end and octets.startswith(b"-ERR")):
            raise RuntimeError(f"UIDL: {octets or 'the connection has ended'}")
        lines += octets.count(b"\n")
        end = (end + octets)[-5:]
    return lines - 2


def ask(server, messages):
    """The milliseconds of the two UIDLs of a session; of the third one, if two have ended before that."""
    for _ in range(2):
        try:
            return session(server, messages)
        except (AssertionError, OSError, RuntimeError) as error:
            print(f"{server.label}: {error}", file=sys.stderr, flush=True)
            time.sleep(2)  # it may have been locked
    return session(server, messages)


def session(server, messages):
    took = []
    with hosts.Pop3(server.port, server.user) as pop3:
        pop3.socket.settimeout(300)
        pop3.command(b"NOOP")
        for _ in range(2):
            time.sleep(0.05)
            before = processes.used_by_all(server.roots())
            if (lines := uidl(pop3)) != messages:
                raise RuntimeError(f"{server.label}: {lines} lines for {messages} messages")
            time.sleep(0.05)
            after = processes.used_by_all(server.roots())
            took.append(sum(used - before.get(process, 0) for process, used in after.items()) * 1000)
        pop3.quit()
    return took


def dovecots(stack, folder, modules, maildir):
    """Dovecot alone, and with the plugin: a domain for each scheme."""
    policies = f"{folder}/policies"
    os.makedirs(f"{policies}/domains")
    os.makedirs(f"{policies}/profiles")
    key = f"{folder}/key"
    with open(key, "w") as file:
        file.write("0123456789abcdef" * 2 + "\n")
    os.chmod(key, 0o600)
    os.chown(key, MAIL_UID, MAIL_UID)
    for scheme in SCHEMES:
        with open(f"{policies}/domains/{scheme}.example.toml", "w") as file:
            file.write(f'[uidl]\nscheme = "{scheme}"\nkey_file = "{key}"\n')
    for host, labels in ((PrivateDovecot(f"{folder}/alone", None, plugin=False), (DOVECOT,)),
                         (PrivateDovecot(f"{folder}/with", modules, policies=policies), SCHEMES)):
        users = {label: f"user@{label.replace(' ', '-').lower()}.example" for label in labels}
        for user in users.values():
            os.makedirs(f"{host.homes}/{user}")
            subprocess.run(["cp", "-al", maildir, f"{host.homes}/{user}/Maildir"], check=True)
            host.give(f"{host.homes}/{user}")
        stack.enter_context(host)
        for label, user in users.items():
            yield Server(label, host.port, user, lambda process=host.process: [process.pid])


def others(stack, folder, messages):
    """The servers of tests/oracles."""
    tree = old_servers.make_tree()
    for label, make in (("Courier", old_servers.Courier), ("Cyrus", old_servers.Cyrus),
                        ("popa3d (mbox)", old_servers.Popa3d),
                        ("solid-pop3d", lambda *rest, **more: old_servers.Solid(*rest, **more, maildir=True)),
                        ("Mailutils", lambda *rest, **more: old_servers.Mailutils(*rest, **more, maildir=True))):
        server = make(f"{folder}/{label.split()[0].lower()}", messages, tree=tree)
        stack.enter_context(server)

        def roots(server=server):
            if isinstance(server, old_servers.Cyrus):
                return [server._master.pid]
            return [session.pid for session in server._sessions if session.poll() is None]

        yield Server(label, server.port, server.user, roots)


def measure(modules, count=10000, rounds=11):
    """The servers, with what they have used."""
    os.umask(0o22)
    folder = tempfile.mkdtemp(prefix="p3l.")
    os.chmod(folder, 0o755)
    try:
        messages = []
        for number in range(1, count + 1):
            text = maildirs.message(number, 1500)
            messages.append(old_servers.Message(text, received=maildirs.FIRST + number * 37,
                                                file_name=maildirs.file_name(number, text).encode(), flags="S"))
        maildir = f"{folder}/Maildir"
        maildirs.write(maildir, count)
        with contextlib.ExitStack() as stack:
            servers = [*dovecots(stack, folder, modules, maildir), *others(stack, folder, messages)]
            for _ in range(2):
                for server in servers:
                    ask(server, count)
                time.sleep(1.1)
            for number in range(rounds):
                turn = number % len(servers)
                for server in servers[turn:] + servers[:turn]:
                    first, again = ask(server, count)
                    server.first.append(first)
                    server.again.append(again)
                print(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
        return servers
    finally:
        shutil.rmtree(folder)


def with_plugin(server):
    return server.label in SCHEMES


def title(server):
    if with_plugin(server):
        return f"with the plugin, {server.label}"
    return server.label


def ratio(times, others):
    """The median of the rounds' ratios."""
    return statistics.median(one / other for one, other in zip(times, others))


def table(servers, count):
    """Lines of Markdown. A ratio is the median of the rounds'."""
    dovecot = next(server for server in servers if server.label == DOVECOT)
    courier = next(server for server in servers if server.label == "Courier")
    yield (f"| UIDL of {count:,} messages, CPU ms | first: least | median | to Dovecot | to Courier | "
           "again: least | median | to Dovecot | to Courier |")
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    for server in servers:
        cells = []
        for times, base, peer in ((server.first, dovecot.first, courier.first),
                                  (server.again, dovecot.again, courier.again)):
            cells += [min(times), statistics.median(times), ratio(times, base), ratio(times, peer)]
        yield f"| {title(server)} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--messages", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=11)
    options = parser.parse_args()
    print(*table(measure(options.modules, options.messages, options.rounds), options.messages), sep="\n")


if __name__ == "__main__":
    main()
