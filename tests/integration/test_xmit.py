"""XTND XMIT: what a client sends arrives at an SMTP server, once, or is refused with a reason."""
import glob
import os
import re
import signal
import time

import hosts
from hosts import HostTest, Pop3, eventually
from smtp_sink import WithSink

ALLOW = '[commands]\nallow = ["XTND XMIT"]\n'
TOO_MANY = b"-ERR [SYS/TEMP] You have sent too many messages; try again later."


def stuffed(content):
    """The content as a client sends it, with the final dot."""
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"


def big_body(octets):
    """Lines of text, this many octets or slightly fewer."""
    return b"".join(b"%07d %s\r\n" % (n, b"y" * 60) for n in range(octets // 70))


# By how much a session's process may grow for a message of 25 MB: buffers.
MOST_GROWTH = 4 << 20


def peak(host, user):
    """The most memory that the process of the user's session has ever used, in octets."""
    pids = [host.process.pid] if hosts.standalone else eventually(lambda: hosts.processes_of(host, user))
    with open(f"/proc/{pids[0]}/status") as file:
        return 1024 * int(re.search(r"VmHWM:\s+(\d+) kB", file.read()).group(1))


def mail(sender, to="bob@remote.example", more="", body=b"Hello.\r\n", message_id=None):
    text = f"From: Anna <{sender}>\r\nTo: {to}\r\n{more}Subject: test\r\n"
    text += f"Date: Tue, 20 Nov 2001 13:00:00 +0000\r\nMessage-ID: <{message_id or time.monotonic()}@client>\r\n"
    return text.encode() + b"\r\n" + body


class XmitTest(WithSink, HostTest):
    """A host that submits to the SMTP sink of its class."""

    policy_text = ALLOW

    def setUp(self):
        self.sink.reset()
        self.policy(self.policy_text)

    def begin(self, pop3):
        self.assertEqual(pop3.command(b"XTND XMIT"), b"+OK Start sending message.")

    def xmit(self, pop3, content):
        """The final reply."""
        self.begin(pop3)
        pop3.send(stuffed(content))
        return pop3.line()

    def received(self):
        """The only message that has arrived."""
        self.assertEqual(len(self.sink.messages), 1)
        return self.sink.messages[0]


class Delivery(XmitTest):
    def test_a_message_arrives_as_it_was_sent(self):
        user = self.user(1)
        content = mail(user, "bob@remote.example, Carol <carol@other.example>",
                       more="Cc: dave@remote.example\r\nBcc: secret@remote.example,\r\n\tsecond@remote.example\r\n")
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, content), b"+OK Message sent successfully")
        self.assertEqual(pop3.command(b"STAT")[:5], b"+OK 1")
        pop3.quit()
        message = self.received()
        self.assertEqual(message.sender, user)
        self.assertEqual(message.recipients, ["bob@remote.example", "carol@other.example", "dave@remote.example",
                                              "secret@remote.example", "second@remote.example"])
        match = re.match(rb"Received: by \S+ with POP3 \(XTND XMIT, login " + user.encode() +
                         rb"\);\r\n\t\w{3}, \d+ \w{3} \d{4} [\d:]{8} \+0000\r\n", message.content)
        self.assertTrue(match, message.content)
        expected = content.replace(b"Bcc: secret@remote.example,\r\n\tsecond@remote.example\r\n", b"")
        self.assertEqual(message.content[match.end():], expected)

    def test_what_is_missing_is_added(self):
        user = self.user()
        with Pop3(self.host.port, user) as pop3:
            self.assertTrue(self.xmit(pop3, f"From: {user}\r\nTo: b@remote.example\r\n\r\nHi\r\n".encode())
                            .startswith(b"+OK"))
            pop3.quit()
        header = self.received().header()
        self.assertRegex(header, rb"\r\nDate: \w{3}, \d+ \w{3} \d{4} [\d:]{8} \+0000\r\n")
        self.assertRegex(header, rb"\r\nMessage-ID: <[0-9a-f]{24}@example.org>\r\n")

    def test_bodies(self):
        bodies = {
            "dots": b".\r\n..\r\n.x\r\n...\r\n\r\n.\r\n",
            "8 bit": bytes(c for c in range(1, 256) if c not in (10, 13)) * 4 + b"\r\n",
            "empty": b"",
            "Eudora's extra line": b"text\r\n\r\n",
            "lines of 900": (b"x" * 900 + b"\r\n") * 100,
        }
        user = self.user()
        pop3 = self.login(user)
        for name, body in bodies.items():
            with self.subTest(name):
                self.sink.reset()
                content = mail(user, body=body)
                self.assertEqual(self.xmit(pop3, content), b"+OK Message sent successfully")
                self.assertTrue(self.received().content.endswith(content))
        pop3.quit()

    def test_line_feeds_alone_end_lines(self):
        user = self.user()
        pop3 = self.login(user)
        self.begin(pop3)
        pop3.send(mail(user, body=b"one\r\n..two\r\n").replace(b"\r\n", b"\n") + b".\n")
        self.assertEqual(pop3.line(), b"+OK Message sent successfully")
        pop3.quit()
        self.assertEqual(self.received().body(), b"one\r\n.two\r\n")

    def test_twenty_five_megabytes_are_never_whole_in_memory(self):
        user = self.user()
        octets = 25 * 1024 * 1024 - 1000
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, mail(user)), b"+OK Message sent successfully")
        before = peak(self.host, user)
        # Each dot is a line that must be changed.
        for body in (big_body(octets), b"x" * octets + b"\r\n", b".\r\n" * (1 << 19)):
            self.sink.reset()
            content = mail(user, body=body)
            self.assertEqual(self.xmit(pop3, content), b"+OK Message sent successfully")
            self.assertLess(peak(self.host, user) - before, MOST_GROWTH)
            self.assertTrue(self.received().content.endswith(content))
        pop3.quit()

    def test_octet_by_octet(self):
        user = self.user()
        content = mail(user, body=b".\r\n..\r\nend\r\n")
        pop3 = self.login(user)
        for octet in b"XTND XMIT\r\n" + stuffed(content):
            pop3.send(bytes([octet]))
        self.assertEqual(pop3.line(), b"+OK Start sending message.")
        self.assertEqual(pop3.line(), b"+OK Message sent successfully")
        pop3.quit()
        self.assertTrue(self.received().content.endswith(content))

    def test_commands_behind_the_data_wait(self):
        user = self.user(2)
        pop3 = self.login(user)
        self.sink.hold()
        pop3.send(b"NOOP\r\nXTND XMIT\r\n" + stuffed(mail(user)) + b"STAT\r\nXTND XMIT\r\n" +
                  stuffed(mail(user)) + b"LIST 2\r\nQUIT\r\n")
        self.assertEqual(pop3.line()[:3], b"+OK")
        self.assertEqual(pop3.line(), b"+OK Start sending message.")
        self.assertTrue(self.sink.arrived.wait(10))
        pop3.socket.settimeout(0.5)
        self.assertRaises(OSError, pop3.socket.recv, 1)
        pop3.socket.settimeout(30)
        pop3.file = pop3.socket.makefile("rb")
        self.sink.release()
        self.assertEqual(pop3.line(), b"+OK Message sent successfully")
        self.assertRegex(pop3.line(), rb"\+OK 2 \d+")
        self.assertEqual(pop3.line(), b"+OK Start sending message.")
        self.assertEqual(pop3.line(), b"+OK Message sent successfully")
        self.assertRegex(pop3.line(), rb"\+OK 2 \d+")
        self.assertEqual(pop3.line()[:3], b"+OK")
        self.assertEqual(pop3.rest(), b"")
        self.assertEqual(len(self.sink.messages), 2)

    def test_resent_goes_to_the_new_recipients_only(self):
        user = self.user()
        pop3 = self.login(user)
        more = f"Resent-From: {user}\r\nResent-To: new@remote.example\r\nResent-Bcc: hidden@remote.example\r\n"
        self.assertEqual(self.xmit(pop3, mail(user, more=more))[:3], b"+OK")
        self.assertEqual(self.received().recipients, ["new@remote.example", "hidden@remote.example"])
        self.assertNotIn(b"hidden", self.received().content)

    def test_groups_comments_and_quotes(self):
        user = self.user()
        pop3 = self.login(user)
        to = 'Friends: (x) "a b"@remote.example, "C, D" <c.d@remote.example>;, undisclosed:;, e@remote.example'
        self.assertEqual(self.xmit(pop3, mail(user, to))[:3], b"+OK")
        self.assertEqual(self.received().recipients, ['"a b"@remote.example', "c.d@remote.example", "e@remote.example"])


