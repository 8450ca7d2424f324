"""What is remembered about messages when the mailbox gets other UIDs: in Maildir, sdbox, mdbox and
mbox, by losing an index or what keeps the UIDs, by a copy, by dsync with `state export` and
`import`."""
import glob
import os
import re
import shutil
import threading
import time

import hosts
import test_xmit

FOLDERS = {"maildir": "Maildir", "sdbox": "mail/mailboxes/INBOX/dbox-Mails", "mdbox": "mail/mailboxes/INBOX/dbox-Mails",
           "mbox": "mail/.imap/INBOX"}


class Remembered(hosts.HostTest):
    """mail_format: for all mailboxes of the host."""

    mail_format = "maildir"

    def setUp(self):
        self.policy('[delete]\nmode = "hide"\n', "hide.example")
        self.policy("[view]\nhide_fetched = true\n", "fetched.example")

    def home(self, user):
        return os.path.join(self.host.homes, user)

    def save(self, user, number):
        result = self.host.try_doveadm("save", "-u", user, input=hosts.message(number).decode())
        self.assertEqual(result.returncode, 0, result.stderr)

    def mailbox(self, domain, messages=6):
        """A new user with messages whose subjects tell them apart."""
        if self.mail_format == "maildir":
            return self.user(messages, domain)
        type(self).users += 1
        name = f"user{self.users}@{domain}"
        os.makedirs(self.home(name), exist_ok=True)
        self.host.give(self.home(name))
        for number in range(1, messages + 1):
            self.save(name, number)
        return name

    def look(self, user):
        """What a session sees: which messages, and LAST."""
        with hosts.Pop3(self.host.port, user) as pop3:
            count = int(pop3.command(b"STAT").split()[1])
            shown = [int(re.search(rb"Subject: message (\d+)", b"\n".join(pop3.multi(b"TOP %d 0" % number)[1]))[1])
                     for number in range(1, count + 1)]
            last = pop3.command(b"LAST")
            pop3.quit()
        return shown, int(last.split()[1])

    def uids(self, user):
        result = self.host.try_doveadm("-f", "tab", "fetch", "-u", user, "uid", "mailbox", "INBOX", "all")
        status = self.host.try_doveadm("-f", "tab", "mailbox", "status", "-u", user, "uidvalidity", "INBOX")
        return result.stdout.split()[1:], status.stdout.split()[-1]

    def remove(self, user, *patterns):
        for pattern in patterns:
            for path in glob.glob(os.path.join(self.home(user), pattern)):
                if "pop3-legacy" not in path:
                    os.unlink(path)

    def resync(self, user):
        self.host.try_doveadm("force-resync", "-u", user, "INBOX")

    def lose(self, user):
        """Changes the UIDs or UIDVALIDITY."""
        raise NotImplementedError

    def losing(self, user):
        """Waits first, because UIDVALIDITY is a time in seconds."""
        time.sleep(1.1)
        before = None if hosts.standalone else self.uids(user)
        self.lose(user)
        self.host.give(self.home(user))
        if before:
            self.assertNotEqual(self.uids(user), before)

    def hidden_and_read(self):
        """A user who has deleted messages 2 and 5 and read 4."""
        user = self.mailbox("hide.example")
        with self.login(user) as pop3:
            for line in (b"DELE 2", b"DELE 5"):
                self.assertTrue(pop3.command(line).startswith(b"+OK"))
            pop3.command(b"RSET")
            pop3.command(b"DELE 2")
            pop3.multi(b"RETR 4")
            pop3.quit()
        with self.login(user) as pop3:  # 1, 3, 4, 5, 6
            self.assertEqual(pop3.command(b"LAST"), b"+OK 3")
            pop3.quit()
        self.assertEqual(self.look(user), ([1, 3, 4, 5, 6], 3))
        return user

    def fetched_three(self):
        user = self.mailbox("fetched.example")
        with self.login(user) as pop3:
            for number in (1, 2, 3):
                pop3.multi(b"RETR %d" % number)
            pop3.quit()
        self.assertEqual(self.look(user), ([4, 5, 6], 0))
        return user


