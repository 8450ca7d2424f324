"""pop3_legacy_state: limits that apply to a user on all backends, whose mailboxes are not
shared."""
import os
import re
import signal
import socket
import time

import dicts
import hosts
import test_xmit
from redis_server import WithRedis
from test_policy_dict import PATIENCE

DELAY = "[pace]\nlogin_delay = \"1h\"\nburst = %d\n"
OCTETS = "[pace]\noctets_per_hour = \"3M\"\n"
REFUSAL = rb"^-ERR \[LOGIN-DELAY\] You have logged in too often; wait [0-9]+ (?:seconds|minutes)[.]$"
UNKNOWN = rb"^-ERR \[SYS/TEMP\] "
UNUSABLE = "the dict with the users' states cannot be used: .*; check that it runs, and that the mail user may use it"
NOT_HELD = ("pop3_legacy: pace: the state could not be stored, so this login does not count: " +
            UNUSABLE)


class BackendsTest(test_xmit.XmitTest):
    """Two hosts with the same policy and settings, and nothing else in common."""

    dovecot_only = True
    policy_text = ""

    @classmethod
    def state(cls):
        """The dict, if there is one."""

    @classmethod
    def before_host(cls):
        super().before_host()
        state = cls.state()
        cls.host_options = {**cls.host_options, "settings": state.setting("pop3_legacy_state") if state else ""}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls.host.stop)
        cls.other = hosts.new_host(policies=cls.host.policies, **cls.host_options)
        cls.addClassCleanup(cls.other.stop)
        cls.other.start()

    def user(self, messages=0, domain="example.org"):
        name = super().user(messages, domain)
        self.other.maildir(name)
        for number in range(1, messages + 1):
            hosts.deliver(self.other, name, hosts.message(number), number)
        return name

    def log_in(self, host, user):
        """The reply to PASS, after the session has ended."""
        with hosts.Pop3(host.port, user, login=False) as pop3:
            pop3.command(b"USER " + user.encode())
            reply = pop3.command(b"PASS " + hosts.PASSWORD.encode())
            if reply.startswith(b"+OK"):
                self.assertTrue(pop3.quit().startswith(b"+OK"))
            return reply

    def retrieve(self, host, user):
        with hosts.Pop3(host.port, user) as pop3:
            reply = pop3.multi(b"RETR 1")[0]
            self.assertTrue(pop3.quit().startswith(b"+OK"))
            return reply

    def send(self, host, user):
        """XTND XMIT's reply if it refuses, otherwise the reply to the message."""
        with hosts.Pop3(host.port, user) as pop3:
            reply = pop3.command(b"XTND XMIT")
            if reply.startswith(b"+OK"):
                pop3.send(test_xmit.stuffed(test_xmit.mail(user)))
                reply = pop3.line()
            pop3.quit()
            return reply

    def lines_about(self, host, user, word):
        return [line for line in host.log().splitlines() if f"pop3_legacy: {word}" in line and f"({user})" in line]


class WithoutDictTest(BackendsTest):
    """What the other tests would see if nothing were shared."""

    def test_each_backend_counts_by_itself(self):
        self.policy(test_xmit.ALLOW + "[xmit]\nper_hour = 1\n" + DELAY % 2)
        user = self.user()
        for host in (self.host, self.other):
            self.assertRegex(self.log_in(host, user), rb"^[+]OK")
            self.assertEqual(self.send(host, user), b"+OK Message sent successfully")
            self.assertRegex(self.log_in(host, user), REFUSAL)


