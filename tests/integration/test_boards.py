"""Boards (RFC 1082) in a public namespace of a real Dovecot: the state of the maildrop, the boards,
the process and the log afterwards, whatever happens meanwhile."""
import os
import re
import shutil

import hosts
from smtp_sink import WithSink

POLICY = """
[commands]
allow = ["LAST", "XTND BBOARDS", "XTND ARCHIVE", "XTND XLST", "EUIDL", "XTND XMIT"]
[boards]
on_bad_name = "%s"
[boards.bboards]
system = "Public/system"
secret = "Public/secret"
inbox = "INBOX"
outside = "Public/../../other"
[boards.archive]
system = "Public/old"
"""

NAMESPACES = """
namespace inbox {
  inbox = yes
  separator = /
}
namespace public {
  type = public
  separator = /
  prefix = Public/
  %s
  list = children
  subscriptions = no
}
"""
# By whether the settings are Dovecot 2.4's.
LOCATION = {False: "location = maildir:%s", True: "mail_driver = maildir\n  mail_path = %s"}


class BoardsTest(WithSink, hosts.HostTest):
    dovecot_only = True
    board_mode = 0o700

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.host.stop()
        cls.public = os.path.join(cls.host.homes, "public")
        with open(os.path.join(cls.host.base, "dovecot.conf"), "a") as file:
            file.write(NAMESPACES % LOCATION[cls.host.typed_settings] % cls.public)
        cls.host.start()

    def setUp(self):
        self.policy(POLICY % "stay")
        shutil.rmtree(self.public, ignore_errors=True)
        self.board("system", range(8, 11), 11)
        self.board("old", range(3, 4), 4)

    def board(self, name, uids, uidnext):
        """Creates a mailbox in the public namespace with messages of these UIDs."""
        path = os.path.join(self.public, "." + name)
        for folder in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(path, folder))
        rows = ""
        for uid in uids:
            file = f"{1500000000 + uid}.M{uid}P1.board"
            with open(f"{path}/cur/{file}:2," + "S" * (uid % 2), "wb") as mail:
                mail.write(hosts.message(uid))
            rows += f"{uid} :{file}\n"
        with open(f"{path}/dovecot-uidlist", "w") as file:
            file.write(f"3 V1500000000 N{uidnext} G0123456789abcdef0123456789abcdef\n" + rows)
        self.host.give(self.public)
        return path

    def files(self):
        """The boards' messages with their flags."""
        return sorted(os.path.join(folder, file) for folder, _, files in os.walk(self.public) for file in files
                      if folder.endswith(("/cur", "/new")))

    def logout_line(self, user):
        found = hosts.eventually(
            lambda: [line for line in self.host.log().splitlines() if user in line and "Disconnected: " in line])
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_a_board_is_read_and_stays_as_it_is(self):
        before = self.files()
        user = self.user(3)
        with self.login(user) as pop3:
            self.assertEqual(pop3.multi(b"XTND BBOARDS"), (b"+OK XTND", [b"system 10", b"inbox 3"]))
            pop3.multi(b"RETR 2")
            pop3.command(b"DELE 1")
            self.assertEqual(pop3.multi(b"XTND BBOARDS system"), (b"+OK XTND", [b"system 10"]))
            self.assertEqual([line.split()[::2] for line in pop3.multi(b"LIST")[1]],
                             [[b"1", b"8"], [b"2", b"9"], [b"3", b"10"]])
            for number in (1, 2, 3):
                self.assertIn(b"Subject: message %d" % (number + 7), pop3.multi(b"RETR %d" % number)[1])
            self.assertTrue(pop3.command(b"DELE 1").startswith(b"+OK"))
            ids = [line.split()[1] for line in pop3.multi(b"UIDL")[1]]
            self.assertEqual(ids, [b"0000000%x%08x" % (uid, 1500000000) for uid in (8, 9, 10)])
            pop3.multi(b"XTND XLST Subject")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 3")
            self.assertTrue(pop3.command(b"RSET").startswith(b"+OK"))
            self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
            self.assertEqual(pop3.quit(), b"+OK Logging out.")
        self.assertEqual(self.files(), before)
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")
        self.assertEqual([os.path.basename(path) for path in self.state_files(user)], ["dovecot-pop3-legacy-last"])
        self.assertFalse([name for _, _, names in os.walk(self.public) for name in names if "pop3-legacy" in name])
        # The first line is the first session's, in which the INBOX had three messages and lost one.
        lines = hosts.eventually(lambda: [line for line in self.host.log().splitlines()
                                          if user in line and "Disconnected: Logged out" in line])
        self.assertRegex(lines[0], r"retr=4/\d+, del=1/(3|167), size=")

    def test_a_session_that_drops_on_a_board(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.command(b"DELE 3")
            pop3.multi(b"XTND BBOARDS system")
            pop3.multi(b"RETR 1")
            pop3.multi(b"UIDL")
        self.assertRegex(self.logout_line(user), r"retr=2/\d+, del=1/(3|167), size=")
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 2 "))
            self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
            # and when nothing at all was opened
            self.policy(POLICY % "rfc")
        with self.login(user) as pop3:
            pop3.command(b"DELE 1")
            self.assertEqual(pop3.command(b"XTND BBOARDS secret"), b"-ERR no such bboard")
            self.assertEqual(pop3.command(b"STAT"), b"-ERR No maildrop is open.")
        self.assertTrue(hosts.eventually(lambda: hosts.uidl(self.host, user)[1] and
                                         len(hosts.uidl(self.host, user)[1]) == 1))

    def test_a_hundred_switches_leave_nothing_open(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"XTND BBOARDS system")
            pop3.multi(b"UIDL")
            [pid] = hosts.processes_of(self.host, user) or self.board_processes()

            def opened():
                return len(os.listdir(f"/proc/{pid}/fd"))

            def memory():
                with open(f"/proc/{pid}/statm") as file:
                    return int(file.read().split()[1])

            switches = [b"XTND ARCHIVE system", b"XTND BBOARDS", b"XTND BBOARDS system", b"XTND BBOARDS nobody",
                        b"XTND BBOARDS inbox"]
            before, memory_before = None, 0
            for turn in range(40):
                for command in switches:
                    pop3.multi(command)
                    pop3.multi(b"LIST")
                    pop3.multi(b"UIDL")
                    pop3.multi(b"RETR 1")
                if turn == 4:
                    before, memory_before = opened(), memory()
            self.assertEqual(opened(), before)
            self.assertLess(memory() - memory_before, 250)  # pages
            self.assertEqual(pop3.quit(), b"+OK Logging out.")

    def board_processes(self):
        return hosts.processes_of(self.host, "public")

    def test_a_pipelined_queue_behind_each_switch(self):
        user = self.user(300)
        for number in range(11, 1500):
            path = f"{self.public}/.old/cur/{1500000000 + number}.M{number}P1.board:2,"
            with open(path, "wb") as mail:
                mail.write(hosts.message(number))
        self.host.give(self.public)
        with self.login(user) as pop3:
            pop3.send(b"LIST\r\nXTND BBOARDS system\r\nLIST\r\nSTAT\r\nUIDL\r\nXTND ARCHIVE system\r\nLIST\r\nUIDL\r\n"
                      b"XTND XLST Subject\r\nXTND BBOARDS system\r\nSTAT\r\nXTND BBOARDS nobody\r\nLIST 1\r\nQUIT\r\n")
            counts = []
            for _ in range(3):
                self.assertTrue(pop3.line().startswith(b"+OK "))
                counts.append(len(pop3.lines()))
            self.assertTrue(pop3.line().startswith(b"+OK 3 "))
            for _ in range(6):
                if len(counts) == 8:
                    break
                self.assertTrue(pop3.line().startswith(b"+OK"))
                counts.append(len(pop3.lines()))
            self.assertEqual(counts, [300, 1, 3, 3, 1, 1490, 1490, 1490])
            self.assertEqual((pop3.line(), pop3.lines()), (b"+OK XTND", [b"system 10"]))
            self.assertTrue(pop3.line().startswith(b"+OK 3 "))
            self.assertEqual(pop3.line(), b"-ERR no such bboard")
            self.assertRegex(pop3.line(), rb"^\+OK 1 \d+ 8$")
            self.assertEqual(pop3.line(), b"+OK Logging out.")

    def test_limits_of_the_user_hold_on_a_board(self):
        self.policy(POLICY % "stay" + "[xmit]\nper_hour = 2\n")
        user = self.user(1)
        mail = b"From: %s\r\nTo: a@example.org\r\nMessage-ID: <%d@a>\r\n\r\nHi.\r\n.\r\n"
        with self.login(user) as pop3:
            for number, command in enumerate((b"XTND BBOARDS inbox", b"XTND BBOARDS system")):
                pop3.multi(command)
                self.assertTrue(pop3.command(b"XTND XMIT").startswith(b"+OK"))
                pop3.send(mail % (user.encode(), number))
                self.assertTrue(pop3.line().startswith(b"+OK"))
            pop3.multi(b"XTND ARCHIVE system")
            self.assertTrue(pop3.command(b"XTND XMIT").startswith(b"-ERR"))
            pop3.quit()

    def test_a_board_that_vanishes(self):
        user = self.user(2)
        with self.login(user) as pop3:
            pop3.multi(b"XTND BBOARDS system")
            shutil.rmtree(os.path.join(self.public, ".system"))
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 3 "))
            self.assertEqual(len(pop3.multi(b"LIST")[1]), 3)
            self.assertTrue(pop3.command(b"RETR 1").startswith(b"-ERR "))
            self.assertEqual(pop3.command(b"XTND BBOARDS system"), b"-ERR no such bboard")
            self.assertEqual(pop3.multi(b"XTND BBOARDS"), (b"+OK XTND", [b"inbox 2"]))
            self.assertEqual(pop3.quit(), b"+OK Logging out.")
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 2)

    def test_what_cannot_be_read_is_not_there(self):
        path = self.board("secret", range(1, 3), 3)
        os.chown(path, 0, 0)
        os.chmod(path, 0o700)
        with self.login(self.user(2)) as pop3:
            self.assertEqual(pop3.multi(b"XTND BBOARDS"), (b"+OK XTND", [b"system 10", b"inbox 2"]))
            for name in (b"secret", b"outside", b"../system", b"Public/system", b"\x01\xff", b"x" * 400):
                self.assertEqual(pop3.command(b"XTND BBOARDS " + name), b"-ERR no such bboard", name)
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 2 "))
            pop3.quit()

    def test_a_board_that_only_others_may_write(self):
        for folder, folders, files in os.walk(self.public):
            os.chown(folder, 0, 0)
            os.chmod(folder, 0o755)
            for file in files:
                os.chown(os.path.join(folder, file), 0, 0)
                os.chmod(os.path.join(folder, file), 0o644)
        user = self.user(2)
        with self.login(user) as pop3:
            first, [line] = pop3.multi(b"XTND BBOARDS system")
            found = len(pop3.multi(b"LIST")[1])
            if found:
                self.assertIn(b"Subject: message 8", pop3.multi(b"RETR 1")[1])
            self.assertEqual(pop3.quit(), b"+OK Logging out.")
        # If the index cannot be written beside the mail, 2.4.1 sees no messages; 2.3 does.
        status = self.host.try_doveadm("mailbox", "status", "-u", user, "messages uidnext", "Public/system").stdout
        self.assertEqual((line, found), (b"system %d" % (int(re.search(r"uidnext=(\d+)", status)[1]) - 1),
                                         int(re.search(r"messages=(\d+)", status)[1])))

    def test_the_own_inbox_as_a_board(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.command(b"DELE 1")
            self.assertEqual(pop3.multi(b"XTND BBOARDS inbox"), (b"+OK XTND", [b"inbox 3"]))
            self.assertEqual([line.split()[::2] for line in pop3.multi(b"LIST")[1]], [[b"1", b"2"], [b"2", b"3"]])
            pop3.multi(b"RETR 1")
            pop3.command(b"DELE 2")
            self.assertEqual(pop3.quit(), b"+OK Logging out.")
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 2)
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")


