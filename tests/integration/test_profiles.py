"""The profiles in conf.d: what the sentence at the top of each promises."""
import os
import poplib
import shutil
import socket
import sys

import hosts
import pop3_clients
from private_host import PASSWORD

here = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(here, "..", "..", "conf.d", "pop3-legacy", "profiles")
sys.path.insert(0, os.path.join(here, "..", "vectors"))
import formulas  # noqa: E402

# A default.toml in which LAST is missing, and would help nobody if it were there.
CONTRARY = """
[commands]
allow = []
[last]
semantics = "popper"
start = "session"
on_drop = "nothing"
"""
# "%08Xu%08Xv": for mail that the old server did not name.
DOVECOTS = r"[0-9a-f]{16}"
PARTS = b"""From: a@example.org
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

The text.
--b
Content-Type: text/html

<p>Not this.</p>
--b--
"""


class ProfilesTest(hosts.HostTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shutil.copytree(SHIPPED, os.path.join(cls.host.policies, "profiles"), dirs_exist_ok=True)

    def user_of(self, profile, messages=0):
        """A new user whose domain has only this profile."""
        domain = profile + ".example"
        self.policy(f'inherit = "{profile}"\n', domain)
        return self.user(messages, domain)

    def default(self, text):
        self.policy(text, "default", "")

    def files(self, user):
        maildir = os.path.join(self.host.homes, user, "Maildir")
        return [os.path.join(maildir, folder, name)
                for folder in ("cur", "new") for name in os.listdir(os.path.join(maildir, folder))]

    def count(self, user):
        with self.login(user) as pop3:
            count = int(pop3.command(b"STAT").split()[1])
            pop3.quit()
        return count

    def ids(self, user):
        status, lines = hosts.uidl(self.host, user)
        self.assertTrue(status.startswith(b"+OK"), status)
        return [line.split(b" ")[1].decode() for line in lines]

    def drop(self, pop3, user):
        """The connection breaks after everything that arrived was read; waits until the server has
        noticed."""
        pop3.socket.shutdown(socket.SHUT_WR)
        pop3.rest()
        pop3.close()
        if not hosts.standalone:
            self.wait_for_end(user, 1)

    def retrieve(self, pop3, number):
        status, lines = pop3.multi(b"RETR %d" % number)
        self.assertTrue(status.startswith(b"+OK"), status)
        return next(line for line in lines if line.startswith(b"Subject:")).split()[-1].decode()

    def test_every_profile_has_a_test(self):
        names = {name.removesuffix(".toml").replace("-", "_") for name in os.listdir(SHIPPED)}
        self.assertGreaterEqual(len(names), 13)
        self.assertEqual({name for name in names if not hasattr(self, "test_" + name)}, set())

    # --- clients ---

    def test_fetchmail(self):
        self.default(CONTRARY)
        user = self.user_of("fetchmail", 3)
        client = pop3_clients.FetchmailByLast("127.0.0.1", self.host.port, user, PASSWORD,
                                              os.path.join(hosts.scratch, "fetchmail-by-last"))
        self.assertEqual(client.poll(), [hosts.message(number) for number in (1, 2, 3)], client.output)
        self.assertEqual(client.poll(), [], client.output)
        hosts.deliver(self.host, user, hosts.message(4), 4)
        self.assertEqual(client.poll(), [hosts.message(4)], client.output)
        self.assertIn("POP3> LAST", client.output)
        self.assertNotIn("POP3> UIDL", client.output)

    def mutt(self, user, full_at=None):
        """Does what Mutt's fetch-mail does with pop_last; its disk is full at message `full_at`."""
        got = []
        with self.login(user) as pop3:
            count = int(pop3.command(b"STAT").split()[1])
            last = pop3.command(b"LAST")
            self.assertRegex(last, rb"^\+OK [0-9]+")
            for number in range(int(last.split()[1]) + 1, count + 1):
                got.append(self.retrieve(pop3, number))
                if got[-1] == full_at:
                    pop3.command(b"RSET")
                    break
            pop3.quit()
        return got

    def test_mutt(self):
        self.default(CONTRARY)
        user = self.user_of("mutt", 3)
        self.assertEqual(self.mutt(user), ["1", "2", "3"])
        self.assertEqual(self.mutt(user), [])
        for number in (4, 5, 6):
            hosts.deliver(self.host, user, hosts.message(number), number)
        self.assertEqual(self.mutt(user, full_at="5"), ["4", "5"])
        self.assertEqual(self.mutt(user), ["4", "5", "6"])

    def test_eudora(self):
        self.default(CONTRARY)
        user = self.user_of("eudora")
        hosts.deliver(self.host, user, PARTS, 1)
        hosts.deliver(self.host, user, hosts.message(2), 2)
        with self.login(user) as pop3:
            self.assertIn(b"X-MANGLE", pop3.multi(b"CAPA")[1])  # it knows this name as well
            status, lines = pop3.multi(b"TOP 1 100 MANGLE")  # exactly as Eudora 7 sends it
            self.assertTrue(status.startswith(b"+OK"), status)
            self.assertIn(b"The text.", lines)
            self.assertNotIn(b"<p>Not this.</p>", lines)
            self.retrieve(pop3, 1)
            self.assertTrue(pop3.command(b"XTND XMIT").startswith(b"-ERR"))
            pop3.quit()
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")

    def test_outlook_express(self):
        self.default('[pace]\nlogin_delay = "1h"\nburst = 1\nretr_per_session = 2\noctets_per_hour = 300\n')
        user = self.user_of("outlook-express", 4)
        with self.login(user) as pop3:
            self.assertEqual([self.retrieve(pop3, number) for number in (1, 2, 3, 4)], ["1", "2", "3", "4"])
            pop3.quit()
        with self.login(user) as pop3:
            for number in (1, 2, 3, 4):
                self.assertTrue(pop3.command(b"DELE %d" % number).startswith(b"+OK"))
            pop3.quit()
        self.assertEqual(self.count(user), 0)
        self.assertEqual(self.count(user), 0)
        with self.assertRaisesRegex(AssertionError, r"\[LOGIN-DELAY\]"):  # the delay itself holds
            self.login(user)

    def test_foxmail(self):
        self.default(CONTRARY)
        user = self.user_of("foxmail", 3)
        pop3 = self.login(user)
        for number in (1, 2):
            self.assertEqual(self.retrieve(pop3, number), str(number))
            self.assertTrue(pop3.command(b"DELE %d" % number).startswith(b"+OK"))
        self.drop(pop3, user)
        with self.login(user) as pop3:
            self.assertEqual(self.retrieve(pop3, 1), "3")
            self.assertTrue(pop3.command(b"DELE 1").startswith(b"+OK"))
            pop3.quit()
        self.assertEqual(self.count(user), 0)
        self.assertEqual(len(self.files(user)), 2)  # nothing is lost

    def odoo(self, user, unfit=()):
        """The subjects of a poll, which deletes what it could process."""
        client = poplib.POP3("127.0.0.1", self.host.port, timeout=30)
        client.user(user)
        client.pass_(PASSWORD)
        got = []
        for number in range(1, min(50, client.stat()[0]) + 1):
            text = b"\n".join(client.retr(number)[1])
            got.append(text.split(b"Subject: message ")[1].split(b"\n")[0].decode())
            if got[-1] not in unfit:
                client.dele(number)
        client.quit()
        return got

    def test_erp(self):
        user = self.user_of("erp", 52)
        unfit = [str(number) for number in range(1, 51)]
        self.assertEqual(self.odoo(user, unfit), unfit)
        self.assertEqual(self.odoo(user, unfit), ["51", "52"])
        self.assertEqual(len(self.files(user)), 50)
        hosts.deliver(self.host, user, hosts.message(53), 53)
        pop3 = self.login(user)
        self.assertEqual(self.retrieve(pop3, 1), "53")
        self.drop(pop3, user)  # the program has died
        self.assertEqual(self.odoo(user), ["53"])
        self.assertEqual(self.odoo(user), [])

    def test_scanner(self):
        self.default('[commands]\nallow = ["LAST", "XTND XLST", "EUIDL", "XOVER", "XDELE"]\n'
                     '[x_commands]\nXGET = { alias = "RETR" }\n')
        user = self.user_of("scanner", 2)
        with self.login(user) as pop3:
            for command in (b"RETR 1", b"retr 1", b"XGET 1", b"TOP 1 0", b"DELE 1", b"XDELE 1", b"XTND XLST Subject",
                            b"EUIDL", b"XOVER"):
                self.assertTrue(pop3.command(command).startswith(b"-ERR"), command)
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 2 "))
            self.assertTrue(pop3.quit().startswith(b"+OK"))
        self.assertEqual(len(self.files(user)), 2)

    def test_quiet(self):
        with self.login(self.user_of("quiet", 1)) as pop3:
            self.assertTrue(pop3.command(b"HELP").startswith(b"-ERR"))
            self.assertEqual([line for line in pop3.multi(b"CAPA")[1] if line.startswith(b"X-")], [])
            pop3.quit()

    def test_a_line_that_breaks_within_a_message(self):
        if hosts.standalone:
            self.skipTest("it does not tell when a session has ended")
        self.default(CONTRARY)
        for profile in ("fetchmail", "mutt", "eudora"):
            user = self.user_of(profile, 1)
            hosts.deliver(self.host, user, hosts.message(2, 30_000_000), 2)
            pop3 = self.login(user)
            self.retrieve(pop3, 1)
            self.assertTrue(pop3.command(b"RETR 2").startswith(b"+OK"))
            pop3.reset()
            self.wait_for_end(user, 1)
            self.assertEqual(hosts.last(self.host, user), b"+OK 1", profile)

    # --- servers before ---

    @staticmethod
    def stored(text, envelope=None):
        return formulas.Stored(text=text, envelope=envelope, file_name=None, courier=None, received=0, guid="", user="",
                               uid=0, uidvalidity=0)

    def write(self, user, name, text):
        path = os.path.join(self.host.homes, user, "Maildir", name)
        with open(path, "w") as file:
            file.write(text)
        self.host.give(path)

    def test_from_courier(self):
        user = self.user_of("from-courier", 4)
        self.write(user, "courierpop3dsizelist", """/3 6 1699999999
1600000001.M1P1.test:2,S 200 5:1699999999:0
1600000002.M2P1.test:2, 200 3:0:0
1600000003.M3P1.test 200 0:0:0
""")
        *theirs, new = self.ids(user)
        self.assertEqual(theirs, ["UID5-1699999999", "UID3", "1600000003.M3P1.test"])
        self.assertRegex(new, DOVECOTS)

    def test_from_qpopper(self):
        user = self.user_of("from-qpopper")
        envelope, text = b"From alice@example.org Thu Jan  1 00:00:00 2004\n", hosts.message(2)
        hosts.deliver(self.host, user, b'X-UIDL: p]5!!3Oe"!XVU!!)n2!!\n' + hosts.message(1), 1)
        hosts.deliver(self.host, user, envelope + text, 2)
        hosts.deliver(self.host, user, hosts.message(3), 3)
        *theirs, new = self.ids(user)
        self.assertEqual(theirs, ['p]5!!3Oe"!XVU!!)n2!!', formulas.qpopper(self.stored(text, envelope)).decode()])
        self.assertRegex(new, DOVECOTS)

    def moved_with_uids(self, profile):
        """A user with the UIDs 7 and 300 under the UIDVALIDITY 1234567890."""
        user = self.user_of(profile, 2)
        names = sorted(os.path.basename(path) for path in self.files(user))
        self.write(user, "dovecot-uidlist", f"3 V1234567890 N301 G{'1a' * 16}\n7 :{names[0]}\n300 :{names[1]}\n")
        return user

    def test_from_uw(self):
        self.assertEqual(self.ids(self.moved_with_uids("from-uw")), ["499602d200000007", "499602d20000012c"])

    def test_from_cyrus(self):
        self.assertEqual(self.ids(self.moved_with_uids("from-cyrus")), ["1234567890.7", "1234567890.300"])

    def test_from_cpanel(self):
        self.assertEqual(self.ids(self.moved_with_uids("from-cpanel")), ["UID7-1234567890", "UID300-1234567890"])

    def test_from_plesk(self):
        self.assertEqual(self.ids(self.moved_with_uids("from-plesk")), ["UID7-1234567890", "UID300-1234567890"])

    def test_from_dovecot(self):
        self.assertEqual(self.ids(self.moved_with_uids("from-dovecot")), ["00000007499602d2", "0000012c499602d2"])

    def test_from_qpopper_2(self):
        """The chain that its profile names for version 2, which accepted an X-UIDL of any
        length."""
        with open(os.path.join(SHIPPED, "from-qpopper.toml")) as file:
            chain = '["xuidl", "qpopper-old"]'
            self.assertIn(f"scheme = {chain}", file.read())
        self.policy(f"[uidl]\nscheme = {chain}\n", "qpopper-2.example")
        user = self.user(0, "qpopper-2.example")
        stored = "x" * 80
        envelope, text = b"From alice@example.org Thu Jan  1 00:00:00 2004\n", hosts.message(2)
        hosts.deliver(self.host, user, f"X-UIDL: {stored}\n".encode() + hosts.message(1), 1)
        hosts.deliver(self.host, user, envelope + text, 2)
        self.assertEqual(self.ids(user), [stored, formulas.qpopper_old(self.stored(text, envelope)).decode()])

    def test_from_popa3d(self):
        user = self.user_of("from-popa3d")
        text = b"Received: from a by b;\n Thu, 1 Jan 2004 00:00:00 +0000\nDelivered-To: bob\n" + hosts.message(1)
        hosts.deliver(self.host, user, text, 1)
        self.assertEqual(self.ids(user), [formulas.popa3d(self.stored(text)).decode()])

    # --- both ---

    def test_a_server_before_and_a_client(self):
        """Combined as in the README: default.toml has the server, the domain the client."""
        self.default('inherit = "from-cyrus"\n')
        user = self.moved_with_uids("foxmail")
        self.assertEqual(self.ids(user), ["1234567890.7", "1234567890.300"])
        with self.login(user) as pop3:
            self.retrieve(pop3, 1)
            pop3.quit()
        self.assertEqual(self.ids(user), ["1234567890.300"])
