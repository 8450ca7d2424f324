"""Programs that answer the administrator's own commands: what they get, what becomes of their
output, and that nothing of them remains."""
import os
import socket
import threading
import time

import hosts
from hosts import HostTest, eventually
from private_host import MAIL_UID

# Prints everything it was given.
SHOW = """echo "+OK arguments $#"
env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= | sort
echo "user $(id -u)"
cat
ls /proc/$$/fd
echo not for the client >&2
"""

# Ignores SIGTERM, as does its child; both are found by their command line.
STUBBORN = """trap '' TERM
sleep {0} &
sleep {0}
wait
"""


# Seconds to sleep that nobody else uses, not even the same tests with another host.
ODD = os.getpid() * 10


def running(seconds):
    """The processes `sleep SECONDS`."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read() == b"sleep\0%d\0" % seconds:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def without_service_groups(**options):
    """A Dovecot whose pop3 processes have only the mail user's groups, as programs require."""
    if hosts.standalone:
        return options
    settings = ("service pop3 {\n  extra_groups =\n}\nprotocol pop3 {\n  mail_access_groups =\n}\n" +
                options.get("settings", ""))
    return dict(options, settings=settings)


class ProgramTest(HostTest):
    """Adds a command to the policy for each program that a test writes."""

    @classmethod
    def setUpClass(cls):
        cls.host_options = without_service_groups(**cls.host_options)
        super().setUpClass()

    def setUp(self):
        self.commands = []
        self.folder = os.path.join(self.host.base, "programs")
        os.makedirs(self.folder, exist_ok=True)
        os.chmod(self.folder, 0o755)

    def program(self, name, text, options="", mode=0o755):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(text if text.startswith("#!") else "#!/bin/sh\n" + text)
        os.chmod(path, mode)
        self.command(name, f'program = "{path}"{options}')

    def command(self, name, what):
        self.commands.append(f"{name} = {{ {what} }}\n")
        self.policy("[x_commands]\n" + "".join(self.commands))


