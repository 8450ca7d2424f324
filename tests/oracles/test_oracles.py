"""The old servers themselves and tests/vectors/formulas.py give the same ids to the corpus's
messages."""
import dataclasses
import functools
import os
import re
import tempfile
import unittest

import corpus
import formulas
import old_servers
import sizelist
import write_vectors

tree = None


def setUpModule():
    global tree
    tree = old_servers.make_tree()


@functools.cache
def messages():
    return corpus.corpus()


def as_it_stands(formula, message):
    """If every line of a header ends with CRLF, the formulas read LF: the old server had it so, and
    the CRs are from Dovecot's mail_save_crlf. In an mbox of its own that contains CRs, the server
    takes them for ordinary characters, and here the formula does so as well."""
    changed, formulas.lf = formulas.lf, lambda text: text
    try:
        return formula(message)
    finally:
        formulas.lf = changed


class Oracles(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="p3l.")
        self.addCleanup(scratch.cleanup)
        self.folder = os.path.join(scratch.name, "server")

    def same(self, server, ids, mail, formula):
        """formula: returns a message's id as bytes."""
        mail = server.order(mail)
        self.assertEqual(list(ids), list(range(1, len(mail) + 1)))
        self.assertEqual([(message.name, ids[number]) for number, message in enumerate(mail, 1)],
                         [(message.name, formula(message).decode()) for message in mail])


class CourierTest(Oracles):
    def test_a_list_that_another_version_left(self):
        """Three messages in four have their n and v in the file; the others get new ones."""
        known = b"".join(b"%s 77 %d:%d:0\n" % (old_servers.whole_name(message), *message.courier)
                         for message in messages() if message.courier)
        with old_servers.Courier(self.folder, messages(), tree=tree, before=b"/3 50000 1234\n" + known) as server:
            ids = server.uidl()
        new = iter(range(50000, 60000))
        numbers = {message.name: message.courier or (next(new), 1234) for message in server.order(messages())}
        self.same(server, ids, messages(), lambda message: formulas.courier(
            dataclasses.replace(write_vectors.stored(message, False), courier=numbers[message.name])))

    def test_the_list_that_it_writes(self):
        with old_servers.Courier(self.folder, messages(), tree=tree) as server:
            ids = server.uidl()
            self.assertEqual(server.uidl(), ids)
        with open(server.sizelist_path, "rb") as file:
            following, _, numbers = sizelist.read(file.read(), now=0)
        self.assertEqual(following, len(messages()) + 1)
        self.same(server, ids, messages(), lambda message: formulas.courier(dataclasses.replace(
            write_vectors.stored(message, False), courier=numbers[message.file_name + b":"])))

    def test_names_as_ids(self):
        known = b"".join(b"%s 77 0:0\n" % old_servers.whole_name(message) for message in messages())
        with old_servers.Courier(self.folder, messages(), tree=tree, before=b"/2 1 1\n" + known) as server:
            ids = server.uidl()
        self.same(server, ids, messages(),
                  lambda message: formulas.courier_v0(write_vectors.stored(message, False)))

    def test_every_rule_of_the_list(self):
        for name, (files, before) in sizelist.EXAMPLES.items():
            with self.subTest(name):
                mail = [old_servers.Message(b"Subject: s\n\nx\n", file_name=file.partition(b":")[0],
                                            flags=file.partition(b":")[2].decode().removeprefix("2,")
                                            if b":" in file else None) for file in files]
                # This makes a name with a second ":".
                for message, file in zip(mail, files):
                    if old_servers.whole_name(message) != file:
                        message.file_name, message.flags = file, None
                folder = os.path.join(self.folder, name.replace(" ", "-"))
                with old_servers.Courier(folder, mail, tree=tree, before=before) as server:
                    answer = list(server.uidl().values())
                with open(server.sizelist_path, "rb") as file:
                    after = file.read()
                now = int(after.split()[2])
                self.assertEqual(answer, sizelist.ids(before or b"", files, now))
                self.assertEqual(answer, sizelist.ids(after, files, 0))


class CyrusTest(Oracles):
    def ask(self, uidl_format, formula):
        # Cyrus's reconstruct takes a larger UID for a negative one and assigns others.
        uids = [number * number + 5 for number in range(len(messages()) - 1)] + [2**31 - 1]
        with old_servers.Cyrus(self.folder, messages(), tree=tree, uidl_format=uidl_format, uids=uids) as server:
            ids = server.uidl()
        validity, stored_uids = server.index()
        self.assertEqual(stored_uids, uids)
        uid = {message.name: uid for message, uid in zip(messages(), uids)}
        self.same(server, ids, messages(), lambda message: formula(dataclasses.replace(
            write_vectors.stored(message, False), uid=uid[message.name], uidvalidity=validity)))

    def test_as_installed(self):
        self.ask(None, formulas.SCHEMES["cyrus"])

    def test_cyrus(self):
        self.ask("cyrus", formulas.SCHEMES["cyrus"])

    def test_uidonly(self):
        self.ask("uidonly", formulas.SCHEMES["cyrus-uidonly"])

    def test_courier(self):
        self.ask("courier", formulas.SCHEMES["cyrus-courier"])

    def test_dovecot(self):
        self.ask("dovecot", formulas.SCHEMES["dovecot"])