class OtherSettingsTest(BoardsTest):
    """The same with settings that make Dovecot keep its own ids and keywords during the session."""
    host_options = {"settings": "protocol pop3 {\n  pop3_uidl_duplicates = rename\n  pop3_enable_last = yes\n"
                                "  pop3_lock_session = yes\n}\n"}


class DeletedFlagTest(hosts.HostTest):
    """pop3_delete_type = flag: deleted messages get a keyword, which the switch must also hand
    over."""
    dovecot_only = True
    host_options = {"settings": "protocol pop3 {\n  pop3_delete_type = flag\n  pop3_deleted_flag = POP3Deleted\n}\n"}

    def test_what_was_deleted_stays_hidden(self):
        self.policy('[commands]\nallow = ["XTND BBOARDS"]\n[boards.bboards]\nown = "INBOX"\n')
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.command(b"DELE 2")
            self.assertEqual(pop3.multi(b"XTND BBOARDS own"), (b"+OK XTND", [b"own 3"]))
            self.assertEqual(len(pop3.multi(b"LIST")[1]), 3)
            self.assertEqual(pop3.quit(), b"+OK Logging out.")
        with self.login(user) as pop3:
            self.assertEqual(len(pop3.multi(b"LIST")[1]), 2)
            pop3.quit()
        path = os.path.join(self.host.homes, user, "Maildir", "cur")
        self.assertEqual(len(os.listdir(path)), 3)
        self.assertTrue(any(re.search(r":2,[A-Z]*[a-z]", name) for name in os.listdir(path)))