class Openssl(XmitTest):
    """It is not loaded: Dovecot's library hashes (see also test_uidl)."""

    dovecot_only = True

    def loaded(self, policy, send):
        self.policy(ALLOW + policy)
        user = self.user()
        pop3 = self.login(user)
        self.assertIn(b"X-XMIT", pop3.multi(b"CAPA")[1])
        if send:
            self.assertEqual(self.xmit(pop3, mail(user))[:3], b"+OK")
        (pid,) = eventually(lambda: hosts.processes_of(self.host, user))
        with open(f"/proc/{pid}/maps") as file:
            return "libcrypto" in file.read()

    def test_not_where_a_message_is_to_be_known_again(self):
        self.assertFalse(self.loaded("", send=True))


class Refusals(XmitTest):
    def refused(self, content, user=None):
        """The reason. The session continues, and nothing was sent."""
        pop3 = self.login(user or self.user())
        answer = self.xmit(pop3, content)
        self.assertEqual(answer[:4], b"-ERR", answer)
        self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
        pop3.quit()
        sent = list(self.sink.messages)
        self.sink.reset()
        self.assertEqual(sent, [])
        return answer

    def test_off_unless_allowed(self):
        self.policy("")
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XTND XMIT")[:4], b"-ERR")
        self.assertNotIn(b"X-XMIT", pop3.multi(b"CAPA")[1])
        self.policy(ALLOW)
        self.assertIn(b"X-XMIT", self.login(self.user()).multi(b"CAPA")[1])

    def test_arguments(self):
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XTND XMIT now"), b"-ERR Too many arguments for the xtnd xmit command.")
        self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")

    def test_forged_from(self):
        user = self.user()
        for sender in ("other@example.org", f"{user}>, <x@evil.example", "Anna <boss@example.org>"):
            with self.subTest(sender):
                content = f"From: {sender}\r\nTo: b@remote.example\r\n\r\nHi\r\n".encode()
                self.assertRegex(self.refused(content, user),
                                 rb"^-ERR (You may not send as (other|boss)@example\.org\.|Cannot read From: )")
        for name in ("From", "from ", "Sender", "Resent-From"):
            with self.subTest(name):
                content = mail(user, more=f"{name}: other@example.org\r\n")
                self.assertEqual(self.refused(content, user), b"-ERR You may not send as other@example.org.")
        self.assertEqual(self.refused(b"To: b@remote.example\r\n\r\nHi\r\n"), b"-ERR The message has no From.")

    def test_own_domain_and_any(self):
        user = self.user()
        self.policy(ALLOW + '[xmit]\nfrom = "own-domain"\n')
        with Pop3(self.host.port, user) as pop3:
            self.assertEqual(self.xmit(pop3, mail("sales@example.org"))[:3], b"+OK")
            self.assertEqual(self.xmit(pop3, mail("sales@example.net"))[:4], b"-ERR")
        self.policy(ALLOW + '[xmit]\nfrom = "any"\n')
        with Pop3(self.host.port, user) as pop3:
            self.assertEqual(self.xmit(pop3, mail("sales@example.net"))[:3], b"+OK")
        self.assertEqual([message.sender for message in self.sink.messages], [user, user])

    def test_headers_that_are_none(self):
        user = self.user()
        begin = f"From: {user}\r\nTo: b@remote.example\r\n".encode()
        for header, reason in ((b"no field\r\n", b"Invalid header line: no field"),
                               (b"Sub\0ject: x\r\n", b"A header line contains CR or NUL."),
                               # A lone CR is a line end, like a lone LF.
                               (b"X: x\rFrom: boss@example.org\r\n", b"You may not send as boss@example.org."),
                               (b": x\r\n", b"Invalid header line: : x")):
            with self.subTest(header):
                self.assertEqual(self.refused(begin + header + b"\r\nHi\r\n", user), b"-ERR " + reason)
        self.assertEqual(self.refused(b" " + begin + b"\r\nHi\r\n", user), b"-ERR The header begins with white space.")
        for content in (b"\r\nonly a body\r\n", b""):
            self.assertEqual(self.refused(content, user), b"-ERR The message has no From.")

    def test_recipients(self):
        user = self.user()
        self.assertEqual(self.refused(mail(user, "undisclosed-recipients:;"), user),
                         b"-ERR The message has no recipients.")
        self.assertIn(b"without a domain", self.refused(mail(user, "bob"), user))
        for bad in ("b@re mote.example", "bob@remote.example\x7f", "b\xe4r@remote.example", "<>", "a@b@c.example"):
            with self.subTest(bad):
                self.assertRegex(self.refused(mail(user, bad), user), rb"^-ERR (Cannot read|Invalid address in) To: ")

    def test_too_many_recipients(self):
        user = self.user()
        to = ",\r\n ".join(f"r{n}@remote.example" for n in range(10000))
        begun = time.monotonic()
        self.assertIn(b"Too many recipients", self.refused(mail(user, to), user))
        self.assertLess(time.monotonic() - begun, 5)
        self.sink.reset()
        self.policy(ALLOW + "[xmit]\nmax_recipients = 3\n")
        self.assertIn(b"Too many recipients", self.refused(mail(user, "a@b.de, c@b.de", more="Cc: d@b.de, e@b.de\r\n"),
                                                        user))

    def test_ten_thousand_recipients_where_they_are_allowed(self):
        self.policy(ALLOW + "[xmit]\nmax_recipients = 10000\n")
        user = self.user()
        to = ",\r\n ".join(f"r{n}@remote.example" for n in range(10000))
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, mail(user, to)), b"+OK Message sent successfully")
        self.assertEqual(len(self.received().recipients), 10000)

    def test_size(self):
        self.policy(ALLOW + '[xmit]\nmax_size = "10K"\n')
        user = self.user()
        self.assertEqual(self.refused(mail(user, body=b"x" * 78 + b"\r\n" + b"y\r\n" * 5000), user),
                         b"-ERR The message is too large: at most 10240 octets are allowed.")
        # A line without an end, up to the length that is waited for.
        self.assertIn(b"too large", self.refused(mail(user, body=b"x" * 500000 + b"\r\n"), user))
        # Beyond that the session ends; its last reply may be lost with the connection.
        with Pop3(self.host.port, user) as pop3:
            self.begin(pop3)
            try:
                for _ in range(40):
                    pop3.send(b"x" * 65536)
                self.assertIn(b"too large", pop3.line())
                self.assertEqual(pop3.rest(), b"")
            except ConnectionError:
                pass
        # Endless lines.
        with Pop3(self.host.port, user) as pop3:
            self.begin(pop3)
            with self.assertRaises(ConnectionError):
                for _ in range(1000):
                    pop3.send(b"x" * 70 + b"\r\n" + b"y" * 65536 + b"\r\n")
        self.assertEqual(self.sink.messages, [])

    def test_a_header_without_an_end(self):
        user = self.user()
        content = mail(user, more="X-Long: " + "x" * 300000 + "\r\n")
        self.assertEqual(self.refused(content, user), b"-ERR The message header is too large.")

    def test_messages_per_session(self):
        self.policy(ALLOW + "[xmit]\nper_session = 2\n")
        user = self.user()
        pop3 = self.login(user)
        for _ in range(2):
            self.assertEqual(self.xmit(pop3, mail(user))[:3], b"+OK")
        self.assertEqual(pop3.command(b"XTND XMIT"), b"-ERR You cannot send more messages in this session.")
        self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
        self.assertEqual(self.xmit(self.login(user), mail(user))[:3], b"+OK")

    def test_messages_per_hour(self):
        self.policy(ALLOW + "[xmit]\nper_hour = 3\n")
        user = self.user()
        for _ in range(3):
            with Pop3(self.host.port, user) as pop3:
                self.assertEqual(self.xmit(pop3, mail(user))[:3], b"+OK")
                pop3.quit()
        self.assertEqual(self.login(user).command(b"XTND XMIT"), TOO_MANY)

    def test_a_thousand_submissions(self):
        """With the default limits."""
        user = self.user()
        replies = []
        while len(replies) < 1000:
            with Pop3(self.host.port, user) as pop3:
                for _ in range(25):
                    reply = pop3.command(b"XTND XMIT")
                    if reply.startswith(b"+OK"):
                        pop3.send(stuffed(mail(user)))
                        reply = pop3.line()
                    replies.append(reply)
                    self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
                pop3.quit()
        self.assertEqual({reply: replies.count(reply) for reply in replies},
                         {b"+OK Message sent successfully": 100, b"-ERR You cannot send more messages in this session.": 25,
                          TOO_MANY: 875})
        self.assertEqual(len(self.sink.messages), 100)
        (state,) = self.state_files(user)
        self.assertLess(os.path.getsize(state), 100 * 90)
        # A client that only tries is making errors.
        pop3 = self.login(user)
        pop3.send(b"XTND XMIT\r\n" * 1000)
        try:
            lines = pop3.rest().splitlines()
            self.assertEqual(lines[0], TOO_MANY)
            self.assertLess(len(lines), 30)
        except ConnectionError:
            pass  # before its last reply was read
        self.assertEqual(self.login(user).command(b"NOOP")[:3], b"+OK")

    def test_many_messages_in_one_session(self):
        self.policy(ALLOW + "[xmit]\nper_session = 0\nper_hour = 0\n")
        user = self.user()
        pop3 = self.login(user)
        for _ in range(60):
            self.assertEqual(self.xmit(pop3, mail(user))[:3], b"+OK")
        self.assertEqual(len(self.sink.messages), 60)

    def test_dry_run(self):
        self.policy(ALLOW + "[xmit]\ndry_run = true\n")
        user = self.user()
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, mail(user)), b"+OK Message checked but not sent: this is a dry run")
        self.assertEqual(self.xmit(pop3, mail("x@example.org"))[:4], b"-ERR")
        pop3.quit()
        self.assertEqual(self.sink.messages, [])
        self.assertEqual(self.state_files(user), [])


