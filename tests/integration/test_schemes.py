"""Schemes turned on for existing users, mail that moves with its ids, and UIDs that start again:
what real clients download, and that they download nothing twice."""
import glob
import os
import shutil
import tempfile

import hosts
import imap_server
import pop3_clients
from private_host import MAIL_UID

REFUSED = b"-ERR [SYS/TEMP] Unique ids are not available at the moment."


def uidl_format(name):
    """Dovecot's setting in its usual place, in this Dovecot's syntax."""
    formats = {"old": ("%v.%u", "%{uidvalidity}.%{uid}"), "cpanel": ("UID%u-%v", "UID%{uid}-%{uidvalidity}")}
    value = formats[name][hosts.host_name.startswith("dovecot-2.4")]
    return f'protocol pop3 {{\n  pop3_uidl_format = "{value}"\n}}\n'


class SchemesTest(hosts.HostTest):
    dovecot_only = True

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="p3l.")
        self.addCleanup(scratch.cleanup)
        self.folder = scratch.name

    def maildir(self, user):
        return os.path.join(self.host.homes, user, "Maildir")

    def names(self, user):
        """The messages' file names up to the flags, in order."""
        paths = glob.glob(os.path.join(self.maildir(user), "*", "1*"))
        return sorted(os.path.basename(path).split(":")[0] for path in paths)

    def uidl(self, user, host=None):
        status, lines = hosts.uidl(host or self.host, user)
        assert status.startswith(b"+OK"), status
        return [line.split(b" ", 1)[1].decode() for line in lines]

    def listed(self, user):
        """The output of doveadm pop3-legacy uidl list."""
        done = self.host.try_doveadm("-f", "tab", "pop3-legacy", "uidl", "list", "-u", user)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [line.split("\t")[3] for line in done.stdout.splitlines()[1:]]

    def fetched(self, user):
        """The output of doveadm fetch pop3.uidl, which dsync also moves."""
        done = self.host.try_doveadm("-f", "tab", "fetch", "-u", user, "pop3.uidl", "mailbox", "INBOX")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.splitlines()[1:]

    def courier_list(self, user, numbers):
        with open(os.path.join(self.maildir(user), "courierpop3dsizelist"), "w") as file:
            file.write("/2 99 1699999999\n")
            for name, number in zip(self.names(user), numbers):
                if number:
                    file.write(f"{name} 100 {number}:1699999999\n")
        self.host.give(self.maildir(user))

    def fetchmail(self, forwarder, user):
        return pop3_clients.Fetchmail("127.0.0.1", forwarder.port, user, "secret", os.path.join(self.folder, user))


