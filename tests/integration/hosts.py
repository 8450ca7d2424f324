"""What the integration tests build on: a host with the plugin's commands, mailboxes, and a POP3
client that sees every octet."""
import contextlib
import glob
import os
import re
import socket
import subprocess
import time
import unittest
import zlib

from private_dovecot import PrivateDovecot
from private_host import PASSWORD
from standalone_host import StandaloneHost

scratch = modules = tree = standalone = mta = host_name = None
_counter = 0


def configure(scratch_folder, modules_folder, tree_folder, standalone_program, mta_folder=None):
    """Chooses the host of the tests: the program, or a Dovecot with these modules. mta_folder: the
    tree with the mail servers."""
    global scratch, modules, tree, standalone, mta, host_name
    scratch, modules, tree, standalone, mta = (scratch_folder, modules_folder, tree_folder, standalone_program,
                                               mta_folder)
    host_name = new_host().name()


def new_host(**options):
    """A host with its own files and an empty policy folder; not started yet."""
    global _counter
    _counter += 1
    base = os.path.join(scratch, "h%d" % _counter)
    policies = os.path.join(base, "policies")
    for folder in ("domains", "profiles"):
        os.makedirs(os.path.join(policies, folder), exist_ok=True)
    options.setdefault("policies", policies)
    if standalone:
        return StandaloneHost(base, standalone, **options)
    return PrivateDovecot(base, modules, tree, **options)


def one_process(**options):
    """Options for a host whose sessions share a process, as the standalone host's always do."""
    return options if standalone else dict(options, clients=50)


class Pop3:
    """A logged-in POP3 session. Lines are bytes without CRLF; whole replies include their CRLFs."""

    def __init__(self, port, user, login=True, receive_buffer=None, source=None):
        """receive_buffer: octets that the kernel accepts for a client that does not read. source:
        the client's address; Dovecot considers the server's own address secure even without TLS."""
        self.socket = socket.socket()
        if source:
            self.socket.bind((source, 0))
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(30)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.greeting = self.line()
        if login:
            for command in (b"USER " + user.encode(), b"PASS " + PASSWORD.encode()):
                answer = self.command(command)
                if not answer.startswith(b"+OK"):
                    raise AssertionError(f"{command} -> {answer}")

    def send(self, octets):
        self.socket.sendall(octets)

    def line(self):
        line = self.file.readline()
        return line[:-2] if line.endswith(b"\r\n") else line

    def lines(self):
        """The rest of a multi-line reply, dots still stuffed, without the final dot."""
        found = []
        while (line := self.line()) != b".":
            if not line and self.file.peek(1) == b"":
                raise AssertionError(f"the connection ended in {found}")
            found.append(line)
        return found

    def command(self, line):
        self.send(line + b"\r\n")
        return self.line()

    def multi(self, line):
        first = self.command(line)
        return (first, self.lines()) if first.startswith(b"+OK") else (first, [])

    def rest(self):
        """Everything until the server closes."""
        return self.file.read()

    def quit(self):
        answer = self.command(b"QUIT")
        self.rest()
        self.close()
        return answer

    def close(self):
        self.file.close()
        self.socket.close()

    def reset(self):
        """Ends the connection like a client that dies with unread octets."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def message(number, octets=None):
    """A message as it is on disk, with LF line ends; `octets` of body if given."""
    text = f"From: sender{number}@example.org\nTo: user@example.org\nSubject: message {number}\n"
    text += f"Date: Tue, 20 Nov 2001 13:{number % 60:02}:00 +0000\nMessage-ID: <{number}@example.org>\n\n"
    if octets is None:
        return (text + f"Body of message {number}.\n.a dot\n").encode()
    line = "x" * 70 + "\n"
    return (text + line * (octets // len(line) + 1)).encode()


def deliver(host, user, content, serial):
    """Delivers like an MDA, at the end of the maildrop."""
    deliver_as(host, user, content, f"{1600000000 + serial}.M{serial}P1.test")


def deliver_as(host, user, content, name):
    """Delivers into a file of this name."""
    path = os.path.join(host.homes, user, "Maildir")
    with open(f"{path}/tmp/{name}", "wb") as file:
        file.write(content)
    host.give(f"{path}/tmp/{name}")
    os.rename(f"{path}/tmp/{name}", f"{path}/new/{name}")


def last(host, user):
    with Pop3(host.port, user) as pop3:
        answer = pop3.command(b"LAST")
        pop3.quit()
        return answer


def uidl(host, user):
    with Pop3(host.port, user) as pop3:
        answer = pop3.multi(b"UIDL")
        pop3.quit()
        return answer


def pins(ids):
    """The file dovecot-pop3-legacy-pins with these ids; ids: {GUID: id}."""
    text = b"dovecot-pop3-legacy pins 1\n"
    text += b"".join(f"pin {guid} {uid}\n".encode() for guid, uid in sorted(ids.items()))
    return with_end(text.decode(), len(ids)).encode()


def with_end(text, count):
    """Completes one of the plugin's state files with its last line."""
    text += f"end {count} "
    return text + f"{zlib.crc32(text.encode()):08x}\n"


