"""Before login: the login plugin in Dovecot's pop3-login process, and the standalone host."""
import base64
import os
import poplib
import re
import socket
import ssl
import subprocess
import time
import unittest

import hosts
import pop3_clients
from private_host import PASSWORD, free_port

ALL = {"help": "rambler", "capabilities": "X-LAST, EXPIRE 30 USER", "unknown_command": "What is that?"}
BOTH = b"USER, PASS, AUTH, QUIT, HELP"


class BeforeLoginTest(hosts.HostTest):
    def connect(self, **options):
        pop3 = hosts.Pop3(self.host.port, "", login=False, **options)
        self.addCleanup(pop3.close)
        return pop3

    def converse(self, octets, pieces=None):
        """Everything answered after the greeting; octets are sent in pieces of this size."""
        pop3 = self.connect()
        for start in range(0, len(octets), pieces or len(octets)):
            pop3.send(octets[start:start + (pieces or len(octets))])
            if pieces:
                time.sleep(0.001)
        return pop3.rest()


class SettingsTest(BeforeLoginTest):
    host_options = {"login": ALL}

    def test_ramblers_help(self):
        names = BOTH if self.host.name() != "standalone" else b"USER, PASS, APOP, QUIT, HELP"
        self.assertEqual(self.connect().command(b"HELP"), b"+OK Valid commands: " + names)

    def test_capa_has_ours_behind_the_hosts(self):
        lines = self.connect().multi(b"CAPA")[1]
        self.assertEqual(lines[-3:], [b"X-HELP", b"X-LAST", b"EXPIRE 30 USER"])
        self.assertIn(b"USER", lines)
        if self.host.name() != "standalone":
            self.assertIn(b"SASL PLAIN", lines)

    def test_however_the_octets_are_cut_the_answers_are_the_same(self):
        session = (b"HELP\r\nhelp\nHELP\r\n HELP\r\nCAPA\r\nUSER HELP\r\nHELP pass\r\nXYZZY HELP\r\nCAPA\r\nUSER a\r\n"
                   b"HELP\0HELP\r\nHELP" + b" " * 70 + b"\r\nUSER " + b"x" * 50 + b"\r\nHELP x y\r\nQUIT\r\n")
        whole = self.converse(session)
        self.assertEqual(whole.count(b"+OK Valid commands: "), 5)
        self.assertEqual(whole.count(b"-ERR What is that?\r\n"), 2)
        self.assertEqual(whole.count(b"-ERR "), 3)
        self.assertTrue(whole.endswith(b"+OK Logging out\r\n"))
        for pieces in (1, 3, 61):
            self.assertEqual(self.converse(session, pieces), whole, pieces)

    def test_help_behind_a_failed_login_and_one_that_succeeds(self):
        user = self.user(2)
        answers = self.converse(b"USER %s\r\nPASS %s\r\nHELP\r\nSTAT\r\nQUIT\r\n" % (user.encode(), PASSWORD.encode()))
        self.assertIn(b"+OK 2 ", answers)
        self.assertIn(b"+OK Logged in.\r\n+OK Commands ", answers)  # the session's own, by its policy
        self.assertIn(b"+OK Valid commands: ", self.converse(b"PASS x\r\nHELP\r\nQUIT\r\n"))

    def test_a_line_without_end(self):
        pop3 = self.connect()
        try:
            pop3.send(b"HELP " + b"A" * 100000)
            self.assertNotIn(b"+OK Valid", pop3.rest())
        except ConnectionError:
            pass  # the host has closed
        self.assertTrue(self.connect().command(b"HELP").startswith(b"+OK"))

    def test_poplib_and_curl_log_in(self):
        user = self.user(2)
        pop3 = poplib.POP3("127.0.0.1", self.host.port, timeout=30)
        self.assertIn("EXPIRE", pop3.capa())
        pop3.user(user)
        pop3.pass_(PASSWORD)
        self.assertEqual(pop3.stat()[0], 2)
        pop3.quit()
        curl = subprocess.run(["curl", "--silent", "--show-error", "--max-time", "30", "--user", f"{user}:{PASSWORD}",
                               f"pop3://127.0.0.1:{self.host.port}/1"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        self.assertEqual(curl.returncode, 0, curl.stdout)
        self.assertIn("Body of message 1.", curl.stdout)

    def test_fetchmail_and_mpop_log_in(self):
        for kind in (pop3_clients.Fetchmail, pop3_clients.Mpop):
            user = self.user(2)
            client = kind("127.0.0.1", self.host.port, user, PASSWORD, os.path.join(self.host.base, kind.__name__))
            self.assertEqual(len(client.poll()), 2, kind.__name__)
            self.assertEqual(client.poll(), [], kind.__name__)


class BadCommandsTest(BeforeLoginTest):
    dovecot_only = True
    host_options = {"login": ALL}

    def test_three_unknown_commands_in_a_row_end_it(self):
        answers = self.converse(b"FOO\r\nBAR\r\nHELP\r\nFOO\r\nBAR\r\nCAPA\r\nFOO\r\nBAR\r\nBAZ\r\nHELP\r\n")
        self.assertEqual(answers.count(b"-ERR What is that?\r\n"), 7)
        self.assertTrue(answers.endswith(b"-ERR What is that?\r\n-ERR Too many invalid bad commands.\r\n"), answers)

    def test_a_sasl_login_in_pieces_and_one_that_fails(self):
        user = self.user(1)
        encoded = base64.b64encode(b"\0%s\0%s" % (user.encode(), PASSWORD.encode()))
        for session in (b"HELP\r\nAUTH FOO\r\nHELP\r\nAUTH PLAIN " + encoded + b"\r\nSTAT\r\nQUIT\r\n",
                        b"AUTH\r\nHELP\r\nAUTH PLAIN\r\n*\r\nHELP\r\nUSER HELP\r\nHELP\r\nAUTH PLAIN\r\n"
                        + encoded + b"\r\nSTAT\r\nQUIT\r\n"):
            whole = self.converse(session)
            self.assertIn(b"\r\n+OK 1 ", whole)
            self.assertGreaterEqual(whole.count(b"+OK Valid commands: " + BOTH), 2)
            self.assertEqual(self.converse(session, 1), whole)


class TlsTest(BeforeLoginTest):
    """Plaintext passwords are forbidden: HELP lists what is available, which is more after STLS."""
    dovecot_only = True
    settings = {"dovecot-2.3": "disable_plaintext_auth = yes\n", "dovecot-2.4": "auth_allow_cleartext = no\n"}

    @classmethod
    def setUpClass(cls):
        cls.tls_port = free_port()
        address = "listen" if hosts.host_name == "dovecot-2.4" else "address"
        listener = f"""service pop3-login {{
  inet_listener tls {{
    {address} = 127.0.0.1
    port = {cls.tls_port}
    ssl = yes
  }}
}}
"""
        cls.host_options = {"tls": True, "login": {"help": "rambler", "capabilities": "X-LAST"},
                            "settings": cls.settings.get(hosts.host_name, "") + listener}
        super().setUpClass()

    def test_help_names_what_there_is_without_tls(self):
        pop3 = self.connect(source="127.0.0.2")
        self.assertEqual(pop3.command(b"HELP"), b"+OK Valid commands: STLS, QUIT, HELP")
        self.assertEqual(pop3.multi(b"CAPA")[1][-3:], [b"SASL", b"X-HELP", b"X-LAST"])
        self.assertTrue(pop3.command(b"USER a").startswith(b"-ERR"))
        self.assertTrue(pop3.command(b"AUTH PLAIN").startswith(b"-ERR"))
        self.assertEqual(pop3.command(b"HELP USER"), b"-ERR No such command: USER")

    @staticmethod
    def wrapped(connected):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context.wrap_socket(connected)

    def test_tls_from_the_beginning(self):
        with socket.create_connection(("127.0.0.1", self.tls_port), 30, ("127.0.0.2", 0)) as connected:
            wrapped = self.wrapped(connected)
            wrapped.sendall(b"HELP\r\nHELP STLS\r\nQUIT\r\n")
            with wrapped.makefile("rb") as file:
                self.assertEqual(file.read().split(b"\r\n")[1:],
                                 [b"+OK Valid commands: " + BOTH, b"-ERR No such command: STLS", b"+OK Logging out", b""])
            wrapped.close()

    def test_stls_then_the_rest(self):
        pop3 = self.connect(source="127.0.0.2")
        self.assertTrue(pop3.command(b"STLS").startswith(b"+OK"))
        pop3.file.close()
        pop3.socket = self.wrapped(pop3.socket)
        pop3.file = pop3.socket.makefile("rb")
        self.assertEqual(pop3.command(b"HELP"), b"+OK Valid commands: " + BOTH)
        self.assertEqual(pop3.multi(b"CAPA")[1][-4:], [b"USER", b"SASL PLAIN", b"X-HELP", b"X-LAST"])
        user = self.user(1)
        pop3.send(b"USER %s\r\nPASS %s\r\nSTAT\r\n" % (user.encode(), PASSWORD.encode()))
        self.assertEqual([pop3.line()[:3] for _ in range(3)], [b"+OK"] * 3)

    def test_a_client_on_the_server_itself_needs_no_tls(self):
        pop3 = self.connect()
        self.assertEqual(pop3.command(b"HELP"), b"+OK Valid commands: USER, PASS, AUTH, STLS, QUIT, HELP")
        self.assertTrue(pop3.command(b"USER a").startswith(b"+OK"))


class TlsRequiredTest(TlsTest):
    """The same when TLS is required: then 2.3 refuses plaintext passwords even if they are not
    forbidden."""
    settings = {"dovecot-2.3": "ssl = required\n", "dovecot-2.4": "ssl = required\nauth_allow_cleartext = no\n"}


class ApopTest(BeforeLoginTest):
    dovecot_only = True
    host_options = {"settings": "auth_mechanisms = plain apop\nlogin_greeting = Post office\n", "login": ALL}

    def test_the_greeting_keeps_its_timestamp_and_help_names_apop(self):
        pop3 = self.connect()
        self.assertRegex(pop3.greeting, rb"^\+OK Post office <[^<> ]+@[^<> ]+>$")
        self.assertEqual(pop3.command(b"HELP"), b"+OK Valid commands: USER, PASS, APOP, AUTH, QUIT, HELP")
        self.assertTrue(pop3.command(b"APOP a " + b"0" * 32).startswith(b"-ERR"))
        self.assertTrue(pop3.command(b"HELP apop").startswith(b"+OK APOP name digest: "))


class ManyClientsInOneProcessTest(BeforeLoginTest):
    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        endless = "restart_request_count = unlimited" if hosts.host_name == "dovecot-2.4" else "service_count = 0"
        # The settings, placed so that they hold for POP3 only.
        line = "pop3_legacy_login_help = rambler"
        section = line if hosts.host_name == "dovecot-2.4" else f"plugin {{\n    {line}\n  }}"
        cls.host_options = {"login": {}, "settings": f"service pop3-login {{\n  {endless}\n  client_limit = 50\n"
                                                     f"  process_limit = 1\n}}\nprotocol pop3 {{\n  {section}\n}}\n"}
        super().setUpClass()

    def test_lines_of_several_clients_that_come_in_pieces(self):
        clients = [self.connect() for _ in range(10)]
        for piece in (b"US", b"ER HE", b"LP\r\nHE", b"LP\r\nXTND ", b"HELP\r\n", b"HELP QUIT\r", b"\nQUIT\r\n"):
            for client in clients:
                client.send(piece)
            time.sleep(0.05)
        for client in clients:
            self.assertEqual(client.rest().split(b"\r\n"), [
                b"+OK", b"+OK Valid commands: " + BOTH, b"-ERR Unknown command.", b"+OK QUIT: Ends the session.",
                b"+OK Logging out", b""])


class NothingSetTest(BeforeLoginTest):
    host_options = {"login": {}}

    def test_nothing_changes(self):
        pop3 = self.connect()
        self.assertEqual(pop3.command(b"HELP"), b"-ERR Unknown command.")
        self.assertFalse([line for line in pop3.multi(b"CAPA")[1] if line.startswith(b"X")])
        if self.host.name() != "standalone":
            self.assert_logged("pop3_legacy_login: nothing changes before login: none of pop3_legacy_login_help")


class WrongSettingTest(hosts.HostTest):
    """A setting with an impossible value is reported, and users can still read their mail."""

    def started(self, **login):
        host = hosts.new_host(login=login)
        self.addCleanup(host.stop)
        host.start()
        return host

    def refused(self, sentence, **login):
        if hosts.standalone:
            host = hosts.new_host(login=login)
            with self.assertRaisesRegex(RuntimeError, sentence):
                host.start()
            return
        host = self.started(**login)
        with hosts.Pop3(host.port, "", login=False) as pop3:
            self.assertEqual(pop3.command(b"HELP"), b"-ERR Unknown command.")
        self.assertTrue(hosts.eventually(lambda: re.search("pop3_legacy_login: .*pop3_legacy_" + sentence, host.log())),
                        host.log())
        host.maildir("someone")
        with hosts.Pop3(host.port, "someone") as pop3:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK"))

    def test_a_style_there_is_not(self):
        self.refused('login_help must be long, rambler or line, not "lnog"', help="lnog")

    def test_a_capability_that_is_the_hosts(self):
        self.refused('login_capabilities: "SASL LOGIN" is announced by the host itself',
                     help="long", capabilities="X-LAST, SASL LOGIN")

    def test_a_text_like_a_response_code(self):
        self.refused(r'login_unknown_command may not begin with "\["', unknown_command="[AUTH] no")

    def test_a_misspelt_name(self):
        if hosts.standalone:
            raise unittest.SkipTest("the program knows its options")
        host = hosts.new_host(login={"hlep": "long"})
        self.addCleanup(host.stop)
        if host.typed_settings:
            with self.assertRaisesRegex(RuntimeError, "pop3_legacy_login_hlep"):
                host.start()
            return
        host.start()
        self.assertTrue(hosts.eventually(lambda: "there is no setting pop3_legacy_login_hlep" in host.log()), host.log())
