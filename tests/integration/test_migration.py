"""Mail that moves from the old servers themselves (tests/oracles) to Dovecot with the plugin: the
ids stay, and clients download nothing again."""
import dataclasses
import functools
import hashlib
import os
import re
import shutil
import sys
import tempfile
import unittest

import hosts
import pop3_clients

here = os.path.dirname(os.path.abspath(__file__))
for part in ("vectors", "oracles"):
    sys.path.insert(0, os.path.join(here, "..", part))
import corpus  # noqa: E402
import old_servers  # noqa: E402


@functools.cache
def old_tree():
    return old_servers.make_tree()


@functools.cache
def messages():
    return corpus.corpus()


def plain_messages():
    """Messages that mail transports put into an mbox: line ends are LF."""
    return [message for message in messages() if message.plain]


def mbox_texts(path):
    """The messages in an mbox as a converter gets them: without envelope and separating line."""
    with open(path, "rb") as file:
        return [text.split(b"\n", 1)[1] for text in
                re.split(rb"(?:\A|\n)(?=From [^\n]*@|From MAILER|From uucp)", file.read()) if text]


def write_texts(maildir, texts):
    """Writes the messages into a Maildir, in this order."""
    for number, text in enumerate(texts, 1):
        with open(os.path.join(maildir, "cur", f"{1700000000 + number}.M{number}.moved:2,"), "wb") as file:
            file.write(text)


class MovingTest(hosts.HostTest):
    dovecot_only = True
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        try:
            old_tree()
        except RuntimeError as error:  # run.sh reports this as well, and counts it
            raise unittest.SkipTest(str(error))
        super().setUpClass()

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="p3l.")
        self.addCleanup(scratch.cleanup)
        self.folder = os.path.join(scratch.name, "old")

    def old_server(self, kind, mail, **options):
        return kind(self.folder, mail, tree=old_tree(), **options)

    def default_policy(self, text):
        path = os.path.join(self.host.policies, "default.toml")
        with open(path, "w") as file:
            file.write(text)
        self.addCleanup(lambda: os.path.exists(path) and os.unlink(path))

    def take_maildir(self, user, path):
        """Makes the old server's Maildir, with everything in it, this user's."""
        new = self.host.maildir(user)
        shutil.rmtree(new)
        shutil.copytree(os.fsencode(path), os.fsencode(new))
        self.host.give(os.fsencode(os.path.dirname(new)))

    def take_texts(self, user, texts):
        write_texts(self.host.maildir(user), texts)
        self.host.give(os.path.join(self.host.homes, user))

    def take_cyrus(self, user, server):
        """Takes the messages from the spool with their UIDs and UIDVALIDITY, as dsync moves
        them."""
        validity, uids = server.index()
        maildir = self.host.maildir(user)
        lines = [f"3 V{validity} N{max(uids) + 1} G{'1a' * 16}"]
        for uid, number in zip(uids, range(1, len(uids) + 1)):
            name = f"{1700000000 + number}.M{number}.moved"
            shutil.copyfile(os.path.join(server.mail_path, f"{uid}."), f"{maildir}/cur/{name}:2,")
            lines.append(f"{uid} :{name}:2,")
        with open(f"{maildir}/dovecot-uidlist", "w") as file:
            file.write("\n".join(lines) + "\n")
        self.host.give(os.path.join(self.host.homes, user))

    def ids(self, user):
        status, lines = hosts.uidl(self.host, user)
        self.assertTrue(status.startswith(b"+OK"), status)
        return [line.split(b" ", 1)[1].decode() for line in lines]

    def ids_by_file(self, user):
        """Ids by the files' names up to the ":"."""
        listed = {}
        done = self.host.try_doveadm("pop3-legacy", "uidl", "list", "-u", user)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stdout.splitlines()[1:]:
            _, _, guid, uid = line.split("\t")
            listed[guid] = uid
        return listed

    def assert_same(self, names, theirs, ours, least=200):
        """Each id is the old server's, except an id that POP3 does not allow, and the second of two
        that were equal there."""
        wanted, seen = [], set()
        self.assertEqual(len(ours), len(theirs))
        for old, new in zip(theirs, ours):
            if not re.fullmatch(r"[\x21-\x7e]{1,495}", old):
                wanted.append(hashlib.sha256(old.encode("latin-1")).hexdigest()[:32])
            elif old in seen:
                wanted.append(new if re.fullmatch(re.escape(old[:59]) + r"-[0-9a-f]{10}", new) else "another")
            else:
                wanted.append(old)
            seen.add(old)
        self.assertEqual(list(zip(names, ours)), list(zip(names, wanted)))
        self.assertEqual(len(set(ours)), len(ours))
        self.assertGreaterEqual(len(ours), least)


