"""UIDL, UIDL n and EUIDL as this plugin lists them, and as Dovecot lists the same ids: the same
octets, whatever happens to the list of ids (dovecot-pop3-legacy-uidl-list) in between."""
import glob
import os
import re
import shutil
import subprocess
import sys
import threading

import hosts

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "vectors"))
import corpus  # noqa: E402

LIST = "dovecot-pop3-legacy-uidl-list"
KEY = "0123456789abcdef0123456789abcdef\n"


def schemes():
    with open(os.path.join(HERE, "../../plugin/core/uidl/schemes.cc")) as file:
        return re.findall(r'\{\.name = "([a-z0-9-]+)"', file.read())


def plans(key):
    """All schemes, and some plans of several: the [uidl] tables by name."""
    made = {name: f'scheme = "{name}"\n' for name in schemes()}
    made["hmac-sha256"] += f'key_file = "{key}"\n'
    made["template"] += 'template = "{uidvalidity:08x}.{uid:08X}"\n'
    made["template-uid-twice"] = 'scheme = "template"\ntemplate = "{uid}-{uid}"\n'
    made["template-guid"] = 'scheme = "template"\ntemplate = "{received}+{guid}"\nmax_length = 255\n'
    made["chain"] = 'scheme = ["courier", "xuidl", "popa3d"]\n'
    made["chain-of-form"] = 'scheme = ["cyrus", "popa3d"]\n'
    made["chain-to-host"] = 'scheme = ["xuidl", "host"]\n'
    made["cutover"] = 'scheme = "decimal-uid"\n[[uidl.cutover]]\nbefore = 2004-01-06\nscheme = ["xuidl", "qmail"]\n'
    return made


def seen_by_dovecot():
    """Dovecot must see the ids where its logout line says what has changed in them."""
    field = "%{uidl_change}" if hosts.host_name == "dovecot-2.4" else "%u"
    return f"pop3_logout_format = uidl={field}\n"


def with_masters():
    """A user name may be OWNER*MASTER."""
    if hosts.host_name == "dovecot-2.4":
        passdb = "passdb masters {\n  driver = static\n  passdb_static_password = secret\n  master = yes\n}\n"
    else:
        passdb = "passdb {\n  driver = static\n  args = password=secret\n  master = yes\n}\n"
    return "auth_master_user_separator = *\n" + passdb


def said(host, user, name=None):
    """All answers about ids in one session."""
    with hosts.Pop3(host.port, name or user) as pop3:
        count = int(pop3.command(b"STAT").split()[1])
        first = pop3.multi(b"UIDL")
        pop3.send(b"".join(b"UIDL %d\r\n" % number for number in range(1, count + 1)))
        single = [pop3.line() for _ in range(count)]
        answers = first, single, pop3.multi(b"EUIDL"), pop3.multi(b"UIDL")
        pop3.quit()
    return answers


def ids(answers):
    status, lines = answers[0]
    assert status == b"+OK", status
    return [line.split(b" ")[1] for line in lines]


