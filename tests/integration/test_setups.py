"""The same sessions in Dovecots with other setups: with TLS, where the login process is between
client and session, with many clients in one process, and with the installed snippet."""
import os
import re
import ssl
import subprocess
import unittest

import hosts
from dicts import typed_settings

CONF_D = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf.d")


class TlsTest(hosts.HostTest):
    dovecot_only = True
    host_options = {"tls": True}

    def login_by_tls(self, user, more=b""):
        """Sends STLS, then USER, PASS and more in one record."""
        pop3 = hosts.Pop3(self.host.port, user, login=False)
        self.addCleanup(pop3.close)
        self.assertTrue(pop3.command(b"STLS").startswith(b"+OK"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        pop3.file.close()
        pop3.socket = context.wrap_socket(pop3.socket)
        pop3.file = pop3.socket.makefile("rb")
        pop3.send(b"USER %s\r\nPASS secret\r\n" % user.encode() + more)
        self.assertEqual([pop3.line()[:3] for _ in range(2)], [b"+OK", b"+OK"])
        return pop3

    def test_a_session(self):
        user = self.user(3)
        pop3 = self.login_by_tls(user)
        pop3.multi(b"RETR 2")
        self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
        self.assertIn(b"X-LAST", pop3.multi(b"CAPA")[1])
        pop3.quit()
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")

    def test_a_drop_keeps_what_was_delivered(self):
        user = self.user(3)
        pop3 = self.login_by_tls(user)
        pop3.multi(b"RETR 2")
        pop3.command(b"NOOP")
        pop3.reset()
        self.assertTrue(hosts.eventually(lambda: "Disconnected: " in self.host.log().split(user)[-1]))
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")

    def test_a_denied_command_in_the_record_of_user_and_pass_is_refused(self):
        self.policy('[commands]\ndeny = ["DELE"]\n', "tls.example")
        user = self.user(2, "tls.example")
        pop3 = self.login_by_tls(user, b"DELE 1\r\nLAST\r\nSTAT\r\n")
        self.assertEqual(pop3.line(), b"-ERR DELE is disabled for this mailbox.")
        self.assertEqual(pop3.line(), b"+OK 0")
        self.assertTrue(pop3.line().startswith(b"+OK 2 "))


class ManyClientsInOneProcessTest(hosts.HostTest):
    dovecot_only = True
    host_options = {"clients": 20}

    def test_sessions_do_not_see_each_other(self):
        self.policy('[last]\nwording = "popper"\n', "one.example")
        self.policy('[commands]\nallow = []\ndeny = ["DELE"]\n', "two.example")
        ones = [self.user(3, "one.example") for _ in range(5)]
        twos = [self.user(3, "two.example") for _ in range(5)]
        sessions = {user: self.login(user) for user in ones + twos}
        for turn in (1, 2, 3):
            for number, user in enumerate(ones):
                if number % 2:
                    sessions[user].multi(b"RETR %d" % turn)
            for number, user in enumerate(ones):
                self.assertEqual(sessions[user].command(b"LAST"),
                                 b"+OK %d is the last message seen." % (turn if number % 2 else 0))
            for user in twos:
                self.assertTrue(sessions[user].command(b"LAST").startswith(b"-ERR"))
                self.assertEqual(sessions[user].command(b"DELE 1"), b"-ERR DELE is disabled for this mailbox.")
        processes = {pid for user in sessions for pid in hosts.processes_of(self.host, user)}
        self.assertEqual(len(processes), 1)
        for number, user in enumerate(ones + twos):
            if number % 3:
                sessions[user].quit()
            else:
                sessions[user].close()
        for number, user in enumerate(ones):
            expected = b"+OK %d is the last message seen." % (3 if number % 2 else 0)
            self.assertTrue(hosts.eventually(lambda: hosts.last(self.host, user) == expected), user)


class WorkaroundsTest(hosts.HostTest):
    """Dovecot's own workarounds for Outlook and Outlook Express still work, whoever words the
    replies."""
    dovecot_only = True
    host_options = {"settings": "pop3_client_workarounds = outlook-no-nuls oe-ns-eoh"}

    def test_retr_and_top(self):
        for number, policy in enumerate(("", '[reply]\ndialect = "rfc1225"\n', "[view]\nnewest = 2\n")):
            with self.subTest(policy):
                domain = f"w{number}.example"
                self.policy(policy, domain)
                user = self.user(0, domain)
                hosts.deliver(self.host, user, b"Subject: nul\n\na\0b\n", 1)
                hosts.deliver(self.host, user, b"Subject: header only\n", 2)
                with hosts.Pop3(self.host.port, user) as pop3:
                    self.assertEqual(pop3.multi(b"RETR 1")[1], [b"Subject: nul", b"", b"a\x80b"])
                    self.assertEqual(pop3.multi(b"RETR 2")[1], [b"Subject: header only", b""])
                    self.assertEqual(pop3.multi(b"TOP 2 0")[1], [b"Subject: header only", b""])
                    self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
                    pop3.quit()


class SnippetTest(hosts.HostTest):
    """conf.d's snippet, turned on as pop3-legacy(7) says: without each single #, Dovecot starts and the plugin is
    on. What has ## is for people, what has ### stays off."""
    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        if hosts.standalone:
            raise unittest.SkipTest("about Dovecot only")
        with open(os.path.join(CONF_D, "dovecot-2.4.conf" if typed_settings() else "dovecot-2.3.conf")) as file:
            cls.snippet = file.read()
        with open(os.path.join(CONF_D, "man", "pop3-legacy.7.md")) as file:
            cls.on, cls.off = re.findall(r"sed -i '(.*?)' /etc/dovecot/conf.d/95-pop3-legacy.conf", file.read())
        cls.turned_on = cls.sed(cls.on, cls.snippet)
        cls.host_options = {"policy_setting": "/nonexistent", "settings": "mail_debug = yes\n" +
                            cls.turned_on.replace("/etc/dovecot/pop3-legacy", "@base@/policies")}
        super().setUpClass()

    @staticmethod
    def sed(script, text):
        return subprocess.run(["sed", script], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout

    def test_it_is_turned_on_and_off_by_the_lines_with_one_mark(self):
        self.assertEqual(self.turned_on, re.sub(r"(?m)^#(?!#)", "", self.snippet))
        self.assertEqual(self.sed(self.off, self.turned_on), self.snippet)

    def test_dovecot_knows_what_is_optional(self):
        path = os.path.join(self.host.base, "optional.conf")
        with open(os.path.join(self.host.base, "dovecot.conf")) as file:
            text = file.read() + re.sub(r"(?m)^###", "", self.turned_on)
        with open(path, "w") as file:
            file.write(text)
        told = self.host.run("doveconf", "-c", path)
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("pop3_legacy_login_help = long", told.stdout)

    def test_marks_say_what_a_line_is(self):
        for marks in (1, 3):
            for line in re.findall(r"(?m)^#{%d}(?!#)(.*)$" % marks, self.snippet):
                self.assertRegex(line, r"^ *([a-z0-9_]+ (= .+|\{)|[a-z]+ [a-z0-9]+ \{|\})$")
        for line in self.snippet.splitlines():
            self.assertRegex(line, "^$|^#")
            self.assertNotRegex(line, "^####")
        prose = re.findall(r"(?m)^##(?!#)(.*)$", self.snippet)
        self.assertGreater(len(prose), 5)
        for line in prose:
            self.assertRegex(line, "^($| )")

    def test_the_log_names_version_and_abi_once_for_each_process(self):
        user = self.user(1)
        with hosts.Pop3(self.host.port, user) as pop3:
            pop3.quit()
        lines = [line for line in self.host.log().splitlines() if "pop3_legacy: version" in line and user in line]
        self.assertEqual(len(lines), 1, self.host.log())
        self.assertRegex(lines[0], r"Debug: pop3_legacy: version [0-9.]+, built for Dovecot's ABI 2\.[34]\.ABIv[0-9]+")

    def test_the_policy_folder_decides_and_what_is_optional_is_off(self):
        self.policy('[last]\nwording = "mh"\n', "snippet.example")
        user = self.user(2, "snippet.example")
        with hosts.Pop3(self.host.port, user, login=False) as pop3:
            self.assertTrue(pop3.command(b"HELP").startswith(b"-ERR"))
            pop3.command(b"USER " + user.encode())
            self.assertEqual(pop3.command(b"PASS " + hosts.PASSWORD.encode()), b"+OK Logged in.")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 0 is the last msg seen")
            self.assertTrue(pop3.command(b"DELE 1").startswith(b"+OK"))
            pop3.quit()
        self.assertNotRegex(self.host.log(), "Error: |Warning: ")


class LoggedInBeforeTest(hosts.HostTest):
    """Dovecot's pop3 on standard input, as over ssh: there is no reply to a login for a policy's
    wording to wait for."""
    dovecot_only = True

    def test_the_first_reply_is_that_of_the_first_command(self):
        self.policy('[reply]\ndialect = "rfc1225"\n[pace]\nlogin_delay = "1h"\nburst = 1\n', "ssh.example")
        user = self.user(2, "ssh.example")
        result = self.host.run("/usr/lib/dovecot/pop3", "-u", user, input="LIST\r\nLAST\r\nQUIT\r\n")
        lines = result.stdout.splitlines()
        self.assertRegex(lines[0], r"^\+OK 2 messages \([0-9]+ octets\)$", result)
        self.assertEqual(lines[4], "+OK 0", result)
        self.assertEqual(len(lines), 6, result)