def eventually(condition, seconds=10):
    """Waits for another process to do something."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return value


def open_paths(pid):
    """What the descriptors of a process stand for. A running process closes some of them while they
    are being read; those are left out."""
    paths = []
    for descriptor in os.scandir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            paths.append(os.readlink(descriptor.path))
    return paths


def processes_of(host, user):
    """The pop3 processes that have this user's Maildir open. They open it before they answer a
    command."""
    maildir = os.path.join(host.homes, user, "Maildir")
    found = []
    result = subprocess.run(["pgrep", "-x", "pop3"], stdout=subprocess.PIPE, text=True)
    for pid in map(int, result.stdout.split()):
        with contextlib.suppress(OSError):
            if any(maildir in path for path in open_paths(pid)):
                found.append(pid)
    return found


class HostTest(unittest.TestCase):
    """One host for all tests of a class, one mailbox for each test."""

    host_options = {}
    # The tests need what only Dovecot has: its log, its processes, its index.
    dovecot_only = False
    log_problems = r"Panic:|Fatal:"

    @classmethod
    def setUpClass(cls):
        if cls.dovecot_only and standalone:
            raise unittest.SkipTest("about Dovecot only")
        cls.before_host()
        cls.host = new_host(**cls.host_options)
        cls.host.start()
        cls.users = 0

    @classmethod
    def before_host(cls):
        """Starts what the host needs, and completes host_options."""

    @classmethod
    def tearDownClass(cls):
        cls.host.stop()
        problems = [line for line in cls.host.log().splitlines() if re.search(cls.log_problems, line)]
        if problems:
            raise AssertionError("\n".join(problems))

    def user(self, messages=0, domain="example.org"):
        """Creates a user with this many messages."""
        type(self).users += 1
        name = f"user{self.users}@{domain}"
        self.host.maildir(name)
        for number in range(1, messages + 1):
            deliver(self.host, name, message(number), number)
        return name

    def policy(self, text, domain="example.org", kind="domains"):
        """Writes the policy of a domain (or a profile); returns its path."""
        path = os.path.join(self.host.policies, kind, domain + ".toml")
        with open(path, "w") as file:
            file.write(text)
        self.addCleanup(lambda: os.path.lexists(path) and not os.path.isdir(path) and os.unlink(path))
        return path

    def assert_logged(self, pattern):
        """The host has logged this, or does so soon: another process writes Dovecot's log."""
        self.assertTrue(eventually(lambda: re.search(pattern, self.host.log())), f"{pattern}\n{self.host.log()}")

    def wait_for_end(self, user, sessions):
        """Waits until this many of the user's Dovecot sessions have ended: a client that drops does
        not wait."""
        ended = f"pop3\\({re.escape(user)}\\)<.*Disconnected"
        self.assertTrue(eventually(lambda: len(re.findall(ended, self.host.log())) >= sessions), self.host.log())

    def login(self, user):
        pop3 = Pop3(self.host.port, user)
        self.addCleanup(pop3.close)
        return pop3

    def all_state_files(self, user):
        return glob.glob(os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-*"))

    def state_files(self, user):
        """All state files except the note that says who the user is."""
        return [path for path in self.all_state_files(user) if not path.endswith("-user")]
