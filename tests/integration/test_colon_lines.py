"""Lines whose first word contains a colon: they end Dovecot 2.3's process, with every session in
it, in a panic. With the plugin they are unknown commands."""
import threading

import hosts

HEADER = [b"From: me@example.org", b"To: you@example.org", b"Subject: a colon", b"X-Y:z", b":", b"Date:\tnow"]


def other_lines():
    """First words with every octet, and others that a host might stumble over."""
    octets = [bytes([octet]) for octet in range(1, 256) if octet not in b"\r\n "]
    words = [octet + tail for octet in octets for tail in (b"", b"x y")]
    words += [b"%s%n%d", b"-", b"--", b"a-b", b"a_b", b"NOOP\t", b"NOOP:", b"RETR:1", b"\0:", b"a\0:b", b"X" * 1500,
              b"x:" * 700, b"../..", b"'", b'"', b"CMD_NOOP", b"pop3:cmd_noop", b"\xc3\xa4:", b"::", b"a:b c:d"]
    return words


class ColonLinesTest(hosts.HostTest):
    host_options = hosts.one_process()

    def setUp(self):
        # A session whose domain has a policy that asks for nothing, in the same process.
        self.policy("[commands]\nallow = []\n", "idle.example")
        self.bystanders = [self.login(self.user(1, domain))
                           for domain in ("example.org", "idle.example", "example.org")]
        self.addCleanup(self.ask_bystanders)

    def ask_bystanders(self):
        for pop3 in self.bystanders:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 1 "))

    def play(self, user, lines, at_once=20):
        """Sends this many lines per packet, with a NOOP after them: twenty-one bad lines end a
        session."""
        with hosts.Pop3(self.host.port, user) as pop3:
            answers = []
            for start in range(0, len(lines), at_once):
                packet = lines[start:start + at_once]
                pop3.send(b"".join(line + b"\r\n" for line in [*packet, b"NOOP"]))
                answers += [pop3.line() for _ in packet]
                self.assertEqual(pop3.line(), b"+OK")
            self.assertTrue(pop3.quit().startswith(b"+OK"))
        return answers

    def test_ten_thousand_lines_with_a_colon_beside_other_sessions(self):
        failures = []

        def client(user):
            try:
                answers = self.play(user, HEADER * 417)  # 2,502 lines
                self.assertEqual({answer.split(b":")[0] for answer in answers}, {b"-ERR Unknown command"})
            except Exception as failure:
                failures.append(repr(failure))
        users = [self.user(1, domain) for domain in ("example.org", "idle.example") for _ in range(2)]
        clients = [threading.Thread(target=client, args=(user,)) for user in users]
        for thread in clients:
            thread.start()
        while any(thread.is_alive() for thread in clients):
            self.ask_bystanders()
        self.assertEqual(failures, [])

    def test_the_words_are_the_hosts(self):
        for domain in ("example.org", "idle.example"):
            colon, other = self.play(self.user(1, domain), [b"Fro: me", b"Froz me"])
            self.assertEqual(colon, other.replace(b"Z", b":").replace(b"z", b":"), domain)

    def test_words_of_the_policys_own(self):
        self.policy('[reply.templates]\nunknown = "-ERR what is {command}?"\n', "words.example")
        answers = self.play(self.user(1, "words.example"), [b"From: me", b"Nosuch me"])
        self.assertEqual(answers, [b"-ERR what is From:?", b"-ERR what is Nosuch?"])

    def test_twenty_one_end_their_own_session(self):
        for domain in ("example.org", "idle.example"):
            with self.login(self.user(1, domain)) as pop3:
                pop3.send(b"Subject: x\r\n" * 21)
                answers = pop3.rest().split(b"\r\n")
            self.assertEqual(len(answers), 23, answers)
            self.assertEqual(answers[21:], [b"-ERR Too many bad commands.", b""])

    def test_a_message_behind_a_refused_xtnd_xmit(self):
        self.policy('[commands]\ndeny = ["XTND XMIT"]\n', "xmit.example")
        with self.login(self.user(1, "xmit.example")) as pop3:
            pop3.send(b"XTND XMIT\r\n" + b"\r\n".join(HEADER) + b"\r\n\r\nHi.\r\n.\r\nQUIT\r\n")
            answers = pop3.rest().split(b"\r\n")
        self.assertEqual([answer[:4] for answer in answers], [b"-ERR"] * (1 + len(HEADER) + 3) + [b"+OK ", b""])

    def test_other_lines(self):
        for domain in ("example.org", "idle.example"):
            lines = other_lines()
            answers = self.play(self.user(1, domain), lines, at_once=1)
            for line, answer in zip(lines, answers):
                self.assertTrue(answer.startswith(b"-ERR"), (line, answer))