class LoginNames(XmitTest):
    """With a host that allows any octet in a name."""

    @classmethod
    def setUpClass(cls):
        if not hosts.standalone:
            cls.host_options = {"settings": "auth_username_chars =\n"}
        super().setUpClass()

    def test_one_that_is_no_address(self):
        for name in ("a b@example.org", "a(b@example.org", 'a"b@example.org', "a>b@example.org", "a,b@example.org",
                     "a\rX-Injected: yes\r@example.org", "\xe4@example.org"):
            with self.subTest(name):
                self.host.maildir(name)
                pop3 = self.login(name)
                self.assertEqual(pop3.command(b"XTND XMIT"), b"-ERR Your login name is not a valid mail address.")
                self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
        self.assertEqual(self.xmit(self.login(self.user()), mail("user1@example.org"))[:3], b"+OK")


class MailServer(XmitTest):
    """The mail server refuses, is slow, or dies."""

    log_problems = r"Panic:|Fatal:(?!.*killed with signal 9)"

    def answer(self, content=None, user=None):
        user = user or self.user()
        with Pop3(self.host.port, user) as pop3:
            answer = self.xmit(pop3, content or mail(user))
            self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
            pop3.quit()
        return answer

    def held_back(self, user, content):
        """A session whose message has arrived and which gets no reply until the sink releases
        it."""
        pop3 = self.login(user)
        self.sink.hold()
        self.begin(pop3)
        pop3.send(stuffed(content))
        self.assertTrue(self.sink.arrived.wait(10))
        return pop3

    def test_its_reasons_reach_the_client(self):
        self.sink.refuse = {"bob@remote.example": "550 5.1.1 No such user here"}
        answer = self.answer()
        self.assertIn(b"550 5.1.1 No such user here", answer)
        self.assertFalse(answer.startswith(b"-ERR [SYS/TEMP]"), answer)
        self.sink.refuse = {"bob@remote.example": "450 4.2.1 Greylisted"}
        answer = self.answer()
        self.assertIn(b"450 4.2.1 Greylisted", answer)
        self.assertTrue(answer.startswith(b"-ERR [SYS/TEMP]"), answer)
        self.sink.refuse = {}
        self.sink.final_reply = "554 5.7.1 Spam"
        self.assertIn(b"554 5.7.1 Spam", self.answer())
        self.sink.final_reply = "250 ok"
        self.sink.data_reply = "451 4.3.0 Not now"
        self.assertIn(b"451 4.3.0 Not now", self.answer())
        self.assertEqual(self.sink.messages, [])

    def test_all_recipients_or_none(self):
        self.sink.refuse = {"c@remote.example": "550 5.1.1 No such user here"}
        user = self.user()
        content = mail(user, "a@remote.example, c@remote.example, d@remote.example")
        self.assertIn(b"550 5.1.1 No such user here", self.answer(content, user))
        self.assertEqual(self.sink.messages, [])
        self.sink.refuse = {}
        self.assertEqual(self.answer(content, user)[:3], b"+OK")
        self.assertEqual(len(self.sink.messages), 1)

    def test_a_refused_message_may_be_sent_again(self):
        user = self.user()
        content = mail(user)
        self.sink.final_reply = "451 4.3.0 Not now"
        self.assertEqual(self.answer(content, user)[:4], b"-ERR")
        self.sink.final_reply = "250 ok"
        self.assertEqual(self.answer(content, user)[:3], b"+OK")
        self.assertEqual(len(self.sink.messages), 1)

    def test_it_dies(self):
        for when in ("data", "end"):
            with self.subTest(when):
                self.sink.die = when
                answer = self.answer()
                self.assertTrue(answer.startswith(b"-ERR [SYS/TEMP]"), answer)
        self.assertEqual(self.sink.messages, [])

    def test_other_sessions_go_on_meanwhile(self):
        user, second = self.user(), self.login(self.user(3))
        pop3 = self.held_back(user, mail(user))
        for _ in range(20):
            self.assertEqual(second.command(b"STAT")[:5], b"+OK 3")
        self.sink.release()
        self.assertEqual(pop3.line(), b"+OK Message sent successfully")

    def test_a_client_that_goes_in_the_middle_sends_nothing(self):
        user = self.user()
        for reset in (False, True):
            pop3 = self.login(user)
            self.begin(pop3)
            pop3.send(mail(user))
            time.sleep(0.2)
            (pop3.reset if reset else pop3.close)()
        time.sleep(0.5)
        self.assertEqual(self.sink.messages, [])
        # The message may be sent again.
        self.assertEqual(self.answer(user=user)[:3], b"+OK")
        self.assertEqual(len(self.sink.messages), 1)

    def test_a_client_that_goes_before_the_reply_and_comes_again(self):
        for reset in (False, True):
            with self.subTest(reset=reset):
                self.sink.reset()
                user = self.user()
                content = mail(user)
                pop3 = self.held_back(user, content)
                (pop3.reset if reset else pop3.close)()
                self.assertIn(b"[SYS/TEMP] The same message is already being sent", self.answer(content, user))
                self.sink.release()
                self.assertTrue(eventually(lambda: self.sink.messages))
                if self.host.name() != "standalone":
                    # Dovecot does not watch the connection by itself.
                    self.assertTrue(eventually(lambda: not hosts.processes_of(self.host, user)))
                answer = eventually(lambda: (a := self.answer(content, user)).startswith(b"+OK") and a)
                self.assertEqual(answer, b"+OK Message sent successfully")
                self.assertEqual(len(self.sink.messages), 1)
                # A different message counts as another one.
                self.assertEqual(self.answer(mail(user), user)[:3], b"+OK")
                self.assertEqual(len(self.sink.messages), 2)

    def test_a_process_that_is_killed_before_the_reply(self):
        user = self.user()
        content = mail(user)
        pop3 = self.held_back(user, content)
        if hosts.standalone:
            self.host.process.kill()
            self.host.stop()
            self.host.start()
        else:
            [pid] = hosts.processes_of(self.host, user)
            os.kill(pid, signal.SIGKILL)
        self.assertEqual(pop3.rest(), b"")
        self.sink.reset()
        self.assertEqual(self.answer(content, user), b"+OK Message sent successfully")
        self.assertEqual(len(self.sink.messages), 1)

    def test_twice_where_the_policy_wants_it(self):
        self.policy(ALLOW + '[xmit]\ndedup = "0s"\n')
        user = self.user()
        content = mail(user)
        for _ in range(2):
            self.assertEqual(self.answer(content, user)[:3], b"+OK")
        self.assertEqual(len(self.sink.messages), 2)