class SurvivesNewUids:
    """For every format."""

    def test_deleted_mail_stays_hidden_and_last_where_it_was(self):
        user = self.hidden_and_read()
        self.losing(user)
        for _ in range(2):
            self.assertEqual(self.look(user), ([1, 3, 4, 5, 6], 3))
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"DELE 4").startswith(b"+OK"))
            pop3.quit()
        self.losing(user)
        self.assertEqual(self.look(user), ([1, 3, 4, 6], 3))

    def test_fetched_mail_is_not_shown_again(self):
        user = self.fetched_three()
        self.losing(user)
        self.assertEqual(self.look(user)[0], [4, 5, 6])
        with self.login(user) as pop3:
            pop3.multi(b"RETR 1")
            pop3.quit()
        self.losing(user)
        self.assertEqual(self.look(user)[0], [5, 6])

    def test_new_mail_is_shown_after_the_loss(self):
        user = self.fetched_three()
        self.losing(user)
        if self.mail_format == "maildir":
            hosts.deliver(self.host, user, hosts.message(7), 7)
        else:
            self.save(user, 7)
        self.assertEqual(self.look(user)[0], [4, 5, 6, 7])

    def test_states_of_version_1_are_read_and_replaced(self):
        user = self.mailbox("hide.example")
        with self.login(user) as pop3:
            pop3.command(b"DELE 6")
            pop3.quit()
        folder = os.path.join(self.home(user), FOLDERS[self.mail_format])
        with open(f"{folder}/dovecot-pop3-legacy-hidden") as file:
            validity = re.search(r"uidvalidity (\d+)", file.read())[1]
        with open(f"{folder}/dovecot-pop3-legacy-hidden", "w") as file:
            file.write(hosts.with_end(f"dovecot-pop3-legacy hidden 1\nuidvalidity {validity}\ndeleted 2\n", 1))
        with open(f"{folder}/dovecot-pop3-legacy-last", "w") as file:
            file.write(f"1 {validity} 4\n")
        self.host.give(self.home(user))
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"LAST"), b"+OK 3")
            self.assertTrue(pop3.command(b"DELE 5").startswith(b"+OK"))  # message 6
            pop3.quit()
        self.losing(user)
        # LAST is where DELE has put it, and moves down to message 5
        self.assertEqual(self.look(user), ([1, 3, 4, 5], 4))


class NewUidsInMaildirTest(Remembered, SurvivesNewUids):
    def lose(self, user):
        self.remove(user, "Maildir/dovecot*")

    def test_a_copy_with_its_states(self):
        user = self.hidden_and_read()
        copy = self.mailbox("hide.example", 0)
        shutil.rmtree(self.home(copy))
        shutil.copytree(self.home(user), self.home(copy))
        self.host.give(self.home(copy))
        self.assertEqual(self.look(copy), ([1, 3, 4, 5, 6], 3))

    def test_what_killed_processes_have_left_goes_with_the_next_write(self):
        user = self.mailbox("hide.example")
        folder = os.path.join(self.home(user), "Maildir")
        old, new = (f"{folder}/dovecot-pop3-legacy-{name}" for name in ("pace.tmp.1.2.3.0", "last.tmp.4.5.6.7"))
        for path in (old, new):
            with open(path, "w") as file:
                file.write("half")
        os.utime(old, (1_000_000_000, 1_000_000_000))
        self.host.give(self.home(user))
        with self.login(user) as pop3:
            pop3.multi(b"RETR 1")
            pop3.quit()
        self.assertEqual([os.path.exists(path) for path in (old, new)], [False, True])