class TurnedOnTest(SchemesTest):
    """Users were served with Dovecot's own ids, in a format other than the default."""

    @classmethod
    def setUpClass(cls):
        cls.host_options = {"settings": uidl_format("old")}
        super().setUpClass()

    def test_a_scheme_that_is_turned_on_where_users_are(self):
        """Nobody downloads anything twice, and on_change decides what happens."""
        user = self.user(3)
        self.courier_list(user, [7, None, 9])
        with pop3_clients.Forwarder(("127.0.0.1", self.host.port)) as forwarder:
            client = self.fetchmail(forwarder, user)
            self.assertEqual(len(client.poll()), 3, client.output)
            before = self.uidl(user)
            self.assertRegex(before[0], r"^\d+\.1$")
            self.policy('[uidl]\nscheme = "courier"\n')
            self.assertEqual(self.uidl(user), before)
            self.assert_logged("Info: .*the policy asks for scheme courier, and the mailbox's ids are by scheme host; "
                               "they stay as they are")
            self.assertEqual(client.poll(), [], client.output)
            hosts.deliver(self.host, user, hosts.message(4), 4)
            self.assertEqual(len(client.poll()), 1, client.output)
            self.policy('[uidl]\nscheme = "courier"\non_change = "refuse"\n')
            with self.login(user) as pop3:
                self.assertEqual(pop3.command(b"UIDL"), REFUSED)
                pop3.quit()
            self.policy('[uidl]\nscheme = "courier"\non_change = "switch"\n')
            after = self.uidl(user)
            self.assertEqual(after, ["UID7-1699999999", before[1], "UID9-1699999999", before[1][:-1] + "4"])
            self.assertEqual(len(client.poll()), 2, client.output)

    def test_a_scheme_changes_nothing_but_its_own_messages(self):
        """Among other mail there is mail from Courier, and there is no client yet."""
        user = self.user(4)
        self.courier_list(user, [7, None, 9, None])
        own = self.listed(user)  # stores nothing
        self.policy('[uidl]\nscheme = ["courier", "host"]\n')
        expected = ["UID7-1699999999", own[1], "UID9-1699999999", own[3]]
        self.assertEqual(self.listed(user), expected)
        self.assertEqual(self.fetched(user), expected)
        self.assertEqual(self.uidl(user), expected)
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"UIDL 2"), b"+OK 2 " + own[1].encode())
            pop3.quit()

    def test_the_first_use_is_one_line_with_counts(self):
        user = self.user(3)
        self.courier_list(user, [7, None, 9])
        self.policy('[uidl]\nscheme = "courier"\n')
        for _ in range(3):
            self.uidl(user)
        line = "ids by scheme courier from now on: 3 messages, 2 by courier, 1 by the host"
        self.assert_logged(f"Info: .*{line}")
        self.assertEqual(self.host.log().count(line), 1)

    def test_doveadm_decides_nothing_for_clients(self):
        """doveadm looks at a mailbox that has moved here before anybody is served."""
        user = self.user(2)
        self.courier_list(user, [7, 9])
        self.host.doveadm("fetch", "-u", user, "pop3.uidl", "mailbox", "INBOX")
        self.listed(user)
        self.policy('[uidl]\nscheme = "courier"\non_change = "refuse"\n')
        self.assertEqual(self.uidl(user), ["UID7-1699999999", "UID9-1699999999"])

    def test_pins_beside_dovecots_own_ids(self):
        """Without a scheme, and with an imported id that is Dovecot's for another message."""
        user = self.user(3)
        own = self.listed(user)
        path = os.path.join(self.host.base, "list")
        with open(path, "w") as file:
            file.write(f"1 {own[1]}\n2 old-2\n3 {own[2]}\n")
        done = self.host.try_doveadm("pop3-legacy", "uidl", "pin", "-u", user, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.uidl(user), [own[1], "old-2", own[2]])
        hosts.deliver(self.host, user, hosts.message(4), 4)
        self.assertEqual(self.uidl(user), [own[1], "old-2", own[2], own[0][:-1] + "4"])
        self.assertEqual(self.listed(user), self.uidl(user))

    def test_turning_a_scheme_off(self):
        """As the README says: with keep nothing changes, nor with the list pinned."""
        user = self.user(3)
        self.policy('[uidl]\nscheme = "popa3d"\n')
        before = self.uidl(user)
        self.policy("")
        self.assertEqual(self.uidl(user), before)
        path = os.path.join(self.host.base, "list")
        with open(path, "w") as file:
            file.write("".join(f"{number} {uid}\n" for number, uid in enumerate(self.listed(user), 1)))
        self.host.doveadm("pop3-legacy", "uidl", "pin", "-u", user, path)
        self.policy('[uidl]\non_change = "switch"\n')
        self.assertEqual(self.uidl(user), before)
        hosts.deliver(self.host, user, hosts.message(4), 4)
        self.assertRegex(self.uidl(user)[3], r"^\d+\.4$")

    def test_removing_the_plugin(self):
        """As the README says: if Dovecot has stored the ids, it continues with them."""
        user, copy = self.user(3), self.user()
        self.policy('[uidl]\nscheme = "popa3d"\n')
        before = self.uidl(user)
        shutil.rmtree(self.maildir(copy))
        self.host.doveadm("backup", "-u", user, f"maildir:{self.maildir(copy)}")
        with hosts.new_host(plugin=False, settings=uidl_format("old"), homes=self.host.homes, policies=None) as plain:
            self.assertRegex(self.uidl(user, plain)[0], r"^\d+\.1$")
            self.assertEqual(self.uidl(copy, plain), before)