class TwinTest(hosts.HostTest):
    """Each mailbox twice, with the same UIDs: at the host whose UIDL is the plugin's, and at the
    `seeing` one, whose UIDL is Dovecot's and which never has a list."""

    dovecot_only = True
    mail_format = "maildir"
    dovecots_plugins = ()
    settings = ""

    @classmethod
    def setUpClass(cls):
        options = {"mail_format": cls.mail_format, "dovecots_plugins": cls.dovecots_plugins}
        settings = "" if hosts.standalone else with_masters() + cls.settings
        cls.host_options = {**options, "settings": settings}
        super().setUpClass()
        cls.key = os.path.join(cls.host.base, "key")
        with open(cls.key, "w") as file:
            file.write(KEY)
        os.chmod(cls.key, 0o600)
        cls.host.give(cls.key)
        cls.seeing = hosts.new_host(policies=cls.host.policies, settings=settings + seen_by_dovecot(),
                                    more_folders=[cls.host.base], **options)
        cls.seeing.start()

    @classmethod
    def tearDownClass(cls):
        cls.seeing.stop()
        super().tearDownClass()

    def both(self):
        return self.host, self.seeing

    def home(self, user, host=None):
        return os.path.join((host or self.host).homes, user)

    def list_of(self, user, host=None):
        found = glob.glob(os.path.join(glob.escape(self.home(user, host)), "**", LIST), recursive=True)
        found += glob.glob(os.path.join(glob.escape(self.home(user, host)), "**", ".imap", "**", LIST), recursive=True)
        return found[0] if found else None

    def new_user(self, messages, domain):
        """A mailbox and its twin."""
        type(self).users += 1
        user = f"user{self.users}@{domain}"
        os.makedirs(self.home(user), exist_ok=True)
        self.host.give(self.home(user))
        self.fill(user, range(1, messages + 1))
        self.copy(user)
        return user

    def fill(self, user, numbers):
        """The same new messages for both, once there are both."""
        folder = os.path.join(self.host.base, "import")
        shutil.rmtree(folder, ignore_errors=True)
        for inside in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(folder, inside), mode=0o700)
        for place, number in enumerate(numbers):
            with open(f"{folder}/cur/{1000000000 + place}.M1P1.host:2,", "wb") as file:
                file.write(hosts.message(number))
        self.host.give(folder)
        for host in self.both():
            if os.path.exists(self.home(user, host)):
                host.doveadm("import", "-u", user, f"maildir:{folder}", "", "mailbox", "INBOX")

    def copy(self, user):
        """The mailbox gets its UIDs, and then its twin."""
        self.host.doveadm("fetch", "-u", user, "uid", "mailbox", "INBOX")
        shutil.rmtree(self.home(user, self.seeing), ignore_errors=True)
        subprocess.run(["cp", "-a", self.home(user), self.home(user, self.seeing)], check=True)

    def fetched(self, user, host):
        done = host.try_doveadm("-f", "tab", "fetch", "-u", user, "pop3.uidl", "mailbox", "INBOX")
        self.assertEqual(done.returncode, 0, done.stderr)
        return [line.encode() for line in done.stdout.splitlines()[1:]]

    def agreed(self, user):
        """The ids, after both hosts have said the same."""
        listed = said(self.host, user)
        if path := self.list_of(user, self.seeing):
            os.unlink(path)
        self.assertEqual(listed, said(self.seeing, user))
        self.assertEqual(listed[1], [b"+OK " + line for line in listed[0][1]])
        self.assertEqual(listed[3], listed[0])
        return ids(listed)


