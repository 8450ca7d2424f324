#!/usr/bin/env python3
"""Short POP3 sessions by the hundred thousand: how many a second with conf.d/high-traffic-2.x.conf, and
whether the process that serves them grows.

  many_sessions.py --modules DIR [--tree DIR] [--sessions N] [--connections N] [--seconds N] [--no-plugin]

First two private Dovecots (tests/integration) take turns, one with Debian's default services and one with
the shipped file: sessions of USER, PASS, STAT and QUIT, each with a mailbox of ten messages.

Then all N sessions go through one pop3 process, some at the same time. They are of many kinds: a domain for each, with
dialects, UIDL schemes, listings, limits, refusals, mail that is not sent, and connections that break. Each
reply is compared, octet for octet, with that of the default Dovecot, where a process serves one session.
The process's own memory (RssAnon), its share of all memory (PSS) and its descriptors are printed as it
goes. The last line says what was added after the first tenth, and the exit status is 1 where that is more
than a process may get: --growth KB of its own memory, or a descriptor.

Measure on an idle machine: the client here uses a core for about a fifth of the time. --no-plugin shows what Dovecot does alone."""
import argparse
import os
import selectors
import socket
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import hosts
from dicts import typed_settings
from private_host import PASSWORD

CONF_D = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf.d")
MESSAGES = 10
MAIL = b"From: @user@\r\n\r\nno recipient\r\n.\r\n"
# Domain, policy, commands, and whether the client waits for the end or breaks the connection.
EVERYTHING = ('[commands]\nallow = ["LAST", "HELP", "XTND XLST", "EUIDL", "XOVER", "XLINES", "XSENDER", "XDELE", '
              '"MANGLE", "GURL", "XTND XMIT"]\n')
