"""conf.d/high-traffic-2.x.conf as it is shipped: processes that stay serve one user after another, and several
at the same time. No session has anything of another one's, and nothing piles up."""
import os
import re
import threading

import hosts
from dicts import typed_settings

CONF_D = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", "conf.d"))
POLICIES = {
    "denied.example": '[commands]\ndeny = ["TOP"]\n[uidl]\nscheme = "template"\ntemplate = "denied-{uid}"\n',
    "dialect.example": '[reply]\ndialect = "qpopper"\n[last]\nwording = "mh"\n[uidl]\nscheme = "cyrus-uidonly"\n',
    "without.example": '[commands]\nallow = []\ndeny = ["DELE"]\n[uidl]\nscheme = "qmail"\n',
    "none.example": "",
}
USERS = 3
SESSIONS = 30  # of each user: 360
REFUSED = b"-ERR %s is disabled for this mailbox."


def high_traffic(more=""):
    """Options for a host with the shipped file. more: settings after it."""
    file = os.path.join(CONF_D, f"high-traffic-{'2.4' if typed_settings() else '2.3'}.conf")
    return {"settings": f"!include {file}\n{more}", "more_folders": (CONF_D,)}


def own_memory(pid):
    """Octets that only this process has: its RssAnon."""
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"RssAnon:\s*([0-9]+) kB", status.read())[1]) * 1024


class HighTraffic:
    dovecot_only = True
    log_problems = r"Panic:|Fatal:|Error:|Warning: (?!Killed)"
    more_settings = ""

    @classmethod
    def before_host(cls):
        cls.host_options = high_traffic(cls.more_settings)
        super().before_host()

    def setUp(self):
        self.users_of = {}
        for domain, policy in POLICIES.items():
            self.policy(policy, domain)
            self.users_of[domain] = [self.user(SESSIONS, domain) for _ in range(USERS)]

    def one_session(self, domain, user, number):
        """The user's session of this number: retrieves the message of this number, and checks whatever tells
        one policy or one user from another."""
        with hosts.Pop3(self.host.port, user) as pop3:
            has_last = domain != "without.example"
            last = b"+OK %d is the last msg seen" if domain == "dialect.example" else b"+OK %d"
            if has_last:
                self.assertEqual(pop3.command(b"LAST"), last % (number - 1))
            else:
                self.assertRegex(pop3.command(b"LAST"), b"^-ERR (Unknown|LAST command not)")
            self.assertEqual(pop3.command(b"DELE 1") == REFUSED % b"DELE", domain == "without.example")
            rset = b"+OK Maildrop has %d messages (" % SESSIONS if domain == "dialect.example" else b"+OK"
            self.assertTrue(pop3.command(b"RSET").startswith(rset))
            text = pop3.multi(b"RETR %d" % number)[1]
            self.assertEqual(text[-2:], [b"Body of message %d." % number, b"..a dot"])
            if has_last:
                self.assertEqual(pop3.command(b"LAST"), last % number)
            answer, ids = pop3.multi(b"UIDL")
            self.assertEqual(len(ids), SESSIONS, answer)
            expected = {"denied.example": b"%d denied-%d" % (number, number),
                        "dialect.example": b"%d %d" % (number, number),
                        "without.example": b"%d %d.M%dP1.test" % (number, 1600000000 + number, number)}
            self.assertEqual(ids[number - 1], expected.get(domain, ids[number - 1]))
            # Ids never change, and a user's own ids are all that is told.
            self.assertEqual(self.ids.setdefault(user, ids), ids)
            self.assertEqual(pop3.multi(b"TOP 1 0")[0] == REFUSED % b"TOP", domain == "denied.example")
            if number % 3:
                self.assertTrue(pop3.quit().startswith(b"+OK"))
            else:
                pop3.command(b"NOOP")
                pop3.reset()
                self.wait_for_drops(user, number // 3)

    def wait_for_drops(self, user, count):
        ended = f"pop3\\({re.escape(user)}\\)<.*Disconnected: (Connection|Read)"
        self.assertTrue(hosts.eventually(lambda: len(re.findall(ended, self.host.log())) >= count), self.host.log())

    def sessions(self, numbers):
        """Plays these sessions of all users: those of one user one after another, with others at the same time."""
        problems = []

        def play(index):
            try:
                for number in numbers:
                    for domain, users in self.users_of.items():
                        self.one_session(domain, users[index], number)
            except BaseException as problem:  # from a thread: reported below
                problems.append(problem)

        threads = [threading.Thread(target=play, args=(index,)) for index in range(USERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if problems:
            raise problems[0]

    def processes(self):
        """The processes that have served these users' sessions, one for each session."""
        users = {user for users in self.users_of.values() for user in users}
        return [int(pid) for user, pid in re.findall(r"user=<(.*?)>.* mpid=([0-9]+)", self.host.log())
                if user in users]


class ManyProcessesTest(HighTraffic, hosts.HostTest):
    def test_processes_are_used_again_and_sessions_are_apart(self):
        self.ids = {}
        self.sessions(range(1, SESSIONS + 1))
        served = self.processes()
        self.assertEqual(len(served), len(POLICIES) * USERS * SESSIONS)
        self.assertLess(len(set(served)), len(served) / 20)


class OneProcessTest(HighTraffic, hosts.HostTest):
    more_settings = "service pop3 {\n  process_min_avail = 1\n  process_limit = 1\n}\n"

    def test_a_process_does_not_grow(self):
        """By no more than without the plugin: Dovecot 2.4.1 keeps 1.4 KB of each session."""
        self.ids = {}
        warm = SESSIONS // 3
        self.sessions(range(1, warm + 1))
        [pid] = set(self.processes())
        before, descriptors = own_memory(pid), len(hosts.open_paths(pid))
        self.sessions(range(warm + 1, SESSIONS + 1))
        self.assertEqual(set(self.processes()), {pid})
        grown = own_memory(pid) - before
        dovecots = self.growth_without_plugin(len(POLICIES) * USERS, SESSIONS - warm)
        self.assertLess(grown - dovecots, 128 * 1024, (grown, dovecots))
        self.assertTrue(hosts.eventually(lambda: len(hosts.open_paths(pid)) <= descriptors), hosts.open_paths(pid))

    def growth_without_plugin(self, sessions, times):
        with hosts.new_host(plugin=False, **self.host_options) as host:
            user = "user@example.org"
            host.maildir(user)
            hosts.deliver(host, user, hosts.message(1), 1)

            def play(count):
                for _ in range(count):
                    hosts.uidl(host, user)
                with hosts.Pop3(host.port, user) as pop3:
                    pop3.command(b"NOOP")
                    [pid] = hosts.processes_of(host, user)
                    pop3.quit()
                return own_memory(pid)

            before = play(sessions)
            return play(sessions * times) - before