class SharedProcess(MailServer):
    """The same with all sessions in one process."""

    host_options = hosts.one_process()


class NoMailServer(HostTest):
    host_options = {"submission_host": "127.0.0.1:1"}

    def test_it_is_down(self):
        self.policy(ALLOW)
        user = self.user()
        pop3 = self.login(user)
        self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
        pop3.send(stuffed(mail(user)) + b"NOOP\r\n")
        self.assertRegex(pop3.line(), rb"-ERR \[SYS/TEMP\] The message was not sent: .*[Cc]onnect")
        self.assertEqual(pop3.line()[:3], b"+OK")


class SmallDisk(XmitTest):
    """The disk where messages are spooled is full, or soon will be."""

    host_options = {"spool_octets": 256 * 1024}
    full = rb"-ERR [SYS/TEMP] The message cannot be stored at the moment."

    @property
    def spool(self):
        """The spool folder as the host sees it."""
        return f"/proc/{self.host.process.pid}/root{self.host.base}/spool"

    def sent_after_all(self, pop3, content):
        self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
        self.assertEqual(self.sink.messages, [])
        self.assertEqual(os.listdir(self.spool), [])
        self.assertEqual(self.xmit(pop3, content), b"+OK Message sent successfully")
        self.assertTrue(self.received().content.endswith(content))
        pop3.quit()

    def test_it_fills_while_the_message_comes(self):
        user = self.user()
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, mail(user, body=big_body(1 << 20))), self.full)
        self.assert_logged("No space left on device")
        self.sent_after_all(pop3, mail(user, body=big_body(100000)))

    def test_it_is_full(self):
        user = self.user()
        content = mail(user)
        pop3 = self.login(user)
        filler = os.path.join(self.spool, "filler")
        with open(filler, "wb", buffering=0) as file:
            with self.assertRaises(OSError):
                while file.write(b"x" * 4096):
                    pass
        self.assertEqual(self.xmit(pop3, content), self.full)
        os.unlink(filler)
        self.sent_after_all(pop3, content)