class MaildirTest(TwinTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if hosts.standalone:
            return
        cls.template = os.path.join(cls.host.base, "Maildir")
        messages = [message for number, message in enumerate(corpus.corpus())
                    if number % 3 == 0 or message.name.startswith("duplicate")]
        corpus.write_maildir(messages, cls.template)
        with open(os.path.join(os.fsencode(cls.template), b"courierpop3dsizelist"), "wb") as file:
            file.write(b"/3 9999 1500000000\n")
            for message in messages:
                if message.courier:
                    file.write(b"%s %d %d:%d:0\n" % (message.file_name, len(message.raw), *message.courier))

    def odd_user(self, domain):
        user = self.user(0, domain)
        shutil.rmtree(os.path.join(self.home(user), "Maildir"))
        shutil.copytree(os.fsencode(self.template), os.fsencode(os.path.join(self.home(user), "Maildir")),
                        copy_function=shutil.copy2)
        self.host.give(os.fsencode(self.home(user)))
        self.copy(user)
        return user

    def deliver(self, user, numbers):
        for host in self.both():
            for number in numbers:
                hosts.deliver(host, user, hosts.message(number % 1000), number)

    def files(self, user, host):
        return sorted(glob.glob(os.path.join(glob.escape(self.home(user, host)), "Maildir", "*", "16*")))

    def remove(self, user, pattern):
        for host in self.both():
            for path in glob.glob(os.path.join(glob.escape(self.home(user, host)), "Maildir", pattern)):
                os.unlink(path)

    def test_every_plan(self):
        for number, (name, table) in enumerate(plans(self.key).items()):
            with self.subTest(name):
                domain = f"p{number}.example"
                self.policy(f'[commands]\nallow = ["EUIDL"]\n[uidl]\n{table}', domain)
                user = self.odd_user(domain)
                first = self.agreed(user)
                self.assertEqual(self.fetched(user, self.host), self.fetched(user, self.seeing))
                if "host" not in name:
                    self.assertEqual(self.fetched(user, self.host), first)
                older = self.list_of(user) and open(self.list_of(user), "rb").read()
                self.assertEqual(self.agreed(user), first)
                # 1002 and 2002 are equal to 2, which is equal to none.
                self.deliver(user, [1, 2, 1002, 2002])
                second = self.agreed(user)
                self.assertEqual(second[:len(first)], first)
                self.assertEqual(len(second), len(first) + 4)
                self.deliver(user, range(3001, 3041))
                third = self.agreed(user)
                self.assertEqual(third[:len(second)], second)
                for change in ("older", "damaged", "removed"):
                    path = self.list_of(user)
                    if path is None:
                        continue
                    with open(path, "rb") as file:
                        text = file.read()
                    if change == "removed":
                        os.unlink(path)
                    else:
                        with open(path, "wb") as file:
                            file.write(older or b"" if change == "older" else text.replace(b"1", b"2"))
                    self.assertEqual(self.agreed(user), third, change)
                self.remove(user, "*/1600003001*")
                self.remove(user, "*/1600000002*")
                fourth = third[:len(first) + 1] + third[len(first) + 2:]
                fourth.remove(third[len(second)])
                self.assertEqual(self.agreed(user), fourth)
                self.remove(user, "dovecot.index*")
                self.assertEqual(self.agreed(user), fourth)
                self.remove(user, LIST)
                self.assertEqual(self.agreed(user), fourth)
                self.assertEqual(self.fetched(user, self.host), self.fetched(user, self.seeing))

    def in_order(self, domain, extensions):
        """A mailbox of 45 messages whose lines in dovecot-uidlist have these extensions, by UID."""
        user = self.user(45, domain)
        names = sorted(os.listdir(os.path.join(self.home(user), "Maildir", "new")))
        path = os.path.join(self.home(user), "Maildir", "dovecot-uidlist")
        with open(path, "w") as file:
            file.write(f"3 V1700000000 N{len(names) + 1} G{'1a' * 16}\n")
            for uid, name in enumerate(names, 1):
                file.write(f"{uid} {extensions(uid)}:{name}\n")
        self.host.give(path)
        self.copy(user)
        return user

    def test_what_dovecot_has_stored_and_sorted(self):
        def extensions(uid):
            stored = {0: "Pstored-%d " % uid, 1: "P "}.get(uid % 7, "")
            return stored + ("" if uid % 5 else "O%d " % (100 - uid))

        for name in ("cyrus", "popa3d", "decimal-uid", "chain-to-host", "hmac-sha256", "cutover"):
            for stores in (False, True):
                with self.subTest((name, stores)):
                    self.policy(f'[commands]\nallow = ["EUIDL"]\n[uidl]\n{plans(self.key)[name]}', "stored.example")
                    user = self.in_order("stored.example",
                                         extensions if stores else lambda uid: "" if uid % 5 else f"O{100 - uid} ")
                    first = self.agreed(user)
                    self.assertEqual([uid for uid in first if uid == b"stored-14"], [b"stored-14"] * stores)
                    self.deliver(user, [1002, *range(2001, 2041)])
                    second = self.agreed(user)
                    self.assertEqual([uid for uid in second if uid in set(first)], first)
                    self.remove(user, LIST)
                    self.assertEqual(self.agreed(user), second)
                    self.assertEqual(self.fetched(user, self.host), self.fetched(user, self.seeing))

    def test_pins_and_ids_that_are_kept(self):
        """Message 1003 is equal to 3, and 3's id is imported for 4."""
        self.policy('[commands]\nallow = ["EUIDL"]\n[uidl]\nscheme = "popa3d"\n', "pins.example")
        user = self.user(45, "pins.example")
        self.copy(user)
        before = self.agreed(user)
        path = os.path.join(self.host.base, "pins")
        with open(path, "w") as file:
            file.write("".join(f"{number} {before[2 if number == 4 else number - 1].decode()}\n"
                               for number in range(1, 46) if number not in (3, 9)))
        for host in self.both():
            done = host.try_doveadm("pop3-legacy", "uidl", "pin", "-u", user, "-", input=open(path).read())
            print(done.stderr)
        after = self.agreed(user)
        self.deliver(user, [1003, *range(2001, 2041)])
        self.assertEqual(self.agreed(user)[:45], after)
        self.remove(user, LIST)
        self.assertEqual(self.agreed(user)[:45], after)
        self.assertEqual(self.agreed(user), self.fetched(user, self.host))

    def answers(self, host, user, lines):
        with hosts.Pop3(host.port, user) as pop3:
            said = [pop3.multi(line) if line.strip().lower() == b"uidl" else pop3.command(line) for line in lines]
            pop3.quit()
        return said

    def test_odd_lines_deleted_messages_and_dialects(self):
        lines = [b"UIDL 0", b"UIDL 999", b"UIDL x", b"UIDL 1 2", b"UIDL 01", b"UIDL  2", b"UIDL 2 ", b"uidl", b"UIDL ",
                 b"UIDL -1", b"UIDL 4294967297", b"UIDL 2\t", b"UIDL +2", b"UIDL 2\0", b"DELE 3", b"UIDL", b"UIDL 3",
                 b"UIDL 4", b"EUIDL 4", b"DELE 1", b"DELE 7", b"UIDL", b"RSET", b"UIDL", b"UIDL 3"]
        dialects = ("dovecot", "rambler", "rfc1225", "coremail", "qpopper", "popper", "uw")
        for number, rest in enumerate([*(f'[reply]\ndialect = "{name}"\n' for name in dialects),
                                       '[reply.templates]\nuidl = "+OK {count} message{s}"\n',
                                       "[view]\nnewest = 5\n"]):
            for scheme in ("cyrus", "popa3d"):
                with self.subTest((rest, scheme)):
                    self.policy(f'[commands]\nallow = ["EUIDL"]\n[uidl]\nscheme = "{scheme}"\n{rest}',
                                f"{scheme}{number}.example")
                    user = self.user(9, f"{scheme}{number}.example")
                    self.copy(user)
                    ours, theirs = (self.answers(host, user, lines) for host in self.both())
                    for line, one, other in zip(lines, ours, theirs):
                        self.assertEqual(one, other, line)

    def test_a_master_user(self):
        for scheme in ("cyrus", "popa3d"):
            with self.subTest(scheme):
                self.policy(f'[commands]\nallow = ["EUIDL"]\n[uidl]\nscheme = "{scheme}"\n', f"{scheme}.example")
                user = self.user(45, f"{scheme}.example")
                self.copy(user)
                shown = said(self.host, user, user + "*admin")
                self.assertEqual(shown, said(self.seeing, user, user + "*admin"))
                self.assertIsNone(self.list_of(user))
                self.assertEqual(self.agreed(user), ids(shown))
                self.assertEqual(said(self.host, user, user + "*admin"), shown)

    def test_sessions_at_once(self):
        """All name the same new messages, among which are equal ones."""
        self.policy('[uidl]\nscheme = "popa3d"\n', "once.example")
        user = self.user(40, "once.example")
        for round_ in (1, 2, 3):
            for serial in range(40):
                hosts.deliver(self.host, user, hosts.message(serial // 2), 1000 * round_ + serial)
            sessions = [self.login(user) for _ in range(6)]
            shown = [None] * len(sessions)

            def ask(place):
                shown[place] = sessions[place].multi(b"UIDL")

            threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(sessions))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for pop3 in sessions:
                pop3.quit()
            self.assertEqual(shown, [shown[0]] * len(sessions))
            self.assertEqual(len(set(ids(shown))), 40 + 40 * round_)
            self.assertEqual(hosts.uidl(self.host, user), shown[0])

    def test_a_session_that_leaves_everything_to_dovecot(self):
        """What it has shown is kept, though nothing of the plugin's answers there."""
        self.policy("[commands]\nallow = []\n", "off.example")
        user = self.user(2, "off.example")
        first = ids([hosts.uidl(self.host, user)])
        self.policy('[commands]\nallow = []\n[uidl]\nscheme = "cyrus"\n', "off.example")
        self.assertEqual(ids([hosts.uidl(self.host, user)]), first)

    def test_pins_that_come_while_a_session_of_dovecots_own_is_there(self):
        self.policy("[commands]\nallow = []\n", "off.example")
        user = self.user(2, "off.example")
        path = os.path.join(self.host.base, "pins")
        with open(path, "w") as file:
            file.write("1 old-1\n2 old-2\n")
        with self.login(user) as early:
            self.assertTrue(early.command(b"STAT").startswith(b"+OK 2 "))
            self.host.doveadm("pop3-legacy", "uidl", "pin", "-u", user, path)
            self.assertEqual(early.multi(b"UIDL"), (b"+OK", [b"1 old-1", b"2 old-2"]))
            early.quit()

    def state(self, user, name):
        return os.path.join(self.home(user), "Maildir", f"dovecot-pop3-legacy-{name}")

    def take(self, user, folder, names="*"):
        """Puts back what a backup has, and removes nothing else."""
        for path in glob.glob(os.path.join(glob.escape(folder), names)):
            subprocess.run(["cp", "-a", path, os.path.join(self.home(user), "Maildir")], check=True)

    def test_a_list_that_is_newer_than_the_maildir(self):
        """An older backup is put back, and the same UIDs go to other messages. They are new to every
        client."""
        for restored, removed in (("*", "dovecot.index*"), ("*", "nothing"), ("dovecot.index*", "nothing"),
                                  ("dovecot-uidlist", "nothing"), ("dovecot-uidlist", "dovecot.index*")):
            with self.subTest((restored, removed)):
                self.policy('[uidl]\nscheme = "qmail"\n', "backup.example")
                user = self.user(3, "backup.example")
                hosts.uidl(self.host, user)
                backup = os.path.join(self.host.base, "backup")
                shutil.rmtree(backup, ignore_errors=True)
                subprocess.run(["cp", "-a", os.path.join(self.home(user), "Maildir"), backup], check=True)
                for number in range(4, 54):
                    hosts.deliver(self.host, user, hosts.message(number), number)
                before = ids([hosts.uidl(self.host, user)])
                self.assertTrue(self.list_of(user))
                for path in glob.glob(os.path.join(glob.escape(self.home(user)), "Maildir", "*", "1*")):
                    if restored == "*" and int(re.search(r"M(\d+)P", path)[1]) > 3:
                        os.unlink(path)
                for path in glob.glob(os.path.join(glob.escape(self.home(user)), "Maildir", removed)):
                    os.unlink(path)
                self.take(user, backup, restored)
                for number in range(60, 130):
                    hosts.deliver(self.host, user, hosts.message(number), number)
                names = sorted(os.path.basename(path).split(":")[0] for path in
                               glob.glob(os.path.join(glob.escape(self.home(user)), "Maildir", "*", "1*")))
                after = ids([hosts.uidl(self.host, user)])
                self.assertEqual(sorted(uid.decode() for uid in after), names)
                self.assertEqual(after[:3], before[:3])

    def test_a_list_that_is_cut_off_while_a_session_has_it_open(self):
        self.policy('[uidl]\nscheme = "courier-v0"\n', "cut.example")
        user = self.user(1000, "cut.example")
        with hosts.Pop3(self.host.port, user) as pop3:
            first = pop3.multi(b"UIDL")
            pop3.quit()
        self.assertGreater(os.path.getsize(self.list_of(user)), 1 << 14)  # more than a session has in memory
        with hosts.Pop3(self.host.port, user) as pop3:
            self.assertEqual(pop3.multi(b"UIDL"), first)
            with open(self.list_of(user), "r+b") as file:
                file.truncate(1000)
            self.assertEqual(pop3.multi(b"UIDL"), first)
            self.assertEqual(pop3.command(b"UIDL 7"), b"+OK " + first[1][6])
            pop3.quit()

    def test_the_list_of_another_mailbox(self):
        """Which has the same UIDVALIDITY: many mailboxes are made in one second."""
        self.policy('[uidl]\nscheme = "qmail"\n', "other.example")
        users = [self.user(0, "other.example"), self.user(0, "other.example")]
        for number, user in enumerate(users):
            for serial in range(1, 51):
                hosts.deliver(self.host, user, hosts.message(serial), 100 * number + serial)
            path = os.path.join(self.home(user), "Maildir", "dovecot-uidlist")
            with open(path, "w") as file:
                file.write(f"3 V1700000000 N1 G{'1a' * 15}{number:02}\n")
            self.host.give(path)
        before = [ids([hosts.uidl(self.host, user)]) for user in users]
        shutil.copy2(self.list_of(users[0]), self.list_of(users[1]))
        self.host.give(self.home(users[1]))
        self.assertEqual([ids([hosts.uidl(self.host, user)]) for user in users], before)


class RenamingTest(hosts.HostTest):
    """pop3_uidl_duplicates = rename: Dovecot tells equal ids apart, also the plugin's."""

    dovecot_only = True
    host_options = {"settings": "pop3_uidl_duplicates = rename\n"}

    def test_also_beside_a_message_without_an_id(self):
        self.policy('[uidl]\nscheme = "popa3d"\n')
        user = self.user(3)
        hosts.last(self.host, user)  # Dovecot must know the sizes
        files = sorted(glob.glob(os.path.join(self.host.homes, user, "Maildir", "*", "1*")))
        text = "dovecot-pop3-legacy uidl 2\nscheme popa3d\nmax_length 70\n"
        for path in files[:2]:
            text += f"kept {os.path.basename(path).split(':')[0]} same\n"
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-uidl")
        with open(path, "w") as file:
            file.write(hosts.with_end(text, 2))
        self.host.give(path)
        os.chmod(files[2], 0)
        with self.login(user) as pop3:
            single = [pop3.command(b"UIDL %d" % number) for number in (1, 2)]
            self.assertEqual(pop3.multi(b"UIDL"), (b"+OK", [line.removeprefix(b"+OK ") for line in single]))
            self.assertEqual(single, [b"+OK 1 same", b"+OK 2 same-2"])
            pop3.quit()
        os.chmod(files[2], 0o600)
        self.assertEqual(hosts.uidl(self.host, user)[1][:2], [b"1 same", b"2 same-2"])


class SdboxTest(TwinTest):
    mail_format = "sdbox"

    def test_what_needs_no_maildir(self):
        for number, (name, table) in enumerate(plans(self.key).items()):
            if name not in ("uw", "popa3d", "hmac-sha256", "chain-to-host", "template-guid", "decimal-uid"):
                continue
            with self.subTest(name):
                domain = f"p{number}.example"
                self.policy(f'[commands]\nallow = ["EUIDL"]\n[uidl]\n{table}', domain)
                user = self.new_user(40, domain)
                first = self.agreed(user)
                self.assertEqual(self.agreed(user), first)
                self.fill(user, [2, *range(41, 80)])
                second = self.agreed(user)
                self.assertEqual(second[:40], first)
                for host in self.both():
                    host.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "2:9")
                self.assertEqual(self.agreed(user), second[:1] + second[9:])
                self.assertEqual(self.fetched(user, self.host), self.fetched(user, self.seeing))

    def test_a_list_that_is_newer_than_the_index(self):
        self.policy('[uidl]\nscheme = "heimdal"\n', "backup.example")
        user = self.new_user(3, "backup.example")
        hosts.uidl(self.host, user)
        backup = os.path.join(self.host.base, "backup")
        subprocess.run(["cp", "-a", self.home(user), backup], check=True)
        self.fill(user, range(4, 54))
        hosts.uidl(self.host, user)
        kept = self.list_of(user)
        text = open(kept, "rb").read()
        shutil.rmtree(self.home(user))
        subprocess.run(["cp", "-a", backup, self.home(user)], check=True)
        with open(kept, "wb") as file:
            file.write(text)
        self.host.give(self.home(user))
        self.fill(user, range(60, 130))
        self.assertEqual(ids([hosts.uidl(self.host, user)]),
                         [b"<%d@example.org>" % number for number in (1, 2, 3, *range(60, 130))])


class MdboxTest(SdboxTest):
    mail_format = "mdbox"


class MboxTest(SdboxTest):
    mail_format = "mbox"
    test_a_list_that_is_newer_than_the_index = None  # the UIDs are in the mbox


class ReadOnlyTest(TwinTest):
    dovecots_plugins = ("acl",)

    @classmethod
    def setUpClass(cls):
        cls.settings = "acl_driver = vfile\n" if hosts.host_name == "dovecot-2.4" else "plugin {\n  acl = vfile\n}\n"
        super().setUpClass()

    def test_no_list_is_written(self):
        for name, scheme in (("form", "cyrus"), ("list", "popa3d")):
            with self.subTest(name):
                self.policy(f'[uidl]\nscheme = "{scheme}"\n', f"{name}.example")
                user = self.user(40, f"{name}.example")
                path = os.path.join(self.home(user), "Maildir", "dovecot-acl")
                with open(path, "w") as file:
                    file.write("owner lr\n")
                self.host.give(path)
                self.copy(user)
                self.assertEqual(self.agreed(user), self.agreed(user))
                self.assertIsNone(self.list_of(user))
