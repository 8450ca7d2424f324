"""Users whose own mail_plugins (a userdb field) omit the plugin get Dovecot unchanged."""
import re
import unittest

import hosts
from private_host import MAIL_UID

COMMANDS = (b"CAPA", b"STAT", b"LIST", b"UIDL", b"LAST", b"HELP", b"XTND XMIT", b"TOP 1 0", b"RETR 1", b"DELE 2",
            b"NOOP", b"RSET", b"DELE 1")
POLICY = '[commands]\nallow = ["LAST", "HELP", "XTND XMIT"]\ndeny = ["DELE"]\n[uidl]\nscheme = "dovecot"\n' \
         '[reply]\ndialect = "qpopper"\n[pace]\nlogin_delay = "1h"\nburst = 1\n[delete]\nmode = "hide"\n'


def octets_of(session):
    """Everything that the server answers, one command at a time."""
    said = [session.greeting]
    for command in COMMANDS:
        said.append(session.command(command))
        if said[-1].startswith(b"+OK") and command in (b"CAPA", b"LIST", b"UIDL", b"TOP 1 0", b"RETR 1"):
            said += session.lines()
    return said + [session.quit()]


class OwnPluginsTest(hosts.HostTest):
    dovecot_only = True
    clients = 1

    @classmethod
    def setUpClass(cls):
        if hosts.standalone:
            raise unittest.SkipTest("about Dovecot only")
        without = "userdb_mail_plugins=acl"

        def users(homes):
            for number in range(1, 4):
                name = f"stock{number}@example.org"
                yield f"{name}:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/{name}::{without}"

        cls.host_options = {"users": users, "clients": cls.clients, "dovecots_plugins": ("acl",)}
        super().setUpClass()
        cls.stock = hosts.new_host(plugin=False)
        cls.stock.start()
        cls.addClassCleanup(cls.stock.stop)

    def maildrop(self, host, name):
        host.maildir(name)
        for number in (1, 2, 3):
            hosts.deliver(host, name, hosts.message(number), number)
        return name

    def check(self, name):
        for host in (self.host, self.stock):
            self.maildrop(host, name)
        for _ in range(2):
            with hosts.Pop3(self.host.port, name) as pop3, hosts.Pop3(self.stock.port, name) as plain:
                self.assertEqual(self.normal(octets_of(pop3)), self.normal(octets_of(plain)))
        self.assertEqual(self.state_files(name), [])

    @staticmethod
    def normal(said):
        """Removes UIDVALIDITY, which is the time at which a mailbox was first seen."""
        return [re.sub(rb"[0-9a-f]{16}$", b"ID", line) for line in said]

    def test_such_a_user_has_stock_dovecot(self):
        self.policy(POLICY)
        self.check("stock1@example.org")

    def test_side_by_side_with_one_who_has_the_plugin(self):
        self.policy(POLICY)
        user = self.user(2)
        own = self.login(user)
        self.assertEqual(own.command(b"DELE 1"), b"-ERR DELE is disabled for this mailbox.")
        self.check("stock2@example.org")
        self.assertTrue(own.command(b"LAST").startswith(b"+OK 0"))
        own.quit()
        self.check("stock3@example.org")
        self.assertNotRegex(self.host.log(), "there before the plugin|Error: pop3_legacy")


class OneProcessTest(OwnPluginsTest):
    clients = 20