class Copies(XmitTest):
    policy_text = ALLOW + '[xmit]\nsave_to = "Sent"\n'

    def copies(self, user, folder="Sent"):
        """All copies are seen."""
        paths = glob.glob(os.path.join(self.host.homes, user, "Maildir", "." + folder, "[cnt]??", "*"))
        found = []
        for path in paths:
            self.assertRegex(path, r"/cur/[^/]+:2,S$")
            with open(path, "rb") as file:
                found.append(file.read().replace(b"\n", b"\r\n"))
        return found

    def test_a_copy_is_kept(self):
        user = self.user()
        pop3 = self.login(user)
        content = mail(user, more="Bcc: secret@remote.example\r\n", body=b".\r\n\xff\r\n")
        self.assertEqual(self.xmit(pop3, content)[:3], b"+OK")
        self.assertEqual(self.copies(user), [self.received().content])
        self.sink.final_reply = "554 5.7.1 Spam"
        self.assertEqual(self.xmit(pop3, mail(user))[:4], b"-ERR")
        self.sink.final_reply = "250 ok"
        # What was sent before is neither sent nor stored again.
        self.assertEqual(self.xmit(pop3, content)[:3], b"+OK")
        self.assertEqual(len(self.copies(user)), 1)
        self.assertEqual(self.xmit(pop3, mail(user))[:3], b"+OK")
        self.assertEqual(len(self.copies(user)), 2)
        # The maildrop is unchanged.
        self.assertEqual(pop3.command(b"STAT"), b"+OK 0 0")
        pop3.quit()
        if not hosts.standalone:
            text = self.host.doveadm("fetch", "-u", user, "flags hdr.subject", "mailbox", "Sent")
            self.assertEqual((text.count("hdr.subject: test"), text.count("\\Seen")), (2, 2), text)

    def test_a_large_one_is_never_whole_in_memory(self):
        user = self.user()
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, mail(user))[:3], b"+OK")
        before = peak(self.host, user)
        self.assertEqual(self.xmit(pop3, mail(user, body=big_body(20 << 20)))[:3], b"+OK")
        self.assertLess(peak(self.host, user) - before, MOST_GROWTH)
        self.assertEqual(sorted(self.copies(user), key=len)[1], self.sink.messages[1].content)

    def test_a_folder_in_a_folder(self):
        self.policy(ALLOW + '[xmit]\nsave_to = "Archive.Sent"\n')
        user = self.user()
        self.assertEqual(self.xmit(self.login(user), mail(user))[:3], b"+OK")
        self.assertEqual(len(self.copies(user, "Archive.Sent")), 1)

    def test_one_that_cannot_be_kept_is_for_the_log(self):
        user = self.user()
        path = os.path.join(self.host.homes, user, "Maildir", ".Sent")
        with open(path, "w"):
            pass
        pop3 = self.login(user)
        self.assertEqual(self.xmit(pop3, mail(user)), b"+OK Message sent successfully")
        self.assertEqual(len(self.sink.messages), 1)
        self.assert_logged(re.escape(user) + ".*XTND XMIT: .*Sent")
        pop3.quit()


