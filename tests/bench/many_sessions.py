#!/usr/bin/env python3
"""Short POP3 sessions by the hundred thousand: how many a second there are with conf.d/high-traffic-2.x.conf, and
whether the processes that serve them grow.

  many_sessions.py --modules DIR [--tree DIR] [--sessions N] [--connections N] [--seconds N] [--rounds N]
                   [--growth KB]

First a private Dovecot (tests/integration) with its default services and one with the shipped file take turns:
sessions of USER, PASS, STAT and QUIT, several at the same time, each with a mailbox of ten messages.

Then N sessions go through one login process and one pop3 process. They are of many kinds, a domain for each: dialects,
UIDL schemes, listings, limits, refusals, mail that is not sent, mistakes in the policy, connections that break. All
replies are compared with those of the default Dovecot, where a process serves one session. The processes' own memory
(RssAnon), their share of all memory (PSS) and their descriptors are printed as it goes, and at last what was added
after the first tenth. Before that, a twentieth of the sessions go to Dovecot without the plugin, for 2.4.1 grows by
itself. The exit status is 1 where processes with the plugin have more descriptors at the end, or more than --growth KB
beyond what Dovecot's own growth explains.

Measure on an idle machine: the client takes its part of a core."""
import argparse
import contextlib
import os
import re
import selectors
import socket
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import hosts
from dicts import typed_settings
from private_host import MAIL_UID, PASSWORD
from test_high_traffic import high_traffic, own_memory

MESSAGES = 10
PARTS = 20
USERS = 4  # of each kind
SPREAD = 1.1  # of what Dovecot itself keeps of a session
EVERYTHING = ('[commands]\nallow = ["LAST", "HELP", "XTND XLST", "EUIDL", "XOVER", "XLINES", "XSENDER", "XDELE", '
              '"MANGLE", "GURL", "XTND XMIT"]\n')
# Domain: policy, commands, and whether QUIT follows; otherwise the client breaks the connection.
KINDS = {
    "default": ("", b"STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nLAST\r\nTOP 2 0\r\n", True),
    "qpopper": ('[reply]\ndialect = "qpopper"\n[uidl]\nscheme = "popa3d"\n',
                b"STAT\r\nNOOP\r\nUIDL\r\nLIST 1\r\nRETR 99\r\nDELE 1\r\nRSET\r\n", True),
    "courier": ('[uidl]\nscheme = ["courier", "qmail"]\n[last]\nsemantics = "uw"\nwording = "mh"\n',
                b"UIDL\r\nUIDL 3\r\nTOP 3 1\r\nLAST\r\n", True),
    "hmac": (EVERYTHING + '[uidl]\nscheme = "hmac-sha256"\nkey_file = "@key@"\n',
             b"UIDL\r\nEUIDL\r\nXTND XLST Subject\r\nXOVER\r\nXLINES 2\r\nRETR 1 MANGLE\r\n", True),
    "limits": ('[pace]\nretr_per_session = 1\noctets_per_hour = "1G"\n[view]\nnewest = 3\n[delete]\nmode = "hide"\n',
               b"STAT\r\nRETR 1\r\nRETR 2\r\nDELE 1\r\nRSET\r\nLIST\r\n", True),
    "refused": (EVERYTHING.replace("LAST", "XSENDER") + 'deny = ["TOP"]\n[x_commands]\nXSTAT = { alias = "STAT" }\n'
                'XHI = { reply = "+OK hello" }\n[lenient]\nspaces = true\n',
                b"LAST\r\nTOP 1 0\r\n  XSTAT\r\nXHI\r\nXFOO: x\r\nGURL\r\nHELP\r\nCAPA\r\n", True),
    "xmit": (EVERYTHING + "[xmit]\ndry_run = true\n",
             b"XTND XMIT\r\nFrom: @user@\r\nTo: a@example.org\r\n\r\nhello\r\n.\r\n"
             b"XTND XMIT\r\nFrom: @user@\r\n\r\nno recipient\r\n.\r\nLAST\r\n", True),
    "boards": ('[commands]\nallow = ["XTND BBOARDS", "XTND X-BBOARDS", "XTND SCAN"]\n[boards.bboards]\n'
               'board = "Board"\n',
               b"XTND SCAN 60\r\nLIST\r\nXTND BBOARDS\r\nXTND X-BBOARDS board\r\nXTND BBOARDS board\r\nLIST\r\n", True),
    "mistake": ('[commands]\nallow = ["LASTT"]\n[last]\nwordng = "mh"\n', b"LAST\r\nHELP\r\nUIDL\r\n", True),
    "broken": ('[reply]\ndialect = "rfc1225"\n[view]\nhide_fetched = true\n[capa]\nimplementation = "x"\n',
               b"STAT\r\nLIST\r\nCAPA\r\nUIDL\r\n", False),
}
# Both have one line as the answer.
BEFORE_LOGIN = b"HELP\r\nXFOO\r\n"
SERVICES = ("pop3", "pop3-login")