class SameIdsTest(MovingTest):
    def from_mbox(self, kind, scheme, mail, **options):
        with self.old_server(kind, mail, **options) as server:
            theirs = server.uidl()
        user = self.user()
        self.policy(f'[uidl]\nscheme = "{scheme}"\n')
        self.take_texts(user, mbox_texts(server.mail_path))
        self.assert_same([message.name for message in mail], list(theirs.values()), self.ids(user))

    def test_popa3d(self):
        self.from_mbox(old_servers.Popa3d, "popa3d", plain_messages())

    def test_solid_mbox(self):
        self.from_mbox(old_servers.Solid, "solid-mbox", plain_messages())

    def test_mailutils(self):
        """Its ids are in the mail once a client has asked for them."""
        mail = [message for message in plain_messages()
                if not message.name.startswith("xuidl") and b"\n\n" in message.raw]
        self.from_mbox(old_servers.Mailutils, "xuidl", mail)

    def from_maildir(self, server, scheme, mail):
        with server:
            theirs = server.uidl()
        order = server.order(mail)
        user = self.user()
        self.policy(f'[uidl]\nscheme = "{scheme}"\n')
        self.take_maildir(user, server.mail_path)
        ours = self.ids_by_file(user)
        self.assert_same([message.name for message in order], list(theirs.values()),
                         [ours[message.file_name.decode(errors="surrogateescape")] for message in order])

    def test_courier(self):
        self.from_maildir(self.old_server(old_servers.Courier, messages()), "courier", messages())

    def test_courier_with_names_as_ids(self):
        known = b"".join(b"%s 77 0:0\n" % old_servers.whole_name(message) for message in messages())
        server = self.old_server(old_servers.Courier, messages(), before=b"/2 1 1\n" + known)
        self.from_maildir(server, "courier-v0", messages())

    def test_solid_maildir(self):
        mail = [dataclasses.replace(message, received=corpus.START + number)
                for number, message in enumerate(messages())]
        self.from_maildir(self.old_server(old_servers.Solid, mail, maildir=True), "maildir-md5", mail)

    def test_cyrus(self):
        for uidl_format, scheme in (("cyrus", "cyrus"), ("uidonly", "cyrus-uidonly"), ("courier", "cyrus-courier"),
                                    ("dovecot", "dovecot")):
            with self.subTest(uidl_format):
                uids = [number * number + 5 for number in range(len(messages()))]
                self.folder += "-" + uidl_format
                with self.old_server(old_servers.Cyrus, messages(), uidl_format=uidl_format, uids=uids) as server:
                    theirs = server.uidl()
                user = self.user()
                self.policy(f'[uidl]\nscheme = "{scheme}"\n')
                self.take_cyrus(user, server)
                self.assert_same([message.name for message in messages()], list(theirs.values()), self.ids(user))