class NewUidsOfAMaildirWithItsIndexTest(Remembered, SurvivesNewUids):
    """UIDVALIDITY stays, and all messages get higher UIDs."""
    dovecot_only = True

    def lose(self, user):
        self.remove(user, "Maildir/dovecot-uidlist")
        # Dovecot need not notice immediately.
        self.resync(user)

    def test_uidvalidity_is_the_same(self):
        user = self.hidden_and_read()
        before = self.uids(user)[1]
        self.losing(user)
        self.look(user)
        self.assertEqual(self.uids(user)[1], before)


class NewUidsInSdboxTest(Remembered, SurvivesNewUids):
    dovecot_only = True
    mail_format = "sdbox"
    host_options = {"mail_format": mail_format}

    def lose(self, user):
        self.remove(user, "mail/mailboxes/INBOX/dbox-Mails/dovecot.index*", "mail/storage/dovecot.map.index*")
        self.resync(user)


class NewUidsInMdboxTest(NewUidsInSdboxTest):
    mail_format = "mdbox"
    host_options = {"mail_format": mail_format}


class NewUidsInMboxTest(Remembered, SurvivesNewUids):
    dovecot_only = True
    mail_format = "mbox"
    host_options = {"mail_format": mail_format}

    def lose(self, user):
        self.remove(user, "mail/.imap/INBOX/dovecot.index*")
        path = os.path.join(self.home(user), "mail/inbox")
        with open(path) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(re.sub(r"(?m)^X-(?:UID|IMAPbase|IMAP|Keywords):.*\n", "", text))


class AtTheSameMomentTest(Remembered):
    def test_last_is_not_taken_back_by_simultaneous_quits(self):
        for _ in range(10):
            user = self.mailbox("plain.example", 12)
            sessions = [self.login(user) for _ in range(12)]
            for number, pop3 in enumerate(sessions, 1):
                pop3.multi(b"RETR %d" % number)
            ready = threading.Barrier(len(sessions))

            def quit_together(pop3):
                ready.wait()
                pop3.quit()
            threads = [threading.Thread(target=quit_together, args=(pop3,)) for pop3 in sessions]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(hosts.last(self.host, user), b"+OK 12")

    def test_a_session_under_the_old_uidvalidity_and_one_under_the_new(self):
        user = self.mailbox("hide.example")
        old = self.login(user)
        self.assertTrue(old.command(b"STAT").startswith(b"+OK 6 "))
        old.command(b"DELE 2")
        self.remove(user, "Maildir/dovecot*")
        time.sleep(1.1)
        with self.login(user) as new:
            self.assertTrue(new.command(b"STAT").startswith(b"+OK 6 "))
            new.command(b"DELE 3")
            new.quit()
        old.send(b"QUIT\r\n")
        old.rest()
        self.assertIn(self.look(user)[0], ([1, 4, 5, 6], [1, 2, 4, 5, 6]))


class DamagedStatesTest(test_xmit.XmitTest):
    def test_a_damaged_xmit_state_resets_no_limit(self):
        self.policy(test_xmit.ALLOW + "[xmit]\nper_hour = 1\n")
        user = self.user(1)
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-xmit")
        with open(path, "w") as file:
            file.write("dovecot-pop3-legacy xmit 1\n\0\0\0\0")
        self.host.give(self.host.homes)
        with self.login(user) as pop3:
            self.assertRegex(pop3.command(b"XTND XMIT"), rb"^-ERR \[SYS/TEMP\] ")
            pop3.quit()
        self.assert_logged("XTND XMIT: .*the stored state is damaged, so XTND XMIT is refused: " +
                           ('the state "xmit"' if hosts.standalone else re.escape(path)) + ".*; remove it")
        with open(path) as file:
            self.assertEqual(file.read(), "dovecot-pop3-legacy xmit 1\n\0\0\0\0")
        os.unlink(path)
        with self.login(user) as pop3:
            self.assertRegex(pop3.command(b"XTND XMIT"), rb"^\+OK")
            pop3.close()
