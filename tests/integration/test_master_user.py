"""A master user looks into a mailbox (owner*master): nothing that the plugin keeps shows it."""
import os

import hosts


class MasterUserTest(hosts.HostTest):
    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        if hosts.standalone:
            super().setUpClass()
        typed = hosts.host_name == "dovecot-2.4"
        passdb = ("passdb masters {\n  driver = static\n  passdb_static_password = secret\n  master = yes\n}\n" if typed else
                  "passdb {\n  driver = static\n  args = password=secret\n  master = yes\n}\n")
        cls.host_options = {"settings": "auth_master_user_separator = *\n" + passdb, **cls.more_options}
        super().setUpClass()

    more_options = {"sendmail_path": "sendmail"}

    def master(self, user):
        return self.login(user + "*admin")

    def ends(self, pop3):
        self.assertTrue(pop3.quit().startswith(b"+OK"))

    def seen(self, user):
        folder = os.path.join(self.host.homes, user, "Maildir", "cur")
        return [name for name in os.listdir(folder) if "S" in name.partition(":2,")[2]]

    def test_last_is_not_kept(self):
        user = self.user(3)
        pop3 = self.master(user)
        self.assertTrue(pop3.multi(b"RETR 2")[0].startswith(b"+OK"))
        self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
        self.ends(pop3)
        self.assertEqual(self.state_files(user), [])
        self.assertEqual(self.seen(user), [], "where LAST is not known yet, it starts at \\Seen")
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")
        with hosts.Pop3(self.host.port, user) as own:
            own.multi(b"RETR 1")
            own.quit()
        pop3 = self.master(user)
        self.assertEqual(pop3.command(b"LAST"), b"+OK 1", "the owner's")
        pop3.multi(b"RETR 3")
        self.ends(pop3)
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")
        self.assert_logged(r"Info: pop3_legacy: the master user admin .*no trace")

    def test_nothing_is_hidden_as_fetched(self):
        self.policy("[view]\nhide_fetched = true\n", "fetched.example")
        user = self.user(2, "fetched.example")
        with hosts.Pop3(self.host.port, user) as own:
            own.multi(b"RETR 1")
            own.quit()
        before = {path: open(path).read() for path in self.state_files(user)}
        pop3 = self.master(user)
        self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 1 "), "as the owner sees it")
        pop3.multi(b"RETR 1")
        self.ends(pop3)
        self.assertEqual({path: open(path).read() for path in self.state_files(user)}, before)
        with hosts.Pop3(self.host.port, user) as own:
            self.assertTrue(own.command(b"STAT").startswith(b"+OK 1 "))

    def test_dele_that_would_leave_a_mark_is_refused(self):
        for mode in ('mode = "hide"', 'mode = "keep-days"\ndays = 1'):
            with self.subTest(mode):
                self.policy(f"[delete]\n{mode}\n", "hide.example")
                user = self.user(2, "hide.example")
                pop3 = self.master(user)
                self.assertEqual(pop3.command(b"DELE 1"), b"-ERR Mail cannot be deleted here: the server keeps it.")
                self.ends(pop3)
                self.assertEqual(self.state_files(user), [])
                with hosts.Pop3(self.host.port, user) as own:
                    self.assertTrue(own.command(b"STAT").startswith(b"+OK 2 "))

    def test_dele_that_deletes_does(self):
        user = self.user(2)
        pop3 = self.master(user)
        self.assertTrue(pop3.command(b"DELE 1").startswith(b"+OK"))
        self.ends(pop3)
        with hosts.Pop3(self.host.port, user) as own:
            self.assertTrue(own.command(b"STAT").startswith(b"+OK 1 "))

    def test_the_pace_neither_counts_nor_refuses(self):
        self.policy('[pace]\nlogin_delay = "1h"\nburst = 1\nretr_per_session = 1\noctets_per_hour = "1K"\n',
                    "pace.example")
        user = self.user(3, "pace.example")
        for _ in range(3):
            pop3 = self.master(user)
            for number in (1, 2, 3):
                self.assertTrue(pop3.multi(b"RETR %d" % number)[0].startswith(b"+OK"))
            self.ends(pop3)
        self.assertEqual(self.state_files(user), [])
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")
        with hosts.Pop3(self.host.port, user, login=False) as own:
            own.command(b"USER " + user.encode())
            self.assertTrue(own.command(b"PASS secret").startswith(b"-ERR [LOGIN-DELAY]"))
        self.ends(self.master(user))

    def test_ids_are_shown_and_not_remembered(self):
        self.policy('[uidl]\nscheme = "template"\ntemplate = "wrong-{uid}"\n', "ids.example")
        user = self.user(2, "ids.example")
        pop3 = self.master(user)
        self.assertEqual(pop3.multi(b"UIDL")[1], [b"1 wrong-1", b"2 wrong-2"])
        self.ends(pop3)
        self.assertEqual(self.state_files(user), [])
        # The administrator has noticed the mistake.
        self.policy('[uidl]\nscheme = "template"\ntemplate = "right-{uid}"\n', "ids.example")
        self.assertEqual(hosts.uidl(self.host, user)[1], [b"1 right-1", b"2 right-2"])
        self.assertEqual(self.master(user).multi(b"UIDL")[1], [b"1 right-1", b"2 right-2"])

    def test_nothing_is_sent_in_the_owners_name(self):
        self.policy('[commands]\nallow = ["LAST", "HELP", "XTND XMIT"]\n', "send.example")
        user = self.user(1, "send.example")
        pop3 = self.master(user)
        self.assertEqual(pop3.command(b"XTND XMIT"), b"-ERR XTND XMIT is disabled for this mailbox.")
        self.assertNotIn(b"XTND XMIT", b" ".join(pop3.multi(b"HELP")[1]))
        self.ends(pop3)


class OneProcessTest(MasterUserTest):
    """The same with the owner's sessions in the same process."""
    more_options = {"sendmail_path": "sendmail", "clients": 20}


class MasterFieldTest(hosts.HostTest):
    """A userdb that sets master_user=%u for everybody, so that the owner's ACLs apply: that makes
    nobody a master user."""
    dovecot_only = True

    @staticmethod
    def users(homes):
        yield f"own@example.org:{{PLAIN}}secret:20000:20000::{homes}/own@example.org::userdb_master_user=own@example.org"

    host_options = {"users": users.__func__}

    def test_the_owner_is_no_master(self):
        self.host.maildir("own@example.org")
        hosts.deliver(self.host, "own@example.org", hosts.message(1), 1)
        with hosts.Pop3(self.host.port, "own@example.org") as pop3:
            pop3.multi(b"RETR 1")
            pop3.quit()
        self.assertEqual(hosts.last(self.host, "own@example.org"), b"+OK 1")
