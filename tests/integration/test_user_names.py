"""User names with unusual domains, and the lines of a passwd-file that the README shows."""
import os
import re

import hosts
from private_host import MAIL_UID

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")

# Only the policy's wording shows which documents were read.
DEFAULT = '[commands]\nallow = ["LAST", "HELP"]\ndeny = ["XTND XMIT"]\n[help]\nstyle = "line"\n'
DEFAULTS_HELP = b"+OK Normal POP3 commands allowed"


class UserNameTest(hosts.HostTest):
    # Dovecot refuses most of these names unless configured otherwise; the standalone host accepts
    # any.
    @classmethod
    def setUpClass(cls):
        cls.host_options = {} if hosts.standalone else {"settings": "auth_username_chars =\n"}
        super().setUpClass()
        with open(os.path.join(cls.host.policies, "default.toml"), "w") as file:
            file.write(DEFAULT)

    def named(self, name):
        self.host.maildir(name)
        hosts.deliver(self.host, name, hosts.message(1), 1)
        return name

    def check_default(self, name):
        pop3 = self.login(self.named(name))
        self.assertEqual(pop3.command(b"HELP"), DEFAULTS_HELP)
        self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
        self.assertTrue(pop3.multi(b"RETR 1")[0].startswith(b"+OK"), name)
        self.assertEqual(pop3.command(b"LAST"), b"+OK 1")
        self.assertTrue(pop3.quit().startswith(b"+OK"))
        if not hosts.standalone:
            said = [line for line in self.host.log().splitlines() if "no policy of its own" in line and
                    f"pop3({name})" in line]
            self.assertEqual(len(said), 1, "said once a session: " + self.host.log())
            self.assertNotIn("Error", said[0])

    def test_an_international_domain_has_the_policy_of_its_ascii_form(self):
        self.policy('[last]\nwording = "mh"\n', "xn--mller-kva.example")
        for name in ("a@müller.example", "b@MÜLLER.Example", "c@mu\u0308ller.example.", "d@xn--mller-kva.example"):
            with self.subTest(name):
                with hosts.Pop3(self.host.port, self.named(name)) as pop3:
                    self.assertEqual(pop3.command(b"LAST"), b"+OK 0 is the last msg seen")
                    self.assertEqual(pop3.command(b"HELP"), DEFAULTS_HELP)
                    pop3.quit()
        if not hosts.standalone:
            self.assertNotRegex(self.host.log(), r"pop3\([a-d]@(m|M|xn).*no policy of its own")

    def test_a_domain_written_in_other_letters_is_the_same_domain(self):
        self.policy('[commands]\ndeny = ["DELE"]\n')
        with hosts.Pop3(self.host.port, self.named("wide@ｅｘａｍｐｌｅ。org")) as pop3:
            self.assertEqual(pop3.command(b"DELE 1"), b"-ERR DELE is disabled for this mailbox.")

    def test_an_international_domain_without_a_file_has_the_default(self):
        with hosts.Pop3(self.host.port, self.named("a@straße.example")) as pop3:
            self.assertEqual(pop3.command(b"HELP"), DEFAULTS_HELP)

    def test_an_empty_domain(self):
        self.check_default("b@")

    def test_a_domain_literal(self):
        self.check_default("c@[192.0.2.1]")

    def test_a_blank_in_the_domain(self):
        self.check_default("d@exa mple.org")

    def test_a_domain_that_is_too_long(self):
        self.check_default("e@" + "x" * 64 + ".org")

    def test_two_dots(self):
        self.policy('[commands]\nallow = []\n', "default", kind=".")
        self.check_default_path("f@..")

    def check_default_path(self, name):
        self.addCleanup(self.write_default)
        with hosts.Pop3(self.host.port, self.named(name)) as pop3:
            self.assertTrue(pop3.command(b"LAST").startswith(b"-ERR"))
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 1 "))

    def write_default(self):
        with open(os.path.join(self.host.policies, "default.toml"), "w") as file:
            file.write(DEFAULT)

    def test_what_the_default_denies_stays_denied(self):
        self.addCleanup(self.write_default)
        with open(os.path.join(self.host.policies, "default.toml"), "w") as file:
            file.write('[commands]\ndeny = ["DELE"]\n')
        with hosts.Pop3(self.host.port, self.named("g@[192.0.2.1]")) as pop3:
            self.assertEqual(pop3.command(b"DELE 1"), b"-ERR DELE is disabled for this mailbox.")


class WithoutTheModuleTest(hosts.HostTest):
    """Whether the domain has a file cannot be determined, so nothing is opened."""
    dovecot_only = True
    host_options = {"settings": "auth_username_chars =\n", "hidden_modules": ("pop3_legacy_idn.so",)}

    def test_nothing_is_opened_and_the_log_says_what_is_missing(self):
        self.host.maildir("a@müller.example")
        pop3 = self.login("a@müller.example")
        self.assertEqual(pop3.command(b"LAST"),
                         b"-ERR [SYS/TEMP] LAST is unavailable: the server's policy cannot be read.")
        self.assert_logged(r"a@m.*Error: pop3_legacy: policy: .*pop3_legacy_idn\.so")
        self.assertEqual(hosts.last(self.host, self.user(0)), b"+OK 0")


class PasswdFileTest(hosts.HostTest):
    """The README's two users, in the README's lines; only the place and the owner of the mail are
    filled in."""
    dovecot_only = True

    @staticmethod
    def documented(homes):
        with open(README) as file:
            lines = re.findall(r"(?m)^    ((?:anna@example\.org|bert):.*)$", file.read())
        return [line.replace("/srv/mail", homes).replace(":5000:5000:", f":{MAIL_UID}:{MAIL_UID}:") for line in lines]

    host_options = {"users": documented.__func__}

    def test_the_field_picks_the_profile_and_who_has_no_domain_has_the_default(self):
        self.assertEqual(len(self.documented("")), 2)
        self.policy("[commands]\nallow = []\n", "quiet", kind="profiles")
        self.policy('[last]\nwording = "mh"\n', "default", kind=".")
        self.policy('[commands]\nallow = ["HELP"]\n', "bert")
        for user in ("anna@example.org", "bert"):
            self.host.maildir(user)
        self.assertTrue(self.login("anna@example.org").command(b"LAST").startswith(b"-ERR"))
        self.assertEqual(self.login("bert").command(b"LAST"), b"+OK 0 is the last msg seen")
        self.assertNotRegex(self.host.log(), "Error: |Warning: ")
