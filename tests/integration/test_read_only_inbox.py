"""An INBOX that an ACL makes read-only: what cannot be stored is not reported as done."""
import os

import hosts


class ReadOnlyInboxTest(hosts.HostTest):
    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        acl = "acl_driver = vfile\n" if hosts.host_name == "dovecot-2.4" else "plugin {\n  acl = vfile\n}\n"
        cls.host_options = {"dovecots_plugins": ("acl",), "settings": acl}
        super().setUpClass()

    def reader(self, policy, domain):
        self.policy(policy, domain)
        user = self.user(3, domain)
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-acl")
        with open(path, "w") as file:
            file.write("owner lr\n")
        self.host.give(path)
        return user

    def count(self, user):
        with hosts.Pop3(self.host.port, user) as pop3:
            answer = pop3.command(b"STAT").split()[1]
            pop3.close()
        return int(answer)

    def test_dele_under_hide_is_not_called_done(self):
        for name, policy in (("hide", 'mode = "hide"'), ("days", 'mode = "keep-days"\ndays = 3')):
            with self.subTest(name):
                user = self.reader(f"[delete]\n{policy}\n", f"{name}.example")
                pop3 = self.login(user)
                self.assertTrue(pop3.command(b"DELE 1").startswith(b"+OK"))
                self.assertEqual(pop3.command(b"QUIT"), b"-ERR [SYS/TEMP] The deletions could not be stored; nothing was deleted.")
                self.assertEqual(pop3.rest(), b"")
                self.assert_logged(rf"pop3\({user}\).*Error: pop3_legacy: QUIT: what was deleted or fetched cannot be "
                                   "stored.*read-only")
                self.assertEqual(self.count(user), 3)
                self.assertEqual(self.state_files(user), [])

    def test_quit_without_anything_to_keep_succeeds(self):
        user = self.reader('[delete]\nmode = "hide"\n', "nothing.example")
        self.assertTrue(self.login(user).quit().startswith(b"+OK"))

    def test_what_was_fetched_is_shown_again_and_the_log_says_so(self):
        user = self.reader("[view]\nhide_fetched = true\n", "fetched.example")
        pop3 = self.login(user)
        pop3.multi(b"RETR 1")
        self.assertEqual(pop3.command(b"QUIT"), b"-ERR [SYS/TEMP] The deletions could not be stored; nothing was deleted.")
        self.assert_logged("what was deleted or fetched cannot be stored.*read-only")
        self.assertEqual(self.count(user), 3)

    def test_last_is_not_kept_and_the_log_says_so(self):
        user = self.reader("", "last.example")
        with hosts.Pop3(self.host.port, user) as pop3:
            pop3.multi(b"RETR 2")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
            self.assertTrue(pop3.quit().startswith(b"+OK"))
        self.assert_logged(rf"pop3\({user}\).*LAST: the number could not be stored.*read-only")
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")

    def test_ids_are_shown_and_the_log_says_that_they_are_not_remembered(self):
        user = self.reader('[uidl]\nscheme = "template"\ntemplate = "t{uid}"\n', "ids.example")
        for _ in range(2):
            self.assertEqual(hosts.uidl(self.host, user)[1], [b"1 t1", b"2 t2", b"3 t3"])
        self.assert_logged(rf"pop3\({user}\).*Warning: .*pop3_legacy: uidl: .*read-only")

    def test_dele_without_hide_is_dovecots(self):
        user = self.reader("", "stock.example")
        pop3 = self.login(user)
        self.assertTrue(pop3.command(b"DELE 1").startswith(b"+OK"))
        self.assertTrue(pop3.quit().startswith(b"+OK"))
        self.assertEqual(self.count(user), 3)
