"""Policies from Dovecot's dicts: Redis, SQLite through the dict server, and dicts that fail."""
import os
import re
import socket
import time
import unittest

import dicts
import hosts
from dicts import typed_settings
from private_host import MAIL_UID, free_port
from redis_server import WithRedis

UNAVAILABLE = b"-ERR [SYS/TEMP] %s is unavailable: the server's policy cannot be read."
WORDINGS = {"popper": b"+OK 0 is the last message seen.", "mh": b"+OK 0 is the last msg seen",
            "qpopper": b"+OK 0 is the last read message."}
# A login waits five seconds for its policy; the rest allows for a machine under load.
PATIENCE = 15


def users_with_profiles(homes):
    for name, profile in (("profiled@example.org", "own"), ("lost@example.org", "nosuch")):
        yield (f"{name}:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/{name}::"
               f"userdb_pop3_legacy_profile={profile}")


def dict_options(where):
    """Options for a host whose policy is in this dict."""
    options = {"policies": None, "users": users_with_profiles}
    if typed_settings():
        return {**options, "settings": where.setting("pop3_legacy_policy")}
    return {**options, "policy_setting": "dict:" + where.uri, "settings": where.server}


def redis_options(port):
    return dict_options(dicts.redis(port))


class DictTest(hosts.HostTest):
    dovecot_only = True

    def lines_about(self, user):
        return [line for line in self.host.log().splitlines() if "pop3_legacy: policy" in line and f"({user})" in line]

    def check_closed(self, user, reason):
        """Nothing is open, and the log says why, once. Returns that line."""
        before = len(self.lines_about(user))
        pop3 = self.login(user)
        for command, name in ((b"LAST", b"LAST"), (b"DELE 1", b"DELE"), (b"RETR 1", b"RETR"), (b"UIDL", b"UIDL")):
            self.assertEqual(pop3.command(command), UNAVAILABLE % name)
        self.assertTrue(pop3.multi(b"CAPA")[0].startswith(b"+OK"))
        self.assertTrue(pop3.quit().startswith(b"+OK"))
        self.assertTrue(hosts.eventually(lambda: len(self.lines_about(user)) > before), self.host.log()[-3000:])
        lines = self.lines_about(user)[before:]
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], reason)
        return lines[0]


