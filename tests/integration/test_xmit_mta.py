"""XTND XMIT to a real mail server: Postfix, to which Dovecot sends by SMTP and the standalone host
by a program called like sendmail."""
import os
import time
import unittest

import hosts
from hosts import HostTest, Pop3, eventually
from private_postfix import KNOWN, PrivatePostfix
from test_xmit import ALLOW, MOST_GROWTH, big_body, mail, peak, stuffed

SENT = b"+OK Message sent successfully"


class MtaTest(HostTest):
    program = None  # of the standalone host

    @classmethod
    def setUpClass(cls):
        if not hosts.mta:
            raise unittest.SkipTest("there is no tree with mail servers")
        if cls.program and not hosts.standalone:
            raise unittest.SkipTest("about the standalone host only")
        cls.postfix = PrivatePostfix(hosts.mta)
        cls.addClassCleanup(cls.postfix.remove)
        cls.postfix.start()
        if hosts.standalone:
            path = os.path.join(cls.postfix.folder, "program")
            cls.postfix.sendmail(path, cls.program or "msmtp")
            cls.host_options = {"sendmail_path": path}
        else:
            cls.host_options = {"submission_host": f"127.0.0.1:{cls.postfix.port}"}
        super().setUpClass()

    def setUp(self):
        self.postfix.forget()
        self.policy(ALLOW)
        self.addr = self.user()

    def send(self, content):
        """The final reply; the session continues."""
        with Pop3(self.host.port, self.addr) as pop3:
            self.assertEqual(pop3.command(b"XTND XMIT"), b"+OK Start sending message.")
            pop3.send(stuffed(content))
            reply = pop3.line()
            self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
            pop3.quit()
            return reply

    def delivered(self, name="bob"):
        """The only message that this user received, without what Postfix has added at the top: from
        the end of our Received line on, lines with CRLF."""
        paths = eventually(lambda: self.postfix.delivered(name), 30)
        self.assertEqual(len(paths), 1, self.postfix.log())
        with open(paths[0], "rb") as file:
            content = file.read().replace(b"\n", b"\r\n")
        top, ours, rest = content.partition(b" with POP3 (XTND XMIT, login " + self.addr.encode() + b");\r\n\t")
        self.assertTrue(ours, content[:2000])
        self.assertNotIn(b"Subject", top)
        self.assertIn(b"Return-Path: <" + self.addr.encode() + b">\r\n", top)
        return rest.split(b"\r\n", 1)[1]

    def nothing_arrives(self):
        time.sleep(0.5)
        self.assertEqual([self.postfix.delivered(name) for name in KNOWN], [[]] * len(KNOWN))

    def arrives_as_sent(self, content):
        self.assertEqual(self.send(content), SENT)
        self.assertEqual(self.delivered(), content)


class Delivery(MtaTest):
    def test_what_was_sent_is_delivered(self):
        bodies = {
            "dots": b".\r\n..\r\n.x\r\n...\r\n\r\n.\r\n",
            # Postfix turns NUL, and CR inside a line, into a blank.
            "8 bit": bytes(c for c in range(1, 256) if c not in (10, 13)) * 4 + b"\r\n",
            "empty": b"",
            "Eudora's extra line": b"text\r\n\r\n",
            "only empty lines": b"\r\n\r\n\r\n",
            "lines of 900": (b"x" * 900 + b"\r\n") * 100,
        }
        for name, body in bodies.items():
            with self.subTest(name):
                self.postfix.forget()
                self.arrives_as_sent(mail(self.addr, body=body))

    def test_a_last_line_without_an_end(self):
        """The lone dot must follow a line end, which is also the end of the last line."""
        content = mail(self.addr, body=b"one\r\ntwo")
        self.assertEqual(self.send(content + b"\r\n"), SENT)
        self.assertEqual(self.delivered(), content + b"\r\n")
        self.postfix.forget()
        header_only = mail(self.addr)[:-len(b"\r\nHello.\r\n")]
        self.assertEqual(self.send(header_only), SENT)
        self.assertEqual(self.delivered(), header_only + b"\r\n")

    def test_blats_bcc(self):
        bcc = b"BCC: <secret@remote.example>,\r\n <second@remote.example>\r\n"
        content = mail(self.addr, "carol@remote.example, bob@remote.example", more=bcc.decode())
        self.assertEqual(self.send(content), SENT)
        for name in ("bob", "carol", "secret", "second"):
            self.assertEqual(self.delivered(name), content.replace(bcc, b""))

    def test_date_and_message_id_are_added(self):
        header = f"From: {self.addr}\r\nTo: bob@remote.example\r\n".encode()
        self.assertEqual(self.send(header + b"\r\nHi\r\n"), SENT)
        got = self.delivered()
        self.assertRegex(got, rb"^Date: \w{3}, \d+ \w{3} \d{4} [\d:]{8} \+0000\r\n"
                              rb"Message-ID: <[0-9a-f]{24}@example.org>\r\nFrom: ")
        self.assertTrue(got.endswith(header + b"\r\nHi\r\n"))

    def test_twenty_five_megabytes(self):
        content = mail(self.addr, body=big_body(25 * 1024 * 1024 - 1000))
        with Pop3(self.host.port, self.addr) as pop3:
            self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
            pop3.send(stuffed(mail(self.addr, "carol@remote.example")))
            self.assertEqual(pop3.line(), SENT)
            before = peak(self.host, self.addr)
            self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
            pop3.send(stuffed(content))
            self.assertEqual(pop3.line(), SENT)
            self.assertLess(peak(self.host, self.addr) - before, MOST_GROWTH)
            pop3.quit()
        self.assertEqual(self.delivered(), content)


class Refusals(MtaTest):
    def test_a_recipient(self):
        content = mail(self.addr, "bob@remote.example, nobody@remote.example")
        reply = self.send(content)
        self.assertRegex(reply, rb"^-ERR The message was not sent: .*550 5\.1\.1 <nobody@remote\.example>: "
                                rb"Recipient address rejected: User unknown")
        self.nothing_arrives()
        content = content.replace(b", nobody@remote.example", b"")
        self.arrives_as_sent(content)

    def test_where_it_does_not_relay(self):
        reply = self.send(mail(self.addr, "bob@elsewhere.example"))
        self.assertRegex(reply, rb"^-ERR The message was not sent: .*554 5\.7\.1 <bob@elsewhere\.example>: "
                                rb"Relay access denied")

    def test_the_message(self):
        reply = self.send(mail(self.addr, more="X-Refuse-Me: now\r\n"))
        self.assertRegex(reply, rb"^-ERR The message was not sent: .*550 5\.7\.1 No such header here")
        self.nothing_arrives()

    def test_it_is_stopped(self):
        content = mail(self.addr)
        self.postfix.stop()
        try:
            reply = self.send(content)
            self.assertRegex(reply, rb"^-ERR \[SYS/TEMP\] The message was not sent: .*[Cc]onnect")
        finally:
            self.postfix.start()
        self.nothing_arrives()
        self.arrives_as_sent(content)


class Sendmail(Delivery):
    """With Postfix's own program, which accepts everything."""

    program = "sendmail"

    def test_it_is_stopped(self):
        content = mail(self.addr)
        self.postfix.stop()
        try:
            self.assertEqual(self.send(content), SENT)
            self.nothing_arrives()
        finally:
            self.postfix.start()
        self.assertEqual(self.delivered(), content)

