#!/usr/bin/env python3
"""How long a session waits for others in its process, while they do what takes longest.

  neighbours.py --modules DIR [--tree DIR] [--megabytes N] [--messages N] [NAME...]

A private Dovecot (tests/integration) whose sessions share one process. One session sends a NOOP every
50 ms; another one does one thing. For each this prints how long the thing took, the longest time that
a NOOP took meanwhile, and that as a ratio to what a command of Dovecot's own does to the neighbour
(RETR of the same message; UIDL of the same mailbox without the plugin's ids). Measure on an idle
machine: others' work counts as ours. NAME is a part of a thing's name."""
import argparse
import fcntl
import os
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import hosts
from smtp_sink import SmtpSink
from test_xmit import big_body, mail, stuffed

POLICY = """
[commands]
allow = ["LAST", "HELP", "XTND XLST", "EUIDL", "XLINES", "XSENDER", "MANGLE", "XTND XMIT", "XOVER"]
[delete]
mode = "hide"
[xmit]
save_to = "Sent"
dedup = "1m"
"""
PERIOD = 0.05


class Neighbour(threading.Thread):
    """Sends NOOPs until told to stop; `longest` is the longest time that one took."""

    def __init__(self, pop3):
        super().__init__()
        self.pop3, self.stopped, self.longest, self.count = pop3, threading.Event(), 0, 0

    def run(self):
        while not self.stopped.wait(PERIOD):
            begun = time.monotonic()
            if self.pop3.command(b"NOOP") != b"+OK":
                raise AssertionError("NOOP")
            self.longest = max(self.longest, time.monotonic() - begun)
            self.count += 1


