"""Dovecot's own plugins beside this one: each still does its work, and the client sees what it sees
without them. Each host loads one of them, or two that belong together."""
import os
import subprocess
import unittest

import hosts
from dicts import typed_settings

# The ids are made of the messages' headers, so a plugin that changes what is stored would change them.
POLICY = "[commands]\nallow = [\"LAST\", \"XTND XLST\", \"EUIDL\", \"XLINES\", \"MANGLE\"]\n[uidl]\nscheme = \"popa3d\"\n"
SESSION = ((b"STAT", False), (b"LAST", False), (b"UIDL", True), (b"LIST", True), (b"RETR 1", True), (b"TOP 2 1", True),
           (b"XTND XLST Subject", True), (b"EUIDL", True), (b"XLINES", True), (b"RETR 3 MANGLE", True),
           (b"LAST", False), (b"DELE 2", False))
MESSAGES = 3


def transcript(host, user):
    """Two sessions; the first deletes a message."""
    said = []
    for commands in (SESSION, SESSION[:4]):
        with hosts.Pop3(host.port, user) as pop3:
            for command, long in commands:
                said.append(pop3.multi(command) if long else pop3.command(command))
            said.append(pop3.quit())
    return said


class Beside(hosts.HostTest):
    dovecot_only = True
    plugins = ()     # their names in mail_plugins of Dovecot 2.3
    new_plugins = None  # in 2.4, if they are called otherwise there
    settings = ""    # for 2.3
    new_settings = ""   # for 2.4
    more_folders = ()
    plain = None     # what a host without them says

    @classmethod
    def before_host(cls):
        if cls is Beside:
            raise unittest.SkipTest("the base of the others")
        new = typed_settings()
        names = cls.new_plugins if new and cls.new_plugins else cls.plugins
        cls.host_options = {"dovecots_plugins": names, "everywhere": True, "more_folders": cls.more_folders,
                            "settings": cls.new_settings if new else cls.settings}
        super().before_host()

    def save(self, host, user):
        host.maildir(user)
        for number in range(1, MESSAGES + 1):
            saved = host.try_doveadm("save", "-u", user, input=hosts.message(number, 20_000).decode())
            self.assertEqual(saved.returncode, 0, saved.stderr)

    def said_without(self, user):
        if Beside.plain is None:
            with hosts.new_host(everywhere=True, policies=self.host.policies) as host:
                self.save(host, user)
                Beside.plain = transcript(host, user)
        return Beside.plain

    def test_the_client_sees_no_difference(self):
        self.policy(POLICY)
        user = self.user()
        self.save(self.host, user)
        self.assertEqual(transcript(self.host, user), self.said_without(user))
        self.check(user)

    def check(self, user):
        """The other plugin has done its work."""
        raise NotImplementedError

    def files(self, user):
        """The contents of the mailbox's messages."""
        folder = os.path.join(self.host.homes, user, "Maildir")
        found = []
        for part in ("new", "cur"):
            for name in sorted(os.listdir(os.path.join(folder, part))):
                with open(os.path.join(folder, part, name), "rb") as file:
                    found.append(file.read())
        self.assertEqual(len(found), MESSAGES - 1)
        return found


class QuotaTest(Beside):
    plugins = ("quota",)
    settings = "plugin {\n  quota = count:User quota\n  quota_vsizes = yes\n  quota_rule = *:storage=10M\n}\n"
    new_settings = "quota \"User quota\" {\n  storage_size = 10M\n}\n"

    def check(self, user):
        self.assertRegex(self.host.doveadm("quota", "get", "-u", user), rf"MESSAGE +{MESSAGES - 1} ")


class AclTest(Beside):
    plugins = ("acl",)
    settings = "plugin {\n  acl = vfile\n}\n"
    new_settings = "acl_driver = vfile\n"

    def check(self, user):
        self.assertIn("delete", self.host.doveadm("acl", "rights", "-u", user, "INBOX"))


class CompressTest(Beside):
    plugins = ("zlib",)
    new_plugins = ("mail_compress",)
    settings = "plugin {\n  zlib_save = gz\n}\n"
    new_settings = "mail_compress_write_method = gz\n"

    def check(self, user):
        for content in self.files(user):
            self.assertTrue(content.startswith(b"\x1f\x8b"))