class Programs(ProgramTest):
    def test_all_that_a_program_gets(self):
        self.program("XSHOW", SHOW)
        user = self.user()
        pop3 = self.login(user)
        typed = b"-n --help $(id) `id` ; \"a\" 'b'  %s \\ \xc3\xa4\x1b\t|"
        first, lines = pop3.multi(b"xshow   " + typed)
        self.assertEqual(first, b"+OK arguments 0")
        uid = os.getuid() if hosts.standalone else MAIL_UID
        self.assertEqual(lines, [
            b"ARGUMENTS=" + typed, b"COMMAND=XSHOW", b"DOMAIN=example.org", b"PATH=/usr/local/bin:/usr/bin:/bin",
            b"USER=" + user.encode(), b"user %d" % uid,
            b"0", b"1", b"10", b"2"])  # 10 is the shell's own
        self.assertEqual(pop3.quit()[:3], b"+OK")

    def test_what_becomes_of_its_words(self):
        for name, text, answer in (
                ("XONE", "echo '+OK 3 of 10 MB'", b"+OK 3 of 10 MB\r\n"),
                ("XCRLF", "printf '+OK fine\\r\\n'", b"+OK fine\r\n"),
                ("XOPEN", "printf '+OK fine'", b"+OK fine\r\n"),
                ("XBARE", "echo +OK", b"+OK XBARE\r\n"),
                ("XNO", "echo '-ERR [SYS/PERM] no'; echo more", b"-ERR [SYS/PERM] no\r\n"),
                ("XNOBARE", "echo '-ERR'", b"-ERR XNOBARE\r\n"),
                ("XNOONE", "echo '-ERR no such page'; exit 1", b"-ERR no such page\r\n"),
                ("XNOTHING", "exit 0", b"+OK XNOTHING\r\n"),
                ("XDOTS", "printf '+OK here\\n.\\n..\\n\\n.a\\r\\nend'",
                 b"+OK here\r\n..\r\n...\r\n\r\n..a\r\nend\r\n.\r\n"),
                ("XPLAIN", "echo +OKAY; echo .", b"+OK XPLAIN\r\n+OKAY\r\n..\r\n.\r\n"),
                ("XNUL", "printf '+OK n\\n\\000a\\tb\\rc\\n'", b"+OK n\r\n?a\tb?c\r\n.\r\n")):
            self.program(name, text)
            with self.subTest(name):
                pop3 = self.login(self.user())
                pop3.send(name.encode() + b"\r\nQUIT\r\n")
                self.assertEqual(pop3.rest(), answer + b"+OK Logging out.\r\n")

    def test_a_list_may_be_empty(self):
        self.program("XEMPTY", "echo +OK none", ", multi_line = true")
        self.assertEqual(self.login(self.user()).multi(b"XEMPTY"), (b"+OK none", []))

    def test_a_failure_is_told_and_logged(self):
        self.program("XFAIL", "echo '+OK half'; echo 'disk on fire' >&2; exit 7")
        self.program("XKILL", "kill -9 $$")
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XFAIL"), b"-ERR XFAIL failed.")
        self.assert_logged("XFAIL: .*/XFAIL ended with exit status 7: disk on fire")
        self.assertEqual(pop3.command(b"XKILL"), b"-ERR [SYS/TEMP] XKILL is not available at the moment.")
        self.assert_logged("XKILL: .*/XKILL ended by signal 9")
        self.assertEqual(pop3.quit()[:3], b"+OK")

    def test_what_cannot_be_run(self):
        self.program("XGONE", "")
        os.unlink(os.path.join(self.folder, "XGONE"))
        self.program("XPLAINFILE", "echo +OK", mode=0o644)
        self.program("XNOSHELL", "#!/nowhere/shell\n")
        self.command("XFOLDER", f'program = "{self.folder}"')
        pop3 = self.login(self.user())
        for name, why in ((b"XGONE", "No such file"), (b"XPLAINFILE", "Permission denied"),
                          (b"XNOSHELL", "No such file"), (b"XFOLDER", "Permission denied")):
            self.assertEqual(pop3.command(name), b"-ERR [SYS/TEMP] %s is not available at the moment." % name)
            self.assert_logged(f"{name.decode()}: .* cannot be run: {why}")
        self.assertEqual(pop3.quit()[:3], b"+OK")

    def test_the_time_limit_holds_against_all(self):
        self.program("XSTUBBORN", STUBBORN.format(ODD + 1), ', timeout = "1s"')
        pop3 = self.login(self.user())
        begun = time.monotonic()
        self.assertEqual(pop3.command(b"XSTUBBORN"), b"-ERR [SYS/TEMP] XSTUBBORN took too long.")
        self.assertLess(time.monotonic() - begun, 5)
        self.assertTrue(eventually(lambda: not running(ODD + 1)), running(ODD + 1))
        self.assert_logged("XSTUBBORN: .* was killed after 1 seconds")
        self.assertEqual(pop3.quit()[:3], b"+OK")

    def test_what_is_left_behind_is_killed(self):
        self.program("XLEAVE", f"sleep {ODD + 2} &\necho +OK fine")
        self.assertEqual(self.login(self.user()).command(b"XLEAVE"), b"+OK fine")
        self.assertTrue(eventually(lambda: not running(ODD + 2)), running(ODD + 2))

    def test_the_output_limit(self):
        self.program("XENOUGH", "echo +OK; yes 1234567 | head -n 100", ", max_output = 804")
        self.program("XMUCH", "echo +OK; yes 1234567 | head -n 100", ", max_output = 803")
        self.program("XENDLESS", f"echo +OK; yes; sleep {ODD + 3}")
        pop3 = self.login(self.user())
        self.assertEqual(pop3.multi(b"XENOUGH"), (b"+OK XENOUGH", [b"1234567"] * 100))
        self.assertEqual(pop3.command(b"XMUCH"), b"-ERR [SYS/TEMP] XMUCH returned too much output.")
        self.assert_logged("XMUCH: .* sent more than 803 octets")
        self.assertEqual(pop3.command(b"XENDLESS"), b"-ERR [SYS/TEMP] XENDLESS returned too much output.")
        self.assertEqual(pop3.quit()[:3], b"+OK")

    def test_a_client_that_reads_late(self):
        self.program("XLONG", "echo +OK; seq -f %015.0f 60000", ', max_output = "1M"')
        pop3 = hosts.Pop3(self.host.port, self.user(), receive_buffer=4096)
        self.addCleanup(pop3.close)
        pop3.send(b"XLONG\r\nSTAT\r\nQUIT\r\n")
        time.sleep(1)
        self.assertEqual(pop3.line(), b"+OK XLONG")
        self.assertEqual(pop3.lines(), [b"%015d" % n for n in range(1, 60001)])
        self.assertEqual(pop3.rest(), b"+OK 0 0\r\n+OK Logging out.\r\n")

    def test_complaints_without_end_do_no_harm(self):
        self.program("XNOISY", "yes >&2 & sleep 1; kill %1; echo +OK done")
        self.assertEqual(self.login(self.user()).command(b"XNOISY"), b"+OK done")

    def test_what_is_pipelined_behind_waits(self):
        self.program("XSLOW", "sleep 1; echo +OK slow $ARGUMENTS; echo line")
        pop3 = self.login(self.user(2))
        pop3.send(b"NOOP\r\nXSLOW 1\r\nDELE 1\r\nXSLOW 2\r\nSTAT\r\nLAST\r\nQUIT\r\n")
        begun = time.monotonic()
        self.assertEqual(pop3.line(), b"+OK")
        answer = pop3.rest()
        self.assertGreater(time.monotonic() - begun, 1.9)
        self.assertRegex(answer, rb"^\+OK slow 1\r\nline\r\n\.\r\n\+OK Marked to be deleted\.\r\n\+OK slow 2\r\nline"
                                 rb"\r\n\.\r\n\+OK 1 \d+\r\n\+OK 1\r\n\+OK Logging out, messages deleted\.\r\n$")

    def test_a_client_that_has_reset_the_connection(self):
        self.program("XHANG", STUBBORN.format(ODD + 4), ', timeout = "5m"')
        for behind in (b"", b"NOOP\r\n"):
            pop3 = self.login(self.user())
            pop3.send(b"XHANG\r\n")
            self.assertTrue(eventually(lambda: len(running(ODD + 4)) == 2))
            if behind:
                pop3.send(behind)
                time.sleep(0.3)
            pop3.reset()
            self.assertTrue(eventually(lambda: not running(ODD + 4)), running(ODD + 4))

    def test_a_client_that_has_closed(self):
        self.program("XHANG", STUBBORN.format(ODD + 5), ', timeout = "5m"')
        pop3 = self.login(self.user())
        pop3.send(b"XHANG\r\n")
        self.assertTrue(eventually(lambda: len(running(ODD + 5)) == 2))
        pop3.close()
        self.assertTrue(eventually(lambda: not running(ODD + 5)), running(ODD + 5))

    def test_a_client_that_only_says_no_more(self):
        self.program("XSLOW", "sleep 1; echo +OK slow")
        pop3 = self.login(self.user())
        pop3.send(b"XSLOW\r\nQUIT\r\n")
        pop3.socket.shutdown(socket.SHUT_WR)
        self.assertEqual(pop3.rest(), b"+OK slow\r\n+OK Logging out.\r\n")

    def test_aliases_of_what_is_denied(self):
        self.policy('[commands]\ndeny = ["DELE"]\n[x_commands]\nXDEL = { alias = "DELE" }\n')
        user = self.user(1)
        pop3 = self.login(user)
        self.assertEqual(pop3.command(b"XDEL 1"), b"-ERR DELE is disabled for this mailbox.")
        pop3.send(b"NOOP\r\nXDEL 1\r\nSTAT\r\nQUIT\r\n")
        self.assertRegex(pop3.rest(), rb"^\+OK\r\n-ERR DELE is disabled for this mailbox\.\r\n\+OK 1 \d+\r\n\+OK Log")

    def test_a_policy_with_a_mistake_runs_nothing(self):
        self.program("XSHOW", SHOW)
        self.command("XBAD", 'alias = "XSHOW"')
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XSHOW"),
                         b"-ERR [SYS/TEMP] XSHOW is unavailable: the server's policy cannot be read.")
        self.assertEqual(pop3.quit()[:3], b"+OK")
        self.assert_logged("example.org.toml:3:.*x_commands.XBAD.alias has to be a command of Dovecot or")


