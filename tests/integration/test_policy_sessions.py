"""Ten domains with ten policies on one server, in sessions at the same time and one after another:
no domain's policy shows in another's session."""
import threading

import hosts
from redis_server import WithRedis
from test_policy_dict import redis_options

# What follows LAST's number.
WORDINGS = {"plain": b"", "popper": b" is the last message seen.", "qpopper": b" is the last read message.",
            "mh": b" is the last msg seen"}
DENIED = (b"TOP", b"DELE", b"STAT", b"LIST", b"RETR")
DOMAINS = range(10)
SESSIONS = 3
ROUNDS = 4


def policy_of(number):
    """A policy unlike any other."""
    deny = f'"{DENIED[number % 5].decode()}"'
    return f"""[commands]
allow = ["LAST", "HELP"{', "GURL"' if number % 2 else ""}]
deny = [{deny}]
[last]
wording = "{list(WORDINGS)[number % 4]}"
[help]
style = "{"line" if number % 3 else "long"}"
[capa]
implementation = "policy-{number}"
[gurl]
url = "http://{number}.example/"
[uidl]
scheme = "template"
template = "d{number}-{{uid}}"
"""


class TenPolicies:
    dovecot_only = True

    dovecot_only = True

    def put(self, number):
        self.policy(policy_of(number), f"d{number}.example")

    def check_session(self, number, pop3):
        """Checks everything visible of a policy, once."""
        is_denied = DENIED[number % 5]
        for command in (b"TOP 1 0", b"STAT", b"LIST", b"RETR 1", b"DELE 9"):
            name = command.split()[0]
            first = pop3.command(command) if name in (b"STAT", b"DELE") else pop3.multi(command)[0]
            refusal = b"-ERR %s is disabled for this mailbox." % name
            self.assertEqual(first == refusal, name == is_denied, (number, command, first))
            self.assertEqual(first.startswith(b"+OK"), name not in (is_denied, b"DELE"), (number, command, first))
        self.assertIn(b"IMPLEMENTATION policy-%d" % number, pop3.multi(b"CAPA")[1])
        self.assertEqual(pop3.multi(b"UIDL")[1], [b"1 d%d-1" % number])
        self.assertRegex(pop3.command(b"LAST"), b"^[+]OK [01]%s$" % list(WORDINGS.values())[number % 4])
        url = pop3.command(b"GURL")
        if number % 2:
            self.assertEqual(url, b"+OK http://%d.example/" % number)
        else:
            self.assertTrue(url.startswith(b"-ERR"), (number, url))
        if number % 3:
            self.assertEqual(pop3.command(b"HELP"), b"+OK Normal POP3 commands allowed")
        else:
            self.assertGreater(len(pop3.multi(b"HELP")[1]), 3)

    def in_threads(self, work, count):
        problems = []

        def run(index):
            try:
                work(index)
            except Exception as problem:  # from a thread: reported below
                problems.append(f"{index}: {problem!r}")

        threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        self.assertEqual(problems, [])

    def test_no_policy_shows_in_another_session(self):
        for number in DOMAINS:
            self.put(number)
        users = [(number, self.user(1, f"d{number}.example")) for number in DOMAINS for _ in range(SESSIONS)]
        # At the same time: all are logged in before the first command, and take turns.
        sessions = [(number, self.login(user)) for number, user in users]
        processes = {process for _, user in users for process in hosts.processes_of(self.host, user)}
        self.check_processes(len(processes))
        for _ in range(ROUNDS):
            for number, pop3 in sessions:
                self.check_session(number, pop3)
        # And all at once.
        self.in_threads(lambda index: [self.check_session(*sessions[index]) for _ in range(ROUNDS)], len(sessions))
        for _, pop3 in sessions:
            pop3.quit()

        # One after another in each thread, so that a process that stays sees many domains.
        used = set()

        def visit(index):
            for step in range(2 * len(DOMAINS)):
                number, user = users[(7 * step + index * SESSIONS) % len(users)]
                with hosts.Pop3(self.host.port, user) as pop3:
                    self.check_session(number, pop3)
                    used.update(hosts.processes_of(self.host, user))
                    pop3.quit()

        self.in_threads(visit, 4)
        self.check_visits(len(used), 4 * 2 * len(DOMAINS))


class OneProcessForEachTest(TenPolicies, hosts.HostTest):
    def check_processes(self, count):
        self.assertEqual(count, len(DOMAINS) * SESSIONS)

    def check_visits(self, processes, sessions):
        self.assertGreater(processes, sessions / 2)


class ServiceCountTest(TenPolicies, hosts.HostTest):
    """A process serves many sessions, one at a time."""

    @classmethod
    def setUpClass(cls):
        count = "restart_request_count" if hosts.host_name == "dovecot-2.4" else "service_count"
        cls.host_options = {"settings": f"service pop3 {{\n  {count} = 100\n  client_limit = 1\n}}\n"}
        super().setUpClass()

    def check_processes(self, count):
        self.assertEqual(count, len(DOMAINS) * SESSIONS)

    def check_visits(self, processes, sessions):
        self.assertLess(processes, sessions / 2)


class ClientLimitTest(TenPolicies, hosts.HostTest):
    """One process serves all sessions."""

    host_options = {"clients": 100}

    def check_processes(self, count):
        self.assertEqual(count, 1)

    def check_visits(self, processes, _):
        self.assertEqual(processes, 1)


class ClientLimitAndDictTest(WithRedis, ClientLimitTest):
    dovecot_only = True

    @classmethod
    def before_host(cls):
        super().before_host()
        cls.redis.command("SET", "pop3-legacy/default", "")
        cls.host_options = {**redis_options(cls.redis.port), "clients": 100}

    def put(self, number):
        self.redis.command("SET", f"pop3-legacy/domains/d{number}.example", policy_of(number))
