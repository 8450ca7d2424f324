"""Policies of domains and users, and broken policies."""
import os
import re
import threading

import hosts
from private_host import MAIL_UID

UNAVAILABLE = b"-ERR [SYS/TEMP] %s is unavailable: the server's policy cannot be read."


class PolicyTest(hosts.HostTest):
    dovecot_only = True
    @staticmethod
    def users_with_profiles(homes):
        for name, profile in (("profiled@example.org", "nolast"), ("lost@example.org", "nosuch")):
            yield (f"{name}:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/{name}::"
                   f"userdb_pop3_legacy_profile={profile}")

    host_options = {"users": users_with_profiles.__func__}

    def test_two_policies_at_the_same_moment(self):
        self.policy('[commands]\nallow = ["LAST", "HELP"]\n', "with.example")
        self.policy('[commands]\nallow = ["HELP"]\n', "without.example")
        with_last = self.login(self.user(2, "with.example"))
        without = self.login(self.user(2, "without.example"))
        for _ in range(3):
            self.assertEqual(with_last.command(b"LAST"), b"+OK 0")
            self.assertTrue(without.command(b"LAST").startswith(b"-ERR"))
            self.assertIn(b"X-LAST", with_last.multi(b"CAPA")[1])
            self.assertNotIn(b"X-LAST", without.multi(b"CAPA")[1])
            self.assertIn(b"X-HELP", without.multi(b"CAPA")[1])

    def test_parallel_sessions_of_two_domains(self):
        self.policy('[last]\nwording = "popper"\n', "one.example")
        self.policy('[last]\nwording = "mh"\n', "two.example")
        expected = {"one.example": b"+OK 0 is the last message seen.", "two.example": b"+OK 0 is the last msg seen"}
        users = [self.user(1, domain) for domain in expected for _ in range(4)]
        wrong = []

        def run(user):
            for _ in range(10):
                answer = hosts.last(self.host, user)
                if answer != expected[user.split("@")[1]]:
                    wrong.append((user, answer))

        threads = [threading.Thread(target=run, args=(user,)) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(wrong, [])

    def test_a_userdb_field_picks_the_profile(self):
        self.policy("[commands]\nallow = []\n", "nolast", kind="profiles")
        self.host.maildir("profiled@example.org")
        self.assertTrue(self.login("profiled@example.org").command(b"LAST").startswith(b"-ERR"))
        self.assertEqual(self.login(self.user(1)).command(b"LAST"), b"+OK 0")

    def test_a_profile_that_is_missing_is_said_and_opens_nothing(self):
        self.host.maildir("lost@example.org")
        hosts.deliver(self.host, "lost@example.org", hosts.message(1), 1)
        self.assertEqual(self.login("lost@example.org").command(b"DELE 1"), UNAVAILABLE % b"DELE")
        self.assert_logged("nosuch")

    def test_a_policy_change_holds_from_the_next_login(self):
        user = self.user(1, "change.example")
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")
        self.policy('[last]\nwording = "qpopper"\n', "change.example")
        self.assertEqual(hosts.last(self.host, user), b"+OK 0 is the last read message.")

    def check_broken(self, domain, path, reason):
        """The domain's policy cannot be used: nothing is opened, nothing is lost, and the log names
        the file."""
        good = self.user(3, domain)
        before = self.uidl_without_policy(good)
        pop3 = self.login(good)
        for command, name in ((b"LAST", b"LAST"), (b"HELP", b"HELP"), (b"DELE 1", b"DELE"), (b"dele 1", b"DELE"),
                              (b"RETR 1", b"RETR"), (b"UIDL", b"UIDL")):
            self.assertEqual(pop3.command(command), UNAVAILABLE % name)
        self.assertEqual(pop3.command(b"NOOP"), b"+OK")
        self.assertTrue(pop3.multi(b"CAPA")[0].startswith(b"+OK"))
        self.assertTrue(pop3.quit().startswith(b"+OK"))
        self.assert_logged("pop3_legacy: policy.*" + re.escape(path))
        lines = [line for line in self.host.log().splitlines() if "pop3_legacy: policy" in line and path in line]
        self.assertRegex(lines[-1], reason)
        self.assertEqual(sum(good in line for line in lines), 1, "said once a session")
        return good, before

    def uidl_without_policy(self, user):
        """The user's ids while the policy is in order."""
        domain = user.split("@")[1]
        path = os.path.join(self.host.policies, "domains", domain + ".toml")
        os.rename(path, path + ".away")
        try:
            return hosts.uidl(self.host, user)
        finally:
            os.rename(path + ".away", path)

    def check_repaired(self, user, before, path):
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        else:
            os.unlink(path)
        self.assertEqual(hosts.uidl(self.host, user), before)
        self.assertEqual(len(before[1]), 3)
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")

    def test_a_policy_that_does_not_parse(self):
        path = self.policy('[last]\nsemantics = "rfc1225\n', "broken.example")
        user, before = self.check_broken("broken.example", path, r"broken\.example\.toml:2:\d+: ")
        self.check_repaired(user, before, path)

    def test_a_policy_with_an_unknown_word_keeps_what_it_denies(self):
        path = self.policy('[commands]\ndeny = ["DELE"]\n[last]\nsemantics = "rfc1226"\n', "word.example")
        pop3 = self.login(self.user(1, "word.example"))
        self.assertEqual(pop3.command(b"LAST"), UNAVAILABLE % b"LAST")
        self.assertEqual(pop3.command(b"DELE 1"), b"-ERR DELE is disabled for this mailbox.")
        self.assertTrue(pop3.multi(b"RETR 1")[0].startswith(b"+OK"))
        self.assert_logged(re.escape(path) + r':4:\d+: .*rfc1226.*rfc1225')

    def test_a_policy_that_may_not_be_read(self):
        path = self.policy("", "secret.example")
        os.chmod(path, 0)
        user, before = self.check_broken("secret.example", path, "Permission denied")
        self.check_repaired(user, before, path)

    def test_a_policy_that_is_a_folder(self):
        path = os.path.join(self.host.policies, "domains", "folder.example.toml")
        os.mkdir(path)
        user, before = self.check_broken("folder.example", path, "(?i)director|folder|regular file")
        self.check_repaired(user, before, path)

    def test_a_policy_that_is_a_symbolic_link_loop(self):
        path = os.path.join(self.host.policies, "domains", "loop.example.toml")
        os.symlink("loop.example.toml", path)
        user, before = self.check_broken("loop.example", path, "(?i)symbolic link")
        self.check_repaired(user, before, path)

    def test_a_policy_that_is_a_fifo_does_not_hold_up_the_login(self):
        path = os.path.join(self.host.policies, "domains", "fifo.example.toml")
        os.mkfifo(path, 0o644)
        user, before = self.check_broken("fifo.example", path, "(?i)regular file")
        self.check_repaired(user, before, path)

    def test_a_policy_that_is_too_big(self):
        path = self.policy("#" * 10_000_000, "big.example")
        user, before = self.check_broken("big.example", path, "(?i)octets|large|big")
        self.check_repaired(user, before, path)


class MissingFolderTest(hosts.HostTest):
    dovecot_only = True

    def test_a_configured_folder_that_is_not_there_opens_nothing(self):
        os.rename(self.host.policies, self.host.policies + ".away")
        try:
            pop3 = self.login(self.user(1))
            self.assertEqual(pop3.command(b"DELE 1"), UNAVAILABLE % b"DELE")
            self.assertEqual(pop3.command(b"LAST"), UNAVAILABLE % b"LAST")
            self.assert_logged(re.escape(self.host.policies))
        finally:
            os.rename(self.host.policies + ".away", self.host.policies)


class RelativePathTest(hosts.HostTest):
    """A value that cannot be a folder's path: nothing is opened."""

    dovecot_only = True

    host_options = {"policy_setting": "policies/here"}

    def test_is_said_and_opens_nothing(self):
        self.assertEqual(self.login(self.user(1)).command(b"DELE 1"), UNAVAILABLE % b"DELE")
        self.assert_logged("pop3_legacy_policy = policies/here: the path of the policy folder must begin with /")
