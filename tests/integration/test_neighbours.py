"""Sessions that share a process: none is hurt by what another one does, or by what is done to it."""
import fcntl
import os
import re
import signal
import subprocess
import threading
import time

import hosts
from hosts import HostTest, eventually
from test_x_programs import ProgramTest
from test_xmit import ALLOW, mail, stuffed

# Keeps what is open in it, and takes the message.
SENDMAIL = """#!/bin/sh
exec >"{folder}/open"
ls -l /proc/$$/fd
exec cat >/dev/null
"""


def shared(**options):
    """Twenty clients share a process of Dovecot's; the standalone host has but one process."""
    return options if hosts.standalone else dict(options, clients=20)


class Children(ProgramTest):
    """A mail program is a child of the process's, and so are the programs of the administrator's."""

    @classmethod
    def setUpClass(cls):
        cls.host_options = shared(sendmail_path="sendmail/program")
        super().setUpClass()
        cls.mailer = os.path.join(cls.host.base, "sendmail")
        os.makedirs(cls.mailer)
        os.chmod(cls.mailer, 0o777)
        path = os.path.join(cls.mailer, "program")
        with open(path, "w") as file:
            file.write(SENDMAIL.format(folder=cls.mailer))
        os.chmod(path, 0o755)

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
        """Of the process that has the sessions, dead ones among them."""
        pid = self.host.process.pid if hosts.standalone else \
            int(subprocess.run(["pgrep", "-x", "pop3", "-n"], stdout=subprocess.PIPE, text=True).stdout)
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
        with open(os.path.join(self.mailer, "open")) as file:
            found = re.findall(r" (\d+) -> (.*)", file.read())
        # 10 is the shell's own.
        self.assertEqual({number for number, _ in found} - {"10"}, {"0", "1", "2"}, found)


class Groups(ProgramTest):
    """What Dovecot's own group may do, a program may not."""

    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        HostTest.setUpClass.__func__(cls)

    def test_a_program_never_has_the_group_of_dovecot(self):
        self.program("XID", "echo +OK $(id -G)")
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XID"), b"-ERR [SYS/TEMP] XID is not available at the moment.")
        self.assert_logged(r"XID: .*/XID is not run, for it would have the group dovecot .*extra_groups")
        self.assertEqual(pop3.quit()[:3], b"+OK")
