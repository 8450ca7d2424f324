"""MANGLE on RETR, TOP and LIST, and the effect of XLINES on LIST: large, deep and broken
messages."""
import base64
import glob
import os
import time

import hosts

FOLLOWS = b"+OK Message follows"
HEADER = b"From: a@example.org\nSubject: %s\nX-Secret: no\nMIME-Version: 1.0\n"
SAYS = [b"Mime-version: 1.0", b'Content-Type: text/plain;charset="us-ascii"', b""]
ATTACHMENT = 25 * 1024 * 1024


def mixed(subject, *parts, boundary=b"b"):
    text = HEADER % subject + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\n\n'
    return text + b"".join(b"--%s\n%s\n" % (boundary, part) for part in parts) + b"--%s--\n" % boundary


def plain(text):
    return b"Content-Type: text/plain\n\n" + text


def attached(octets):
    return (b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="big.pdf"\n'
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(os.urandom(octets)))


class MangleTest(hosts.HostTest):
    def setUp(self):
        self.policy('[commands]\nallow = ["LAST", "MANGLE"]\n')

    def mailbox(self, *messages):
        user = self.user()
        for number, message in enumerate(messages, 1):
            hosts.deliver(self.host, user, message, number)
        return user

    def mangled(self, *messages):
        """What RETR n MANGLE(headers=subject) sends of each message, after its status line."""
        sent = []
        with self.login(self.mailbox(*messages)) as pop3:
            for number in range(1, len(messages) + 1):
                first, lines = pop3.multi(b"RETR %d MANGLE(headers=subject)" % number)
                self.assertEqual(first, FOLLOWS)
                lines = [line[line.startswith(b".."):] for line in lines]  # LIST counts unstuffed lines
                size = sum(len(line) + 2 for line in lines)
                self.assertEqual(pop3.command(b"LIST %d MANGLE(headers=subject)" % number), b"+OK %d %d" % (number, size))
                start = lines.index(SAYS[0])
                self.assertEqual(lines[start:start + 3], SAYS)
                sent.append((lines[:start], lines[start + 3:]))
            self.assertEqual(pop3.command(b"NOOP"), b"+OK")
            pop3.quit()
        return sent

    def test_a_large_attachment_is_not_sent_and_not_held(self):
        user = self.mailbox(mixed(b"large", plain(b"Short.\n"), attached(ATTACHMENT)))
        with self.login(user) as pop3:
            pop3.command(b"NOOP")
            before = self.peak(user)
            begun = time.monotonic()
            lines = pop3.multi(b"RETR 1 MANGLE(headers=subject)")[1]
            seconds = time.monotonic() - begun
            self.assertEqual(lines, [b"Subject: large"] + SAYS + [
                b"Short.", b"", b"[big.pdf]", b"[ pdf attachment omitted]", b""])
            self.assertLess(seconds, 10)
            if not hosts.standalone:
                grown = self.peak(user) - before
                self.assertLess(grown, 4 * 1024, "KB")
                print(f"25 MB attachment: {seconds:.2f} s, VmHWM {before} KB and {grown} KB")
            pop3.quit()

    def test_a_large_text_is_sent_in_pieces(self):
        line = b"y" * 72
        user = self.mailbox(mixed(b"text", plain((line + b"\n") * (ATTACHMENT // 73))))
        with self.login(user) as pop3:
            pop3.command(b"NOOP")
            before = self.peak(user)
            lines = pop3.multi(b"RETR 1 MANGLE(headers=subject)")[1]
            self.assertEqual(len(lines), 4 + ATTACHMENT // 73)
            self.assertEqual(set(lines[4:]), {line})
            if not hosts.standalone:
                grown = self.peak(user) - before
                self.assertLess(grown, 4 * 1024, "KB")
                print(f"25 MB text: VmHWM {before} KB and {grown} KB")
            pop3.quit()

    def peak(self, user):
        """VmHWM of the user's pop3 process in KB."""
        if hosts.standalone:
            return 0
        (pid,) = hosts.processes_of(self.host, user)
        with open(f"/proc/{pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))

    def test_a_message_of_very_many_parts_is_cut(self):
        (header, lines), = self.mangled(mixed(b"many", *[plain(b"part %d\n" % n) for n in range(10000)]))
        self.assertEqual(header, [b"Subject: many"])
        self.assertEqual([line for line in lines if line][:2], [b"part 0", b"part 1"])
        self.assertIn(b"part 4998", lines)
        self.assertNotIn(b"part 4999", lines)
        self.assertEqual(lines[-3:], [b"", b"[message too complex; part omitted]", b""])

    def test_a_deep_message_is_cut(self):
        text = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1000))
        inner = b"Content-Type: message/rfc822\n\nSubject: x\n" * 1000
        for deep in (HEADER % b"deep" + text + b"\nDeep.\n", HEADER % b"deep" + inner + b"\nDeep.\n"):
            (header, lines), = self.mangled(deep)
            self.assertEqual(header, [b"Subject: deep"])
            self.assertEqual(lines[-2:], [b"[message too complex; part omitted]", b""])
            self.assertNotIn(b"Deep.", lines)
            self.assertLess(len(lines), 400)

    def test_broken_messages(self):
        sent = self.mangled(
            HEADER % b"1" + b"Content-Type: multipart/mixed\n\n--b\n\nText.\n",
            HEADER % b"2" + b"Content-Type: multipart/mixed; boundary=b\n\nText.\n",
            HEADER % b"3" + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nNo end.\n",
            HEADER % b"4",
            HEADER % b"5" + b"Content-Transfer-Encoding: base64\n\nTm8gZW5k",
            mixed(b"6", b"Content-Type: text/plain; charset=\"\n\nOdd charset.\n", b""),
            HEADER % b"7" + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b--\n")
        invalid = [b"", b"[invalid MIME formatting; part omitted]", b""]
        self.assertEqual([header for header, _ in sent], [[b"Subject: %d" % n] for n in range(1, 8)])
        self.assertEqual([lines for _, lines in sent][:5], [invalid, [], [b"No end."], [], [b"No end"]])
        self.assertIn(b"Odd charset.", sent[5][1])

    def test_octets_that_are_no_text(self):
        (header, lines), = self.mangled(HEADER % b"nul" + b"\na\0b \xff\xfe c\r\n\r d\n.\n..\n")
        self.assertEqual(header, [b"Subject: nul"])
        self.assertTrue(lines[0].startswith(b"a") and lines[0].endswith(b"b _ c"), lines)
        self.assertEqual(lines[1:], [b"\r d", b".", b".."])

    def test_an_endless_header(self):
        long = b"z" * (3 * 1024 * 1024)
        message = HEADER % b"long" + b"To: " + long + b"\nX-Other: " + long + b"\nReply-To: r@example.org\n\nBody.\n"
        user = self.mailbox(message, HEADER % b"folded" + b"Cc: a" + b",\n b" * 100000 + b"\n\nBody.\n")
        with self.login(user) as pop3:
            self.assertEqual(pop3.multi(b"RETR 1 MANGLE(headers=subject)")[1], [b"Subject: long"] + SAYS + [b"Body."])
            lines = pop3.multi(b"TOP 1 0 MANGLE(headers=to,reply-to)")[1]
            self.assertEqual(lines, [b"To: " + long, b"Reply-To: r@example.org", b""])
            self.assertEqual(len(pop3.multi(b"TOP 2 0 MANGLE(headers=cc)")[1]), 100002)
            pop3.quit()

    def test_pipelined_and_read_slowly(self):
        text = b"".join(b"line %d\n" % n for n in range(50000))
        user = self.mailbox(mixed(b"slow", plain(text), attached(1000)), mixed(b"other", plain(b"Other.\n")))
        pop3 = hosts.Pop3(self.host.port, user, receive_buffer=4096)
        self.addCleanup(pop3.close)
        pop3.send(b"RETR 1 MANGLE(headers=subject)\r\nLAST\r\nTOP 1 1 MANGLE(headers=subject)\r\nLIST 2 MANGLE\r\n"
                  b"RETR 2 MANGLE(headers=subject)\r\nLAST\r\nRSET\r\nQUIT\r\n")
        self.assertEqual(pop3.line(), FOLLOWS)
        time.sleep(1)
        lines = pop3.lines()
        self.assertEqual(lines[:4], [b"Subject: slow"] + SAYS)
        self.assertEqual(lines[4:50004], [b"line %d" % n for n in range(50000)])
        self.assertEqual(pop3.line(), b"+OK 1")
        self.assertEqual((pop3.line(), pop3.lines()), (FOLLOWS, [b"Subject: slow"] + SAYS + [b"line 0"]))
        self.assertTrue(pop3.line().startswith(b"+OK 2 "))
        self.assertEqual((pop3.line(), pop3.lines()), (FOLLOWS, [b"Subject: other"] + SAYS + [b"Other."]))
        self.assertEqual(pop3.line(), b"+OK 2")
        self.assertEqual(pop3.line(), b"+OK")
        self.assertEqual(pop3.line(), b"+OK Logging out.")

    def test_a_client_that_goes_in_the_middle(self):
        """A message that was not sent completely is not accessed."""
        text = b"".join(b"line %d\n" % n for n in range(500000))
        user = self.mailbox(mixed(b"gone", plain(text)))
        for end in ("close", "reset"):
            pop3 = hosts.Pop3(self.host.port, user, receive_buffer=4096)
            pop3.send(b"RETR 1 MANGLE\r\n")
            pop3.file.read(4000)
            getattr(pop3, end)()
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")

    def test_a_mangled_message_has_been_seen(self):
        user = self.mailbox(mixed(b"one", plain(b"One.\n")), mixed(b"two", plain(b"Two.\n")))
        with self.login(user) as pop3:
            pop3.multi(b"TOP 2 5 MANGLE")
            pop3.command(b"LIST 2 MANGLE")
            pop3.multi(b"RETR 1 MANGLE")
            pop3.quit()
        files = glob.glob(os.path.join(glob.escape(self.host.homes), user, "Maildir", "*", "16*"))
        flags = {os.path.basename(path).split(".")[0]: os.path.basename(path).partition(":2,")[2] for path in files}
        self.assertEqual(flags, {"1600000001": "S", "1600000002": ""})


class XlinesTest(hosts.HostTest):
    def test_list_has_the_lines_when_capa_has_xlines(self):
        """GNU Mailutils' client takes a LIST without the third column for an error then."""
        user = self.user(3)
        for allow, columns in (('"XLINES"', 3), ('"LAST"', 2)):
            self.policy(f"[commands]\nallow = [{allow}]\n")
            with self.login(user) as pop3:
                self.assertEqual(b"XLINES" in pop3.multi(b"CAPA")[1], columns == 3)
                lines = [line.split(b" ") for line in pop3.multi(b"LIST")[1]]
                self.assertEqual([len(line) for line in lines], [columns] * 3)
                self.assertEqual(pop3.command(b"LIST 2"), b"+OK " + b" ".join(lines[1]))
                self.assertTrue(pop3.command(b"LIST 4").startswith(b"-ERR There's no message 4."))
                pop3.quit()