class MigrationsTest(SchemesTest):
    """From a Dovecot without the plugin, as cPanel has it, with a real fetchmail that has
    downloaded everything. (For Courier's Maildir and others, see test_migration.py.)"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = hosts.new_host(plugin=False, settings=uidl_format("cpanel"), policies=None)
        cls.old.start()

    @classmethod
    def tearDownClass(cls):
        cls.old.stop()
        super().tearDownClass()

    def moved(self, policy, with_uids, prepare=lambda user: None):
        user = self.user()
        self.policy(policy)
        self.old.maildir(user)
        for number in range(1, 21):
            hosts.deliver(self.old, user, hosts.message(number), number)
        with pop3_clients.Forwarder(("127.0.0.1", self.old.port)) as forwarder:
            client = self.fetchmail(forwarder, user)
            self.assertEqual(len(client.poll()), 20, client.output)
            self.assertEqual(client.poll(), [], client.output)
            before = self.uidl(user, self.old)
            self.assertRegex(before[0], r"^UID1-\d+$")
            shutil.rmtree(self.maildir(user))
            shutil.copytree(os.path.join(self.old.homes, user, "Maildir"), self.maildir(user))
            for path in glob.glob(os.path.join(self.maildir(user), "dovecot*")):
                if not with_uids or "index" in path:
                    os.unlink(path)
            self.host.give(self.maildir(user))
            with open(os.path.join(self.host.base, "list"), "w") as file:
                file.write("".join(f"{number} {uid}\n" for number, uid in enumerate(before, 1)))
            prepare(user)
            forwarder.target = ("127.0.0.1", self.host.port)
            self.assertEqual(client.poll(), [], client.output)
            self.assertEqual(self.uidl(user), before)
            hosts.deliver(self.host, user, hosts.message(21), 21)
            self.assertEqual(len(client.poll()), 1, client.output)
            self.assertEqual(client.poll(), [], client.output)
        return user

    def test_by_a_template(self):
        self.moved('[uidl]\nscheme = "template"\ntemplate = "UID{uid}-{uidvalidity}"\n', with_uids=True)

    def test_by_pins(self):
        def pin(user):
            self.host.doveadm("pop3-legacy", "uidl", "pin", "-u", user, os.path.join(self.host.base, "list"))

        user = self.moved("", with_uids=False, prepare=pin)
        self.assertRegex(self.uidl(user)[-1], r"^[0-9a-f]{16}$")


class UidvalidityTest(SchemesTest):
    """UIDs start again. An id that once named another message is one that clients already have."""

    def test_a_client_misses_nothing(self):
        for number, scheme in enumerate(('"decimal-uid"', '"cyrus-uidonly"', '"numeric"',
                                         '"template"\ntemplate = "m{uid:06d}"')):
            with self.subTest(scheme):
                self.policy(f"[uidl]\nscheme = {scheme}\n", f"d{number}.example")
                user = self.user(4, f"d{number}.example")
                with pop3_clients.Forwarder(("127.0.0.1", self.host.port)) as forwarder:
                    client = self.fetchmail(forwarder, user)
                    self.assertEqual(len(client.poll()), 4, client.output)
                    seen = set(self.uidl(user))
                    for serial in (5, 6, 7):
                        for path in glob.glob(os.path.join(self.maildir(user), "dovecot[.-]index*")) + [
                                os.path.join(self.maildir(user), "dovecot-uidlist")]:
                            os.unlink(path)
                        for name in self.names(user)[:2]:
                            for path in glob.glob(os.path.join(self.maildir(user), "*", name + "*")):
                                os.unlink(path)
                        hosts.deliver(self.host, user, hosts.message(serial), serial)
                        after = self.uidl(user)
                        self.assertFalse(seen & set(after), (seen, after))
                        self.assertEqual(self.uidl(user), after)
                        seen |= set(after)
                        subjects = b"".join(client.poll())
                        self.assertIn(b"Subject: message %d\n" % serial, subjects, client.output)
                self.assert_logged(r"UIDVALIDITY has changed, and ids by scheme .* continue from 100\d")


class WithoutGuidsTest(SchemesTest):
    """The INBOX is on another server, accessed by IMAP (imapc). Its messages have no GUIDs unless
    Dovecot makes them."""

    @classmethod
    def setUpClass(cls):
        if hosts.standalone:
            return super().setUpClass()
        cls.imap = imap_server.ImapServer()
        cls.imap.start()

        def users(homes):
            for name, features in (("bare", ""), ("different", "guid-forced")):
                user = f"{name}@imapc.example"
                host = f"userdb_imapc_host=127.0.0.1 userdb_imapc_port={cls.imap.port} " \
                       f"userdb_imapc_user={name} userdb_imapc_password=secret"
                if hosts.host_name.endswith("2.4"):
                    location = f"userdb_mail_driver=imapc userdb_mail_path={homes}/{user}/imapc"
                    host += f" userdb_imapc_features={features}" if features else ""
                else:
                    location = f"userdb_mail=imapc:{homes}/{user}/imapc"
                    host += f" userdb_imapc_features={features}" if features else ""
                yield f"{user}:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/{user}::{location} {host}"

        cls.host_options = {"users": users}
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.imap.stop()

    def ids_of(self, name, policy):
        user = f"{name}@imapc.example"
        self.policy(policy, "imapc.example")
        home = os.path.join(self.host.homes, user)
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(home)
        self.host.give(home)
        first = self.uidl(user)
        self.assertEqual(len(set(first)), 4)
        self.assertEqual(self.uidl(user), first)
        return first

    def test_what_needs_no_guid_is_taken_without_one(self):
        for policy in ("", '[uidl]\nscheme = "uw"\n', '[uidl]\nscheme = "popa3d"\n',
                       '[uidl]\nscheme = "qpopper"\n',
                       '[uidl]\nscheme = "uw"\n[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = "popa3d"\n'):
            with self.subTest(policy):
                self.ids_of("bare", policy)
        self.assert_logged("Warning: .*no GUIDs .with imapc, set imapc_features = guid-forced.; ids are "
                           "remembered by UID")

    def test_what_needs_one_says_what_to_set(self):
        user = "bare@imapc.example"
        self.policy('[uidl]\nscheme = "template"\ntemplate = "{guid}"\n', "imapc.example")
        shutil.rmtree(os.path.join(self.host.homes, user), ignore_errors=True)
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"UIDL"), REFUSED)
            pop3.quit()
        self.assert_logged("set imapc_features = guid-forced")
        path = os.path.join(self.host.base, "list")
        with open(path, "w") as file:
            file.write("1 a\n2 b\n3 c\n4 d\n")
        self.policy("", "imapc.example")
        done = self.host.try_doveadm("pop3-legacy", "uidl", "pin", "-u", user, path)
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertIn("set imapc_features = guid-forced", done.stderr)
        self.assertNotIn('the same GUID ""', done.stderr)

    def test_with_what_was_to_be_set(self):
        self.ids_of("different", '[uidl]\nscheme = "template"\ntemplate = "{guid}"\n')
        path = os.path.join(self.host.base, "list")
        with open(path, "w") as file:
            file.write("1 a\n2 b\n3 c\n4 d\n")
        self.host.doveadm("pop3-legacy", "uidl", "pin", "-u", "different@imapc.example", path)
        self.assertEqual(self.uidl("different@imapc.example"), ["a", "b", "c", "d"])
