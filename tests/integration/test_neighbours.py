"""Sessions that share a process: none is hurt by what another does, or by what is done to
another."""
import fcntl
import os
import re
import select
import subprocess
import threading
import time
import unittest

import hosts
from hosts import HostTest, eventually
from test_x_programs import ProgramTest
from test_xmit import ALLOW, WithSendmail, mail, stuffed

# Records its open descriptors and takes the message.
SENDMAIL = """#!/bin/sh
exec >"{folder}/open"
ls -l /proc/$$/fd
exec cat >/dev/null
"""


class Children(WithSendmail, ProgramTest):
    """A mail program is a child of the process, and so are the administrator's programs."""

    host_options = hosts.one_process(sendmail_path="sendmail/program")
    sendmail = SENDMAIL

    def policy(self, text, domain="example.org", kind="domains"):
        return super().policy(ALLOW + text, domain, kind)

    def submit(self, pop3, user):
        self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
        pop3.send(stuffed(mail(user)))
        self.assertEqual(pop3.line(), b"+OK Message sent successfully")

    def test_programs_run_after_a_message_went_by_sendmail(self):
        self.program("XCOUNT", "echo +OK $USER $ARGUMENTS; (sleep 0.01; :) &")
        users = [self.user() for _ in range(20)]
        clients = [self.login(user) for user in users]
        self.submit(clients[0], users[0])
        wrong = []

        def ask(user, pop3):
            for number in range(50):
                answer = pop3.command(b"XCOUNT %d" % number)
                if answer != b"+OK %s %d" % (user.encode(), number):
                    wrong.append((user, number, answer))

        threads = [threading.Thread(target=ask, args=pair) for pair in zip(users, clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(wrong, [])
        self.assertTrue(eventually(lambda: not self.children()), self.children())

    def children(self):
        """The children of the process with the sessions, including dead ones."""
        pid = self.host.process.pid if hosts.standalone else \
            int(subprocess.run(["pgrep", "-P", str(self.host.process.pid), "-x", "pop3"], stdout=subprocess.PIPE,
                               text=True).stdout)
        found = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, text=True)
        return found.stdout.split()

    def test_programs_and_messages_at_the_same_time(self):
        self.program("XCODE", "exit $ARGUMENTS")
        users = [self.user() for _ in range(6)]
        wrong = []

        def ask(user):
            with hosts.Pop3(self.host.port, user) as pop3:
                for number in range(30):
                    answer = pop3.command(b"XCODE %d" % (number % 2))
                    if answer != (b"-ERR XCODE failed." if number % 2 else b"+OK XCODE"):
                        wrong.append((user, number, answer))

        threads = [threading.Thread(target=ask, args=(user,)) for user in users]
        for thread in threads:
            thread.start()
        pop3 = self.login(users[0])
        for _ in range(5):
            self.submit(pop3, users[0])
        for thread in threads:
            thread.join(120)
        self.assertEqual(wrong, [])

    def test_a_mail_program_inherits_no_open_file(self):
        self.policy("")
        others = [self.login(self.user(3)) for _ in range(3)]
        for pop3 in others:
            pop3.multi(b"UIDL")
            pop3.multi(b"RETR 1")
        user = self.user(1)
        self.submit(self.login(user), user)
        with open(os.path.join(self.sendmail_folder, "open")) as file:
            found = re.findall(r" (\d+) -> (.*)", file.read())
        # 10 is the shell's own.
        self.assertEqual({number for number, _ in found} - {"10"}, {"0", "1", "2"}, found)


class Groups(ProgramTest):
    """What Dovecot's own group may do, a program may not. By default the process has the group, from its service
    or from mail_access_groups."""

    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        HostTest.setUpClass.__func__(cls)

    def test_a_program_never_has_the_group_of_dovecot(self):
        self.program("XID", "echo +OK $(id -G)")
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XID"), b"-ERR [SYS/TEMP] XID is not available at the moment.")
        self.assert_logged(r"XID: .*/XID was not run: it would have the group dovecot .*extra_groups")
        self.assertEqual(pop3.quit()[:3], b"+OK")


class GroupsOfTheService(Groups):
    host_options = {"settings": "service pop3 {\n  extra_groups = dovecot\n}\nprotocol pop3 {\n"
                                "  mail_access_groups =\n}\n"}


class GroupsOfTheUser(Groups):
    host_options = {"settings": "service pop3 {\n  extra_groups =\n}\nprotocol pop3 {\n"
                                "  mail_access_groups = dovecot\n}\n"}


class Turns(HostTest):
    """Long work is done in turns."""

    host_options = hosts.one_process()
    megabytes = 24

    @classmethod
    def setUpClass(cls):
        if hosts.standalone:
            raise unittest.SkipTest("the standalone host is for tests, and takes one session after another")
        super().setUpClass()

    def setUp(self):
        self.policy('[commands]\nallow = ["LAST", "HELP", "MANGLE", "XLINES", "EUIDL"]\n')

    def big(self):
        """A user with one HTML message."""
        user = self.user()
        html = b"<p>some <b>words</b> &amp; more of them</p>\n" * (self.megabytes * (1 << 20) // 44)
        head = hosts.message(1).split(b"\n\n")[0]
        hosts.deliver(self.host, user, head + b"\nMIME-Version: 1.0\nContent-Type: text/html\n\n" + html, 1)
        return user

    def beside(self, pop3, other):
        """How many NOOPs of another session were answered before the reply on pop3 arrived. Without
        turns at most one is: it waits until everything is done."""
        count = 0
        while not select.select([pop3.socket], [], [], 0)[0]:
            self.assertEqual(other.command(b"NOOP"), b"+OK")
            count += 1
            time.sleep(0.002)
        return count

    def test_a_packet_of_mangle_beside_noops(self):
        pop3, other = self.login(self.big()), self.login(self.user())
        pop3.command(b"NOOP")
        pop3.send(b"LIST 1 MANGLE(text=plain)\r\n" * 5 + b"NOOP\r\n")
        sizes = set()
        count = 0
        for _ in range(5):
            count += self.beside(pop3, other)
            sizes.add(pop3.line())
        self.assertGreaterEqual(count, 5)
        self.assertEqual(len(sizes), 1)
        self.assertRegex(sizes.pop(), rb"^\+OK 1 \d+$")
        self.assertEqual(pop3.line(), b"+OK")
        self.assertEqual(pop3.quit(), b"+OK Logging out.")

    def test_a_list_by_mangle_beside_noops(self):
        user = self.big()
        hosts.deliver(self.host, user, hosts.message(2), 2)
        pop3, other = self.login(user), self.login(self.user())
        pop3.command(b"DELE 2")
        pop3.send(b"LIST MANGLE\r\n")
        self.assertRegex(pop3.line(), rb"^\+OK 1 messages \(\d+ octets\)$")
        self.assertGreaterEqual(self.beside(pop3, other), 2)
        [line] = pop3.lines()
        self.assertEqual(pop3.command(b"LIST 1 MANGLE"), b"+OK " + line)

    def test_a_client_that_goes_in_the_middle_of_a_reply(self):
        user, other = self.big(), self.login(self.user())
        for _ in range(3):
            pop3 = self.login(user)
            pop3.send(b"LIST 1 MANGLE\r\n" * 3)
            self.assertEqual(other.command(b"NOOP"), b"+OK")
            pop3.reset()
        self.assertEqual(other.command(b"NOOP"), b"+OK")
        self.assertTrue(self.login(user).command(b"LIST 1 MANGLE").startswith(b"+OK 1 "))

    def test_a_run_of_own_commands_beside_noops(self):
        pop3, other = self.login(self.user(1)), self.login(self.user())
        other.command(b"NOOP")
        count = 40000
        sender = threading.Thread(target=pop3.send, args=(b"HELP\r\nLAST\r\nRSET\r\n" * count,))
        received = []

        def receive():
            for _ in range(count):
                pop3.line()
                pop3.lines()
                received.append((pop3.line(), pop3.line()))

        reader = threading.Thread(target=receive)
        sender.start()
        reader.start()
        behind = []
        while reader.is_alive():
            self.assertEqual(other.command(b"NOOP"), b"+OK")
            behind.append(len(received))
            time.sleep(0.01)
        sender.join()
        reader.join()
        self.assertEqual(set(received), {(b"+OK 0", b"+OK")})
        # The NOOPs were answered throughout.
        longest = max(b - a for a, b in zip(behind, behind[1:]))
        self.assertLess(longest, count / 2, behind[:50])

    def test_the_first_uidl_beside_noops(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        many = 15000  # several turns of 50 ms on a fast machine, too
        user = self.user(many)
        pop3, other = self.login(user), self.login(self.user())
        pop3.command(b"NOOP")
        pop3.send(b"UIDL 3\r\nUIDL\r\nNOOP\r\n")
        self.assertGreaterEqual(self.beside(pop3, other), 2)
        first = pop3.line()
        self.assertRegex(first, rb"^\+OK 3 [0-9a-f]{16}$")
        self.assertTrue(pop3.line().startswith(b"+OK"))
        ids = pop3.lines()
        self.assertEqual((len(ids), ids[2]), (many, first[4:]))
        self.assertEqual(pop3.line(), b"+OK")
        pop3.quit()
        self.assertEqual(hosts.uidl(self.host, user)[1], ids)

    def test_a_client_that_goes_in_the_middle_of_the_first_uidl(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user, other = self.user(1500), self.login(self.user())
        for octets in (b"UIDL\r\n", b"UIDL 1\r\nQUIT\r\n"):
            pop3 = self.login(user)
            pop3.send(octets)
            self.assertEqual(other.command(b"NOOP"), b"+OK")
            pop3.reset()
            self.assertEqual(other.command(b"NOOP"), b"+OK")
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 1500)


class Locks(HostTest):
    """Somebody else has locked a user's Maildir."""

    # The standalone host does not keep two of them apart.
    dovecot_only = True
    host_options = hosts.one_process()

    def lock(self, user):
        folder = os.open(os.path.join(self.host.homes, user, "Maildir"), os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        return folder

    def quitting(self):
        """A user whose session must store what it has deleted, that session, a neighbour, and the
        lock."""
        self.policy('[delete]\nmode = "hide"\n')
        user, other = self.user(3), self.login(self.user(1))
        pop3 = self.login(user)
        pop3.command(b"DELE 1")
        other.command(b"NOOP")
        lock = self.lock(user)
        pop3.send(b"QUIT\r\n")
        return user, pop3, other, lock

    def assert_waits(self, pop3, other):
        """The session waits; its neighbour does not."""
        for _ in range(20):
            self.assertEqual(other.command(b"NOOP"), b"+OK")
            time.sleep(0.02)
        self.assertEqual(select.select([pop3.socket], [], [], 0)[0], [])

    def test_quit_waits_for_it_and_nobody_with_it(self):
        user, pop3, other, lock = self.quitting()
        self.assert_waits(pop3, other)
        os.close(lock)
        self.assertEqual(pop3.line(), b"+OK Logging out, messages deleted.")
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 2)

    def test_a_lock_that_stays_is_a_failure_of_that_session_only(self):
        user, pop3, other, lock = self.quitting()
        self.assertEqual(other.command(b"NOOP"), b"+OK")
        self.assertEqual(pop3.line(), b"-ERR [SYS/TEMP] The deletions could not be stored; nothing was deleted.")
        os.close(lock)
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 3)

    def test_a_client_that_goes_while_it_waits(self):
        user, pop3, other, lock = self.quitting()
        self.assertEqual(other.command(b"NOOP"), b"+OK")
        pop3.reset()
        self.assertEqual(other.command(b"NOOP"), b"+OK")
        os.close(lock)
        self.assertEqual(other.quit(), b"+OK Logging out.")
        # It was in time, or it was not.
        self.assertIn(len(hosts.uidl(self.host, user)[1]), (2, 3))

    def test_ids_that_have_to_be_stored_wait_for_it(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user, other = self.user(), self.login(self.user(1))
        for number in (1, 2):
            hosts.deliver(self.host, user, hosts.message(1), number)
        pop3 = self.login(user)
        pop3.command(b"NOOP")
        lock = self.lock(user)
        pop3.send(b"UIDL\r\n")
        self.assert_waits(pop3, other)
        os.close(lock)
        self.assertTrue(pop3.line().startswith(b"+OK"))
        self.assertEqual(len({line.split()[1] for line in pop3.lines()}), 2)
