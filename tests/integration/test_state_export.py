"""doveadm pop3-legacy state export and import: a user's states move to another Dovecot with the
mail."""
import os
import re
import shutil
import time

import dicts
import hosts
from redis_server import WithRedis

POLICY = '[delete]\nmode = "hide"\n[uidl]\nscheme = "numeric"\n[pace]\noctets_per_hour = "30M"\n'
NAMES = ["pins", "uidl", "hidden", "last", "xmit", "pace"]


class StateTest(hosts.HostTest):
    dovecot_only = True

    def state(self, host, command, *arguments, **options):
        form = ("-f", "tab") if command == "import" else ()
        return host.try_doveadm(*form, "pop3-legacy", "state", command, *arguments, **options)

    def file(self, text, host=None):
        """Writes a file that only root may read, where the host sees it; returns its path."""
        path = os.path.join((host or self.host).base, "states")
        with open(path, "w", newline="", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text)
        return path

    def export(self, user, host=None):
        result = self.state(host or self.host, "export", "-u", user)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def rows(self, result):
        return [line.split("\t") for line in result.stdout.splitlines()[1:]]

    def imported(self, host, user, *options):
        """What happened to each state."""
        result = self.state(host, "import", "-u", user, *options)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return {row[0]: row[2] for row in self.rows(result)}

    def look(self, host, user):
        with hosts.Pop3(host.port, user) as pop3:
            ids = pop3.multi(b"UIDL")[1]
            last = pop3.command(b"LAST")
            shown = [re.search(rb"Subject: message (\d+)", b"\n".join(pop3.multi(b"TOP %d 0" % number)[1]))[1]
                     for number in range(1, len(ids) + 1)]
            pop3.quit()
        return shown, ids, last

    def with_states(self):
        """A user with every state there is."""
        user = self.user(6)
        with self.login(user) as pop3:
            pop3.multi(b"UIDL")
            pop3.command(b"DELE 2")
            pop3.multi(b"RETR 4")
            pop3.quit()
        listed = self.host.try_doveadm("-f", "tab", "pop3-legacy", "uidl", "list", "-u", user).stdout
        listed = re.sub(r"\t[^\t\n]+\n$", "\tanother\n", listed)
        pinned = self.host.try_doveadm("pop3-legacy", "uidl", "pin", "-u", user, "-r", self.file(listed))
        self.assertEqual(pinned.returncode, 0, pinned.stderr)
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-xmit")
        with open(path, "w") as file:
            file.write(f"dovecot-pop3-legacy xmit 1\n{int(time.time())} 0123abcd sent\n")
        self.host.give(path)
        return user


# dsync needs the same separator for all mailboxes.
SEPARATOR = {"settings": "namespace inbox {\n  inbox = yes\n  separator = /\n}\n"}


