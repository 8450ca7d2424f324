"""Commands that answer with a line per message: many messages, slow readers, Dovecot's cache."""
import glob
import os
import poplib
import shutil
import subprocess
import time

import hosts

ACCEPTED = b"+OK xlst command accepted; headers coming."


def subjects(first, last):
    return [b"%d Subject: message %d" % (number, number) for number in range(first, last + 1)]


class ListingTest(hosts.HostTest):
    allowed = '[commands]\nallow = ["LAST", "XTND XLST", "EUIDL", "XOVER", "XDELE", "XLINES"]\n'

    def setUp(self):
        self.policy(self.allowed)

    def test_a_header_of_each_message(self):
        with self.login(self.user(300)) as pop3:
            self.assertEqual(pop3.multi(b"XTND XLST Subject"), (ACCEPTED, subjects(1, 300)))
            self.assertEqual(pop3.multi(b"XTND XLST Subject 7"), (ACCEPTED, subjects(7, 7)))
            pop3.quit()

    def test_euidl_tells_what_uidl_and_list_tell(self):
        for scheme in ("host", "cyrus", "popa3d"):
            self.policy(self.allowed + f'[uidl]\nscheme = "{scheme}"\n')
            user = self.user(600)
            with self.login(user) as pop3:
                self.assertEqual(pop3.command(b"DELE 5"), b"+OK Marked to be deleted.")
                euidl = [line.split(b" ") for line in pop3.multi(b"EUIDL")[1]]
                uidl = [line.split(b" ") for line in pop3.multi(b"UIDL")[1]]
                sizes = [line.split(b" ") for line in pop3.multi(b"LIST")[1]]
                self.assertEqual([line[:2] for line in euidl], uidl)
                self.assertEqual([line[::2] for line in euidl], [size[:2] for size in sizes])
                self.assertEqual(len(uidl), 599)
                self.assertEqual(euidl[0][3:], [b"sender1@example.org"])
                self.assertEqual(pop3.command(b"EUIDL 7"), b"+OK " + b" ".join(euidl[5]))
                self.assertEqual(pop3.command(b"NOOP"), b"+OK")
                pop3.quit()

    def test_the_other_listings_between_commands_in_one_packet(self):
        pop3 = self.login(self.user(1000))
        pop3.send(b"XDELE 1 998\r\nXOVER\r\nRSET\r\nXLINES\r\nEUIDL\r\nXOVER\r\nLAST\r\nXDELE 1 1000\r\nLAST\r\nQUIT\r\n")
        self.assertEqual(pop3.line(), b"+OK Messages 1-998 has been deleted.")
        self.assertTrue(pop3.line().startswith(b"+OK 2 messages ("))
        lines = pop3.lines()
        self.assertEqual([line.split(b"\t")[:3] for line in lines],
                         [[b"%d" % n, b"message %d" % n, b"sender%d@example.org" % n] for n in (999, 1000)])
        self.assertEqual({line.split(b"\t")[-1] for line in lines}, {b"8"})
        self.assertEqual(pop3.line(), b"+OK")
        for _ in range(3):
            self.assertTrue(pop3.line().startswith(b"+OK "))
            self.assertEqual(len(pop3.lines()), 1000)
        self.assertEqual(pop3.line(), b"+OK 0")
        self.assertEqual(pop3.line(), b"+OK Messages 1-1000 has been deleted.")
        self.assertEqual(pop3.line(), b"+OK 1000")
        self.assertEqual(pop3.line(), b"+OK Logging out, messages deleted.")

    def test_between_other_commands_in_one_packet(self):
        pop3 = self.login(self.user(2000))
        pop3.send(b"STAT\r\nXTND XLST Subject\r\nDELE 2\r\nXTND XLST Subject\r\nRETR 1\r\nXTND XLST From 1\r\n"
                  b"LAST\r\nNOSUCH\r\nQUIT\r\n")
        self.assertTrue(pop3.line().startswith(b"+OK 2000 "))
        self.assertEqual((pop3.line(), pop3.lines()), (ACCEPTED, subjects(1, 2000)))
        self.assertEqual(pop3.line(), b"+OK Marked to be deleted.")
        self.assertEqual((pop3.line(), pop3.lines()), (ACCEPTED, subjects(1, 1) + subjects(3, 2000)))
        self.assertTrue(pop3.line().startswith(b"+OK "))
        self.assertIn(b"Subject: message 1", pop3.lines())
        self.assertEqual((pop3.line(), pop3.lines()), (ACCEPTED, [b"1 From: sender1@example.org"]))
        self.assertEqual(pop3.line(), b"+OK 2")
        self.assertTrue(pop3.line().startswith(b"-ERR Unknown command"))
        self.assertEqual(pop3.line(), b"+OK Logging out, messages deleted.")

    def test_a_client_that_goes_in_the_middle(self):
        user = self.user(2000)
        for end in ("close", "reset"):
            for octets in (1, 4000):
                pop3 = hosts.Pop3(self.host.port, user, receive_buffer=4096)
                pop3.send(b"XTND XLST Subject\r\nXTND XLST From\r\nLAST\r\n")
                pop3.file.read(octets)
                getattr(pop3, end)()
        with self.login(user) as pop3:
            self.assertEqual(pop3.multi(b"XTND XLST Subject"), (ACCEPTED, subjects(1, 2000)))
            pop3.quit()

    def test_by_clients_that_know_nothing_of_it(self):
        user = self.user(3)
        client = poplib.POP3("127.0.0.1", self.host.port, timeout=30)
        client.user(user)
        client.pass_("secret")
        self.assertEqual(client._longcmd("XTND XLST Subject")[:2], (ACCEPTED, subjects(1, 3)))
        with self.assertRaises(poplib.error_proto):
            client._longcmd("XTND XLST Subject 4")
        client.quit()
        if shutil.which("curl"):
            url = f"pop3://127.0.0.1:{self.host.port}/"
            command = ["curl", "--silent", "--max-time", "30", "--user", f"{user}:secret", "-X", "XTND XLST Subject", url]
            result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            self.assertEqual(result.stdout.split(b"\r\n")[:3], subjects(1, 3))