class CryptTest(Beside):
    plugins = ("mail_crypt",)

    @classmethod
    def before_host(cls):
        folder = os.path.join(hosts.scratch, "keys")
        os.makedirs(folder, exist_ok=True)
        private, public = os.path.join(folder, "private.pem"), os.path.join(folder, "public.pem")
        for arguments in (["ecparam", "-name", "prime256v1", "-genkey", "-out", private + ".ec"],
                          ["pkey", "-in", private + ".ec", "-out", private],
                          ["pkey", "-in", private, "-pubout", "-out", public]):
            subprocess.run(["openssl", *arguments], check=True, stderr=subprocess.DEVNULL)
        cls.more_folders = (folder,)
        for path in (private, public):
            os.chmod(path, 0o644)
        cls.settings = f"plugin {{\n  mail_crypt_global_private_key = <{private}\n" \
            f"  mail_crypt_global_public_key = <{public}\n  mail_crypt_save_version = 2\n}}\n"
        cls.new_settings = f"crypt_global_public_key_file = {public}\ncrypt_global_private_key main {{\n" \
            f"  crypt_private_key_file = {private}\n}}\n"
        super().before_host()

    def check(self, user):
        for content in self.files(user):
            self.assertTrue(content.startswith(b"CRYPTED"))


class VirtualTest(Beside):
    plugins = ("virtual",)
    settings = "namespace inbox {\n  inbox = yes\n  separator = /\n}\nnamespace {\n  prefix = virtual/\n  separator = /\n  location = virtual:~/virtual\n}\n"
    new_settings = "namespace inbox {\n  inbox = yes\n  separator = /\n}\nnamespace virtual {\n  prefix = virtual/\n  separator = /\n  mail_driver = virtual\n" \
        "  mail_path = ~/virtual\n}\n"

    def check(self, user):
        folder = os.path.join(self.host.homes, user, "virtual", "all")
        os.makedirs(folder)
        with open(os.path.join(folder, "dovecot-virtual"), "w") as file:
            file.write("INBOX\n  all\n")
        subprocess.run(["chown", "-R", "--reference", os.path.join(self.host.homes, user), os.path.dirname(folder)],
                       check=True)
        status = self.host.doveadm("mailbox", "status", "-u", user, "messages", "virtual/all")
        self.assertIn(f"messages={MESSAGES - 1}", status)


class MailLogTest(Beside):
    plugins = ("notify", "mail_log")
    settings = "plugin {\n  mail_log_events = expunge\n  mail_log_fields = uid box\n}\n"
    new_settings = "mail_log_events {\n  expunge = yes\n}\nmail_log_fields {\n  uid = yes\n  box = yes\n}\n"

    def check(self, user):
        self.assert_logged(rf"pop3\({user}\).*expunge: .*uid=2\b")


class LastLoginTest(Beside):
    plugins = ("last_login",)
    settings = "plugin {\n  last_login_dict = file:%h/last-login\n}\nprotocol doveadm {\n  mail_plugins = pop3_legacy\n}\n"
    new_settings = "last_login {\n  dict file {\n    path = %{home}/last-login\n  }\n}\n"

    def check(self, user):
        path = os.path.join(self.host.homes, user, "last-login")
        self.assertTrue(hosts.eventually(lambda: os.path.exists(path)), self.host.log())


class LazyExpungeTest(Beside):
    plugins = ("lazy_expunge",)
    settings = "plugin {\n  lazy_expunge = EXPUNGED\n}\n"
    new_settings = "lazy_expunge_mailbox = EXPUNGED\n"

    def check(self, user):
        self.assertIn("messages=1", self.host.doveadm("mailbox", "status", "-u", user, "messages", "EXPUNGED"))


class FtsTest(Beside):
    """Without an engine: squat, the only one in Debian's package of 2.3, crashes when a message is
    saved, with or without this plugin."""

    plugins = ("fts",)

    def check(self, user):
        found = self.host.doveadm("search", "-u", user, "subject", "message")
        self.assertEqual(found.count("\n"), MESSAGES - 1)


if __name__ == "__main__":
    unittest.main()