class FilledDict:
    """What holds for every dict. Each backend has its own put() and remove()."""

    def setUp(self):
        self.put("default", "")

    def put_for_test(self, name, text):
        self.put(name, text)
        self.addCleanup(self.remove, name)

    def test_a_domain_has_its_policy_and_a_change_holds_from_the_next_login(self):
        user, other = self.user(1, "one.example"), self.user(1, "two.example")
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")
        for wording in ("popper", "mh"):
            self.put_for_test("domains/one.example", f'[last]\nwording = "{wording}"\n')
            self.assertEqual(hosts.last(self.host, user), WORDINGS[wording])
            self.assertEqual(hosts.last(self.host, other), b"+OK 0")

    def test_default_domain_inherited_profile_and_the_users_own(self):
        self.put_for_test("default", '[last]\nwording = "mh"\n')
        self.put_for_test("profiles/base", '[commands]\ndeny = ["TOP"]\n')
        self.put_for_test("domains/example.org", 'inherit = "base"\n')
        self.put_for_test("profiles/own", '[last]\nwording = "popper"\n')
        for name in (self.user(1), "profiled@example.org"):
            self.host.maildir(name)
            pop3 = self.login(name)
            self.assertEqual(pop3.command(b"LAST"), WORDINGS["popper" if name.startswith("profiled") else "mh"])
            self.assertEqual(pop3.command(b"TOP 1 0"), b"-ERR TOP is disabled for this mailbox.")

    def test_a_key_names_the_line_that_is_wrong(self):
        self.put_for_test("domains/broken.example", '[last]\nsemantics = "rfc1225\n')
        self.check_closed(self.user(1, "broken.example"), r"dict:shared/pop3-legacy/domains/broken\.example:2:\d+: ")

    def test_doveadm_sees_the_same_policy(self):
        self.put_for_test("default", '[last]\nwording = "mh"\n')
        self.put_for_test("profiles/own", '\nhelp.style = "line"\n')
        text = self.host.doveadm("pop3-legacy", "policy", "-u", "profiled@example.org", "explain")
        self.assertIn('last.wording = "mh"  # dict:shared/pop3-legacy/default:2\n', text)
        self.assertIn('help.style = "line"  # dict:shared/pop3-legacy/profiles/own:2\n', text)
        self.remove("profiles/own")
        result = self.host.try_doveadm("pop3-legacy", "policy", "-u", "profiled@example.org")
        self.assertEqual((result.returncode, result.stdout.strip()), (65, ""))
        self.assertIn("dict:shared/pop3-legacy/profiles/own", result.stderr)

    def test_profile_tricks_are_refused(self):
        self.put_for_test("profiles/a", 'inherit = "b"\n')
        self.put_for_test("profiles/b", 'inherit = "a"\n')
        for inherited, reason in (("a", "inherits itself that way: a -> b -> a"), ("nosuch", "which does not exist"),
                                  ("../default", "not a valid profile name"), ("x/y", "not a valid profile name"),
                                  ("x\\u0000", "not a valid profile name")):
            with self.subTest(inherited):
                self.put_for_test("domains/tricks.example", f'inherit = "{inherited}"\n')
                self.check_closed(self.user(1, "tricks.example"), re.escape(reason))
        self.host.maildir("lost@example.org")
        self.check_closed("lost@example.org", "nosuch.*does not exist: dict:shared/pop3-legacy/profiles/nosuch")

    def test_a_document_of_ten_megabytes_is_refused(self):
        self.put_for_test("domains/big.example", "#" * 10_000_000)
        self.check_closed(self.user(1, "big.example"), "is longer than 65536 octets|the dict cannot be read")

    def test_domain_tricks_are_refused_or_are_the_domain(self):
        self.put_for_test("domains/tricks.example", '[last]\nwording = "mh"\n')
        for domain in ("tricks.example", "Tricks.EXAMPLE", "tricks.example."):
            with self.subTest(domain):
                self.assertEqual(hosts.last(self.host, self.user(1, domain.lower())), WORDINGS["mh"])
        for domain in ("..", "tricks..example", ".tricks.example", "x" * 64 + ".example",
                       ".".join(["x" * 59] * 5)):
            with self.subTest(domain):
                if len(domain) < 200:  # otherwise no folder can have the user's name
                    user = self.user(1, domain)
                    self.assertEqual(hosts.last(self.host, user), b"+OK 0")  # from the default
                    self.assert_logged(re.escape(user) + '" has no policy of its own, so the default applies')
        # IDNA's form is a name like any other; a non-ASCII letter does not pass Dovecot's login.
        self.put_for_test("domains/xn--mnchen-3ya.example", '[last]\nwording = "qpopper"\n')
        self.assertEqual(hosts.last(self.host, self.user(1, "xn--mnchen-3ya.example")), WORDINGS["qpopper"])

    def test_a_dict_that_has_lost_everything_opens_nothing(self):
        user = self.user(1)
        self.remove("default")
        try:
            self.check_closed(user, "dict:shared/pop3-legacy/default: the dict has no such key")
        finally:
            self.put("default", "")
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")


class RedisTest(FilledDict, WithRedis, DictTest):
    @classmethod
    def before_host(cls):
        super().before_host()
        cls.host_options = redis_options(cls.redis.port)

    def put(self, name, text):
        self.redis.command("SET", "pop3-legacy/" + name, text)

    def remove(self, name):
        self.redis.command("DEL", "pop3-legacy/" + name)

    def test_a_redis_that_is_down_opens_nothing_and_changes_no_id(self):
        self.put("domains/down.example", '[uidl]\nscheme = "decimal-uid"\n')
        user = self.user(3, "down.example")
        before = hosts.uidl(self.host, user)
        self.assertEqual(before[1], [b"1 1", b"2 2", b"3 3"])
        self.redis.stop()
        try:
            begun = time.monotonic()
            line = self.check_closed(user, "dict:shared/pop3-legacy/default: the dict cannot be read: ")
            self.assertLess(time.monotonic() - begun, PATIENCE, line)
        finally:
            self.redis.start()
            self.put("default", "")
        self.put_for_test("domains/down.example", '[uidl]\nscheme = "decimal-uid"\n')
        self.assertEqual(hosts.uidl(self.host, user), before)


