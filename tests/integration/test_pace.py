"""[pace]: LOGIN-DELAY, and limits on what may be retrieved."""
import os
import poplib
import re
import threading

import hosts

DELAY = "[pace]\nlogin_delay = \"1h\"\nburst = %d\n"
REFUSAL = rb"-ERR \[LOGIN-DELAY\] You have logged in too often; wait [0-9]+ (?:seconds|minutes)[.]"


class PaceTest(hosts.HostTest):
    def poplib(self, user):
        client = poplib.POP3("127.0.0.1", self.host.port, timeout=30)
        self.addCleanup(client.close)
        client.user(user)
        return client

    def pace_files(self, user):
        return [path for path in self.state_files(user) if "-pace" in os.path.basename(path)]

    def stored(self, user):
        """The state files with what reveals a write: inode, time and octets."""
        found = {}
        for path in self.state_files(user):
            with open(path, "rb") as file:
                status = os.fstat(file.fileno())
                found[os.path.basename(path)] = status.st_ino, status.st_mtime_ns, file.read()
        return found

    def test_poplib_hears_the_third_login_fail(self):
        self.policy(DELAY % 2)
        user = self.user(1)
        for _ in range(2):
            client = self.poplib(user)
            client.pass_(hosts.PASSWORD)
            self.assertEqual(client.capa()["LOGIN-DELAY"], ["3600"])
            client.quit()
        with self.assertRaisesRegex(poplib.error_proto, r"LOGIN-DELAY"):
            self.poplib(user).pass_(hosts.PASSWORD)

    def test_commands_behind_a_refused_login_are_not_executed(self):
        self.policy(DELAY % 1 + "[commands]\nallow = [\"LAST\"]\n")
        user = self.user(2)
        self.login(user).quit()
        before = self.stored(user)
        self.assertEqual(list(before), ["dovecot-pop3-legacy-pace"])
        behind = b"DELE 1\r\nLAST\r\nRETR 2\r\nDELE 2\r\nQUIT\r\n"
        for filling in (b"", b"NOOP\r\n" * 200):
            pop3 = hosts.Pop3(self.host.port, user, login=False)
            pop3.send(b"USER %s\r\nPASS %s\r\n" % (user.encode(), hosts.PASSWORD.encode()) + filling + behind)
            self.assertTrue(pop3.line().startswith(b"+OK"))
            self.assertRegex(pop3.line(), REFUSAL)
            self.assertEqual(pop3.rest(), b"")
            pop3.close()
        if not hosts.standalone:
            self.wait_for_end(user, 3)
        self.assertEqual(self.stored(user), before)
        self.policy("")
        with hosts.Pop3(self.host.port, user) as pop3:
            self.assertRegex(pop3.command(b"STAT"), rb"[+]OK 2 ")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
            pop3.quit()

    def test_of_logins_side_by_side_no_more_than_the_burst_get_in(self):
        self.policy(DELAY % 2)
        user = self.user(1)
        replies = []

        def log_in():
            with hosts.Pop3(self.host.port, user, login=False) as pop3:
                pop3.command(b"USER " + user.encode())
                replies.append(pop3.command(b"PASS " + hosts.PASSWORD.encode()))

        threads = [threading.Thread(target=log_in) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(reply.startswith(b"+OK") for reply in replies), [False] * 4 + [True] * 2, replies)
        for reply in replies:
            self.assertRegex(reply, rb"^([+]OK|%s$)" % REFUSAL)

    def test_a_refused_client_that_is_gone_already_does_no_harm(self):
        self.policy(DELAY % 1)
        user = self.user(1)
        self.login(user).quit()
        for _ in range(10):
            pop3 = hosts.Pop3(self.host.port, user, login=False)
            pop3.send(b"USER %s\r\nPASS %s\r\nSTAT\r\n" % (user.encode(), hosts.PASSWORD.encode()))
            pop3.reset()
        with hosts.Pop3(self.host.port, user, login=False) as pop3:
            pop3.command(b"USER " + user.encode())
            self.assertRegex(pop3.command(b"PASS " + hosts.PASSWORD.encode()), REFUSAL)

    def test_a_damaged_state_lets_in_and_is_logged(self):
        self.policy(DELAY % 1)
        user = self.user(1)
        self.login(user).quit()
        path, = self.pace_files(user)
        with open(path, "wb") as file:
            file.write(os.urandom(5000))
        self.login(user).quit()
        place = 'the state "pace"' if hosts.standalone else ".*dovecot-pop3-legacy-pace"
        self.assert_logged(f"pace: the stored state is damaged, so counting starts again: {place}: ")
        with open(path, "rb") as file:
            self.assertRegex(file.read(), rb"^dovecot-pop3-legacy pace 1\nlogins [0-9]+\n$")

    def test_in_a_read_only_mailbox_it_is_said_that_nothing_counts(self):
        if self.host.name() == "standalone":
            self.skipTest("about Dovecot's read-only mailboxes")
        self.policy(DELAY % 1 + "[commands]\nallow = [\"XTND XMIT\"]\n")
        user = self.user(1)
        self.login(user).quit()
        folder = os.path.join(self.host.maildir(user, fresh=False), "cur")
        for path in self.state_files(user):
            os.unlink(path)
        os.chown(folder, 0, 0)
        os.chmod(folder, 0o555)
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"XTND XMIT").startswith(b"+OK"))
            pop3.send(b"From: %s\r\nTo: bob@example.org\r\n\r\nHello.\r\n.\r\n" % user.encode())
            self.assertRegex(pop3.line(), rb"^-ERR \[SYS/TEMP\] ")
            pop3.quit()
        self.assert_logged("pace: the state could not be stored, so this login does not count: "
                           "the mailbox is read-only")
        self.assertEqual(self.pace_files(user), [])

    def test_what_a_session_that_broke_off_retrieved_counts(self):
        self.policy("[pace]\noctets_per_hour = \"3M\"\n")
        user = self.user()
        hosts.deliver(self.host, user, hosts.message(1, 2 << 20), 1)
        pop3 = hosts.Pop3(self.host.port, user, receive_buffer=4096)
        self.assertTrue(pop3.command(b"RETR 1").startswith(b"+OK"))
        pop3.reset()
        self.assertTrue(hosts.eventually(lambda: self.pace_files(user)))
        with hosts.Pop3(self.host.port, user) as pop3:
            self.assertRegex(pop3.command(b"RETR 1"), rb"^-ERR You have retrieved too much in the last hour; "
                             rb"try again in [0-9]+ minutes[.]$")
            pop3.quit()

    def test_pipelined_retrs_stop_at_the_limit(self):
        self.policy("[pace]\nretr_per_session = 2\n")
        user = self.user(3)
        pop3 = hosts.Pop3(self.host.port, user, login=False)
        pop3.send(b"USER %s\r\nPASS %s\r\n" % (user.encode(), hosts.PASSWORD.encode()) +
                  b"RETR 1\r\nNOOP\r\nRETR 2\r\nRETR 3\r\nRETR 1\r\nNOOP\r\nQUIT\r\n")
        octets = pop3.rest()
        pop3.close()
        self.assertEqual(len(re.findall(rb"^Subject: message [0-9]\r$", octets, re.M)), 2)
        self.assertEqual(len(re.findall(rb"^-ERR You may retrieve 2 messages", octets, re.M)), 2)
        self.assertRegex(octets, rb"(?s)again for more[.]\r\n-ERR [^\n]*\n[+]OK[^\n]*\n[+]OK Logging out[.]\r\n$")

    def test_without_a_pace_no_state_is_kept(self):
        user = self.user(1)
        for _ in range(4):
            with hosts.Pop3(self.host.port, user) as pop3:
                self.assertTrue(pop3.multi(b"RETR 1")[0].startswith(b"+OK"))
                self.assertNotIn(b"LOGIN-DELAY", b"\n".join(pop3.multi(b"CAPA")[1]))
                pop3.quit()
        self.assertEqual(self.pace_files(user), [])