class DovecotListingTest(hosts.HostTest):
    dovecot_only = True
    count = 20000

    def setUp(self):
        self.policy(ListingTest.allowed)

    def change_files(self, user):
        for path in glob.glob(os.path.join(glob.escape(self.host.homes), user, "Maildir", "*", "1*")):
            with open(path, "r+b") as file:
                text = file.read()
                file.seek(0)
                file.write(text.replace(b"message", b"CHANGED"))

    def test_a_message_is_opened_once(self):
        """The second time, the answer comes from Dovecot's cache, whatever the files now
        contain."""
        user = self.user(20)
        for name in (b"Subject", b"SUBJ"):
            with self.login(user) as pop3:
                self.assertEqual(pop3.multi(b"XTND XLST " + name), (ACCEPTED, subjects(1, 20)))
                pop3.multi(b"XTND XLST Message-Id")
                pop3.quit()
        self.change_files(user)
        with self.login(user) as pop3:
            self.assertEqual(pop3.multi(b"XTND XLST Subject"), (ACCEPTED, subjects(1, 20)))
            # a prefix that anybody may invent is not cached
            self.assertEqual(pop3.multi(b"XTND XLST SUBJ")[1][0], b"1 Subject: CHANGED 1")
            pop3.quit()
        self.policy(ListingTest.allowed + '[xlst]\nmatch = "exact"\n')
        for expected in (b"1 Subject: CHANGED 1", b"1 Subject: CHANGED 1"):
            with self.login(user) as pop3:
                self.assertEqual(pop3.multi(b"XTND XLST Subject")[1][0], expected)
                pop3.quit()

    def test_xlines_and_list_count_the_same_lines_wherever_the_message_came_from(self):
        """What Dovecot caches about a message's parts does not include the header's lines."""
        user = self.user(0)
        text = b"From: one@example.org\nSubject: one\nDate: Tue, 20 Nov 2001 13:00:00 +0000\nX-A: b\nX-C: d\n\nBody.\n"
        two = text.replace(b"X-A: b\n", b"Content-Type: multipart/mixed; boundary=b\n").replace(
            b"Body.\n", b"--b\n\nPart.\n\n--b--\n")
        for number, message in enumerate((text, two, text, two), 1):
            hosts.deliver(self.host, user, message, number)
        for ask in ("imap.bodystructure", "imap.body", "size.virtual", "text"):
            self.host.doveadm("fetch", "-u", user, ask, "mailbox", "INBOX", "1:2")
        self.host.doveadm("copy", "-u", user, "INBOX", "mailbox", "INBOX", "1:2")
        for message in (text, two):
            self.assertEqual(self.host.try_doveadm("save", "-u", user, input=message.decode()).returncode, 0)
        self.host.doveadm("fetch", "-u", user, "imap.bodystructure", "mailbox", "INBOX", "all")
        expected = [b"7", b"11", b"7", b"11", b"7", b"11", b"7", b"11"]
        for _ in range(2):  # the second time from the plugin's cache
            with self.login(user) as pop3:
                self.assertEqual([line.split(b" ")[2] for line in pop3.multi(b"XLINES")[1]], expected)
                self.assertEqual([line.split(b" ")[2] for line in pop3.multi(b"LIST")[1]], expected)
                self.assertEqual([line.split(b"\t")[-1] for line in pop3.multi(b"XOVER")[1]], expected)
                pop3.quit()

    def memory(self, pid):
        """Octets of memory that the process does not share."""
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return sum(int(line.split()[1]) * 1024 for line in file
                       if line.startswith(("Private_Dirty:", "Private_Clean:")))

    def test_twenty_thousand_messages_and_a_slow_reader(self):
        user = self.user(self.count)
        pop3 = hosts.Pop3(self.host.port, user, receive_buffer=4096)
        self.addCleanup(pop3.close)
        pop3.socket.settimeout(60)
        pop3.command(b"NOOP")
        pid = hosts.eventually(lambda: hosts.processes_of(self.host, user))[0]
        before = self.memory(pid)
        # More than the kernel accepts for a client that does not read.
        times = 30
        pop3.send(b"STAT\r\n" + b"XTND XLST Subject\r\n" * times)
        expected = subjects(1, self.count)
        time.sleep(3)
        grown = [self.memory(pid) - before]
        self.assertTrue(pop3.line().startswith(b"+OK "))
        for _ in range(times):
            self.assertEqual(pop3.line(), ACCEPTED)
            self.assertEqual(pop3.lines(), expected)
            if os.path.exists(f"/proc/{pid}"):
                grown.append(self.memory(pid) - before)
        self.assertGreater(len(grown), 5)
        # Includes what Dovecot knows of its messages and its cache; one answer has 560000 octets.
        self.assertLess(max(grown), 8_000_000, grown)
        self.assertLess(grown[-1], grown[2] + 500_000, grown)
        # Not sent earlier: the memory that QUIT needs is Dovecot's.
        pop3.send(b"LAST\r\nQUIT\r\n")
        self.assertEqual(pop3.line(), b"+OK 0")
        self.assertTrue(pop3.line().startswith(b"+OK Logging out"))
