"""Real clients, and the command orders of old ones, with replies in each dialect: none misreads
one."""
import concurrent.futures
import glob
import os
import poplib
import re

import hosts
import pop3_clients
from private_host import PASSWORD

# Each is a domain.
DIALECTS = {name: f'dialect = "{name}"'
            for name in ("dovecot", "rambler", "rfc1225", "coremail", "qpopper", "popper", "uw")}
# A policy's own wording, with numbers wherever they are allowed.
DIALECTS["own"] = """
[reply.templates]
pass = "+OK {count} messages wait for {user}: {octets} octets on {host}"
stat = "+OK {count} {octets} octets, {all} at first"
list = "+OK {octets} octets in {count} message{s}"
list_one = "+OK {message} {size} octets of {octets}"
uidl = "+OK {count} ids"
uidl_one = "+OK {message} {id} {size}"
retr = "+OK {message} of {count}: {size} octets"
top = "+OK {message} of {count}: {size} octets at most"
dele = "+OK {message} is deleted, {count} were left"
rset = "+OK {count} again, {octets} octets"
noop = "+OK {count}"
quit = "+OK {count} left"
no_message = "-ERR +OK would be wrong of {message}, there are {all}"
deleted = "-ERR {message} was deleted, {count} are left"
unknown = "-ERR 1 {command}"
"""
DIALOGUES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "dialogues")


def octets(message):
    """The size as POP3 counts it: line ends are CRLF."""
    return len(message) + message.count(b"\n")


def exactly(number, size):
    """A message of exactly this many octets, at least 40."""
    message = f"From: a@example.org\nSubject: {number}\n\n".encode()
    while octets(message) < size - 100:
        message += b"y" * 68 + b"\n"
    return message + b"z" * (size - 2 - octets(message)) + b"\n"


# Sizes close to numbers, to counts and to each other; lines that look like replies and ends.
HEADER = b"From: a@example.org\nSubject: lines\n\n"
MAIL = [exactly(1, 111), exactly(2, 211), HEADER + b"+OK 3 3\n-ERR 3\n.\n..\n...\n.+OK 1 message\n\n.\n",
        HEADER + b"\n\n", HEADER + b"w" * 998 + b"\n", HEADER + b"From here it goes on.\n>From there\nQUIT\n",
        HEADER + b"caf\xe9 \xff\x80\n"]
MAIL += [exactly(number, size) for number, size in ((8, 88), (9, 1212), (10, 100), (11, 3999), (12, 10012))]
LARGEST = 4000


