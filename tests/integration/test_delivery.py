"""What counts as delivered, for LAST and for hide_fetched: a message does if the client sends a
command after the message's last octet left, whatever stands between client and server.

Run as a program, this is a client: it plays the sessions that it reads (JSON, a list of plans),
prints "played", and waits to be killed."""
import collections
import concurrent.futures
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time

import hosts
from pop3_clients import FetchmailByLastOverTls
from private_host import MAIL_UID, PASSWORD
from tls_terminator import TlsTerminator

KB, MB = 1000, 1_000_000
SIZES = {"1 KB": KB, "10 KB": 10 * KB, "140 KB": 140 * KB, "2 MB": 2 * MB, "12 MB": 12 * MB}
ENDS = ("FIN", "RST", "killed")
MODES = ("line by line", "pipelined")
# What the client does with message 2, the large one, before it disappears.
ACTS = ("reads 1,000 octets", "reads all and goes on")
AT_ONCE = 6

Plan = collections.namedtuple("Plan", "way port end mode act size user")


class Wire:
    """A POP3 connection, octet by octet."""

    def __init__(self, way, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        if way in ("POP3S", "TLS terminator"):
            self.begin_tls()
        self.line()
        if way == "STLS":
            self.command(b"STLS")
            self.begin_tls()

    def begin_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self.socket = context.wrap_socket(self.socket)

    def more(self, octets=1 << 16):
        piece = self.socket.recv(octets)
        if not piece:
            raise AssertionError("the connection has ended")
        self.buffer += piece

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        if not line.startswith(b"+OK"):
            raise AssertionError(line)
        return line

    def command(self, line):
        self.socket.sendall(line + b"\r\n")
        return self.line()

    def message(self):
        self.line()
        while (end := self.buffer.find(b"\r\n.\r\n")) < 0:
            self.buffer = self.buffer[-4:]
            self.more()
        self.buffer = self.buffer[end + 5:]

    def begin_of_message(self):
        self.line()
        while len(self.buffer) < 1000:
            self.more(1000 - len(self.buffer))


def play(plan):
    """Plays the client's part to its end; returns the open connection."""
    wire = Wire(plan.way, plan.port)
    wire.command(b"USER " + plan.user.encode())
    wire.command(b"PASS " + PASSWORD.encode())
    everything = plan.act == ACTS[1]
    if plan.mode == "pipelined":
        # A command that was already waiting proves nothing.
        wire.socket.sendall(b"RETR 1\r\nRETR 2\r\n" + (b"" if everything else b"NOOP\r\n"))
        wire.message()
    else:
        wire.socket.sendall(b"RETR 1\r\n")
        wire.message()
        wire.socket.sendall(b"RETR 2\r\n")
    if everything:
        wire.message()
        wire.command(b"NOOP")
    else:
        wire.begin_of_message()
    return wire


def end(plan, wire):
    if plan.end == "RST":
        wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        wire.socket.close()
    elif plan.end == "FIN":
        wire.socket.shutdown(socket.SHUT_WR)


def fetched(plan):
    """How many messages the session must be credited with."""
    if plan.act == ACTS[1]:
        return 2
    return 1 if plan.mode == "line by line" else 0  # RETR 2 proves message 1


def play_all(plans):
    """Plays each to its end; returns the connections, open if the server must end them."""
    def whole(plan):
        wire = play(plan)
        end(plan, wire)
        return wire
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(whole, plans))


