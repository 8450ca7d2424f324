"""Random sessions, limited in number and time. A failure names its seed, with which the same
sessions come again.

Compared with a model: LAST is what RFC 1225 says, whatever the order of commands and packets and
the way that sessions end. Compared with Dovecot: with an active filter that has nothing to do,
every octet is the same as from a Dovecot without it. Compared with the policy: what is denied is
not done."""
import base64
import random
import socket
import time

import hosts

SEED = 20251


class ModelOfLastTest(hosts.HostTest):
    SECONDS = 12

    def test_last_is_what_the_rfc_says(self):
        chance = random.Random(SEED)
        end = time.monotonic() + self.SECONDS
        checks = 0
        while time.monotonic() < end:
            checks += self.one_mailbox(chance)
        self.assertGreater(checks, 50)

    def one_mailbox(self, chance):
        user = self.user(count := chance.choice([0, 1, 3, 8, 20]))
        uids = list(range(1, count + 1))
        serial, mark = count, 0  # UIDs up to the mark were accessed
        checks = 0
        for _ in range(chance.randint(2, 5)):
            for _ in range(chance.choice([0, 0, 1, 3])):
                serial += 1
                hosts.deliver(self.host, user, hosts.message(serial), serial)
                uids.append(serial)
            uids, mark, done = self.one_session(chance, user, uids, mark)
            checks += done
        return checks

    def one_session(self, chance, user, uids, mark):
        """Plays a session and checks every LAST; returns the UIDs and the mark that are left."""
        start = sum(uid <= mark for uid in uids)
        last, kept, last_uid, kept_uid = start, start, mark, mark
        deleted, checks, said = set(), 0, []
        commands = []
        for _ in range(chance.randint(0, 14)):
            number = chance.randint(1, len(uids) + 2)
            commands.append(chance.choice(["LAST", "LAST", "RSET", "NOOP", "LIST", "UIDL", f"RETR {number}",
                                           f"RETR {number}", f"DELE {number}", f"TOP {number} 0", f"RETR {number} x",
                                           f"DELE {number}x"]))
        pop3 = self.login(user)
        pipelined = chance.random() < 0.3
        if pipelined:
            pop3.send("".join(command + chance.choice(["\r\n", "\n"]) for command in commands).encode())
        for command in commands:
            said.append(command)
            where = f"seed {SEED}, {user}, {said}"
            answer = pop3.line() if pipelined else pop3.command(command.encode())
            verb, *arguments = command.split()
            if answer.startswith(b"+OK") and verb in ("RETR", "TOP", "UIDL", "LIST"):
                pop3.lines()
            if verb == "LAST":
                self.assertEqual(answer, b"+OK %d" % last, where)
                checks += 1
            elif verb == "RSET":
                last, kept, last_uid, kept_uid = start, start, mark, mark
                deleted.clear()
            elif verb in ("RETR", "DELE"):
                valid = len(arguments) == 1 and arguments[0].isdigit() and 1 <= int(arguments[0]) <= len(uids)
                number = int(arguments[0]) if valid else 0
                valid = valid and number not in deleted
                self.assertEqual(answer.startswith(b"+OK"), valid, where)
                if valid:
                    if number > last:
                        last, last_uid = number, uids[number - 1]
                    if verb == "DELE":
                        deleted.add(number)
                    elif number > kept:
                        kept, kept_uid = number, uids[number - 1]
        if chance.random() < 0.5:
            pop3.command(b"QUIT")
            if chance.random() < 0.5:
                pop3.rest()  # otherwise the next session begins before this one has gone
            return [uid for number, uid in enumerate(uids, 1) if number not in deleted], last_uid, checks
        pop3.command(b"NOOP")  # proves that everything before it has arrived
        if chance.random() < 0.5:
            pop3.socket.shutdown(socket.SHUT_WR)
            pop3.rest()
        else:
            pop3.reset()
            time.sleep(0.15)
        return uids, kept_uid, checks


