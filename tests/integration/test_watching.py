"""What an administrator can watch: events, their counts as a Prometheus reads them, and log lines."""
import json
import os
import re
import urllib.request

import hosts
from dicts import typed_settings
from private_host import free_port
from prometheus_server import PrometheusServer
from smtp_sink import WithSink
from test_x_programs import without_service_groups

CONF_D = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf.d")
POLICY = """[commands]
allow = ["LAST", "HELP", "XTND XLST", "XTND XMIT"]
[xmit]
per_session = 2
[x_commands]
XSLOW = { program = "@programs@/slow" }
[delete]
mode = "deny"
"""
MAIL = b"""From: @user@
To: a@example.org, b@example.org
Message-ID: <1@example.org>

Hello""".replace(b"\n", b"\r\n")
SPOILED = "[commands]\nallow = [\"LASTT\"]\n"


def metrics(port):
    """The project's own metrics, with this port."""
    name = "metrics-2.4.conf" if typed_settings() else "metrics-2.3.conf"
    with open(os.path.join(CONF_D, name)) as file:
        return file.read().replace("port = 9900", f"port = {port}")


def labels(**wanted):
    return frozenset(wanted.items())


class Watched(WithSink, hosts.HostTest):
    """A Dovecot with the project's metrics."""

    dovecot_only = True

    @classmethod
    def before_host(cls):
        cls.port = free_port()
        cls.host_options = without_service_groups(settings=metrics(cls.port))
        super().before_host()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs = os.path.join(cls.host.base, "programs")
        os.makedirs(programs)
        with open(os.path.join(programs, "slow"), "w") as file:
            file.write("#!/bin/sh\nsleep 2\necho +OK done\n")
        os.chmod(file.name, 0o755)
        cls.policy_text = POLICY.replace("@programs@", programs)

    def session(self, user, *commands):
        pop3 = self.login(user)
        replies = [pop3.command(command) for command in commands]
        pop3.quit()
        return replies

    def xmit(self, user, content):
        """The reply to a message, in a session of its own."""
        pop3 = self.login(user)
        reply = pop3.command(b"XTND XMIT")
        if reply.startswith(b"+OK"):
            pop3.send(content.replace(b"@user@", user.encode()) + b"\r\n.\r\n")
            reply = pop3.line()
        pop3.quit()
        return reply


class DashboardTest(Watched):
    def panel(self, title):
        with open(os.path.join(CONF_D, "grafana-dashboard.json")) as file:
            for panel in json.load(file)["panels"]:
                if panel["title"] == title:
                    return panel["targets"][0]["expr"].replace("$__range", "1h").replace("$__rate_interval", "1m")
        raise AssertionError(title)

    def assert_panel(self, title, expected):
        query = self.panel(title)
        self.assertTrue(hosts.eventually(lambda: self.prometheus.query(query) == expected),
                        f"{title}: {query}\n{self.prometheus.query(query)}\n{expected}")

    def test_the_dashboard_says_what_a_script_of_sessions_did(self):
        self.prometheus = PrometheusServer(os.path.join(self.host.base, "prometheus"), f"127.0.0.1:{self.port}")
        self.addCleanup(self.prometheus.stop)
        self.policy(self.policy_text, "one.example")
        self.policy(self.policy_text + "[reply]\ndialect = \"qpopper\"\n[uidl]\nscheme = \"decimal-uid\"\n",
                    "two.example")
        self.policy(SPOILED, "three.example")
        one, two, three = (self.user(2, domain=f"{number}.example") for number in ("one", "two", "three"))
        self.session(one, b"LAST", b"last", b"LAST x", b"NOOP", b"DELE 1", b"DELE 2")
        self.prometheus.start()
        self.session(two, b"LAST", b"UIDL 1")
        self.session(three, b"NOOP")
        for _ in range(3):
            self.session(two, b"LAST")
        self.assertRegex(self.xmit(one, MAIL), rb"^[+]OK")
        self.assertRegex(self.xmit(one, b"To: x@one.example"), rb"^-ERR")
        pop3 = self.login(one)
        for number in (b"2", b"3"):
            pop3.command(b"XTND XMIT")
            pop3.send(MAIL.replace(b"@user@", one.encode()) + number + b"\r\n.\r\n")
            self.assertRegex(pop3.line(), rb"^[+]OK")
        for _ in range(2):
            self.assertRegex(pop3.command(b"XTND XMIT"), rb"^-ERR You cannot send more messages in this session")
        pop3.quit()

        self.assert_panel("Old commands in use", {
            labels(domain="one.example", cmd_name="LAST"): 2,
            labels(domain="one.example", cmd_name="XTND XMIT"): 3,
            labels(domain="two.example", cmd_name="LAST"): 4,
        })
        self.assert_panel("Old commands refused or failed", {
            labels(domain="one.example", cmd_name="DELE"): 2,
            labels(domain="one.example", cmd_name="LAST"): 1,
            labels(domain="one.example", cmd_name="XTND XMIT"): 3,
        })
        self.assert_panel("Dialects in use", {
            labels(domain="one.example", dialect="dovecot"): 11,
            labels(domain="two.example", dialect="qpopper"): 4,
        })
        self.assert_panel("Messages sent with XTND XMIT", {
            labels(domain="one.example", result="sent"): 3,
            labels(domain="one.example", result="refused"): 1,
        })
        self.assert_panel("Limits reached", {labels(domain="one.example", limit="per_session"): 1})
        self.assert_panel("Mistakes in policies", {labels(domain="three.example"): 1})
        self.assert_panel("Mailboxes with a new UIDL scheme",
                          {labels(domain="two.example", scheme="scheme decimal-uid"): 1})
        wanted = {labels(cmd_name=name) for name in ("DELE", "LAST", "XTND XMIT")}
        self.assertTrue(hosts.eventually(
            lambda: set(self.prometheus.query(self.panel("Commands per second"))) == wanted))