class UidlChangeTest(BoardsTest):
    """The logout line states how the ids have changed, for which Dovecot goes through them
    again."""

    host_options = {"settings": "protocol pop3 {\n  pop3_logout_format = retr=%{retr_count} del=%{deleted_count} "
                                "messages=%{message_count} change=<%{uidl_change}>\n}\n"}

    def test_a_session_that_drops_on_a_board(self):
        pass  # the logout line differs

    def test_a_board_is_read_and_stays_as_it_is(self):
        pass

    def setUp(self):
        super().setUp()
        self.closed = []
        self.addCleanup(lambda: [os.chmod(path, 0o700) for path in self.closed])

    def close_inbox(self, user):
        path = os.path.join(self.host.homes, user, "Maildir")
        self.closed.append(path)
        os.chmod(path, 0)

    def on_board(self, messages):
        user = self.user(messages)
        pop3 = self.login(user)
        pop3.multi(b"UIDL")
        pop3.command(b"DELE 1")
        pop3.multi(b"XTND BBOARDS system")
        self.assertEqual(len(pop3.multi(b"UIDL")[1]), 3)
        pop3.command(b"DELE 2")
        self.close_inbox(user)
        return user, pop3

    def test_quit_on_a_board_while_the_inbox_cannot_be_read(self):
        user, pop3 = self.on_board(1500)
        self.assertEqual(pop3.quit(), b"+OK Logging out.")
        self.assertIn("Logged out retr=0 del=1 messages=1500 change=<>", self.logout_line(user))

    def test_a_drop_on_a_board_while_the_inbox_cannot_be_read(self):
        user, pop3 = self.on_board(1500)
        pop3.close()
        self.assertIn("retr=0 del=1 messages=1500 change=<>", self.logout_line(user))

    def test_a_switch_while_the_inbox_cannot_be_read(self):
        user, pop3 = self.on_board(30)
        self.assertEqual(pop3.multi(b"XTND BBOARDS inbox"), (b"-ERR no such bboard", []))
        self.assertEqual(len(pop3.multi(b"UIDL")[1]), 3)
        pop3.multi(b"XTND ARCHIVE system")
        self.assertEqual(pop3.quit(), b"+OK Logging out.")
        self.assertIn("del=1 messages=30 change=<>", self.logout_line(user))