class ExportAndImportTest(StateTest):
    host_options = SEPARATOR

    def setUp(self):
        self.policy(POLICY)

    def other(self, mail_format):
        """Another Dovecot with the same policy, whose homes this one sees as well."""
        homes = os.path.join(hosts.scratch, "other-" + mail_format)
        os.makedirs(homes, exist_ok=True)
        other = hosts.new_host(policies=self.host.policies, homes=homes, mail_format=mail_format, **SEPARATOR)
        self.addCleanup(other.stop)
        other.start()
        return other

    def moved(self, user, other, folder):
        """Moves the mail with dsync."""
        home = os.path.join(self.host.homes, user)
        target = os.path.join(home, "moved")
        result = self.host.try_doveadm("backup", "-u", user, f"{other.mail_format}:{target}")
        self.assertEqual(result.returncode, 0, result.stderr)
        os.makedirs(os.path.join(other.homes, user))
        shutil.move(target, os.path.join(other.homes, user, folder))
        other.give(os.path.join(other.homes, user))

    def test_with_dsync_to_another_dovecot_everything_is_the_same(self):
        for mail_format, folder in (("maildir", "Maildir"), ("mdbox", "mail"), ("sdbox", "mail")):
            with self.subTest(mail_format):
                user = self.with_states()
                before = self.look(self.host, user)
                self.assertEqual(before[0], [b"1", b"3", b"4", b"5", b"6"])
                self.assertEqual(before[1][4], b"5 another")
                document = self.export(user)
                self.assertEqual(re.findall(r"(?m)^state (\S+) \d+$", document), NAMES)
                other = self.other(mail_format)
                self.moved(user, other, folder)
                stored = self.imported(other, user, self.file(document, other))
                self.assertEqual(stored, dict.fromkeys(NAMES, "stored"))
                self.assertEqual(self.look(other, user), before)

    def test_what_dsync_does_not_carry(self):
        # As the README says.
        user = self.with_states()
        other = self.other("mdbox")
        self.moved(user, other, "mail")
        shown, _, _ = self.look(other, user)
        self.assertEqual(len(shown), 6)  # the hidden one is back

    def test_a_second_import_completes_the_first(self):
        user = self.with_states()
        path = self.file(self.export(user))
        folder = os.path.join(self.host.homes, user, "Maildir")
        for name in ("hidden", "last"):
            os.unlink(f"{folder}/dovecot-pop3-legacy-{name}")
        result = self.imported(self.host, user, path)
        self.assertEqual(result, {**dict.fromkeys(NAMES, "present"), "hidden": "stored", "last": "stored"})
        self.assertEqual(set(self.imported(self.host, user, path).values()), {"present"})

    def test_other_states_are_not_replaced_without_r(self):
        user, another = self.with_states(), self.user(3)
        with self.login(another) as pop3:
            pop3.multi(b"RETR 1")
            pop3.quit()
        folder = os.path.join(self.host.homes, another, "Maildir")
        before = sorted(os.listdir(folder))
        path = self.file(self.export(user))
        result = self.state(self.host, "import", "-u", another, path)
        self.assertEqual((result.returncode, self.rows(result)), (65, []))
        self.assertRegex(result.stderr, "there is a different state already, .*dovecot-pop3-legacy-last: nothing was changed; -r")
        self.assertEqual(sorted(os.listdir(folder)), before)
        result = self.state(self.host, "import", "-u", another, "-r", path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"these are the states of {user}", result.stderr)
        done = {row[0]: row[2] for row in self.rows(result)}
        # Both may have been counted in the same minute.
        self.assertIn(done.pop("pace"), ("replaced", "present"))
        self.assertEqual(done, {"pins": "stored", "uidl": done["uidl"], "hidden": "stored", "last": "replaced",
                                "xmit": "stored"})

    def test_what_is_no_whole_export_is_refused(self):
        user = self.with_states()
        document = self.export(user)
        another = self.user(1)
        for text in ("", "garbage\n", document[:-10], document.replace("0123abcd", "0123abce"), document + "x\n",
                     document.replace("xmit 1\n", "xmit 9\n"), document.replace("state last", "state lost")):
            result = self.state(self.host, "import", "-u", another, self.file(text))
            self.assertEqual((result.returncode, result.stdout), (66, ""), text[:40])
        self.assertEqual(self.state_files(another), [])
        result = self.state(self.host, "import", "-u", another, self.host.base + "/missing")
        self.assertEqual(result.returncode, 66)
        self.assertEqual(self.state(self.host, "import", "-u", another).returncode, 64)
        self.assertEqual(self.state(self.host, "import", "-A", self.file(document)).returncode, 64)
        self.assertEqual(self.state(self.host, "export", "-A").returncode, 64)

    def test_a_damaged_state_is_told_and_not_exported(self):
        user = self.with_states()
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-pins")
        with open(path, "a") as file:
            file.write("x\n")
        result = self.state(self.host, "export", "-u", user)
        self.assertEqual((result.returncode, result.stdout.strip()), (65, ""))
        self.assertRegex(result.stderr, "damaged, so UIDL is refused: " + re.escape(path))

    def test_by_standard_input_and_by_doveadm_server(self):
        user = self.with_states()
        document = self.export(user)
        result = self.state(self.host, "import", "-u", user, "-", input=document)
        self.assertEqual({row[2] for row in self.rows(result)}, {"present"}, result.stderr)
        socket = self.host.base + "/run/doveadm-server"
        result = self.state(self.host, "export", "-S", socket, "-u", user)
        self.assertEqual((result.returncode, result.stdout), (0, document), result.stderr)
        result = self.state(self.host, "import", "-S", socket, "-u", user, self.file(document))
        self.assertEqual({row[2] for row in self.rows(result)}, {"present"}, result.stderr)

    def test_the_document_has_no_heading(self):
        # "-f tab" puts a heading before other answers.
        user = self.with_states()
        document = self.export(user)
        for options in ((), ("-S", self.host.base + "/run/doveadm-server")):
            result = self.host.try_doveadm("-f", "tab", "pop3-legacy", "state", "export", *options, "-u", user)
            self.assertEqual((result.returncode, result.stderr, result.stdout), (0, "", document), options)

    def test_nothing_is_pinned_where_the_pins_are_damaged(self):
        user = self.with_states()
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-pins")
        listed = self.host.try_doveadm("-f", "tab", "pop3-legacy", "uidl", "list", "-u", user).stdout
        with open(path, "a") as file:
            file.write("x\n")
        result = self.host.try_doveadm("pop3-legacy", "uidl", "pin", "-u", user, self.file(listed))
        self.assertEqual(result.returncode, 65)
        self.assertRegex(result.stderr, "damaged, so UIDL is refused: " + re.escape(path) + ".*: nothing was changed")
        with open(path) as file:
            self.assertTrue(file.read().endswith("x\n"))

    def test_a_user_without_states_has_an_empty_document(self):
        user = self.user(1)
        document = self.export(user)
        self.assertRegex(document, rf"^dovecot-pop3-legacy states 1\nuser {re.escape(user)}\nend 0 [0-9a-f]{{8}}\n$")
        self.assertEqual(self.imported(self.host, user, self.file(document)), {})


class StatesInADictTest(WithRedis, StateTest):
    @classmethod
    def before_host(cls):
        super().before_host()
        cls.host_options = {"settings": dicts.redis(cls.redis.port).setting("pop3_legacy_state")}

    def test_what_the_dict_has_is_among_them(self):
        self.policy(POLICY)
        user = self.user(2)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 1")
            pop3.quit()
        key = user + "/pop3-legacy/pace"
        kept = self.redis.get(key)
        document = self.export(user)
        self.assertIn(f"state pace {len(kept)}\n{kept.decode()}", document)
        self.redis.command("SET", key, "dovecot-pop3-legacy pace 1\n")
        result = self.state(self.host, "import", "-u", user, self.file(document))
        self.assertEqual(result.returncode, 65)
        self.assertIn("the key priv/pop3-legacy/pace of the dict", result.stderr)
        self.assertEqual(self.imported(self.host, user, "-r", self.file(document))["pace"], "replaced")
        self.assertEqual(self.redis.get(key), kept)