def one_process():
    """Settings with which one process of each service has all sessions."""
    endless = "restart_request_count = unlimited" if typed_settings() else "service_count = 0"
    return "".join(f"service {name} {{\n  process_limit = 1\n  process_min_avail = 1\n  {endless}\n}}\n"
                   for name in SERVICES)


def new_host(more_options=None, **host_options):
    """more_options: those of high_traffic()."""
    more_options = more_options or {"settings": ""}
    settings = "info_log_path = /dev/null\n" + more_options["settings"]
    return hosts.new_host(**{**more_options, "settings": settings}, **host_options)


class Client:
    """Plays sessions, several at a time."""

    def __init__(self, port):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.open = 0

    def play(self, scripts, connections, ended):
        """scripts: an iterator of begin()'s arguments. ended(user, octets) after each session."""
        for script in scripts:
            while self.open >= connections:
                self.turn(ended)
            self.begin(*script)
        while self.open:
            self.turn(ended)

    def begin(self, user, commands, quits, before=b""):
        """A session of `before` and USER, PASS, `commands`, and QUIT, unless it breaks the connection."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(60)
        self.open += 1
        # What is to be sent once so many lines have come.
        lines = 2 + before.count(b"\n")
        steps = [(1, before + b"USER %s\r\n" % user.encode()), (lines, b"PASS %s\r\n" % PASSWORD.encode()),
                 (lines + 1, commands + (b"QUIT\r\n" if quits else b""))]
        self.selector.register(connection, selectors.EVENT_READ, [user, b"", steps, quits])

    def turn(self, ended):
        if not (events := self.selector.select(60)):
            raise TimeoutError([session.data for session in self.selector.get_map().values()])
        for event, _ in events:
            connection, session = event.fileobj, event.data
            piece = connection.recv(65536)
            # Otherwise TCP waits 40 ms now and then before it sends what is short.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            session[1] += piece
            user, octets, steps, quits = session
            if piece and steps and octets.count(b"\n") >= steps[0][0]:
                connection.sendall(steps.pop(0)[1])
            elif not piece or (not quits and not steps):
                self.selector.unregister(connection)
                if piece:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                connection.close()
                self.open -= 1
                ended(user, octets)


def stat_sessions(host, users, seconds, connections):
    """Plays sessions of STAT and QUIT for so long; returns how many they were."""
    count, end = 0, time.monotonic() + seconds

    def scripts():
        nonlocal count
        while time.monotonic() < end:
            user = users[count % len(users)]
            count += 1
            yield user, b"STAT\r\n", True

    def ended(user, octets):
        if octets.count(b"+OK") != 5:
            raise AssertionError(f"{user}: {octets}")

    Client(host.port).play(scripts(), connections, ended)
    return count


def compare(options, homes, users):
    candidates = {"default": None, "high-traffic": high_traffic()}
    rates, costs = ({label: [] for label in candidates} for _ in range(2))
    for _ in range(options.rounds):
        for label, more_options in candidates.items():
            count = 0
            with new_host(more_options, homes=homes) as host:
                for seconds in (1, options.seconds):
                    begun = time.monotonic()
                    count += (done := stat_sessions(host, users, seconds, options.connections))
                    rate = done / (time.monotonic() - begun)
                costs[label].append(processor_seconds(host) / count * 1000)
            rates[label].append(rate)
    for label, found in rates.items():
        print(f"{label:12} {statistics.median(found):6.0f} sessions a second ({min(found):.0f} to {max(found):.0f}), "
              f"{statistics.median(costs[label]):5.2f} ms of processor time each")
    rate, cost = (statistics.median(found["high-traffic"]) / statistics.median(found["default"])
                  for found in (rates, costs))
    print(f"{'ratio':12} {rate:6.1f} in sessions a second, {1 / cost:.1f} in processor time", flush=True)


def with_descendants(pid):
    """{PID: (name, the processor time that it and its ended children have used)}"""
    found = {}
    with contextlib.suppress(OSError):  # it ends meanwhile
        with open(f"/proc/{pid}/stat") as file:
            name, fields = file.read().split("(", 1)[1].rsplit(")", 1)
        found[pid] = (name, sum(map(int, fields.split()[11:15])) / os.sysconf("SC_CLK_TCK"))
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            for child in file.read().split():
                found |= with_descendants(int(child))
    return found


def processor_seconds(host):
    return sum(seconds for _, seconds in with_descendants(host.process.pid).values())


def processes(host):
    """The one pop3 process and the one login process, by name."""
    return {name: pid for pid, (name, _) in with_descendants(host.process.pid).items() if name in SERVICES}


def measure(pid):
    """RssAnon and PSS in KB, and the number of descriptors."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        share = int(re.search(r"(?m)^Pss:\s*([0-9]+)", file.read())[1])
    return own_memory(pid) // 1024, share, len(hosts.open_paths(pid))


