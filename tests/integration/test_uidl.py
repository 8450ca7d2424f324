"""The ids of the policy's scheme, as clients of a real host get them, and what leaves them
unchanged."""
import glob
import hashlib
import os
import re
import shutil
import sys
import time
import unittest

import hosts
import private_dovecot
from private_host import MAIL_UID

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracles"))
import sizelist  # noqa: E402

REFUSED = b"-ERR [SYS/TEMP] Unique ids are not available at the moment."
NOT_KNOWN = b"-ERR [SYS/TEMP] The unique id is not available at the moment."


def popa3d(octets):
    """popa3d's id for a message with only a Date and a Message-ID, and no Received line."""
    lines = [line + b"\n" for line in octets.split(b"\n\n")[0].split(b"\n")]
    used = b"".join(line for line in lines if line.lower().startswith((b"date:", b"message-id:")))
    digest = hashlib.md5(used).digest()
    return (digest[3::-1] + digest[7:3:-1]).hex().encode()


def ids(answer):
    """What UIDL listed, by number."""
    status, lines = answer
    assert status.startswith(b"+OK"), status
    return [line.split(b" ", 1)[1] for line in lines]


class UidlTest(hosts.HostTest):
    def state(self, user, name):
        return os.path.join(self.host.homes, user, "Maildir", f"dovecot-pop3-legacy-{name}")

    def uidl(self, user):
        return ids(hosts.uidl(self.host, user))

    def test_ids_of_another_server(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(3)
        expected = [popa3d(hosts.message(number)) for number in (1, 2, 3)]
        self.assertEqual(self.uidl(user), expected)
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"UIDL 2"), b"+OK 2 " + expected[1])
            self.assertEqual(pop3.command(b"DELE 2"), b"+OK Marked to be deleted.")
            self.assertEqual(ids(pop3.multi(b"UIDL")), [expected[0], expected[2]])
            pop3.quit()
        self.assertEqual(self.uidl(user), [expected[0], expected[2]])

    def test_without_a_scheme_it_is_kept_that_a_client_was_served(self):
        """Once, and not for a client that asks for no ids."""
        user = self.user(2)
        hosts.last(self.host, user)
        self.assertFalse(os.path.exists(self.state(user, "uidl")))
        self.uidl(user)
        before = os.stat(self.state(user, "uidl"))
        self.assertLess(before.st_size, 100)
        self.uidl(user)
        after = os.stat(self.state(user, "uidl"))
        # Not the time of the last access, which reading may change.
        self.assertEqual((after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns))

    def test_all_commands_off_and_a_scheme(self):
        self.policy('[commands]\nallow = []\n[uidl]\nscheme = "popa3d"\n')
        user = self.user(1)
        self.assertEqual(self.uidl(user), [popa3d(hosts.message(1))])

    def test_a_deleted_duplicate_leaves_the_others_their_ids(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user()
        for serial in (1, 2, 3):
            hosts.deliver(self.host, user, hosts.message(1), serial)
        before = self.uidl(user)
        self.assertEqual(len(set(before)), 3)
        self.assertEqual(before[0], popa3d(hosts.message(1)))
        with self.login(user) as pop3:
            pop3.command(b"DELE 1")
            pop3.quit()
        self.assertEqual(self.uidl(user), before[1:])
        hosts.deliver(self.host, user, hosts.message(2), 4)
        self.assertEqual(self.uidl(user)[:2], before[1:])

    def test_ids_stay_when_the_policy_changes(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(2)
        before = self.uidl(user)
        path = self.policy('[uidl]\nscheme = "uw"\n')
        self.assertEqual(self.uidl(user), before)
        self.assert_logged("they stay as they are")
        os.unlink(path)  # no policy asks for a scheme any more
        self.assertEqual(self.uidl(user), before)
        self.policy('[commands]\nallow = []\n[uidl]\nscheme = "host"\n')
        self.assertEqual(self.uidl(user), before)
        self.policy('[uidl]\nscheme = "uw"\non_change = "refuse"\n')
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"UIDL"), REFUSED)
            self.assertEqual(pop3.command(b"UIDL 1"), REFUSED)
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 2 "))
            pop3.quit()
        self.policy('[uidl]\nscheme = "decimal-uid"\non_change = "switch"\n')
        self.assertEqual(self.uidl(user), [b"1", b"2"])
        self.policy('[uidl]\nscheme = "popa3d"\n')
        self.assertEqual(self.uidl(user), [b"1", b"2"])

    def test_ids_stay_when_the_policy_is_broken(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(2)
        before = self.uidl(user)
        self.policy('[uidl]\nscheme = "popa3b"\n')
        self.assertEqual(self.uidl(user), before)
        self.assert_logged('did you mean "popa3d"')
        with self.login(self.user(1)) as pop3:
            self.assertEqual(pop3.command(b"UIDL"), REFUSED)
            pop3.quit()

    def test_damaged_state_is_not_guessed_at(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(2)
        before = self.uidl(user)
        with open(self.state(user, "uidl"), "rb") as file:
            good = file.read()
        for damaged in (b"", b"garbage\n", good[:-1], good.replace(b"popa3d", b"popa3x"), good + good):
            with open(self.state(user, "uidl"), "wb") as file:
                file.write(damaged)
            with self.login(user) as pop3:
                self.assertEqual(pop3.command(b"UIDL"), REFUSED, damaged)
                pop3.quit()
            with open(self.state(user, "uidl"), "rb") as file:
                self.assertEqual(file.read(), damaged)
        self.assert_logged("damaged")
        with open(self.state(user, "uidl"), "wb") as file:
            file.write(good)
        self.assertEqual(self.uidl(user), before)

    def test_damaged_or_missing_pins(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(2)
        name = sorted(os.listdir(os.path.join(self.host.homes, user, "Maildir", "new")))[0]
        good = hosts.pins({name: "old-id-1"})
        with open(self.state(user, "pins"), "wb") as file:
            file.write(good)
        pinned = [b"old-id-1", popa3d(hosts.message(2))]
        self.assertEqual(self.uidl(user), pinned)
        for damaged in (b"", good[:-1], good.replace(b"end 1", b"end 2"), good.replace(b"old-id-1", b"old-id-2")):
            with open(self.state(user, "pins"), "wb") as file:
                file.write(damaged)
            with self.login(user) as pop3:
                self.assertEqual(pop3.command(b"UIDL"), REFUSED, damaged)
                pop3.quit()
        os.unlink(self.state(user, "pins"))
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"UIDL"), REFUSED)
            pop3.quit()
        self.assert_logged("missing")
        with open(self.state(user, "pins"), "wb") as file:
            file.write(good)
        self.assertEqual(self.uidl(user), pinned)

    def test_keys_that_are_missing_open_or_others(self):
        key = os.path.join(self.host.base, "key")
        self.policy(f'[uidl]\nscheme = "hmac-sha256"\nkey_file = "{key}"\n')
        user = self.user(2)

        def refused(why):
            with self.login(user) as pop3:
                self.assertEqual(pop3.command(b"UIDL"), REFUSED, why)
                pop3.quit()
            self.assert_logged(why)
            self.assertFalse(os.path.exists(self.state(user, "uidl")) and why == "No such file")

        refused("No such file")
        with open(key, "w") as file:
            file.write("0123456789abcdef0123456789abcdef\n")
        os.chmod(key, 0o644)
        owner = os.geteuid() if hosts.standalone else MAIL_UID
        os.chown(key, owner, owner)
        refused("chmod 600")
        os.chmod(key, 0o600)
        before = self.uidl(user)
        self.assertEqual(len(set(before)), 2)
        with open(key, "w") as file:
            file.write("another key of the same length..\n")
        refused("not the key")
        with open(key, "w") as file:
            file.write("0123456789abcdef0123456789abcdef\n")
        self.assertEqual(self.uidl(user), before)
        # Another user's ids do not reveal that the messages are the same.
        other = self.user(2)
        self.assertFalse(set(self.uidl(other)) & set(before))

    def test_a_session_that_was_dropped_changes_nothing(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user()
        for serial in (1, 2):
            hosts.deliver(self.host, user, hosts.message(1), serial)
        with self.login(user) as pop3:
            before = ids(pop3.multi(b"UIDL"))
            pop3.command(b"DELE 1")
            pop3.reset()
        self.assertEqual(self.uidl(user), before)

    def test_the_old_servers_file_may_go(self):
        self.policy('[uidl]\nscheme = "courier"\n')
        user = self.user(3)
        maildir = os.path.join(self.host.homes, user, "Maildir")
        names = sorted(os.listdir(os.path.join(maildir, "new")))
        courier = os.path.join(maildir, "courierpop3dsizelist")
        with open(courier, "w") as file:
            file.write("/3 8 1700000000\n" + f"{names[0]}:2, 100 7:1700000000:0\n{names[1]}:2,S 100 3:0:1\n")
        before = self.uidl(user)
        self.assertEqual(before[:2], [b"UID7-1700000000", b"UID3"])
        os.unlink(courier)
        self.assertEqual(self.uidl(user), before)


class CourierListTest(hosts.HostTest):
    """courierpop3dsizelist as the real courierpop3d reads it, which tests/oracles/test_oracles.py
    asks about each of these examples; and never -ERR."""

    def test_every_rule_of_the_list(self):
        self.policy('[uidl]\nscheme = "courier"\n')
        for name, (files, text) in sizelist.EXAMPLES.items():
            if name in ("version 1", "no version"):  # later versions read none of these
                continue
            # Courier distinguishes a name without flags from the same name with flags, and this
            # code is not told whether there are flags.
            files = [file for file in files if file.count(b":2,") == file.count(b":") == 1]
            if not files or name.startswith("no flags"):
                continue
            with self.subTest(name):
                user = self.user(0)
                maildir = os.fsencode(os.path.join(self.host.homes, user, "Maildir"))
                for file in files:
                    with open(os.path.join(maildir, b"cur", file), "wb") as out:
                        out.write(b"A: bcdef\n")  # S=9, W=10
                if text is not None:
                    with open(os.path.join(maildir, b"courierpop3dsizelist"), "wb") as out:
                        out.write(text)
                self.host.give(os.path.join(self.host.homes, user))
                numbers = sizelist.read(text or b"", 0)[2]
                expected = set()
                for file in files:
                    n, v = numbers.get(sizelist.until_flags(file), (None, None))
                    if n is not None:
                        expected.add(sizelist.ids(b"/3 1 1\n%s 1 %d:%d:0\n" % (file, n, v), [file], 0)[0].encode())
                shown = ids(hosts.uidl(self.host, user))
                self.assertEqual(len(shown), len(files))
                self.assertEqual({uid for uid in shown if not re.fullmatch(rb"[0-9a-f]{16}", uid)}, expected)

    def test_what_is_passed_over_is_told_once(self):
        self.policy('[uidl]\nscheme = "courier"\n')
        user = self.user(2)
        path = os.path.join(self.host.homes, user, "Maildir", "courierpop3dsizelist")
        with open(path, "w") as file:
            file.write("/3 9 7\nodd\n1600000001.M1P1.test:2, 50 3:4:0\nodd\n1600000002.M2P1.test:2, 50 8")
        self.host.give(path)
        shown = ids(hosts.uidl(self.host, user))
        self.assertEqual(shown[0], b"UID3-4")
        self.assertRegex(shown[1], rb"^[0-9a-f]{16}$")
        self.assertEqual(ids(hosts.uidl(self.host, user)), shown)
        told = [line for line in self.host.log().splitlines() if "skipped, as Courier does" in line and user in line]
        self.assertEqual(len(told), 1, told)
        self.assertIn("3 lines are skipped", told[0])
        self.assertIn("(line 2, 4, 5)", told[0])


class UidlOnDovecotTest(hosts.HostTest):
    dovecot_only = True

    uidl = UidlTest.uidl

    def maildir(self, user):
        return os.path.join(self.host.homes, user, "Maildir")

    def filled_user(self):
        """A user with pins, duplicates, and a message without an id from the first scheme."""
        self.policy('[uidl]\nscheme = ["xuidl", "popa3d"]\n')
        user = self.user(4)
        for serial in (11, 12):
            hosts.deliver(self.host, user, hosts.message(1), serial)
        hosts.deliver(self.host, user, b"X-UIDL: stored-id\n" + hosts.message(5), 13)
        names = sorted(os.listdir(os.path.join(self.maildir(user), "new")))
        with open(os.path.join(self.maildir(user), "dovecot-pop3-legacy-pins"), "wb") as file:
            file.write(hosts.pins({names[2]: "zimbra-257"}))
        self.host.give(os.path.join(self.maildir(user), "dovecot-pop3-legacy-pins"))
        return user

    def test_ids_survive_everything_that_a_server_lives_through(self):
        user = self.filled_user()
        before = self.uidl(user)
        self.assertEqual(len(set(before)), 7)
        self.assertEqual(before[2], b"zimbra-257")
        self.assertEqual(before[6], b"stored-id")
        self.host.stop()
        self.host.start()
        self.assertEqual(self.uidl(user), before, "restart")
        for path in glob.glob(os.path.join(self.maildir(user), "dovecot.index*")):
            os.unlink(path)
        self.assertEqual(self.uidl(user), before, "deleted index")
        self.host.doveadm("index", "-u", user, "INBOX")
        self.assertEqual(self.uidl(user), before, "doveadm index")
        self.host.doveadm("force-resync", "-u", user, "INBOX")
        self.assertEqual(self.uidl(user), before, "doveadm force-resync")

    def test_a_header_is_read_once(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(20)
        before = self.uidl(user)
        # The second time, from Dovecot's cache: what the files now contain does not matter.
        for path in glob.glob(os.path.join(self.maildir(user), "*", "1*")):
            with open(path, "r+b") as file:
                text = file.read()
                file.seek(0)
                file.write(text.replace(b"Message-ID: <", b"Message-ID: >"))
        self.assertEqual(self.uidl(user), before)
        for path in glob.glob(os.path.join(self.maildir(user), "dovecot.index*")):
            os.unlink(path)
        self.assertNotEqual(self.uidl(user), before)

    def test_hashing_loads_no_library(self):
        """Merely loading libcrypto costs a session as much as everything else."""
        def loaded(user, command):
            with self.login(user) as pop3:
                pop3.multi(command)
                pids = hosts.eventually(lambda: hosts.processes_of(self.host, user))
                with open(f"/proc/{pids[0]}/maps") as file:
                    maps = file.read()
                pop3.quit()
            return "libcrypto" in maps

        self.policy('[uidl]\nscheme = "uw"\n', "index.example")
        self.policy('[uidl]\nscheme = "popa3d"\n', "hash.example")
        self.assertFalse(loaded(self.user(2, "index.example"), b"UIDL"))
        self.assertFalse(loaded(self.user(2, "hash.example"), b"UIDL"))

    def test_damaged_pins_before_the_first_uidl(self):
        """Nothing is remembered yet, and the policy asks for nothing."""
        user = self.user(1)
        for commands in ("", "[commands]\nallow = []\n"):
            self.policy(commands)
            with open(os.path.join(self.maildir(user), "dovecot-pop3-legacy-pins"), "wb") as file:
                file.write(hosts.pins({"guid": "old-id"})[:-1])
            with self.login(user) as pop3:
                self.assertEqual(pop3.command(b"UIDL"), REFUSED)
                pop3.quit()

    def test_a_session_that_began_with_a_message_that_is_gone(self):
        """It must not make the other of two equal messages the second one. The message that is gone
        removes only its own line."""
        self.policy('[commands]\nallow = ["EUIDL"]\n[uidl]\nscheme = "popa3d"\n')
        user = self.user(1)
        self.uidl(user)  # puts the id into Dovecot's cache
        hosts.deliver(self.host, user, hosts.message(1), 2)
        with self.login(user) as early:
            self.assertTrue(early.command(b"STAT").startswith(b"+OK 2 "))
            self.host.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "1")
            others = self.uidl(user)
            self.assertEqual(others, [popa3d(hosts.message(1))])
            self.assertEqual(early.multi(b"UIDL"), (b"+OK", [b"2 " + others[0]]))
            self.assertEqual(early.command(b"UIDL 2"), b"+OK 2 " + others[0])
            self.assertEqual(early.command(b"UIDL 1"), NOT_KNOWN)
            self.assertEqual(early.command(b"EUIDL 1"), NOT_KNOWN)
            self.assertEqual([line.split()[:2] for line in early.multi(b"EUIDL")[1]], [[b"2", others[0]]])
            self.assertTrue(early.command(b"UIDL 3").startswith(b"-ERR There's no message 3"))
            early.command(b"DELE 2")
            self.assertEqual(early.multi(b"UIDL"), (b"+OK", []))
            early.command(b"RSET")
            early.quit()
        self.assertEqual(self.uidl(user), others)

    def test_a_message_that_cannot_be_read(self):
        """It removes only its own line, until it can be read."""
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(3)
        hosts.last(self.host, user)  # Dovecot must know the sizes
        closed = sorted(glob.glob(os.path.join(self.maildir(user), "*", "1*")))[1]
        os.chmod(closed, 0)
        expected = [popa3d(hosts.message(number)) for number in (1, 2, 3)]
        with self.login(user) as pop3:
            self.assertEqual(pop3.multi(b"UIDL")[1], [b"1 " + expected[0], b"3 " + expected[2]])
            self.assertEqual(pop3.command(b"UIDL 2"), NOT_KNOWN)
            self.assertEqual(pop3.command(b"UIDL 3"), b"+OK 3 " + expected[2])
            pop3.quit()
        self.assert_logged("1 message cannot be read, and has no id in this session")
        listed = self.host.try_doveadm("-f", "tab", "pop3-legacy", "uidl", "list", "-u", user)
        self.assertEqual([line.split("\t")[0] for line in listed.stdout.splitlines()[1:]], ["1", "3"], listed.stderr)
        for path in glob.glob(os.path.join(self.maildir(user), "*", "1*")):
            os.chmod(path, 0o600)
        self.assertEqual(self.uidl(user), expected)

    def test_ids_that_are_stored_while_a_session_of_dovecots_own_is_there(self):
        user = self.user(1)
        with self.login(user) as early:
            self.assertTrue(early.command(b"STAT").startswith(b"+OK 1 "))
            self.policy('[uidl]\nscheme = "popa3d"\n')
            self.uidl(user)
            with open(os.path.join(self.maildir(user), "dovecot-pop3-legacy-uidl"), "ab") as file:
                file.write(b"damaged\n")
            self.assertEqual(early.command(b"UIDL"), REFUSED)
            early.quit()

    def test_a_header_of_20_megabytes(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user()
        hosts.deliver(self.host, user, b"A: b\n" * (4 * 1024 * 1024) + hosts.message(1), 1)
        begun = time.monotonic()
        self.assertEqual(len(self.uidl(user)), 1)
        self.assertLess(time.monotonic() - begun, 10)

    def test_what_dovecot_has_stored_stays(self):
        """An id in dovecot-uidlist, from pop3_save_uidl or from a migration script."""
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(2)
        path = os.path.join(self.maildir(user), "dovecot-uidlist")
        hosts.last(self.host, user)
        with open(path) as file:
            lines = file.read().split("\n")
        lines[1] = lines[1].replace(" :", " Pstored-by-dovecot :", 1)
        with open(path, "w") as file:
            file.write("\n".join(lines))
        self.assertEqual(self.uidl(user), [b"stored-by-dovecot", popa3d(hosts.message(2))])


MBOX = b"""From alice@example.org Tue Nov 20 13:00:00 2001
Received: from a by b; Tue, 20 Nov 2001 13:00:00 +0000
Date: Tue, 20 Nov 2001 12:59:00 +0000
Message-Id: <1@example.org>
Content-Length: 6
Status: RO
Subject: one

first

From bob@example.org Wed Nov 21 13:00:00 2001
Date: Wed, 21 Nov 2001 12:59:00 +0000
Message-Id: <2@example.org>
Subject: two
 folded

>From here on
second

"""


class UidlInMboxTest(hosts.HostTest):
    """Mail still in an mbox: Dovecot's stream lacks parts that the formulas of mbox servers saw."""

    dovecot_only = True

    @staticmethod
    def mbox_users(homes):
        fields = {"2.3": "userdb_mail=mbox:{0}:INBOX={0}/inbox",
                  "2.4": "userdb_mail_driver=mbox userdb_mail_path={0} userdb_mail_inbox_path={0}/inbox"}
        for name in ("a", "b", "c", "d", "e", "f"):
            user = f"{name}@mbox.example"
            yield (f"{user}:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/{user}::"
                   + fields[hosts.host_name[-3:]].format(f"{homes}/{user}/mail"))

    host_options = {"users": mbox_users.__func__}

    def write(self, user, text):
        folder = os.path.join(self.host.homes, user, "mail")
        os.makedirs(folder)
        with open(os.path.join(folder, "inbox"), "wb") as file:
            file.write(text)
        self.host.give(os.path.join(self.host.homes, user))

    def read(self, user):
        with open(os.path.join(self.host.homes, user, "mail", "inbox"), "rb") as file:
            return file.read()

    def uidl(self, user, scheme):
        self.policy(f'[uidl]\nscheme = "{scheme}"\n', "mbox.example")
        if not os.path.exists(os.path.join(self.host.homes, user, "mail")):
            self.write(user, MBOX)
        return ids(hosts.uidl(self.host, user))

    @staticmethod
    def lines(number, *names):
        """The message's envelope line, and its lines that begin with these names."""
        text = (b"From " + MBOX.split(b"From ")[number]).split(b"\n\n")[0].split(b"\n")
        return text[0] + b"\n", b"".join(line + b"\n" for line in text[1:] if line.startswith(names))

    def test_qpopper(self):
        expected = []
        for number in (1, 2):
            envelope, header = self.lines(number, b"Received:", b"Date:", b"Message-Id:", b"Subject:")
            expected.append(hashlib.md5(envelope + header).hexdigest().encode())
        self.assertEqual(self.uidl("a@mbox.example", "qpopper-old"), expected)
        self.assertEqual(self.uidl("a@mbox.example", "qpopper-old"), expected)

    def test_qpopper_with_the_header_that_dovecot_hides(self):
        expected = []
        for number in (1, 2):
            envelope, header = self.lines(number, b"Received:", b"Date:", b"Message-Id:", b"Content-Length:",
                                          b"Subject:")
            expected.append(hashlib.md5(envelope + header).hexdigest().encode())
        self.assertEqual(self.uidl("b@mbox.example", "qpopper-old-content-length"), expected)

    def test_tpop3d(self):
        first, second = MBOX.replace(b"Status: RO\n", b"").split(b"From bob")
        expected = [hashlib.md5(text[:512]).hexdigest().encode() for text in (first, b"From bob" + second)]
        self.assertEqual(self.uidl("c@mbox.example", "tpop3d-mbox"), expected)

    def rewritten(self, user):
        """An mbox with messages of 1,024 octets and more as it was, the second with a
        Content-Length from the old server; and after Dovecot has set flags in it, which writes a
        Content-Length into the others."""
        long_body = b"a line of the body\n" * 60
        text = MBOX.replace(b"Content-Length: 6\n", b"").replace(b"first\n", long_body).replace(
            b"second\n", b"second\n" + long_body)
        length = b"Content-Length: %d\n" % len(b">From here on\nsecond\n" + long_body)
        third = (b"From carl@example.org Thu Nov 22 13:00:00 2001\nDate: Thu, 22 Nov 2001 12:59:00 +0000\n"
                 b"Subject: three\n\n" + long_body + b"\n")
        text = text.replace(b"Message-Id: <2@", length + b"Message-Id: <2@") + third
        self.write(user, text)
        for flags in ("\\Seen", "\\Flagged keyword"):
            self.host.doveadm("flags", "add", "-u", user, flags, "mailbox", "INBOX", "all")
        # Dovecot's own lines follow X-UID, and flags may follow them.
        written = self.read(user)
        self.assertEqual(written.count(b"\nContent-Length: "), 3, written)
        self.assertEqual(written.count(b"X-UID: "), 3, written)
        return [message + b"\n" for message in re.split(rb"\n(?=From |\Z)", text)][:3]

    def test_qpopper_and_the_content_length_that_dovecot_wrote(self):
        text = self.rewritten("e@mbox.example")
        expected = []
        for message in text:
            header = message.split(b"\n\n")[0].split(b"\n")
            names = (b"Received:", b"Date:", b"Message-Id:", b"Content-Length:", b"Subject:")
            lines = [header[0]] + [line for line in header if line.startswith(names)]
            expected.append(hashlib.md5(b"\n".join(lines) + b"\n").hexdigest().encode())
        self.assertEqual(self.uidl("e@mbox.example", "qpopper-old-content-length"), expected)

    def test_tpop3d_and_the_content_length_that_dovecot_wrote(self):
        text = self.rewritten("f@mbox.example")
        text[0] = text[0].replace(b"Status: RO\n", b"")
        expected = [hashlib.md5(message[:512]).hexdigest().encode() for message in text]
        self.assertEqual(self.uidl("f@mbox.example", "tpop3d-mbox"), expected)

    def test_solid(self):
        expected = []
        for number in (1, 2):
            header = self.lines(number, b"Received:", b"Date:", b"Message-Id:", b"Subject:")[1]
            expected.append(hashlib.md5(header).hexdigest().encode())
        self.assertEqual(self.uidl("d@mbox.example", "solid-mbox"), expected)


class UidlMovesToAnotherDovecotTest(hosts.HostTest):
    """A Maildir that this machine's Dovecot has served is then served by the tree's, another
    version: the ids are in the Maildir and nowhere else."""

    dovecot_only = True

    maildir = UidlOnDovecotTest.maildir
    uidl = UidlTest.uidl
    filled_user = UidlOnDovecotTest.filled_user

    @classmethod
    def setUpClass(cls):
        cls.modules = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "modules")
        if not hosts.tree or not os.path.isdir(cls.modules):
            raise unittest.SkipTest("there is one Dovecot only")
        super().setUpClass()

    def test_moved_maildir(self):
        user = self.filled_user()
        courier = self.user(3)
        names = sorted(os.listdir(os.path.join(self.maildir(courier), "new")))
        with open(os.path.join(self.maildir(courier), "courierpop3dsizelist"), "w") as file:
            file.write(f"/3 8 1700000000\n{names[1]}:2, 100 7:1700000000:0\n")
        self.host.give(self.maildir(courier))
        before = {}
        here = private_dovecot.PrivateDovecot(os.path.join(hosts.scratch, "moved-from"), self.modules, homes=self.host.homes,
                                              policies=self.host.policies)
        self.assertNotEqual(here.name(), self.host.name())
        with here:
            before[user] = ids(hosts.uidl(here, user))
            self.policy('[uidl]\nscheme = "courier"\n')
            before[courier] = ids(hosts.uidl(here, courier))
        self.assertEqual(before[user][2], b"zimbra-257")
        self.assertEqual(len(set(before[user])), 7)
        self.assertEqual(before[courier][1], b"UID7-1700000000")
        for name in before:
            moved = self.maildir(name) + ".moved"
            shutil.copytree(self.maildir(name), moved)
            shutil.rmtree(self.maildir(name))
            os.rename(moved, self.maildir(name))  # another folder, with other inodes and times
            self.host.give(self.maildir(name))
        os.unlink(os.path.join(self.maildir(courier), "courierpop3dsizelist"))
        for name, expected in before.items():
            self.assertEqual(self.uidl(name), expected)
            for path in glob.glob(os.path.join(self.maildir(name), "dovecot.index*")):
                os.unlink(path)
            self.assertEqual(self.uidl(name), expected, "without the index")
