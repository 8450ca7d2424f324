"""Several users with the same INBOX, each with a client of his own."""
import os

import hosts
from private_host import MAIL_UID

READERS = ("anna@example.org", "bert@example.org", "clara.oneil-pop3@example.org")
OWNER = "info@example.org"


class SharedInboxTest(hosts.HostTest):
    @staticmethod
    def users(homes):
        for name in READERS:
            yield f"{name}:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/{OWNER}::"

    @classmethod
    def setUpClass(cls):
        cls.host_options = {"shared": OWNER} if hosts.standalone else {
            "users": cls.users, "settings": "auth_username_chars =\n"}
        cls.readers = READERS[:2] if hosts.standalone else READERS
        super().setUpClass()

    def setUp(self):
        self.host.maildir(OWNER)
        for number in (1, 2, 3):
            hosts.deliver(self.host, OWNER, hosts.message(number), number)

    def fetch(self, reader):
        """Fetches everything; returns how many messages."""
        with hosts.Pop3(self.host.port, reader) as pop3:
            count = int(pop3.command(b"STAT").split()[1])
            for number in range(1, count + 1):
                self.assertTrue(pop3.multi(b"RETR %d" % number)[0].startswith(b"+OK"))
            self.assertTrue(pop3.quit().startswith(b"+OK"))
        return count

    def names(self):
        return sorted(os.path.basename(path)[len("dovecot-pop3-legacy-"):] for path in self.all_state_files(OWNER))

    def test_each_user_fetches_every_message(self):
        self.policy('[inbox]\nshared = true\n[view]\nhide_fetched = true\n')
        for count in (3, 0):
            for reader in self.readers:
                self.assertEqual(self.fetch(reader), count, reader)
        self.assertIn("hidden-of-anna@example%2Eorg", self.names())
        hosts.deliver(self.host, OWNER, hosts.message(4), 4)
        for reader in self.readers:
            self.assertEqual(self.fetch(reader), 1)

    def test_each_user_has_a_last_of_his_own(self):
        self.policy('[inbox]\nshared = true\n')
        with hosts.Pop3(self.host.port, self.readers[0]) as pop3:
            pop3.multi(b"RETR 3")
            pop3.quit()
        self.assertEqual(hosts.last(self.host, self.readers[0]), b"+OK 3")

    def test_each_user_has_a_pace_of_his_own(self):
        self.policy('[inbox]\nshared = true\n[pace]\nlogin_delay = "1h"\nburst = 1\n')
        for reader in self.readers:
            hosts.last(self.host, reader)
        with hosts.Pop3(self.host.port, self.readers[1], login=False) as pop3:
            pop3.command(b"USER " + self.readers[1].encode())
            self.assertTrue(pop3.command(b"PASS secret").startswith(b"-ERR [LOGIN-DELAY]"))

    def test_what_one_hides_the_other_sees(self):
        self.policy('[inbox]\nshared = true\n[delete]\nmode = "hide"\n')
        with hosts.Pop3(self.host.port, self.readers[0]) as pop3:
            pop3.command(b"DELE 1")
            self.assertTrue(pop3.quit().startswith(b"+OK"))
        for reader, count in zip(self.readers, (2, 3, 3)):
            with hosts.Pop3(self.host.port, reader) as pop3:
                self.assertEqual(int(pop3.command(b"STAT").split()[1]), count)

    def test_ids_are_the_messages(self):
        self.policy('[inbox]\nshared = true\n[uidl]\nscheme = "template"\ntemplate = "t{uid}"\n')
        self.assertEqual({tuple(hosts.uidl(self.host, reader)[1]) for reader in self.readers},
                         {(b"1 t1", b"2 t2", b"3 t3")})
        self.assertEqual([name for name in self.names() if name.startswith("uidl")], ["uidl"])

    def test_where_they_share_it_the_log_tells_the_second_one(self):
        self.policy('[view]\nhide_fetched = true\n')
        self.assertEqual(self.fetch(self.readers[0]), 3)
        told = r'anna@example\.org.*inbox\.shared = true'
        self.assertNotRegex(self.host.log(), told)
        self.assertEqual(self.fetch(self.readers[1]), 0)
        self.assert_logged(told)
        self.assertIn("hidden", self.names())

    def test_the_one_user_of_a_mailbox_is_told_nothing(self):
        self.policy('[view]\nhide_fetched = true\n')
        user = self.readers[0]
        before = self.host.log().count("inbox.shared")
        self.fetch(user)
        hosts.deliver(self.host, OWNER, hosts.message(4), 4)
        self.assertEqual(self.fetch(user), 1)
        self.assertEqual(self.host.log().count("inbox.shared"), before)
        self.assertEqual([name for name in self.names() if "-of-" in name], [])


class PublicInboxTest(hosts.HostTest):
    """The INBOX is in a namespace that belongs to nobody: states are kept by user without being
    told."""
    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        if hosts.host_name == "dovecot-2.4":
            location = "mail_driver = maildir\n  mail_path = @base@/homes/public/Maildir"
        else:
            location = "location = maildir:@base@/homes/public/Maildir"
        cls.host_options = {"settings": f"namespace inbox {{\n  type = public\n  inbox = yes\n  separator = /\n"
                                        f"  {location}\n}}\n"}
        super().setUpClass()

    def test_each_user_fetches_every_message(self):
        self.policy('[view]\nhide_fetched = true\n')
        self.host.maildir("public")
        for number in (1, 2):
            hosts.deliver(self.host, "public", hosts.message(number), number)
        for count in (2, 0):
            for user in ("a@example.org", "b@example.org"):
                os.makedirs(os.path.join(self.host.homes, user), exist_ok=True)
                self.host.give(os.path.join(self.host.homes, user))
                with hosts.Pop3(self.host.port, user) as pop3:
                    answer = pop3.command(b"STAT")
                    self.assertEqual(answer.split(b" ")[1:2], [b"%d" % count], (user, answer, self.host.log()))
                    for number in range(1, count + 1):
                        pop3.multi(b"RETR %d" % number)
                    self.assertTrue(pop3.quit().startswith(b"+OK"))