def script(kind, user):
    return user, KINDS[kind][1].replace(b"@user@", user.encode()), KINDS[kind][2], BEFORE_LOGIN


class OneProcess:
    """The sessions of these users' kinds, in the default Dovecot and then in one process."""

    def __init__(self, plugin, connections, homes, users):
        self.plugin, self.connections, self.homes, self.users = plugin, connections, homes, users
        self.key = os.path.join(homes, "key")
        with open(self.key, "w") as file:
            file.write("0123456789abcdef0123456789abcdef")
        os.chown(self.key, MAIL_UID, MAIL_UID)
        os.chmod(self.key, 0o400)  # as it has to be
        self.expected, self.done = {}, 0

    def host(self, more_options=None):
        host = new_host(more_options, homes=self.homes, plugin=self.plugin, login={"help": "line"})
        for kind, (policy, _, _) in KINDS.items():
            with open(os.path.join(host.policies, "domains", f"{kind}.example.toml"), "w") as file:
                file.write(policy.replace("@key@", self.key))
        return host

    def learn(self):
        """What each user gets from a process of its own, in the third session and all after it."""
        with self.host() as host:
            for _ in range(3):
                for kind, user in self.users:
                    Client(host.port).play([script(kind, user)], 1, self.expected.__setitem__)

    def ended(self, user, octets):
        self.done += 1
        # Nobody knows how much has arrived before a client breaks the connection.
        if octets != self.expected[user] and not user.endswith("@broken.example"):
            raise AssertionError(f"{user}, session {self.done}:\n{octets}\ninstead of\n{self.expected[user]}")

    def run(self, sessions):
        """Returns, for each process, what was added for each session, in octets, and how many descriptors."""
        self.learn()
        part, seconds, samples = sessions // PARTS, 0, []
        with self.host(high_traffic(one_process())) as host:
            client = Client(host.port)
            pids = hosts.eventually(lambda: len(found := processes(host)) == len(SERVICES) and found)
            for number in range(PARTS):
                begun = time.monotonic()
                client.play((script(*self.users[index % len(self.users)])
                             for index in range(number * part, (number + 1) * part)),
                            self.connections, self.ended)
                seconds += time.monotonic() - begun
                time.sleep(0.3)  # the last sessions' ends
                samples.append([measure(pid) for pid in pids.values()])
                told = ", ".join(f"{name} {own} KB (PSS {share}), {descriptors} descriptors"
                                 for name, (own, share, descriptors) in zip(pids, samples[-1]))
                print(f"{self.done:8} sessions, {self.done / seconds:5.0f} a second: {told}", flush=True)
            if processes(host) != pids:
                raise AssertionError(f"{pids} are {processes(host)} now\n{host.log()}")
        added = {}
        for name, first, last in zip(pids, samples[PARTS // 10 - 1], samples[-1]):
            own, share, descriptors = (after - before for before, after in zip(first, last))
            added[name] = own * 1024 / (self.done * 0.9), descriptors
            print(f"{name}, after the first tenth: {own:+} KB ({added[name][0]:+.2f} octets a session), "
                  f"PSS {share:+} KB, descriptors {descriptors:+}")
        return added


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--tree")
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=512, metavar="KB")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="p3l.") as scratch:
        os.chmod(scratch, 0o755)
        hosts.configure(scratch, options.modules, options.tree, None)
        homes = os.path.join(scratch, "homes")
        host = hosts.new_host(homes=homes)
        users = [(kind, f"user{number}@{kind}.example") for number in range(USERS) for kind in KINDS]
        for _, user in users:
            board = os.path.join(host.maildir(user), ".Board")
            for folder in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(board, folder))
            with open(os.path.join(board, "cur", "1600000000.M1P1.test:2,"), "wb") as file:
                file.write(hosts.message(1))
            host.give(board)
            for number in range(1, MESSAGES + 1):
                hosts.deliver(host, user, hosts.message(number), number)
        compare(options, homes, [user for kind, user in users if kind == "default"])
        print("Without the plugin:")
        # A colon is the end of Dovecot 2.3 alone.
        alone = [(kind, user) for kind, user in users if b":" not in KINDS[kind][1]]
        dovecots = OneProcess(False, options.connections, homes, alone).run(max(options.sessions // 20, 2000))
        print("With the plugin:")
        ours = OneProcess(True, options.connections, homes, users).run(options.sessions)
        grown = [name for name, (octets, descriptors) in ours.items() if descriptors > 0 or
                 (octets - SPREAD * max(dovecots[name][0], 0)) * options.sessions * 0.9 > options.growth * 1024]
        print("grown too much: " + ", ".join(grown) if grown else "nothing has grown too much")
        return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