class SharedStates:
    """What holds for every dict."""

    def test_a_login_at_one_is_counted_at_the_other(self):
        self.policy(DELAY % 1)
        user, another = self.user(), self.user()
        self.assertRegex(self.log_in(self.host, user), rb"^[+]OK")
        self.assertRegex(self.log_in(self.other, user), REFUSAL)
        self.assertRegex(self.log_in(self.other, another), rb"^[+]OK")
        self.assertRegex(self.log_in(self.host, another), REFUSAL)
        self.assertRegex(self.redis.get(user + "/pop3-legacy/pace"),
                         rb"^dovecot-pop3-legacy pace 1\nlogins [0-9]+\n$")

    def test_a_burst_is_that_of_both(self):
        self.policy(DELAY % 3)
        user = self.user()
        replies = [self.log_in(host, user) for host in (self.host, self.other) * 3]
        self.assertEqual([reply[:3] for reply in replies], [b"+OK"] * 3 + [b"-ER"] * 3, replies)

    def test_octets_of_an_hour_are_those_of_both(self):
        self.policy(OCTETS)
        user = self.user()
        for host in (self.host, self.other):
            hosts.deliver(host, user, hosts.message(1, 2 << 20), 1)
        self.assertRegex(self.retrieve(self.host, user), rb"^[+]OK")
        self.assertRegex(self.retrieve(self.other, user), rb"^-ERR You have retrieved too much in the last hour; ")

    def test_messages_sent_in_an_hour_are_those_of_both(self):
        self.policy(test_xmit.ALLOW + "[xmit]\nper_hour = 2\n")
        user = self.user()
        for host in (self.host, self.other):
            self.assertEqual(self.send(host, user), b"+OK Message sent successfully")
        for host in (self.host, self.other):
            self.assertEqual(self.send(host, user), test_xmit.TOO_MANY)
        self.assertEqual(len(self.sink.messages), 2)

    def test_what_is_about_messages_stays_with_the_mailbox(self):
        self.policy("[view]\nhide_fetched = true\n" + DELAY % 2)
        user = self.user(2)
        self.assertRegex(self.retrieve(self.host, user), rb"^[+]OK")
        with hosts.Pop3(self.other.port, user) as pop3:
            self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
            self.assertRegex(pop3.command(b"STAT"), rb"^[+]OK 2 ")
            pop3.quit()
        names = {os.path.basename(path) for path in self.state_files(user)}
        self.assertEqual(names, {"dovecot-pop3-legacy-last", "dovecot-pop3-legacy-hidden"})
        for name in ("last", "hidden"):
            self.assertIsNone(self.redis.get(f"{user}/pop3-legacy/{name}"))

    def test_a_dict_that_is_down_locks_nobody_out_and_sends_no_mail(self):
        self.policy(test_xmit.ALLOW + DELAY % 1 + "octets_per_hour = \"3M\"\n")
        user = self.user(1)
        self.redis.stop()
        try:
            begun = time.monotonic()
            for _ in range(2):
                before = len(self.lines_about(self.host, user, "pace"))
                pop3 = self.login(user)
                self.assertRegex(pop3.multi(b"RETR 1")[0], rb"^[+]OK")
                self.assertRegex(pop3.command(b"XTND XMIT"), UNKNOWN)
                self.assertRegex(pop3.quit(), rb"^[+]OK")
                self.assertTrue(hosts.eventually(lambda: len(self.lines_about(self.host, user, "pace")) > before))
                lines = self.lines_about(self.host, user, "pace")[before:]
                self.assertEqual(len(lines), 1, lines)
                self.assertRegex(lines[0], NOT_HELD)
            self.assertRegex(self.lines_about(self.host, user, "XTND XMIT")[0], UNUSABLE)
            self.assertLess(time.monotonic() - begun, 2 * PATIENCE)
        finally:
            self.redis.start()
        self.assertEqual(self.sink.messages, [])
        self.assertRegex(self.log_in(self.host, user), rb"^[+]OK")
        self.assertRegex(self.log_in(self.other, user), REFUSAL)


class RedisTest(SharedStates, WithRedis, BackendsTest):
    @classmethod
    def state(cls):
        return dicts.redis(cls.redis.port)


class RedisThroughDictServerTest(RedisTest):
    @classmethod
    def state(cls):
        return dicts.redis_through_server("states", cls.redis.port)