class DeniedTest(hosts.HostTest):
    STREAMS = 150

    def test_nothing_gets_a_dele_past_the_policy(self):
        self.policy('[commands]\ndeny = ["DELE"]\n', "denied.example")
        user = self.user(3, "denied.example")
        chance = random.Random(SEED)
        for number in range(self.STREAMS):
            octets = self.login_octets(chance, user) + self.stream(chance)
            with socket.create_connection(("127.0.0.1", self.host.port), timeout=20) as connection:
                cut = chance.choice([len(octets), chance.randint(1, len(octets)), 1024, 2048])
                received = b""
                try:
                    connection.sendall(octets[:cut])
                    time.sleep(chance.choice([0, 0, 0.01]))
                    connection.sendall(octets[cut:])
                    connection.shutdown(socket.SHUT_WR)
                    while piece := connection.recv(65536):
                        received += piece
                except OSError:
                    pass  # an over-long line ends the session, and the rest is refused
            self.assertNotIn(b"Marked", received, f"seed {SEED}, stream {number}: {octets}")
        self.assertEqual(len(hosts.uidl(self.host, user)[1]), 3)

    @staticmethod
    def login_octets(chance, user):
        plain = base64.b64encode(f"\0{user}\0secret".encode())
        by_password = b"USER %s\r\nPASS secret\r\n" % user.encode()
        if hosts.standalone:
            return by_password
        return chance.choice([by_password, b"AUTH PLAIN " + plain + b"\r\n", b"AUTH PLAIN\r\n" + plain + b"\r\n"])

    @staticmethod
    def stream(chance):
        pieces = [b"DELE 1\r\n", b"dele 1\n", b"DELE  1\r\n", b"DELE 1\0x\r\n", b"DELE 1\r\r\n", b"DELE\0 1\r\n",
                  b"NOOP\rDELE 1\r\n", b"NOOP\0\r\nDELE 1\r\n", b"\0DELE 1\r\n", b" DELE 1\r\n", b"NOOP\n\rDELE 1\r\n",
                  b"\r\nDELE 1\r\n", b"\n", b"DeLe 1\n", b"DELE\t1\r\n", b"RETR 2\r\nDELE 1\r\n", b"LIST\nDELE 1\n"]
        octets = b"".join(chance.choice(pieces) for _ in range(chance.randint(1, 12)))
        if chance.random() < 0.3:  # across the end of a buffer
            padding = chance.choice([512, 1024, 2048, 4096]) - chance.randint(0, 9)
            octets = b"NOOP\r\n" * (padding // 6) + b"N" * (padding % 6) + b"\r\nDELE 1\r\n" + octets
        if chance.random() < 0.2:
            octets += b"X" * chance.randint(2000, 5000) + b"DELE 1\r\n"
        return octets + b"QUIT\r\n"


class SameOctetsTest(hosts.HostTest):
    """Beside it, a Dovecot without the plugin serves the same mail."""

    dovecot_only = True
    STREAMS = 60
    TRIES = 5

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = hosts.new_host(plugin=False, homes=cls.host.homes)
        cls.plain.start()

    @classmethod
    def tearDownClass(cls):
        cls.plain.stop()
        super().tearDownClass()

    def test_the_filter_changes_nothing_of_the_hosts_own(self):
        # CAPA is the only command that the filter handles under this policy
        self.policy('[commands]\nallow = []\n[capa]\nimplementation = "x"\n')
        chance = random.Random(SEED)
        for number in range(self.STREAMS):
            count = chance.choice([1, 3, 5, 30])
            pieces, joined = self.stream(chance, count)
            # A server that closes with octets unread resets the connection, and what is then lost
            # varies: any two equal answers are enough.
            ours, theirs = [], []
            for _ in range(self.TRIES):
                ours.append(self.play(self.host.port, count, pieces, joined))
                theirs.append(self.play(self.plain.port, count, pieces, joined))
                self.assertNotIn(b"", ours + theirs)
                if set(ours) & set(theirs):
                    break
            else:
                self.fail(f"seed {SEED}, stream {number}: {pieces}\nours: {ours[-1]}\ntheirs: {theirs[-1]}")

    def play(self, port, count, pieces, joined):
        """All answers to the pieces, on a fresh maildrop that is always the same."""
        user = "same@example.org"
        maildir = self.host.maildir(user)
        with open(f"{maildir}/dovecot-uidlist", "w") as file:
            file.write(f"3 V1234567 N{count + 1} G00112233445566778899aabbccddeeff\n")
            for number in range(1, count + 1):
                name = f"{1600000000 + number}.M{number}P1.test"
                file.write(f"{number} :{name}\n")
                with open(f"{maildir}/cur/{name}:2,", "wb") as content:
                    content.write(hosts.message(number, 3000 if number % 3 == 0 else None))
        self.host.give(maildir)
        received = b""
        pop3 = hosts.Pop3(port, user, login=False)
        try:
            pop3.command(b"USER " + user.encode())
            pop3.send(b"PASS secret\r\n" + (b"".join(pieces) if joined else b""))
            if not joined:
                pop3.line()
                for piece in pieces:
                    pop3.send(piece)
            pop3.send(b"\r\nQUIT\r\n")
            pop3.socket.shutdown(socket.SHUT_WR)
            while piece := pop3.file.read1(65536):
                received += piece
        except OSError:
            pass
        finally:
            pop3.close()
        return received.removeprefix(b"+OK Logged in.\r\n")

    @staticmethod
    def stream(chance, count):
        def number():
            return str(chance.choice([1, 2, count, count + 1, 0, chance.randint(1, count), "99999999999", "-1", "", "1 ",
                                      "x", "01", " 2", "1\r"]))

        def line():
            text = chance.choice([
                "NOOP", "STAT", "LIST", "LIST " + number(), "UIDL", "UIDL " + number(), "DELE " + number(),
                "RETR " + number(), "RETR " + number(), f"TOP {number()} {number()}", "RSET", "LAST", "HELP",
                "XTND XMIT", "XYZ", "", " ", " NOOP", "noop", "Stat", "dele 1", "NOOP\0QUIT", "A" * 1500,
                "".join(chance.choice("NOP\0 ST1\r\t\xff") for _ in range(chance.randint(1, 12)))])
            return text.encode("latin-1") + chance.choice([b"\r\n"] * 8 + [b"\n", b"\r\r\n"])

        octets = b"".join(line() for _ in range(chance.choice([1, 3, 8, 15, 40])))
        step = chance.choice([7, 60, 512, 2048, 99999])
        pieces = []
        while octets:
            size = chance.randint(1, step)
            pieces.append(octets[:size])
            octets = octets[size:]
        return pieces, chance.random() < 0.4