class DeliveryTest(hosts.HostTest):
    host_options = {} if hosts.standalone else {"tls": True}

    @classmethod
    def setUpClass(cls):
        cls.host_options = {} if hosts.standalone else {"tls": True}
        super().setUpClass()
        cls.ways = {"plain": cls.host.port}
        cls.terminator = TlsTerminator(os.path.join(cls.host.base, "terminator"), cls.host.port)
        cls.terminator.__enter__()
        cls.addClassCleanup(cls.terminator.__exit__)
        cls.ways["TLS terminator"] = cls.terminator.port
        if not hosts.standalone:
            proxy = hosts.new_host(plugin=False, policies=None, proxy_to=cls.host.port)
            proxy.start()
            cls.addClassCleanup(proxy.stop)
            cls.ways.update({"login proxy": proxy.port, "STLS": cls.host.port, "POP3S": cls.host.pop3s_port})
        cls.messages = {}
        for name, octets in {"small": 100, **SIZES}.items():
            content = hosts.message(1, octets)
            path = os.path.join(cls.host.homes, f"message.{octets}")
            with open(path, "wb") as file:
                file.write(content)
            os.chown(path, MAIL_UID, MAIL_UID)
            cls.messages[name] = (path, f"S={len(content)},W={len(content) + content.count(bytes([10]))}")

    def user_with(self, *names, domain):
        user = self.user(0, domain)
        for number, name in enumerate(names, 1):
            path, sizes = self.messages[name]
            os.link(path, f"{self.host.homes}/{user}/Maildir/cur/{1600000000 + number}.M{number}P1.test,{sizes}:2,")
        return user

    def ended(self):
        """How many sessions have ended."""
        return len(re.findall(r"pop3\(.*delivery\.example\)<.*Disconnected", self.host.log()))

    def connections(self):
        """The standalone host's sockets."""
        return sum(path.startswith("socket:") for path in hosts.open_paths(self.host.process.pid))

    def each(self, work, plans):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(work, plans))

    def test_the_matrix(self):
        hide = "[view]\nhide_fetched = true\n"
        self.policy(hide, "delivery.example")
        plans = [Plan(way, port, end, mode, act, size, self.user_with("small", size, domain="delivery.example"))
                 for way, port in self.ways.items() for end in ENDS for mode in MODES for act in ACTS for size in SIZES]
        if hosts.standalone:
            base = self.connections()
            over = lambda: self.connections() <= base
        else:
            over = lambda: self.ended() >= len(plans)

        doomed = [plan for plan in plans if plan.end == "killed"]
        with subprocess.Popen([sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as client:
            client.stdin.write(json.dumps(doomed) + "\n")
            client.stdin.flush()
            self.assertEqual(client.stdout.readline(), "played\n")
            client.send_signal(signal.SIGKILL)
        wires = play_all([plan for plan in plans if plan.end != "killed"])
        # A server that is still sending does not notice an orderly end.
        hosts.eventually(over, 3)
        for wire in wires:
            wire.socket.close()
        self.assertTrue(hosts.eventually(over, 60), f"sessions have not ended: {self.ended()} of {len(plans)}\n" + self.host.log()[-3000:])

        def shown(plan):
            with hosts.Pop3(self.host.port, plan.user) as pop3:
                count = int(pop3.command(b"STAT").split()[1])
                pop3.quit()
            return count
        left = self.each(shown, plans)
        self.policy("", "delivery.example")
        last = self.each(lambda plan: int(hosts.last(self.host, plan.user).split()[1]), plans)

        wrong = []
        table = collections.defaultdict(lambda: [0, 0])
        for plan, shown_now, number in zip(plans, left, last):
            right = shown_now == 2 - fetched(plan) and number == fetched(plan)
            cell = table[plan.way, plan.end, plan.mode, plan.act]
            cell[0] += right
            cell[1] += 1
            if not right:
                wrong.append((*plan[:1], *plan[2:6], f"LAST {number}, {shown_now} shown"))
        self.print_table(table)
        self.assertEqual(wrong, [])

    def print_table(self, table):
        print(f"{hosts.host_name}: sessions after which LAST and hide_fetched were right, of 1 KB to 12 MB")
        columns = [(mode, act) for mode in MODES for act in ACTS]
        print(f"{'':15} {'':7}" + "".join(f"{mode + ', ' + act:38}" for mode, act in columns))
        for way in self.ways:
            for end in ENDS:
                cells = ["{} of {}".format(*table[way, end, mode, act]) for mode, act in columns]
                print(f"{way:15} {end:7}" + "".join(f"{cell:38}" for cell in cells), flush=True)

    def test_the_end_of_a_connection_proves_nothing(self):
        # Everything was read, but only the client knows what it did with it.
        for way, port in self.ways.items():
            user = self.user_with("small", "10 KB", domain="delivery.example")
            before = 0 if hosts.standalone else self.ended()
            wire = Wire(way, port)
            for command in (b"USER " + user.encode(), b"PASS " + PASSWORD.encode()):
                wire.command(command)
            wire.socket.sendall(b"RETR 2\r\n")
            wire.message()
            wire.socket.shutdown(socket.SHUT_WR)
            if hosts.standalone:
                time.sleep(0.2)
            else:
                self.assertTrue(hosts.eventually(lambda: self.ended() > before))
            wire.socket.close()
            self.assertEqual(hosts.last(self.host, user), b"+OK 0", way)

    def test_fetchmail_over_tls_killed_in_the_middle_of_a_message(self):
        if hosts.standalone:
            self.skipTest("it has no TLS")
        for name, policy in (("last", ""), ("hide", 'inherit = "foxmail"\n')):
            self.policy("[view]\nhide_fetched = true\n[last]\non_drop = \"delivered\"\n", "foxmail", "profiles")
            self.policy(policy, "delivery.example")
            user = self.user_with("2 MB", domain="delivery.example")
            folder = os.path.join(self.host.base, "fetchmail-" + name)
            client = FetchmailByLastOverTls("127.0.0.1", self.host.port, user, PASSWORD, folder)
            begun = os.path.join(folder, "begun")
            with open(client.mda) as file:
                mda = file.read()
            client.write("mda", f"#!/bin/sh\nhead -c 100000 >/dev/null\n: >'{begun}'\nexec sleep 60\n", 0o700)
            before = self.ended()
            with subprocess.Popen(client.command, env={**os.environ, "HOME": folder}, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, start_new_session=True) as fetchmail:
                self.assertTrue(hosts.eventually(lambda: os.path.exists(begun)))
                os.killpg(fetchmail.pid, signal.SIGKILL)
            self.assertTrue(hosts.eventually(lambda: self.ended() > before))
            client.write("mda", mda, 0o700)
            self.assertTrue(client.poll() == [hosts.message(1, SIZES["2 MB"])], client.output)
            self.assertEqual(client.poll(), [], client.output)


class StackedStreamsTest(hosts.HostTest):
    """What Dovecot and the plugin put above the stream that writes to the network: the words of a
    dialect, and Dovecot's rawlog."""
    dovecot_only = True
    POLICY = '[commands]\nallow = ["LAST", "MANGLE"]\n'
    DIALECT = '[reply]\ndialect = "popper"\n'

    host_options = {"settings": "rawlog_dir = @base@/rawlog\n"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rawlogs = os.path.join(cls.host.base, "rawlog")
        os.mkdir(cls.rawlogs)
        cls.host.give(cls.rawlogs)

    def reads_late(self, policy, command):
        """A user with a client that has read message 2 late, said NOOP, and gone."""
        self.policy(policy)
        user = self.user()
        for number, size in ((1, KB), (2, 12 * MB)):
            hosts.deliver(self.host, user, hosts.message(number, size), number)
        wire = Wire("plain", self.host.port)
        wire.command(b"USER " + user.encode())
        wire.command(b"PASS " + PASSWORD.encode())
        wire.socket.sendall(command + b"\r\n")
        time.sleep(0.3)
        wire.message()
        time.sleep(0.3)
        wire.command(b"NOOP")
        wire.socket.close()
        return user

    def test_a_message_that_is_read_late_has_arrived(self):
        for policy in (self.POLICY, self.POLICY + self.DIALECT):
            for command in (b"RETR 2", b"RETR 2 MANGLE(headers=all)"):
                user = self.reads_late(policy, command)
                self.assertTrue(hosts.eventually(lambda: hosts.last(self.host, user).startswith(b"+OK 2"), 30),
                                (policy, command))
        self.assertGreater(len(os.listdir(self.rawlogs)), 0)


class HangUpTest(hosts.HostTest):
    def test_what_stands_before_the_bad_commands_that_end_a_session_counts(self):
        self.policy('[last]\non_drop = "all"\n')
        user = self.user(4)
        with hosts.Pop3(self.host.port, user) as pop3:
            pop3.send(b"DELE 3\r\n" + b"XYZZY\r\n" * 21)
            self.assertTrue(pop3.rest().endswith(b"-ERR Too many bad commands.\r\n"))
        self.assertEqual(hosts.last(self.host, user), b"+OK 3")


if __name__ == "__main__":
    connections = play_all([Plan(*plan) for plan in json.loads(sys.stdin.readline())])
    print("played", flush=True)
    signal.pause()