class ManyClientsTest(RedisTest):
    """One pop3 process for all sessions: each waits for the dict while the others are open and have
    unread output."""

    host_options = {"clients": 20}
    # By domain: the logins of a burst, and how many messages of SIZE an hour allows.
    limits = {"one.example": (2, 3), "two.example": (3, 2)}
    SIZE = 900_000

    def setUp(self):
        super().setUp()
        for domain, (burst, messages) in self.limits.items():
            self.policy(DELAY % burst + f"octets_per_hour = \"{messages}M\"\n", domain)

    def users_of_both(self, count):
        users = [self.user(domain=domain) for _ in range(count) for domain in self.limits]
        for user in users:
            hosts.deliver(self.host, user, hosts.message(1, self.SIZE), 1)
        return users

    def limits_of(self, user):
        return self.limits[user.split("@")[1]]

    def log_in_at_once(self, users):
        """Sessions and their replies to PASS; all have sent it before a reply is read."""
        sessions = [hosts.Pop3(self.host.port, user, login=False) for user in users]
        for user, pop3 in zip(users, sessions):
            self.addCleanup(pop3.close)
            pop3.command(b"USER " + user.encode())
        for pop3 in sessions:
            pop3.send(b"PASS " + hosts.PASSWORD.encode() + b"\r\n")
        return [(user, pop3, pop3.line()) for user, pop3 in zip(users, sessions)]

    def retrieve_at_once(self, sessions):
        """The replies' first lines; all sessions have asked before a message is read."""
        for pop3 in sessions:
            pop3.send(b"RETR 1\r\n")
        replies = [pop3.line() for pop3 in sessions]
        self.take_messages(pop3 for pop3, reply in zip(sessions, replies) if reply.startswith(b"+OK"))
        return replies

    def take_messages(self, sessions):
        for pop3 in sessions:
            self.assertGreater(len(b"\r\n".join(pop3.lines())), self.SIZE)
            # Output that has left is counted when the next command arrives.
            self.assertRegex(pop3.command(b"NOOP"), rb"^[+]OK")

    def check_limits(self, sessions, first=0):
        """sessions: of each user, taking turns. first: how many messages were retrieved before."""
        for turn in range(first, 4):
            replies = self.retrieve_at_once([taking[turn % len(taking)] for taking in sessions.values()])
            for user, reply in zip(sessions, replies):
                self.assertRegex(reply, rb"^[+]OK" if turn < self.limits_of(user)[1] else rb"^-ERR You have ")

    def process(self, users):
        """The one process that has the mailboxes of all these users open."""
        found = [hosts.processes_of(self.host, user) for user in users]
        self.assertEqual(found, [found[0][:1]] * len(users))
        return found[0][0]

    def check_counting(self, users):
        """For users without stored state: each has his own limits, with all at once. Returns the
        process."""
        logins = [user for user in users for _ in range(self.limits_of(user)[0] + 1)]
        sessions = {user: [] for user in users}
        for user, pop3, reply in self.log_in_at_once(logins):
            if reply.startswith(b"+OK"):
                sessions[user].append(pop3)
            else:
                self.assertRegex(reply, REFUSAL)
        for user in users:
            self.assertEqual(len(sessions[user]), self.limits_of(user)[0], user)
            self.assertRegex(self.log_in(self.other, user), REFUSAL)
        self.check_limits(sessions)
        process = self.process(users)
        for user in users:
            size = int(sessions[user][0].command(b"LIST 1").split()[2])
            sent = len(b"+OK %d octets\r\n" % size) + size
            state = self.redis.get(user + "/pop3-legacy/pace")
            self.assertEqual(sum(map(int, re.findall(rb"(?m)^octets [0-9]+ ([0-9]+)$", state))),
                             self.limits_of(user)[1] * sent, state)
        for pop3 in sum(sessions.values(), []):
            self.assertRegex(pop3.quit(), rb"^[+]OK")
        return process

    def test_sessions_at_once_are_counted_each_for_its_user(self):
        begun = time.monotonic()
        process = self.check_counting(self.users_of_both(2))
        self.assertEqual(self.check_counting(self.users_of_both(2)), process)
        self.assertLess(time.monotonic() - begun, PATIENCE)

    def check_gone_meanwhile(self, users, stop, start, seconds):
        """stop() and start() the Redis while messages are being sent: nobody is locked out, each
        session continues with what it knows itself and says so once, and what begins afterwards is
        counted in the same process."""
        opened = self.log_in_at_once(users)
        sessions = [pop3 for _, pop3, _ in opened]
        self.assertEqual({reply[:3] for _, _, reply in opened}, {b"+OK"}, opened)
        for pop3 in sessions:
            self.assertRegex(pop3.command(b"RETR 1"), rb"^[+]OK")
        process = self.process(users)
        stop()
        try:
            begun = time.monotonic()
            self.take_messages(sessions)
            self.check_limits({user: [pop3] for user, pop3, _ in opened}, 1)
            self.assertLess(time.monotonic() - begun, seconds)
            for user in users:
                word = "pace: the state"
                self.assertTrue(hosts.eventually(lambda: self.lines_about(self.host, user, word)), self.host.log())
                line, = self.lines_about(self.host, user, word)
                self.assertRegex(line, "pace: the state (cannot be read|could not be stored).*: " + UNUSABLE)
            for user, _, reply in self.log_in_at_once(users):
                self.assertRegex(reply, rb"^[+]OK", user)
        finally:
            start()
        self.assertEqual(self.check_counting(self.users_of_both(1)), process)
        for pop3 in sessions:
            self.assertEqual(pop3.command(b"STAT")[:6], b"+OK 1 ")
            self.assertRegex(pop3.quit(), rb"^[+]OK")
        self.assertNotRegex(self.host.log(), r"Panic|Fatal|leak|signal")

    def test_a_redis_that_is_down_meanwhile(self):
        self.check_gone_meanwhile(self.users_of_both(2), self.redis.stop, self.redis.start, PATIENCE)

    def test_a_redis_that_is_silent_meanwhile(self):
        """Each session waits for its own answer, and the others with it."""
        pid = self.redis.process.pid
        self.check_gone_meanwhile(self.users_of_both(1), lambda: os.kill(pid, signal.SIGSTOP),
                                  lambda: os.kill(pid, signal.SIGCONT), 2 * PATIENCE)