class SqliteTest(FilledDict, DictTest):
    """Through Dovecot's dict server."""

    @classmethod
    def before_host(cls):
        cls.table = dicts.Sqlite(os.path.join(hosts.scratch, "sqlite"), "pop3legacy", "shared/pop3-legacy",
                                 "pop3_legacy", "policy")
        cls.host_options = {**dict_options(cls.table), "more_folders": [cls.table.folder]}

    def put(self, name, text):
        self.table.execute("INSERT OR REPLACE INTO pop3_legacy VALUES (?, ?)", (name, text))

    def remove(self, name):
        self.table.execute("DELETE FROM pop3_legacy WHERE name = ?", (name,))


class FailingDictTest(DictTest):
    """A server that accepts connections and sends any answer, in place of Redis and of the dict
    server."""

    def serve(self, listener):
        """Sends self.answer to each portion of input."""
        self.addCleanup(dicts.FailingServer(listener, lambda _: self.answer).close)

    def check(self, options, listener):
        host = hosts.new_host(**options)
        self.addCleanup(host.stop)
        host.start()
        type(self).host, shared = host, self.host
        try:
            self.serve(listener)
            for answer, reason in self.answers:
                with self.subTest(answer):
                    self.answer = answer
                    begun = time.monotonic()
                    self.check_closed(self.user(1), reason)
                    self.assertLess(time.monotonic() - begun, PATIENCE)
            self.assertNotRegex(host.log(), r"Panic|Fatal|leak|signal")
        finally:
            type(self).host = shared

    def test_redis(self):
        self.answers = ((b"", "the dict cannot be read"), (b"!rubbish\r\n", "the dict cannot be read"),
                        (b"$999999999\r\n", "the dict cannot be read"))
        listener = dicts.tcp_listener()
        self.check(redis_options(listener.getsockname()[1]), listener)

    def test_the_dict_server(self):
        self.answers = [(b"", "no answer within "), (b"F\n", "the dict cannot be read")]
        if typed_settings():
            # A letter that is not a reply ends a Dovecot 2.3 process: its dict-client wrongly calls
            # back twice.
            self.answers.append((b"Xrubbish\n", "the dict cannot be read"))
        folder = os.path.join(hosts.scratch, "failing")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, "dict")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        os.chmod(path, 0o666)
        options = dict_options(dicts.proxy_to(path, "pop3legacy"))
        self.check({**options, "more_folders": [folder]}, listener)

    def test_a_dict_server_that_is_not_there(self):
        self.answers = ()
        options = dict_options(dicts.proxy_to("/nonexistent/dict", "x"))
        with hosts.new_host(**options) as host:
            type(self).host, shared = host, self.host
            try:
                self.check_closed(self.user(1), "the dict cannot be read: .*No such file or directory")
            finally:
                type(self).host = shared


class WrongSettingTest(DictTest):
    """Settings that are not a dict on this Dovecot."""

    @classmethod
    def before_host(cls):
        if typed_settings():
            cls.host_options, cls.reason = {"policy_setting": "dict:redis:"}, "has no dict URIs; put dict DRIVER"
        else:
            cls.host_options, cls.reason = {"policy_setting": "dict:nosuch:x"}, "Unknown dict module: nosuch"

    def test_is_said_and_opens_nothing(self):
        self.check_closed(self.user(1), "the dict with the policy cannot be used: .*" + self.reason)


class FolderAndDictTest(DictTest):
    """Only Dovecot 2.4 can have both."""

    @classmethod
    def setUpClass(cls):
        if not typed_settings():
            raise unittest.SkipTest("about Dovecot 2.4 only")
        cls.host_options = {"settings": redis_options(free_port())["settings"]}
        super().setUpClass()

    def test_is_said_and_opens_nothing(self):
        self.check_closed(self.user(1), "there is a dict for the policy, too")
