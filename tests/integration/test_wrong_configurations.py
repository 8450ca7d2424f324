"""Ten wrong configurations and the line that each gives: what happened, to what, and what to do."""
import os
import re
import shutil

import hosts
from private_dovecot import PrivateDovecot

ALLOW = "[commands]\nallow = [\"LAST\", \"XTND XMIT\"]\n"


class WrongPolicies(hosts.HostTest):
    """What is wrong in a policy is found at the next login of its domain. POP3 goes on; what depends
    on the policy is refused."""

    dovecot_only = True
    # A document, and what the log says of it.
    POLICIES = {
        "toml": ("[commands\nallow = []\n", r"Error: pop3_legacy: policy: .*/toml\.example\.toml:1:\d+: "),
        "table": ("[comands]\nallow = []\n", r'policy: .*/table\.example\.toml:1:\d+: unknown table "comands"; did you mean "commands"'),
        "key": ("[last]\nsemantic = \"x\"\n", r"policy: .*/key\.example\.toml:2:\d+: .*did you mean .*semantics"),
        "command": ("[commands]\nallow = [\"XTND XMITT\"]\n",
                    r'policy: .*/command\.example\.toml:2:\d+: .*"XTND XMITT".*did you mean "XTND XMIT"'),
        "value": ("[pace]\nlogin_delay = \"1 fortnight\"\n", r"policy: .*/value\.example\.toml:2:\d+: .*login_delay"),
        "profile": ("inherit = \"nosuch\"\n", r"policy: .*nosuch"),
        "key-file": ("[uidl]\nscheme = \"hmac-sha256\"\nkey_file = \"/nosuch/key\"\n", r"Error: .*/nosuch/key"),
    }

    def test_the_log_names_file_line_and_remedy(self):
        for name, (document, line) in self.POLICIES.items():
            with self.subTest(name):
                self.policy(document, name + ".example")
                user = self.user(1, domain=name + ".example")
                with hosts.Pop3(self.host.port, user) as pop3:
                    pop3.command(b"UIDL 1")
                    self.assertEqual(pop3.command(b"NOOP")[:3], b"+OK")
                    pop3.quit()
                self.assert_logged(rf"pop3\({user}\).*{line}")

    def test_a_policy_that_the_mail_user_may_not_read(self):
        path = self.policy(ALLOW, "closed.example")
        os.chmod(path, 0)
        user = self.user(1, domain="closed.example")
        pop3 = self.login(user)
        self.assertRegex(pop3.command(b"LAST"), rb"^-ERR \[SYS/TEMP\] ")
        pop3.quit()
        self.assert_logged(rf"pop3\({user}\).*Error: pop3_legacy: policy: {re.escape(path)}.*Permission denied")


class NoSendmail(hosts.HostTest):
    dovecot_only = True
    host_options = {"sendmail_path": "nosuch/sendmail"}
    log_problems = r"Panic:"

    def test_a_mail_server_that_is_not_there(self):
        self.policy(ALLOW)
        user = self.user()
        pop3 = self.login(user)
        pop3.command(b"XTND XMIT")
        pop3.send(b"From: %s\r\nTo: a@example.org\r\n\r\n.\r\n" % user.encode())
        self.assertRegex(pop3.line(), rb"^-ERR \[SYS/TEMP\] The message was not sent")
        pop3.quit()
        self.assert_logged(r"nosuch/sendmail.*No such file or directory")
        self.assert_logged(rf"pop3\({user}\).*XTND XMIT: failed: from {user} to a@example.org")


class WrongFolder(hosts.HostTest):
    """No policy can be read, so what is the plugin's is refused."""

    dovecot_only = True

    def check(self, setting, line):
        with hosts.new_host(policy_setting=setting) as host:
            user = "anna@example.org"
            host.maildir(user)
            with hosts.Pop3(host.port, user) as pop3:
                self.assertRegex(pop3.command(b"LAST"), rb"^-ERR \[SYS/TEMP\] ")
                pop3.quit()
            pattern = rf"pop3\({user}\).*Error: pop3_legacy: policy: {line}"
            self.assertTrue(hosts.eventually(lambda: re.search(pattern, host.log())), host.log())

    def test_a_relative_path(self):
        self.check("pop3-legacy", "pop3_legacy_policy = pop3-legacy: .*must begin with /")

    def test_a_folder_that_is_not_there(self):
        self.check("/nosuch/pop3-legacy", "/nosuch/pop3-legacy: the policy folder does not exist; create it")


class OtherAbi(hosts.HostTest):
    """Dovecot was updated and the plugin was not."""

    dovecot_only = True

    def test_dovecot_says_so_and_starts_no_session(self):
        modules = os.path.join(hosts.scratch, "other-abi")
        shutil.copytree(hosts.modules, modules)
        path = os.path.join(modules, "lib95_pop3_legacy_plugin.so")
        with open(path, "rb") as file:
            content = file.read()
        abi = re.search(rb"2\.\d\.ABIv\d+[^\x00]*", content)[0]
        with open(path, "wb") as file:
            file.write(content.replace(abi, abi.replace(b"ABIv", b"ABIw")))
        with PrivateDovecot(os.path.join(hosts.scratch, "abi"), modules, hosts.tree) as host:
            user = "anna@example.org"
            host.maildir(user)
            with hosts.Pop3(host.port, user, login=False) as pop3:
                pop3.command(b"USER " + user.encode())
                pop3.send(b"PASS secret\r\n")
                pop3.file.readline()
            self.assertTrue(hosts.eventually(lambda: re.search(r"Module is for different ABI version", host.log())),
                            host.log())