KINDS = {
    "default": ("", b"STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nLAST\r\nTOP 2 0\r\n", True),
    "qpopper": ('[reply]\ndialect = "qpopper"\n[uidl]\nscheme = "qpopper"\n',
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
    "xmit": (EVERYTHING + "[xmit]\nper_hour = 0\nper_session = 1\n", b"XTND XMIT\r\n" + MAIL + b"LAST\r\n", True),
    "mistake": ('[commands]\nallow = ["LASTT"]\n[last]\nwordng = "mh"\n', b"LAST\r\nHELP\r\nUIDL\r\n", True),
    "broken": ('[reply]\ndialect = "rfc1225"\n[view]\nhide_fetched = true\n[capa]\nimplementation = "x"\n',
               b"STAT\r\nLIST\r\nCAPA\r\nUIDL\r\n", False),
}


BROKEN = b"+OK Dovecot (Debian) ready.\r\n+OK\r\n+OK "


def high_traffic(more=""):
    """Settings that include the shipped file."""
    name = "high-traffic-2.4.conf" if typed_settings() else "high-traffic-2.3.conf"
    return f"!include @base@/{name}\n{more}", name


def new_host(settings="", name=None, **options):
    host = hosts.new_host(settings="info_log_path = /dev/null\n" + settings, **options)
    if name:
        with open(os.path.join(CONF_D, name)) as source, open(os.path.join(host.base, name), "w") as copy:
            copy.write(source.read())
    return host


class Client:
    """Plays sessions, several at a time. Each is USER and PASS, `commands`, and, unless it breaks, QUIT."""

    def __init__(self, port):
        self.port = port
        self.selector = selectors.DefaultSelector()
        self.open = 0

    def play(self, scripts, connections, ended):
        """scripts: an iterator of (key, user, commands, with QUIT). ended(key, octets) after each."""
        for script in scripts:
            while self.open >= connections:
                self.turn(ended)
            self.begin(*script)
        while self.open:
            self.turn(ended)
            
    def begin(self, key, user, commands, quits):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(60)
        self.open += 1
        # What is to be sent once so many lines have come.
        steps = [(1, b"USER %s\r\n" % user.encode()), (2, b"PASS %s\r\n" % PASSWORD.encode()),
                 (3, commands + (b"QUIT\r\n" if quits else b""))]
        self.selector.register(connection, selectors.EVENT_READ, [key, b"", steps, quits])

    def turn(self, ended):
        for event, _ in self.selector.select(60):
            connection, session = event.fileobj, event.data
            piece = connection.recv(65536)
            # Otherwise TCP waits 40 ms now and then before it sends what is short.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            session[1] += piece
            key, octets, steps, quits = session
            if piece and steps and octets.count(b"\n") >= steps[0][0]:
                connection.sendall(steps.pop(0)[1])
            elif not piece or (not quits and not steps):
                self.selector.unregister(connection)
                if piece:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                connection.close()
                self.open -= 1
                ended(key, octets)


def stat_sessions(host, users, seconds, connections):
    """Plays sessions of STAT and QUIT for so long; returns how many they were."""
    count, end = 0, time.monotonic() + seconds

    def scripts():
        nonlocal count
        while time.monotonic() < end:
            user = users[count % len(users)]
            count += 1
            yield user, user, b"STAT\r\n", True

    def ended(user, octets):
        if octets.count(b"+OK") != 5:
            raise AssertionError(f"{user}: {octets}")

    Client(host.port).play(scripts(), connections, ended)
    return count


def compare(options, homes, users):
    settings, name = high_traffic()
    rates, costs = ({label: [] for label in ("default", name)} for _ in range(2))
    for _ in range(options.rounds):
        for label in rates:
            count = 0
            with new_host(*((settings, name) if label == name else ()), homes=homes, plugin=options.plugin) as host:
                for seconds in (1, options.seconds):
                    begun = time.monotonic()
                    count += (done := stat_sessions(host, users, seconds, options.connections))
                    rate = done / (time.monotonic() - begun)
                costs[label].append(seconds_of(host.process.pid) / count * 1000)
            rates[label].append(rate)
    for label, found in rates.items():
        print(f"{label:24} {statistics.median(found):8.0f} sessions a second ({min(found):.0f} to {max(found):.0f}), "
              f"{statistics.median(costs[label]):6.2f} ms of processor time each")
    rate, cost = (statistics.median(found[name]) / statistics.median(found["default"]) for found in (rates, costs))
    print(f"{'ratio':24} {rate:8.2f} in sessions a second, {1 / cost:.2f} in processor time", flush=True)


def seconds_of(pid):
    """Processor time of a process and of all that it has started, those that have ended included."""
    with open(f"/proc/{pid}/stat") as file:
        ticks = sum(map(int, file.read().rsplit(")", 1)[1].split()[11:15]))
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        children = file.read().split()
    return ticks / os.sysconf("SC_CLK_TCK") + sum(map(seconds_of, children))


class Process:
    def __init__(self, pid):
        self.pid = pid

    def measure(self):
        """RssAnon and PSS in KB, and the number of descriptors."""
        with open(f"/proc/{self.pid}/status") as file:
            own = int(file.read().split("RssAnon:")[1].split()[0])
        with open(f"/proc/{self.pid}/smaps_rollup") as file:
            share = int(file.read().split("Pss:")[1].split()[0])
        return own, share, len(hosts.open_paths(self.pid))


def write_policies(host, key):
    for kind, (policy, _, _) in KINDS.items():
        with open(os.path.join(host.policies, "domains", f"{kind}.example.toml"), "w") as file:
            file.write(policy.replace("@key@", key))


def expected_replies(options, homes, users, key):
    """What each user gets from a process of its own, in the second session and all after it."""
    found = {}
    with new_host(homes=homes, plugin=options.plugin) as host:
        write_policies(host, key)
        for _ in range(3):
            for kind, user in users:
                Client(host.port).play([script(kind, user)], 1, lambda user, octets: found.update({user: octets}))
    return found


def script(kind, user):
    return user, user, KINDS[kind][1].replace(b"@user@", user.encode()), KINDS[kind][2]


def through_one_process(options, homes, users, key):
    expected = expected_replies(options, homes, users, key)
    one = "service pop3 {\n  process_limit = 1\n  process_min_avail = 1\n  client_limit = 50\n}\n"
    settings, name = high_traffic(one)
    samples, done = [], 0
    with new_host(settings, name, homes=homes, plugin=options.plugin) as host:
        write_policies(host, key)

        def ended(user, octets):
            nonlocal done
            done += 1
            # Of a broken connection nobody knows how much has arrived.
            if octets != expected[user] and not (user.endswith("@broken.example") and octets.startswith(BROKEN)):
                raise AssertionError(f"{user}, session {done}:\n{octets}\ninstead of\n{expected[user]}")

        with hosts.Pop3(host.port, users[0][1]) as pop3:
            pop3.command(b"NOOP")
            pids = hosts.processes_of(host, users[0][1])
        client, process = Client(host.port), Process(pids[0])
        part = options.sessions // 20
        begun = time.monotonic()
        for number in range(20):
            client.play((script(*users[index % len(users)]) for index in range(number * part, (number + 1) * part)),
                        options.connections, ended)
            time.sleep(0.2)  # the last sessions' ends
            samples.append(process.measure())
            own, share, descriptors = samples[-1]
            print(f"{done:9} sessions, {done / (time.monotonic() - begun):6.0f} a second, processor "
                  f"{seconds_of(process.pid) / done * 1000:.2f} ms each, RssAnon {own:6} KB, PSS {share:6} KB, "
                  f"{descriptors} descriptors", flush=True)
    added = [last - first for first, last in zip(samples[1], samples[-1])]
    print(f"added after the first tenth: RssAnon {added[0]} KB ({added[0] * 1024 / (done * 0.9):.2f} octets a session), "
          f"PSS {added[1]} KB, descriptors {added[2]}")
    return added[0] <= options.growth and added[2] <= 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--tree")
    parser.add_argument("--sessions", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, default=512, metavar="KB")
    parser.add_argument("--no-plugin", dest="plugin", action="store_false")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="p3l.") as scratch:
        os.chmod(scratch, 0o755)
        hosts.configure(scratch, options.modules, options.tree, None)
        homes = os.path.join(scratch, "homes")
        host = hosts.new_host(homes=homes)
        users = [(kind, f"user{number}@{kind}.example") for number in range(4) for kind in KINDS]
        for _, user in users:
            host.maildir(user)
            for number in range(1, MESSAGES + 1):
                hosts.deliver(host, user, hosts.message(number), number)
        key = os.path.join(homes, "key")
        with open(key, "w") as file:
            file.write("0123456789abcdef0123456789abcdef")
        host.give(key)
        os.chmod(key, 0o400)
        compare(options, homes, [user for kind, user in users if kind == "default"])
        return 0 if through_one_process(options, homes, users, key) else 1


if __name__ == "__main__":
    sys.exit(main())