class EventsTest(Watched):
    def duration(self, command):
        url = f"http://127.0.0.1:{self.port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            found = re.search(r'command_duration_seconds_total\{domain="slow.example",cmd_name="%s"\} ([0-9.]+)' % command,
                              answer.read().decode())
        return found and float(found[1])

    def test_a_command_lasts_until_its_answer_is_complete(self):
        self.policy(self.policy_text, "slow.example")
        self.session(self.user(1, domain="slow.example"), b"XSLOW", b"LAST")
        self.assertTrue(hosts.eventually(lambda: self.duration("LAST")))
        self.assertLess(self.duration("LAST"), 2)
        self.assertGreaterEqual(self.duration("XSLOW"), 2)


class LogTest(Watched):
    def test_the_log_says_what_was_sent_and_what_was_not(self):
        self.policy(self.policy_text.replace('mode = "deny"', 'mode = "allow"'))
        user = self.user(1)
        self.xmit(user, MAIL)
        size = len(MAIL.replace(b"@user@", user.encode())) + 2
        self.assert_logged(rf"pop3\({user}\).* Info: pop3_legacy: XTND XMIT: sent: from {user} to a@example.org, "
                           rf"b@example.org, Message-ID <1@example.org>, {size} octets: .*250 ")
        self.xmit(user, b"From: x\r\nTo: a@example.org\r\n\r\nx")
        self.assert_logged(rf"Info: pop3_legacy: XTND XMIT: refused: from {user}, [0-9]+ octets: [A-Z]")
        self.sink.final_reply = "550 5.7.1 not from you"
        self.addCleanup(self.sink.reset)
        self.xmit(user, MAIL + b", and more")
        self.assert_logged(rf"Info: pop3_legacy: XTND XMIT: failed: from {user} to .*: .*550 5.7.1 not from you")

    def test_what_may_happen_often_is_logged_once_a_session(self):
        self.policy(self.policy_text, "deny.example")
        user = self.user(2, domain="deny.example")
        for sessions in (1, 2):
            self.session(user, b"DELE 1", b"DELE 2", b"DELE 1")
            self.wait_for_end(user, sessions)
            lines = [line for line in self.host.log().splitlines() if user in line and "DELE" in line]
            self.assertEqual(len(lines), sessions, lines)
            self.assertRegex(lines[-1], r'Info: pop3_legacy: DELE is refused, .*\[delete\] mode = "deny"')


class LogoutLineTest(hosts.HostTest):
    """%i is what the client has sent, whoever has answered it."""

    dovecot_only = True
    host_options = {"settings": "pop3_logout_format = input=%{input}\n" if typed_settings()
                    else "pop3_logout_format = input=%i\n"}

    def test_what_the_client_has_sent_is_counted(self):
        self.policy("[commands]\nallow = [\"LAST\"]\n[x_commands]\nXSTATISTICS = { alias = \"STAT\" }\n"
                    "XR = { alias = \"RETR 1\" }\n")
        for commands in ((b"NOOP",), (b"LAST",), (b"XSTATISTICS", b"NOOP"), (b"XR", b"LAST", b"STAT")):
            user = self.user(1)
            pop3 = self.login(user)
            for command in commands:
                pop3.multi(command) if command == b"XR" else pop3.command(command)
            pop3.quit()
            sent = sum(len(command) + 2 for command in commands) + len(b"QUIT\r\n")
            self.assert_logged(rf"pop3\({user}\).*Logged out input={sent}\b")
