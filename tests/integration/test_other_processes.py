"""mail_plugins outside of `protocol pop3` is for every process that opens mail: there the plugin does
nothing, and does no harm."""
import hosts

LDA = "/usr/lib/dovecot/dovecot-lda"


class EverywhereTest(hosts.HostTest):
    dovecot_only = True
    host_options = {"everywhere": True}

    def test_pop3_has_it_doveadm_and_delivery_go_on(self):
        self.policy("[commands]\nallow = [\"LAST\"]\n")
        user = self.user(1)
        self.assertEqual(self.host.doveadm("mailbox", "list", "-u", user).split(), ["INBOX"])
        delivered = self.host.run(LDA, "-d", user, input=hosts.message(2).decode())
        self.assertEqual(delivered.returncode, 0, delivered.stderr)
        self.assertEqual(self.host.doveadm("search", "-u", user, "ALL").count("\n"), 2)
        self.assertIn("LAST", self.host.doveadm("pop3-legacy", "policy", "-u", user, "show"))
        self.assertIn("1", self.host.doveadm("pop3-legacy", "uidl", "list", "-u", user))
        self.assertIn("pop3.uidl: ", self.host.doveadm("fetch", "-u", user, "pop3.uidl", "mailbox", "INBOX"))
        pop3 = self.login(user)
        self.assertEqual(pop3.command(b"STAT")[:6], b"+OK 2 ")
        self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
        pop3.quit()
        self.assertNotRegex(self.host.log(), "undefined symbol|Error:")