class ManyClientsThroughDictServerTest(ManyClientsTest):
    @classmethod
    def state(cls):
        return dicts.redis_through_server("states", cls.redis.port)


class SqliteTest(BackendsTest):
    """Through Dovecot's dict server: a row is inserted and then updated."""

    @classmethod
    def before_host(cls):
        cls.table = dicts.Sqlite(os.path.join(hosts.scratch, "states"), "states", "priv/pop3-legacy", "states",
                                 "state", "user")
        cls.host_options = {"more_folders": [cls.table.folder]}
        super().before_host()

    @classmethod
    def state(cls):
        return cls.table

    def test_logins_and_messages_are_counted_over_both(self):
        self.policy(test_xmit.ALLOW + "[xmit]\nper_hour = 2\n" + DELAY % 4)
        user = self.user()
        for host in (self.host, self.other):
            self.assertEqual(self.send(host, user), b"+OK Message sent successfully")
        for host in (self.host, self.other):
            self.assertEqual(self.send(host, user), test_xmit.TOO_MANY)
        self.assertRegex(self.log_in(self.host, user), REFUSAL)
        rows = self.table.execute("SELECT user, name, state FROM states ORDER BY name")
        self.assertEqual([row[:2] for row in rows], [(user, "pace"), (user, "xmit")])
        self.assertEqual(len(re.findall(r"(?m)^[0-9]+ [0-9a-f]{64} sent$", rows[1][2])), 2)


class FailingDictTest(hosts.HostTest):
    """In place of Redis and of the dict server: a server that answers nothing, or nothing more when
    it is to store."""

    dovecot_only = True

    def check(self, where, listener, answers, folders=()):
        host = hosts.new_host(settings=where.setting("pop3_legacy_state"), more_folders=folders)
        server = dicts.FailingServer(listener, None)
        self.addCleanup(server.close)
        with host:
            with open(os.path.join(host.policies, "default.toml"), "w") as file:
                file.write(DELAY % 1 + "octets_per_hour = \"3M\"\n")
            for number, (answer, reason) in enumerate(answers):
                with self.subTest(reason):
                    user = f"user{number}@example.org"
                    host.maildir(user)
                    hosts.deliver(host, user, hosts.message(1), 1)
                    server.answer = answer
                    begun = time.monotonic()
                    with hosts.Pop3(host.port, user) as pop3:
                        self.assertRegex(pop3.multi(b"RETR 1")[0], rb"^[+]OK")
                        self.assertRegex(pop3.quit(), rb"^[+]OK")
                    self.assertLess(time.monotonic() - begun, PATIENCE)
                    self.assertTrue(hosts.eventually(lambda: re.search(
                        rf"\({user}\).*{NOT_HELD}".replace(".*;", f".*{reason}.*;"), host.log())), host.log())
            self.assertNotRegex(host.log(), r"Panic|Fatal|leak|signal")

    def test_redis(self):
        def found_nothing(then):
            return lambda octets: b"$-1\r\n" if b"GET" in octets else then

        listener = dicts.tcp_listener()
        self.check(dicts.redis(listener.getsockname()[1]), listener,
                   [(lambda _: b"", "redis: "), (found_nothing(b""), ""), (found_nothing(b"!rubbish\r\n"), "redis: "),
                    (found_nothing(b"-OOM command not allowed\r\n"), "OOM")])

    def test_the_dict_server(self):
        def found_nothing(then):
            return lambda octets: b"N\n" if re.search(rb"(?m)^L", octets) else then

        folder = os.path.join(hosts.scratch, "failing-states")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "dict")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        os.chmod(path, 0o666)
        self.check(dicts.proxy_to(path, "states"), listener,
                   [(lambda _: b"", "no answer within 5 seconds"), (found_nothing(b""), "no answer within 5 seconds"),
                    (found_nothing(b"F1\tdisk full\n"), "disk full")], [folder])


class WrongSettingTest(hosts.HostTest):
    """A URI that is not a dict; Dovecot 2.4 has no such setting."""

    dovecot_only = True

    def test_is_said_and_locks_nobody_out(self):
        where = dicts.Dict("nosuch:x", "nosuch", ["redis_host = 127.0.0.1"])
        with hosts.new_host(settings=where.setting("pop3_legacy_state")) as host:
            with open(os.path.join(host.policies, "default.toml"), "w") as file:
                file.write(DELAY % 1)
            host.maildir("user@example.org")
            for _ in range(2):
                with hosts.Pop3(host.port, "user@example.org") as pop3:
                    pop3.quit()
            self.assertTrue(hosts.eventually(lambda: re.search(
                NOT_HELD.replace(".*;", "Unknown dict module: nosuch;"), host.log())), host.log())
