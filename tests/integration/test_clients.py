"""Real clients against a real Dovecot with the plugin."""
import os
import poplib
import subprocess
import tempfile

import hosts
from private_host import PASSWORD


class ClientsTest(hosts.HostTest):
    def fetchmail(self, user):
        """One poll without uidl; returns the number of messages fetched."""
        with tempfile.TemporaryDirectory(dir=hosts.scratch) as home:
            control = os.path.join(home, "rc")
            with open(control, "w") as file:
                file.write(f'poll 127.0.0.1 protocol pop3 port {self.host.port} no uidl auth password\n'
                           f'  user "{user}" password "{PASSWORD}" keep sslproto ""\n'
                           f'  mda "cat >>{home}/mail; echo >>{home}/count"\n')
            os.chmod(control, 0o600)
            result = subprocess.run(["fetchmail", "--fetchmailrc", control, "--nosyslog", "--verbose", "--pidfile",
                                     f"{home}/pid"], env={**os.environ, "HOME": home, "FETCHMAILHOME": home},
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
            self.assertIn(result.returncode, (0, 1), result.stdout)  # 1: no new mail
            self.assertIn("POP3> LAST", result.stdout)
            self.assertNotIn("POP3> UIDL", result.stdout)
            if not os.path.exists(f"{home}/count"):
                return 0
            with open(f"{home}/count") as file:
                return len(file.read())

    def test_fetchmail_without_uidl_fetches_each_message_once(self):
        user = self.user(5)
        self.assertEqual(self.fetchmail(user), 5)
        self.assertEqual(self.fetchmail(user), 0)
        hosts.deliver(self.host, user, hosts.message(6), 6)
        hosts.deliver(self.host, user, hosts.message(7), 7)
        self.assertEqual(self.fetchmail(user), 2)
        self.assertEqual(self.fetchmail(user), 0)

    def test_fetchmail_does_not_load_again_what_imap_moved_away(self):
        user = self.user(4)
        self.assertEqual(self.fetchmail(user), 4)
        # somebody removes messages 1 and 2, so the others get lower numbers
        maildir = os.path.join(self.host.homes, user, "Maildir", "cur")
        for name in sorted(os.listdir(maildir))[:2]:
            os.unlink(os.path.join(maildir, name))
        hosts.deliver(self.host, user, hosts.message(9), 9)
        self.assertEqual(self.fetchmail(user), 1)

    def test_curl_reads_help(self):
        user = self.user(1)
        result = subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", "-X", "HELP", "--user",
                                 f"{user}:{PASSWORD}", f"pop3://127.0.0.1:{self.host.port}/"],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(result.returncode, 0, result.stdout)
        lines = result.stdout.splitlines()
        self.assertIn("LAST            Tells the highest message number accessed so far.", lines)
        self.assertIn("HELP [command]  Lists the commands, or explains one.", lines)

    def test_perls_net_pop3_reads_last(self):
        user = self.user(3)
        script = """
            use Net::POP3;
            my $pop = Net::POP3->new('127.0.0.1', Port => $ARGV[0], Timeout => 30) or die "no greeting";
            my $count = $pop->login($ARGV[1], $ARGV[2]);
            defined $count or die "login: " . $pop->message;
            print "login ", $count + 0, "\\n";
            print "last ", $pop->last, "\\n";
            $pop->get(2) or die "get: " . $pop->message;
            print "last ", $pop->last, "\\n";
            $pop->quit;
        """
        command = ["perl", "-e", script, str(self.host.port), user, PASSWORD]
        for expected in ("login 3\nlast 0\nlast 2\n", "login 3\nlast 2\nlast 2\n"):
            result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
            self.assertEqual(result.stdout, expected)

    def test_pythons_poplib(self):
        user = self.user(3)
        pop3 = poplib.POP3("127.0.0.1", self.host.port, timeout=30)
        pop3.user(user)
        pop3.pass_(PASSWORD)
        self.assertEqual(pop3.stat()[0], 3)
        capabilities = pop3.capa()
        self.assertIn("X-LAST", capabilities)
        self.assertIn("X-HELP", capabilities)
        self.assertIn("UIDL", capabilities)
        self.assertEqual(pop3._shortcmd("LAST"), b"+OK 0")
        response, lines, _ = pop3.retr(3)
        self.assertIn(b"Subject: message 3", lines)
        self.assertIn(b".a dot", lines)
        self.assertEqual(pop3._shortcmd("LAST"), b"+OK 3")
        pop3.quit()
        self.assertEqual(hosts.last(self.host, user), b"+OK 3")