class Bench:
    def __init__(self, host, options):
        self.host, self.options = host, options
        self.users = 0
        self.ratios = {}

    def user(self):
        self.users += 1
        name = f"user{self.users}@bench.example"
        self.host.maildir(name)
        return name

    def policy(self, more=""):
        with open(os.path.join(self.host.policies, "domains", "bench.example.toml"), "w") as file:
            file.write(POLICY + more)

    def measure(self, name, user, thing, base):
        """thing: called with the user's session while the neighbour sends."""
        with hosts.Pop3(self.host.port, self.neighbour) as pop3, hosts.Pop3(self.host.port, user) as session:
            pop3.socket.settimeout(600)
            session.socket.settimeout(600)
            session.command(b"NOOP")
            neighbour = Neighbour(pop3)
            neighbour.start()
            time.sleep(3 * PERIOD)
            begun = time.monotonic()
            try:
                thing(session)
            finally:
                took = time.monotonic() - begun
                neighbour.stopped.set()
                neighbour.join()
        self.ratios[name] = neighbour.longest
        ratio = f"{neighbour.longest / self.ratios[base]:8.1f} x {base}" if base in self.ratios else ""
        print(f"{name:44} {took:8.2f} s, a NOOP at most {neighbour.longest * 1000:7.0f} ms {ratio}", flush=True)

    def replies(self, lines, count, multi=False):
        """A thing: sends these lines in one packet and reads this many replies."""
        def thing(session):
            session.send(lines)
            for _ in range(count):
                first = session.line()
                if not first.startswith(b"+OK"):
                    raise AssertionError(first)
                if multi:
                    while session.line() != b".":
                        pass
        return thing

    def once(self, user):
        """Dovecot's work at the first login is not to be measured."""
        with hosts.Pop3(self.host.port, user) as pop3:
            pop3.socket.settimeout(600)
            pop3.quit()

    def run(self):
        self.policy()
        self.neighbour = self.user()
        octets = self.options.megabytes << 20
        html = (b"<p>some <b>words</b> &amp; more of them</p>\n" * (octets // 44 + 1))[:octets] + b"\n"
        single, multi = self.user(), self.user()
        head = hosts.message(1).split(b"\n\n")[0] + b"\nMIME-Version: 1.0\n"
        hosts.deliver(self.host, single, head + b"Content-Type: text/html; charset=utf-8\n\n" + html, 1)
        part = b"\n--b\nContent-Type: text/%s\n\n%s\n"
        hosts.deliver(self.host, multi, head + b'Content-Type: multipart/mixed; boundary="b"\n' +
                      part % (b"html", html) + b"--b--\n", 1)
        for user in (single, multi):
            self.once(user)
        self.thing("RETR", single, self.replies(b"RETR 1\r\n", 1, True))
        size = b"LIST 1 MANGLE(text=plain)\r\n"
        for times in (1, 20):
            self.thing(f"LIST 1 MANGLE x {times}", single, self.replies(size * times, times), "RETR")
        self.thing("LIST 1 MANGLE, multipart", multi, self.replies(size, 1), "RETR")
        self.thing("LIST MANGLE", multi, self.replies(b"LIST MANGLE\r\n", 1, True), "RETR")
        self.thing("RETR 1 MANGLE, multipart", multi, self.replies(b"RETR 1 MANGLE\r\n", 1, True), "RETR")
        self.thing("XLINES 1 x 20", single, self.replies(b"XLINES 1\r\n" * 20, 20), "RETR")
        self.thing("XLINES", multi, self.replies(b"XLINES\r\n", 1, True), "RETR")
        self.thing("XTND XLST X-Odd 1 x 50", multi, self.replies(b"XTND XLST X-Odd 1\r\n" * 50, 50, True), "RETR")
        self.thing("HELP and NOOP x 3000", multi, self.replies(b"HELP\r\n" * 3000, 3000, True), "RETR")

        many = self.user()
        for number in range(1, self.options.messages + 1):
            hosts.deliver(self.host, many, hosts.message(number), number)
        # If a file's name differs from Dovecot's list, the first look into a message reads the
        # whole folder, whoever looks: a TOP by Dovecot alone then takes 0.6 s. That is not to be
        # measured.
        folder = os.path.join(self.host.homes, many, "Maildir")
        for name in os.listdir(f"{folder}/new"):
            os.rename(f"{folder}/new/{name}", f"{folder}/cur/{name}")
        self.once(many)
        uidl = self.replies(b"UIDL\r\n", 1, True)
        self.thing("UIDL by Dovecot", many, uidl)
        self.thing("TOP 1 0 by Dovecot", many, self.replies(b"TOP 1 0\r\n", 1, True))
        for scheme in ("popa3d", "maildir-md5", "courier-v0"):
            self.policy(f'[uidl]\nscheme = "{scheme}"\non_change = "switch"\n')
            self.thing(f"UIDL 1, the first, {scheme}", many, self.replies(b"UIDL 1\r\n", 1), "UIDL by Dovecot")
            self.thing(f"UIDL 1, the next, {scheme}", many, self.replies(b"UIDL 1\r\n", 1), "UIDL by Dovecot")
        self.thing("UIDL", many, uidl, "UIDL by Dovecot")
        self.thing("EUIDL", many, self.replies(b"EUIDL\r\n", 1, True), "UIDL by Dovecot")
        self.thing("LAST", many, self.replies(b"LAST\r\n", 1), "UIDL by Dovecot")
        self.policy()

        sender = self.user()
        text = stuffed(mail(sender, body=big_body(self.options.megabytes << 20)))

        def xmit(session):
            session.command(b"XTND XMIT")
            session.send(text)
            if (answer := session.line()) != b"+OK Message sent successfully":
                raise AssertionError(answer)
        self.thing("XTND XMIT, with a copy", sender, xmit, "RETR")

        def locked(session):
            folder = os.open(os.path.join(self.host.homes, many, "Maildir"), os.O_RDONLY)
            fcntl.flock(folder, fcntl.LOCK_EX)
            timer = threading.Timer(2, lambda: os.close(folder))
            timer.start()
            self.replies(b"DELE 1\r\nQUIT\r\n", 2)(session)
            timer.join()
        self.thing("QUIT while the Maildir is locked for 2 s", many, locked, "UIDL by Dovecot")

    def thing(self, name, user, thing, base=None):
        if base is None or not self.options.names or any(part in name for part in self.options.names):
            self.measure(name, user, thing, base)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--tree")
    parser.add_argument("--megabytes", type=int, default=24)
    parser.add_argument("--messages", type=int, default=20000)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="p3l.") as scratch, SmtpSink() as sink:
        os.chmod(scratch, 0o755)
        hosts.configure(scratch, options.modules, options.tree, None)
        with hosts.new_host(clients=20, submission_host=f"127.0.0.1:{sink.port}") as host:
            Bench(host, options).run()


if __name__ == "__main__":
    main()