class Popa3dTest(Oracles):
    def test_all(self):
        with old_servers.Popa3d(self.folder, messages(), tree=tree) as server:
            ids = server.uidl()
        self.same(server, ids, messages(), lambda message: as_it_stands(
            formulas.SCHEMES["popa3d"], write_vectors.stored(message, True)))


class SolidTest(Oracles):
    def test_mbox(self):
        with old_servers.Solid(self.folder, messages(), tree=tree) as server:
            ids = server.uidl()
        self.same(server, ids, messages(), lambda message: as_it_stands(
            formulas.SCHEMES["solid-mbox"], write_vectors.stored(message, True)))

    def test_maildir(self):
        # Its order follows the files' times.
        mail = [dataclasses.replace(message, received=corpus.START + number)
                for number, message in enumerate(messages())]
        with old_servers.Solid(self.folder, mail, tree=tree, maildir=True) as server:
            ids = server.uidl()
        self.same(server, ids, mail, lambda message: formulas.SCHEMES["maildir-md5"](
            write_vectors.stored(message, False)))


class MailutilsTest(Oracles):
    # If an X-UIDL came with the message, the server answers with all of it: unfolded, with trailing
    # blanks, up to a NUL or 128 characters. The formula drops trailing blanks, reads one line only,
    # and gives no id with octets that RFC 1939 does not allow.
    OTHERWISE = {"xuidl-" + name for name in (
        "200", "1500", "nul", "del", "cr", "8bit", "blank-inside", "tab-inside", "blank-behind", "tab-behind",
        "11-and-blank", "32-and-blank", "folded", "folded-later")}

    def mail(self):
        """Without an empty line (LF) after the header, the server takes the next message for the
        body."""
        return [message for message in messages()
                if message.plain and (b"\n\n" in message.raw or message.raw.startswith(b"\n"))]

    def ids_in_file(self, path):
        """What scheme xuidl gives from the mbox that the server has left."""
        with open(path, "rb") as file:
            texts = re.split(rb"(?:^|\n\n)From [^\n]*\n", file.read())[1:]
        return [formulas.SCHEMES["xuidl"](dataclasses.replace(write_vectors.stored(messages()[0], True), text=text))
                for text in texts]

    def test_mbox(self):
        """UIDL writes the ids back, even if the session ends without QUIT."""
        mail = self.mail()
        with old_servers.Mailutils(self.folder, mail, tree=tree) as server:
            ids = server.uidl(say_quit=False)
        stored = self.ids_in_file(server.mail_path)
        self.assertEqual([len(ids), len(stored)], [len(mail), len(mail)])
        different = {message.name for number, message in enumerate(mail, 1)
                     if ids[number] != (stored[number - 1] or b"").decode("latin-1")}
        self.assertEqual(different, self.OTHERWISE)
        own = [uid for number, uid in ids.items() if mail[number - 1].name.startswith("ordinary")]
        self.assertTrue(all(re.fullmatch(r"[0-9a-f]{32}\.\d+\.\d+", uid) for uid in own), own)

    def test_ids_stay(self):
        with old_servers.Mailutils(self.folder, self.mail(), tree=tree) as server:
            ids = server.uidl()
            self.assertEqual(server.uidl(), ids)

    def test_without_uidl_none_is_written(self):
        mail = [message for message in self.mail() if message.name.startswith("ordinary")]
        with old_servers.Mailutils(self.folder, mail, tree=tree) as server:
            server.sizes()
            server.retrieve(1)
        self.assertEqual(self.ids_in_file(server.mail_path), [None] * len(mail))

    def test_maildir(self):
        mail = [dataclasses.replace(message, file_name=b"%d.M%dP1.mail" % (corpus.START + number, number), flags="")
                for number, message in enumerate(self.mail()) if message.name.startswith("ordinary")]
        with old_servers.Mailutils(self.folder, mail, tree=tree, maildir=True) as server:
            ids = server.uidl()
        some = write_vectors.stored(messages()[0], True)
        stored = [formulas.SCHEMES["xuidl"](dataclasses.replace(some, text=kept.raw))
                  for kept in old_servers.read_maildir(server.mail_path)]
        self.assertEqual(sorted(ids.values()), sorted(uid.decode() for uid in stored))
        self.assertEqual(len(ids), len(mail))