class DovecotsOwnFormatsTest(MovingTest):
    """A Dovecot without the plugin, with each pop3_uidl_format that a scheme imitates."""

    FORMATS = {  # scheme: in Dovecot 2.3, in 2.4
        "dovecot": ("%08Xu%08Xv", "%{uid | hex(8)}%{uidvalidity | hex(8)}"),
        "uw": ("%08Xv%08Xu", "%{uidvalidity | hex(8)}%{uid | hex(8)}"),
        "cyrus": ("%v.%u", "%{uidvalidity}.%{uid}"),
        "cyrus-uidonly": ("%u", "%{uid}"),
        "cyrus-courier": ("%v-%u", "%{uidvalidity}-%{uid}"),
        "qmail": ("%f", "%{filename}"),
        "maildir-md5": ("%Mf", "%{filename | md5 | hexlify}"),
    }

    def test_every_format(self):
        user = self.user()
        mail = [message for message in messages() if re.fullmatch(rb"[\x21-\x7e]{1,495}", message.file_name)]
        self.assertGreaterEqual(len(mail), 150)
        corpus.write_maildir(mail, os.path.join(self.folder, "Maildir"))
        self.take_maildir(user, os.path.join(self.folder, "Maildir"))
        for scheme, formats in self.FORMATS.items():
            with self.subTest(scheme):
                wanted = formats[1 if self.host.typed_settings else 0]
                settings = f'protocol pop3 {{\n  pop3_uidl_format = "{wanted}"\n}}\n'
                with hosts.new_host(plugin=False, settings=settings, homes=self.host.homes, policies=None) as plain:
                    theirs = [line.split(b" ", 1)[1].decode() for line in hosts.uidl(plain, user)[1]]
                self.policy(f'[uidl]\nscheme = "{scheme}"\non_change = "switch"\n')
                self.assertEqual(self.ids(user), theirs)
                self.assertEqual(len(theirs), len(mail))


class ClientsTest(MovingTest):
    """fetchmail, getmail and mpop have downloaded the mail from the old server and left it
    there."""

    COUNT = 20

    def mail(self):
        ordinary = [message for message in messages() if message.name.startswith("ordinary")][:self.COUNT]
        self.assertEqual(len(ordinary), self.COUNT)
        return ordinary

    def move(self, server, scheme, take):
        """take: moves the stopped server's mail to the user of the same name."""
        user = server.user
        self.default_policy(f'[uidl]\nscheme = "{scheme}"\n')
        with pop3_clients.Forwarder() as forwarder:
            clients = [kind("127.0.0.1", forwarder.port, user, server.password,
                            os.path.join(self.folder, "clients", kind.__name__))
                       for kind in (pop3_clients.Fetchmail, pop3_clients.Getmail, pop3_clients.Mpop)]
            with server:
                forwarder.target = (server.host, server.port)
                for client in clients:
                    self.assertEqual(len(client.poll()), self.COUNT, client.output)
                    self.assertEqual(client.poll(), [], client.output)
            take(user)
            forwarder.target = ("127.0.0.1", self.host.port)
            for client in clients:
                self.assertEqual(client.poll(), [], client.output)
            new = hosts.message(1000)
            hosts.deliver(self.host, user, new, 250000000)
            for client in clients:
                self.assertEqual([text.split(b"\n\n")[1] for text in client.poll()], [new.split(b"\n\n")[1]],
                                 client.output)
                self.assertEqual(client.poll(), [], client.output)
            with hosts.Pop3(self.host.port, user) as pop3:  # and nothing was removed
                self.assertTrue(pop3.command(b"STAT").startswith(b"+OK %d " % (self.COUNT + 1)))
                pop3.quit()

    def test_from_courier(self):
        server = self.old_server(old_servers.Courier, self.mail())
        self.move(server, "courier", lambda user: self.take_maildir(user, server.mail_path))

    def test_from_popa3d(self):
        server = self.old_server(old_servers.Popa3d, self.mail())
        self.move(server, "popa3d", lambda user: self.take_texts(user, mbox_texts(server.mail_path)))

    def test_from_solid(self):
        server = self.old_server(old_servers.Solid, self.mail(), maildir=True)
        self.move(server, "maildir-md5", lambda user: self.take_maildir(user, server.mail_path))

    def test_from_mailutils(self):
        server = self.old_server(old_servers.Mailutils, self.mail())
        self.move(server, "xuidl", lambda user: self.take_texts(user, mbox_texts(server.mail_path)))

    def test_from_cyrus(self):
        server = self.old_server(old_servers.Cyrus, self.mail())
        self.move(server, "cyrus", lambda user: self.take_cyrus(user, server))