# Takes a message like sendmail, and keeps it with its arguments.
SENDMAIL = """#!/bin/sh
folder={folder}
test -e "$folder/refuse" && {{ echo "no, sir" >&2; exit 69; }}
printf '%s\\n' "$@" >"$folder/arguments"
exec cat >"$folder/message"
"""


class WithSendmail:
    """For a HostTest: sendmail_path instead of an SMTP server. sendmail: the program's text, with {folder} for
    sendmail_folder, in which it is."""

    host_options = {"sendmail_path": "sendmail/program"}
    sendmail = SENDMAIL

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sendmail_folder = os.path.join(cls.host.base, "sendmail")
        os.makedirs(cls.sendmail_folder)
        os.chmod(cls.sendmail_folder, 0o777)
        path = os.path.join(cls.sendmail_folder, "program")
        with open(path, "w") as file:
            file.write(cls.sendmail.format(folder=cls.sendmail_folder))
        os.chmod(path, 0o755)


class Program(WithSendmail, HostTest):
    def read(self, name):
        with open(os.path.join(self.sendmail_folder, name), "rb") as file:
            return file.read()

    def test_a_program_takes_the_message(self):
        self.policy(ALLOW)
        user = self.user()
        content = mail(user, "a@remote.example, b@remote.example", body=b"one\r\n.\r\n\xff\r\n")
        with Pop3(self.host.port, user) as pop3:
            self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
            pop3.send(stuffed(content) + b"NOOP\r\n")
            self.assertEqual(pop3.line(), b"+OK Message sent successfully")
            self.assertEqual(pop3.line()[:3], b"+OK")
            self.assertEqual(self.read("arguments").decode().split(),
                             ["-i", "-f", user, "--", "a@remote.example", "b@remote.example"])
            self.assertTrue(self.read("message").endswith(content))
            open(os.path.join(self.sendmail_folder, "refuse"), "w").close()
            self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
            pop3.send(stuffed(mail(user)))
            if hosts.standalone:
                self.assertEqual(pop3.line(), b"-ERR The message was not sent: no, sir")
            else:
                self.assertRegex(pop3.line(), rb"-ERR \[SYS/TEMP\] The message was not sent: .*[Ss]endmail")
            os.unlink(os.path.join(self.sendmail_folder, "refuse"))

    def test_twenty_five_megabytes_are_never_whole_in_memory(self):
        self.policy(ALLOW)
        user = self.user()
        with Pop3(self.host.port, user) as pop3:
            peaks = []
            for one in (mail(user), mail(user, body=big_body(25 * 1024 * 1024 - 1000))):
                self.assertEqual(pop3.command(b"XTND XMIT")[:3], b"+OK")
                pop3.send(stuffed(one))
                self.assertEqual(pop3.line(), b"+OK Message sent successfully")
                self.assertTrue(self.read("message").endswith(one))
                peaks.append(peak(self.host, user))
            self.assertLess(peaks[1] - peaks[0], MOST_GROWTH)
