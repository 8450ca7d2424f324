"""Replies come in the order of the commands, however the octets arrive."""
import socket
import struct
import time

import hosts


def segments_received(connection):
    """How many TCP segments with data have arrived (tcpi_data_segs_in)."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return struct.unpack_from("I", info, 152)[0]


class PipeliningTest(hosts.HostTest):
    def mixed(self, count):
        """`count` commands, alternately the host's and ours, and what the first line of each reply
        begins with. Message 2 is retrieved now and then, and deleted at the end."""
        commands, expected = [], []
        kinds = [(b"NOOP", b"+OK"), (b"LAST", None), (b"STAT", b"+OK 3 "), (b"HELP", b"+OK Commands"),
                 (b"LIST 2", b"+OK 2 "), (b"NOSUCH", b"-ERR Unknown command"), (b"CAPA", b"+OK"), (b"RETR 2", b"+OK "),
                 (b"UIDL 1", b"+OK 1 "), (b"LAST x", b"-ERR Too many arguments")]
        retrieved = False
        for index in range(count):
            command, answer = kinds[index % len(kinds)]
            if answer is None:
                answer = b"+OK 2" if retrieved else b"+OK 0"
            retrieved |= command == b"RETR 2"
            commands.append(command)
            expected.append(answer)
        return commands, expected

    MULTI_LINE = (b"HELP", b"CAPA", b"RETR 2")

    def check_replies(self, pop3, commands, expected):
        for index, (command, answer) in enumerate(zip(commands, expected)):
            line = pop3.line()
            exact = command == b"LAST"
            self.assertTrue(line == answer if exact else line.startswith(answer),
                            f"command {index} {command}: {line}, expected {answer}")
            if command in self.MULTI_LINE:
                pop3.lines()

    def test_a_thousand_mixed_commands_in_one_packet(self):
        commands, expected = self.mixed(1000)
        pop3 = self.login(self.user(3))
        pop3.send(b"".join(command + b"\r\n" for command in commands))
        self.check_replies(pop3, commands, expected)
        self.assertTrue(pop3.quit().startswith(b"+OK"))

    def test_a_thousand_mixed_commands_with_user_and_pass(self):
        commands, expected = self.mixed(1000)
        user = self.user(3)
        pop3 = hosts.Pop3(self.host.port, user, login=False)
        pop3.send(b"USER %s\r\nPASS secret\r\n" % user.encode() + b"".join(c + b"\r\n" for c in commands))
        self.assertEqual([pop3.line()[:3] for _ in range(2)], [b"+OK", b"+OK"])
        self.check_replies(pop3, commands, expected)
        self.assertTrue(pop3.quit().startswith(b"+OK"))

    def test_the_replies_to_a_packet_leave_in_one_write(self):
        self.policy('[reply]\ndialect = "popper"\n', "worded.example")
        for domain, command in ("worded.example", b"NOOP\r\n"), ("example.org", b"LAST\r\n"):
            with self.subTest(command):
                pop3 = self.login(self.user(1, domain))
                before = segments_received(pop3.socket)
                pop3.send(command * 30)
                for _ in range(30):
                    self.assertTrue(pop3.line().startswith(b"+OK"))
                self.assertEqual(segments_received(pop3.socket), before + 1)

    def test_one_octet_at_a_time_gives_the_same_octets(self):
        commands = self.mixed(60)[0] + [b"DELE 3", b"LAST", b"RSET", b"LAST", b"QUIT"]
        octets = b"".join(command + b"\r\n" for command in commands)
        answers = []
        for step in (len(octets), 1, 7):
            user = self.user(3)
            # UIDL's answer contains the mailbox's UIDVALIDITY: make it the same
            maildir = self.host.maildir(user, fresh=False)
            with open(f"{maildir}/dovecot-uidlist", "w") as file:
                file.write("3 V1700000000 N1 G00000000000000000000000000000001\n")
            self.host.give(maildir)
            pop3 = self.login(user)
            for start in range(0, len(octets), step):
                pop3.send(octets[start:start + step])
                if step < 100 and start % 50 == 0:
                    time.sleep(0.001)
            answers.append(pop3.rest())
        self.assertIn(b"\r\n+OK 2\r\n", answers[0])
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[0], answers[2])

    def test_own_commands_behind_a_reply_that_does_not_fit_the_socket(self):
        user = self.user(1)
        hosts.deliver(self.host, user, hosts.message(2, 20_000_000), 2)
        pop3 = self.login(user)
        pop3.send(b"RETR 2\r\nLAST\r\nRETR 1\r\nLAST\r\nHELP LAST\r\nQUIT\r\n")
        time.sleep(0.5)  # the reply fills every buffer on its way
        self.assertTrue(pop3.line().startswith(b"+OK"))
        self.assertGreater(sum(len(line) + 2 for line in pop3.lines()), 20_000_000)
        self.assertEqual(pop3.line(), b"+OK 2")
        self.assertTrue(pop3.line().startswith(b"+OK"))
        pop3.lines()
        self.assertEqual(pop3.line(), b"+OK 2")
        self.assertEqual(pop3.line(), b"+OK LAST")
        pop3.lines()
        self.assertTrue(pop3.line().startswith(b"+OK Logging out"))

    def test_many_own_replies_to_a_client_that_does_not_read(self):
        pop3 = self.login(self.user(1))
        count = 20000
        pop3.socket.settimeout(60)
        sent = b"HELP\r\n" * count
        pop3.socket.setblocking(False)
        offset = 0
        received = b""
        end = time.monotonic() + 60
        while received.count(b"\r\n.\r\n") < count:
            self.assertLess(time.monotonic(), end)
            try:
                offset += pop3.socket.send(sent[offset:offset + 65536]) if offset < len(sent) else 0
            except BlockingIOError:
                pass
            try:
                received += pop3.socket.recv(1 << 20)
            except BlockingIOError:
                time.sleep(0.001)
        one = received[:received.index(b"\r\n.\r\n") + 5]
        self.assertEqual(received, one * count)

    def test_a_denied_command_in_the_packet_of_user_and_pass_is_refused(self):
        self.policy('[commands]\ndeny = ["DELE"]\n', "denied.example")
        user = self.user(2, "denied.example")
        for _ in range(5):
            pop3 = hosts.Pop3(self.host.port, user, login=False)
            pop3.send(b"USER %s\r\nPASS secret\r\nDELE 1\r\ndele 2\r\nSTAT\r\nQUIT\r\n" % user.encode())
            answers = pop3.rest().split(b"\r\n")
            self.assertEqual(answers[2:4], [b"-ERR DELE is disabled for this mailbox."] * 2)
            self.assertTrue(answers[4].startswith(b"+OK 2 "), answers)
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 2)