class ManyAtOnce(ProgramTest):
    """Clients of one process."""

    host_options = hosts.one_process()

    def test_nobody_waits_for_the_others(self):
        self.program("XSLOW", "sleep 2; echo +OK slow $ARGUMENTS")
        self.program("XLEFT", STUBBORN.format(ODD + 6), ', timeout = "2s"')
        clients = [self.login(self.user()) for _ in range(8)]
        answers = {}

        def ask(number, pop3):
            answers[number] = pop3.command(b"XLEFT" if number == 7 else b"XSLOW %d" % number)

        begun = time.monotonic()
        threads = [threading.Thread(target=ask, args=item) for item in enumerate(clients)]
        for thread in threads:
            thread.start()
        quick = self.login(self.user())
        self.assertEqual(quick.command(b"NOOP"), b"+OK")
        self.assertLess(time.monotonic() - begun, 1.9)
        for thread in threads:
            thread.join(30)
        self.assertLess(time.monotonic() - begun, 6)
        self.assertEqual([answers[n] for n in range(7)], [b"+OK slow %d" % n for n in range(7)])
        self.assertEqual(answers[7], b"-ERR [SYS/TEMP] XLEFT took too long.")
        self.assertTrue(eventually(lambda: not running(ODD + 6)))


class Scripts(ProgramTest):
    dovecot_only = True

    @classmethod
    def setUpClass(cls):
        service = """service xscript {
  executable = script -e USER,DOMAIN,COMMAND,ARGUMENTS @base@/programs/script
  user = nobody
  unix_listener xscript {
    mode = 0666
  }
}
"""
        cls.host_options = {"settings": service}
        super().setUpClass()

    def script(self, text, options=""):
        self.program("script", text)
        self.commands = []
        self.command("XSCRIPT", 'script = "xscript"' + options)
        return self.login(self.user())

    def test_all_that_a_script_gets(self):
        pop3 = self.script('echo "+OK arguments $#"; env | grep -E "^(USER|DOMAIN|COMMAND|ARGUMENTS|PATH)=" | sort;'
                           ' id -un; cat; echo .')
        first, lines = pop3.multi(b"XSCRIPT -n $(id) \t ; x")
        self.assertEqual(first, b"+OK arguments 0")
        self.assertEqual(lines[:3], [b"ARGUMENTS=-n $(id)   ; x", b"COMMAND=XSCRIPT", b"DOMAIN=example.org"])
        self.assertRegex(lines[3], rb"^USER=user\d+@example.org$")
        self.assertEqual(lines[4:], [b"nobody", b".."])
        self.assertEqual(pop3.quit()[:3], b"+OK")

    def test_its_failures(self):
        pop3 = self.script("echo no; exit 1")
        self.assertEqual(pop3.command(b"XSCRIPT"), b"-ERR XSCRIPT failed.")
        pop3 = self.script("echo '-ERR no such page'; exit 1")
        self.assertEqual(pop3.command(b"XSCRIPT"), b"-ERR no such page")
        pop3 = self.script("yes", ", max_output = 100")
        self.assertEqual(pop3.command(b"XSCRIPT"), b"-ERR [SYS/TEMP] XSCRIPT returned too much output.")
        pop3 = self.script("sleep 3; echo +OK", ', timeout = "1s"')
        begun = time.monotonic()
        pop3.send(b"XSCRIPT\r\nNOOP\r\n")
        self.assertEqual(pop3.line(), b"-ERR [SYS/TEMP] XSCRIPT took too long.")
        self.assertEqual(pop3.line(), b"+OK")
        self.assertLess(time.monotonic() - begun, 2.5)

    def test_a_service_that_is_not_there(self):
        self.command("XNONE", 'script = "nowhere"')
        pop3 = self.login(self.user())
        self.assertEqual(pop3.command(b"XNONE"), b"-ERR [SYS/TEMP] XNONE is not available at the moment.")
        self.assertEqual(pop3.quit()[:3], b"+OK")
        self.assert_logged("XNONE: nowhere cannot be reached")