class DialectsTest(hosts.HostTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, text in DIALECTS.items():
            for domain, commands in ((name, ""), (f"no-{name}", '[commands]\ndeny = ["RETR", "TOP"]\n')):
                with open(os.path.join(cls.host.policies, "domains", domain + ".example.toml"), "w") as file:
                    file.write(f"{commands}[reply]\n{text}\n")

    def in_each(self, check):
        """Calls check(dialect) for each dialect, several at the same time."""
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for dialect, done in [(dialect, pool.submit(check, dialect)) for dialect in DIALECTS]:
                with self.subTest(dialect):
                    done.result()

    def mailbox(self, name, domain, mail):
        user = f"{name}@{domain}.example".lower()
        self.host.maildir(user)
        for serial, message in enumerate(mail, 1):
            hosts.deliver(self.host, user, message, serial)
        return user

    def left(self, user):
        """The messages in the mailbox."""
        left = []
        for path in sorted(glob.glob(os.path.join(self.host.homes, user, "Maildir", "*", "*.test*")),
                           key=os.path.basename):
            with open(path, "rb") as file:
                left.append(file.read())
        return left

    def client(self, kind, user, name, password=PASSWORD, **options):
        folder = os.path.join(self.host.base, "clients", f"{kind.__name__}-{user}-{name}")
        return kind("127.0.0.1", self.host.port, user, password, folder, **options)

    def assert_loads(self, client, mail):
        self.assertEqual(client.poll(), mail, client.output)

    def assert_says(self, client, mail):
        for part in client.says([octets(message) for message in mail]):
            self.assertIn(part, client.output)

    def check_client(self, kind, dialect):
        user = self.mailbox(kind.__name__, dialect, MAIL)
        client = self.client(kind, user, "keeps")
        self.assert_loads(client, MAIL)
        self.assert_says(client, MAIL)
        self.assert_loads(client, [] if client.remembers else MAIL)
        self.assertEqual(self.left(user), MAIL)

        # Exactly the larger messages stay, so the sizes were understood.
        small = [message for message in MAIL if octets(message) <= LARGEST]
        large = [message for message in MAIL if octets(message) > LARGEST]
        self.assertEqual(len(large), 1)
        client = self.client(kind, user, "leaves-large", keep=False, largest=LARGEST)
        self.assert_loads(client, small)
        self.assertEqual(self.left(user), large)
        client = self.client(kind, user, "takes", keep=False)
        self.assert_loads(client, large)  # one message
        self.assert_says(client, large)
        self.assertEqual(self.left(user), [])
        self.assert_loads(client, [])
        self.assert_says(client, [])

        # A failure is recognized as one.
        user = self.mailbox(kind.__name__, f"no-{dialect}", MAIL[:2])
        for name, options in (("refused", {}), ("stranger", {"password": "wrong"})):
            client = self.client(kind, user, name, keep=False, **options)
            with self.assertRaises(RuntimeError, msg=name):
                client.poll()
            self.assertEqual(client.arrived(), [])
            self.assertEqual(self.left(user), MAIL[:2])

    def test_fetchmail(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.Fetchmail, dialect))

    def test_getmail(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.Getmail, dialect))

    def test_mpop(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.Mpop, dialect))

    def test_mutt(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.Mutt, dialect))

    def test_curl(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.Curl, dialect))

    def test_net_pop3(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.NetPop3, dialect))

    def test_poplib(self):
        self.in_each(lambda dialect: self.check_client(pop3_clients.Poplib, dialect))

    def test_what_names_no_message_is_refused(self):
        """For clients that can be told to ask for it. Deleted messages no longer count."""
        self.in_each(self.check_poplib_numbers)
        self.in_each(self.check_net_pop3_numbers)
        self.in_each(self.check_curl_numbers)

    def check_poplib_numbers(self, dialect):
        mail, sizes = MAIL[:3], [octets(message) for message in MAIL[:3]]
        user = self.mailbox("poplib-numbers", dialect, mail)
        pop3 = self.client(pop3_clients.Poplib, user, "numbers").login()
        self.addCleanup(pop3.close)
        pop3.dele(2)
        self.assertEqual(pop3.stat(), (2, sizes[0] + sizes[2]))
        self.assertEqual(pop3.list()[1], [b"1 %d" % sizes[0], b"3 %d" % sizes[2]])
        self.assertEqual([line.split()[0] for line in pop3.uidl()[1]], [b"1", b"3"])
        for number in (0, 2, 4):
            for ask in (pop3.retr, lambda number: pop3.top(number, 0), pop3.list, pop3.uidl, pop3.dele):
                with self.assertRaises(poplib.error_proto):
                    ask(number)
        with self.assertRaises(poplib.error_proto):
            pop3._shortcmd("XNOSUCH")
        pop3.noop()
        pop3.rset()
        self.assertEqual(pop3.stat(), (3, sum(sizes)))
        self.assertEqual(pop3.list(2).split()[:3], [b"+OK", b"2", b"%d" % sizes[1]])
        self.assertEqual(pop3.uidl(2).split()[1:3], pop3.uidl()[1][1].split())
        pop3.quit()
        self.assertEqual(self.left(user), mail)

    def check_net_pop3_numbers(self, dialect):
        mail, sizes = MAIL[:3], [octets(message) for message in MAIL[:3]]
        user = self.mailbox("net-pop3-numbers", dialect, mail)
        client = self.client(pop3_clients.NetPop3, user, "numbers")
        output = client.run(["perl", "-e", """
            use Net::POP3;
            my ($port, $user, $password) = @ARGV;
            my $pop = Net::POP3->new("127.0.0.1", Port => $port, Timeout => 30);
            $pop->login($user, $password) == 3 and $pop->delete(2) or die $pop->message;
            print join(" ", $pop->popstat), "\\n";
            print join(" ", map { sort { $a <=> $b } keys %$_ } $pop->list, $pop->uidl), "\\n";
            for my $number (0, 2, 4) {
              $pop->get($number) || $pop->top($number, 0) || $pop->list($number) || $pop->uidl($number) ||
                $pop->delete($number) and die "$number: " . $pop->message;
            }
            $pop->reset;
            print join(" ", $pop->popstat, $pop->list(2)), "\\n";
            $pop->quit or die $pop->message;
            """, str(self.host.port), user, PASSWORD])
        self.assertEqual(output, f"2 {sizes[0] + sizes[2]}\n1 3 1 3\n3 {sum(sizes)} {sizes[1]}\n")
        self.assertEqual(self.left(user), mail)

    def check_curl_numbers(self, dialect):
        mail = MAIL[:3]
        user = self.mailbox("curl-numbers", dialect, mail)
        client = self.client(pop3_clients.Curl, user, "numbers")
        for request in ((4,), (4, "--list-only"), ("", "--request", "UIDL 4"), ("", "--request", "TOP 4 0"),
                        ("", "--head", "--request", "DELE 4"), ("", "--request", "XNOSUCH")):
            with self.assertRaises(RuntimeError, msg=request):
                client.ask(request)
        for request in ((3, "--list-only"), ("", "--head", "--request", "UIDL 3"), ("", "--head", "--request", "NOOP")):
            client.ask(request)
        with self.assertRaises(RuntimeError):  # it was deleted in this session
            client.ask(("", "--head", "--request", "DELE 2"), (2,))
        self.assertIn(self.left(user), (mail, mail[::2]))

    def test_foxmails_order(self):
        self.in_each(lambda dialect: self.play("order-foxmail", dialect))

    def test_outlook_expresss_order(self):
        self.in_each(lambda dialect: self.play("order-outlook-express", dialect))

    def assert_reads(self, command, reply, dovecots):
        """From the reply, an old client reads the same as from Dovecot's: the first word, the
        numbers that scanf finds after it, and the number before "octets"."""
        found, wanted = (re.match(rb"(\+OK|-ERR)\b((?: \d+)*)", line) for line in (reply, dovecots))
        self.assertEqual(found[1], wanted[1], reply)
        if command in ("STAT", "LAST"):
            self.assertEqual(found[2], wanted[2], reply)
        for size in re.findall(rb"(\d+) (?:octets|bytes)", reply):
            self.assertIn(size, wanted[2].split(), reply)

    def play(self, name, dialect):
        """Plays a dialogue whose S lines have Dovecot's wording."""
        user = self.mailbox(name, dialect, [])
        mail, pop3, command, reply, retrieved = [], None, None, None, 0
        with open(os.path.join(DIALOGUES, name + ".txt")) as file:
            lines = [line.rstrip("\n") for line in file if line.strip() and not line.startswith("#")]
        for line in lines:
            if size := re.fullmatch(r"(?:new )?mail (\d+)", line):
                mail.append(exactly(len(mail) + 1, int(size[1])))
                hosts.deliver(self.host, user, mail[-1], len(mail))
            elif line == "session":
                pop3 = self.login(user)
            elif line.startswith("C: "):
                command = line[3:]
                reply = pop3.command(command.encode())
            elif message := re.fullmatch(r"S: {message (\d+)}", line):
                wanted = mail[int(message[1]) - 1].split(b"\n")[:-1]
                self.assertEqual([text.removeprefix(b".") for text in pop3.lines()], wanted)
                retrieved += 1
            elif line.startswith("S: +OK"):
                self.assert_reads(command, reply, line[3:].encode())
            elif line == "closed":
                self.assertEqual(pop3.rest(), b"")
            else:
                self.assertEqual(line, "S: .")
        self.assertEqual(retrieved, len(mail))
