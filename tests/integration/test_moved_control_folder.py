"""Dovecot's control folder for an sdbox or mdbox mailbox moves: by an update to 2.4.2, by 2.4.1's
setting for that, or by FULLDIRNAME on 2.3. What the plugin keeps there moves with it."""
import os
import re
import threading
import unittest

import hosts

LEVEL = "dbox-Mails"


class MovedControlFolderTest(hosts.HostTest):
    dovecot_only = True
    driver = "sdbox"

    @classmethod
    def setUpClass(cls):
        if hosts.standalone:
            raise unittest.SkipTest("about Dovecot only")
        cls.host_options = {"settings": cls.setting(False)}
        super().setUpClass()
        cls.moved = False

    @classmethod
    def setting(cls, moved):
        if hosts.host_name == "dovecot-2.4":
            return (f"mail_driver = {cls.driver}\nmail_path = ~/mail\nmail_control_path = ~/control\n"
                    f"mailbox_directory_name_legacy = {'no' if moved else 'yes'}\n")
        return f"mail_location = {cls.driver}:~/mail:CONTROL=~/control" + (f":FULLDIRNAME={LEVEL}\n" if moved else "\n")

    def move(self, moved):
        """The same server with the other layout."""
        path = os.path.join(self.host.base, "dovecot.conf")
        with open(path) as file:
            text = file.read().replace(self.setting(not moved).strip(), self.setting(moved).strip())
        self.assertIn(self.setting(moved).strip(), text)
        with open(path, "w") as file:
            file.write(text)
        self.host.stop()
        self.host.start()

    def setUp(self):
        self.policy('[commands]\nallow = ["LAST", "HELP"]\n[delete]\nmode = "hide"\n'
                    '[uidl]\nscheme = "template"\ntemplate = "old-{uid}"\n')

    def user(self, messages=0, domain="example.org"):
        name = super().user(0, domain)
        for number in range(1, messages + 1):
            saved = self.host.try_doveadm("save", "-u", name, "-m", "INBOX", input=hosts.message(number).decode())
            self.assertEqual(saved.returncode, 0, saved)
        return name

    def states(self, user):
        """State files by folder, relative to the control root."""
        root, found = os.path.join(self.host.homes, user, "control"), {}
        for folder, _, files in os.walk(root):
            names = sorted(name.rpartition("-")[2] for name in files if name.startswith("dovecot-pop3-legacy-"))
            if names:
                found[os.path.relpath(folder, root)] = names
        return found

    def use(self, user):
        """A session that leaves LAST, a hidden message and ids behind."""
        with hosts.Pop3(self.host.port, user) as pop3:
            self.assertEqual(pop3.multi(b"UIDL")[1], [b"1 old-1", b"2 old-2", b"3 old-3"])
            pop3.command(b"DELE 1")
            pop3.multi(b"RETR 2")
            self.assertTrue(pop3.quit().startswith(b"+OK"))

    def check_kept(self, user):
        with hosts.Pop3(self.host.port, user) as pop3:
            self.assertEqual(pop3.multi(b"UIDL")[1], [b"1 old-2", b"2 old-3"])
            self.assertEqual(pop3.command(b"LAST"), b"+OK 1")
            pop3.quit()

    def test_what_was_kept_comes_along_and_the_log_says_so(self):
        user, other = self.user(3), self.user(3)
        for name in (user, other):
            self.use(name)
        old = self.states(user)
        self.assertEqual(len(old), 1, old)
        self.assertNotIn(LEVEL, list(old)[0])
        self.move(True)
        self.addCleanup(self.move, False)
        # The policy does not ask for them: the check at login must find them as well.
        self.policy("[commands]\nallow = []\n")
        with hosts.Pop3(self.host.port, other) as pop3:
            self.assertEqual(pop3.multi(b"UIDL")[1], [b"1 old-2", b"2 old-3"])
            pop3.quit()
        self.setUp()
        self.check_kept(user)
        new = self.states(user)
        folder, = old
        self.assertEqual(new, {f"{folder}/{LEVEL}": old[folder]})
        for state in ("last", "hidden", "uidl"):
            self.assert_logged(rf"pop3\({user}\).*Info: pop3_legacy: the state \"{state}\" .*moved")
        self.check_kept(user)
        # And back again.
        self.move(False)
        self.check_kept(user)
        self.assertEqual(self.states(user), old)
        self.move(True)

    def test_many_sessions_at_once_and_none_misses_it(self):
        users = [self.user(3) for _ in range(3)]
        for user in users:
            self.use(user)
        self.move(True)
        self.addCleanup(self.move, False)
        problems = []

        def visit(user):
            try:
                self.check_kept(user)
            except Exception as problem:  # from a thread: reported below
                problems.append(repr(problem))

        threads = [threading.Thread(target=visit, args=(user,)) for user in users for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(problems, [])
        self.assertNotRegex(self.host.log(), "Error: pop3_legacy")
        for user in users:
            self.assertEqual(len(re.findall(rf'pop3\({user}\).*the state "hidden" .*moved', self.host.log())), 1)


class MdboxTest(MovedControlFolderTest):
    driver = "mdbox"
