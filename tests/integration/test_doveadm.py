"""doveadm pop3-legacy uidl …, for one user and for many."""
import glob
import os
import re
import shutil
import subprocess

import hosts
from private_host import MAIL_UID

GOOD = ["anna@example.org", "carl@example.org", "dora@example.org"]
# Dovecot refuses mail owned by a system user, so this user's mail cannot be opened.
BROKEN = "berta@example.org"
# The static userdb knows every name without a forbidden character.
NOBODY = "no!body@example.org"


def users(homes):
    return [f"{name}:{{PLAIN}}secret:{uid}:{uid}::{homes}/{name}::"
            for name, uid in [(GOOD[0], MAIL_UID), (BROKEN, 10), (GOOD[1], MAIL_UID), (GOOD[2], MAIL_UID)]]


class UidlTest(hosts.HostTest):
    dovecot_only = True

    def uidl(self, *arguments, **options):
        return self.host.try_doveadm("-f", "tab", "pop3-legacy", "uidl", *arguments, **options)

    def old_list(self, text):
        """Writes a file that only root may read; returns its path."""
        path = os.path.join(self.host.base, "old list")
        with open(path, "w", newline="", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text)
        return path

    def rows(self, result):
        return [line.split("\t") for line in result.stdout.splitlines()[1:]]

    def said(self, result):
        """What it logs, except that it went by number, which verify and pin say in one line."""
        by_number = [line for line in result.stderr.splitlines(True) if "by message number" in line]
        self.assertLessEqual(len(by_number), 1, result.stderr)
        return result.stderr.replace("".join(by_number), "")

    def scheme(self, scheme, more=""):
        """Sets everybody's policy."""
        self.policy(f"[uidl]\nscheme = {scheme}\n{more}")


class UidlCommandsTest(UidlTest):
    host_options = {"users": users}

    def setUp(self):
        self.scheme('"decimal-uid"')
        for count, name in enumerate(GOOD, 1):
            self.host.maildir(name)
            for number in range(1, count + 1):
                hosts.deliver(self.host, name, hosts.message(number), number)

    def test_each_command_reads_the_old_list(self):
        path = self.old_list("1 1\n2 2\n")
        for command, rows in (("verify", [["2", "2", "0", "0", "0"]]), ("pin", [["2", "0", "0"]]),
                              ("detect", [[name, "2", "2", "2", f'scheme = "{name}"']
                                          for name in ("cyrus-uidonly", "decimal-uid")])):
            with self.subTest(command):
                result = self.uidl(command, "-u", GOOD[1], path)
                self.assertEqual((result.returncode, self.said(result)), (0, ""))
                self.assertEqual("number alone" in result.stderr, command != "detect")
                self.assertEqual(self.rows(result), rows)

    def test_the_old_list_is_looked_for_where_the_command_was_typed(self):
        path = self.old_list("1 1\n2 2\n")
        folder, name = os.path.split(path)
        self.assertEqual(self.rows(self.uidl("verify", "-u", GOOD[1], name, folder=folder)), [["2", "2", "0", "0", "0"]])

    def test_the_old_list_may_come_on_standard_input(self):
        for options in (["-u", GOOD[1]], ["-u", "*@example.org"]):
            with self.subTest(options):
                result = self.uidl("verify", *options, "-", input="1 1\n2 2\n")
                self.assertIn("2\t2\t0\t0\t0\n", result.stdout, result.stderr)

    def test_an_old_list_that_cannot_be_read_is_named(self):
        result = self.uidl("verify", "-u", GOOD[0], self.host.base + "/missing")
        self.assertEqual(result.returncode, 66)
        self.assertIn(self.host.base + "/missing", result.stderr)
        self.assertIn("No such file or directory", result.stderr)

    def test_an_old_list_that_does_not_end_is_refused(self):
        result = self.uidl("verify", "-u", GOOD[0], "/dev/zero")
        self.assertEqual(result.returncode, 66, result.stderr)
        self.assertIn("/dev/zero is longer than", result.stderr)

    def test_without_an_old_list_the_usage_is_shown(self):
        for command in ("detect", "verify", "pin"):
            result = self.uidl(command, "-u", GOOD[0])
            self.assertEqual(result.returncode, 64, result.stderr)
            self.assertIn(f"doveadm pop3-legacy uidl {command} ", result.stderr + result.stdout)

    def test_all_users_go_on_after_one_that_fails(self):
        listed = os.path.join(self.host.base, "user list")
        with open(listed, "w") as file:
            file.writelines(name + "\n" for name in [GOOD[0], BROKEN, GOOD[1], GOOD[2]])
        for options in (["-A"], ["-u", "*@example.org"], ["-F", listed]):
            with self.subTest(options):
                result = self.uidl("list", *options)
                self.assertEqual(result.returncode, 75, result.stderr)
                self.assertRegex(result.stderr, rf"(?m)^.*{BROKEN}.*Error: ")
                self.assertEqual(sorted(row[0] for row in self.rows(result)),
                                 [name for count, name in enumerate(GOOD, 1) for _ in range(count)])

    def test_an_inbox_that_cannot_be_opened_is_a_failure_of_its_user(self):
        closed = os.path.join(self.host.homes, GOOD[0], "Maildir")
        os.chmod(closed, 0)
        self.addCleanup(os.chmod, closed, 0o755)
        result = self.uidl("list", "-u", "*a@example.org")
        self.assertEqual(result.returncode, 75, result.stderr)
        self.assertRegex(result.stderr, rf"(?m)^.*{GOOD[0]}.*Error: .*INBOX cannot be opened: .*Permission denied")
        self.assertEqual([row[0] for row in self.rows(result)], [GOOD[2]] * 3)

    def test_users_that_a_wildcard_leaves_out_are_no_failure(self):
        result = self.uidl("list", "-u", "?a*@example.org")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual({row[0] for row in self.rows(result)}, {GOOD[1]})

    def test_a_user_that_does_not_exist_is_a_failure(self):
        listed = os.path.join(self.host.base, "user list")
        with open(listed, "w") as file:
            file.write(f"{GOOD[1]}\n{NOBODY}\n{GOOD[0]}\n")
        result = self.uidl("list", "-F", listed)
        self.assertEqual(result.returncode, 75, result.stderr)
        self.assertIn(NOBODY, result.stderr)
        self.assertEqual([row[0] for row in self.rows(result)], [GOOD[1], GOOD[1], GOOD[0]])

    def test_by_doveadm_server(self):
        path = self.old_list("1 1\n2 2\n")
        socket = self.host.base + "/run/doveadm-server"
        result = self.uidl("verify", "-S", socket, "-u", GOOD[1], path)
        self.assertEqual((result.returncode, self.said(result)), (0, ""))
        self.assertEqual(self.rows(result), [["2", "2", "0", "0", "0"]])
        self.assertEqual(self.uidl("verify", "-S", socket, "-u", GOOD[0], path).returncode, 65)
        result = self.uidl("list", "-S", socket, "-A")
        self.assertEqual(result.returncode, 75, result.stderr)
        self.assertEqual(len(self.rows(result)), 6)
        self.assertIn(BROKEN, result.stderr)

    def test_no_old_list_for_many_users_by_doveadm_server(self):
        result = self.uidl("verify", "-S", self.host.base + "/run/doveadm-server", "-A", self.old_list("1 aaa\n"))
        self.assertEqual((result.returncode, result.stdout), (64, ""))
        self.assertIn("cannot be sent to doveadm-server for many users", result.stderr)


def state_of(host, user):
    """The contents of our files in the user's Maildir."""
    folder = os.path.join(host.homes, user, "Maildir")
    found = {}
    for name in os.listdir(folder):
        if name.startswith("dovecot-pop3-legacy-") and name != "dovecot-pop3-legacy-last":
            with open(os.path.join(folder, name)) as file:
                found[name] = file.read()
    return found


def ids(host, user):
    """The ids that UIDL answers, as a list."""
    answer, lines = hosts.uidl(host, user)
    if not answer.startswith(b"+OK"):
        raise AssertionError(answer)
    return [line.split()[1].decode() for line in lines]


def numbered(names):
    return "".join(f"{number} {name}\n" for number, name in enumerate(names, 1))


class ListTest(UidlTest):
    def test_what_pop3_shows(self):
        self.scheme('"qmail"')
        user = self.user(3)
        result = self.host.try_doveadm("pop3-legacy", "uidl", "list", "-u", user)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.splitlines()[0], "number\tuid\tguid\tuidl")
        rows = self.rows(result)
        self.assertEqual([row[:2] for row in rows], [["1", "1"], ["2", "2"], ["3", "3"]])
        guids = self.host.doveadm("-f", "tab", "fetch", "-u", user, "guid", "mailbox", "INBOX", "all")
        self.assertEqual([row[2] for row in rows], guids.splitlines()[1:])
        self.assertEqual([row[3] for row in rows], ids(self.host, user))

    def test_it_is_an_old_list_itself(self):
        self.scheme('"qmail"')
        user = self.user(3)
        path = self.old_list(self.host.doveadm("pop3-legacy", "uidl", "list", "-u", user))
        result = self.uidl("verify", "-u", user, path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.rows(result), [["3", "3", "0", "0", "0"]])
        hosts.deliver(self.host, user, hosts.message(4), 4)
        self.assertEqual(self.rows(self.uidl("verify", "-u", user, path)), [["4", "3", "0", "1", "0"]])

    def test_of_many_users_it_is_none(self):
        self.scheme('"qmail"')
        user = self.user(1)
        path = self.old_list(self.host.doveadm("pop3-legacy", "uidl", "list", "-u", user[:-1] + "*") + "x\n")
        with open(path) as file:
            self.assertEqual(file.readline(), "Username\tnumber\tuid\tguid\tuidl\n")
        result = self.uidl("verify", "-u", user, path)
        self.assertEqual(result.returncode, 66)
        self.assertIn("line 1: this is a list of many users; make one for each user (-u)", result.stderr)

    def test_looking_decides_nothing(self):
        user = self.user(2)
        path = self.old_list("1 a\n2 b\n")
        for scheme in ("qmail", "cyrus"):
            self.scheme(f'"{scheme}"')
            for command in (["list"], ["verify", path], ["detect", path]):
                self.uidl(command[0], "-u", user, *command[1:])
                self.assertEqual(state_of(self.host, user), {})
        shown = [row[3] for row in self.rows(self.uidl("list", "-u", user))]
        self.assertEqual(shown, ids(self.host, user))
        self.scheme('"qmail"')
        result = self.uidl("list", "-u", user)
        self.assertIn("they stay as they are", result.stderr)
        self.assertEqual([row[3] for row in self.rows(result)], shown)

    def test_ids_of_dovecots_own(self):
        user = self.user(2)
        shown = [row[3] for row in self.rows(self.uidl("list", "-u", user))]
        self.assertEqual(state_of(self.host, user), {})
        self.assertEqual(shown, ids(self.host, user))
        self.assertEqual(self.uidl("verify", "-u", user, self.old_list(numbered(shown))).returncode, 0)

    def test_dovecots_own_ids_are_not_known_to_doveadm_server(self):
        """It cannot ask doveconf for the settings in protocol pop3."""
        user = self.user(1)
        result = self.uidl("list", "-S", self.host.base + "/run/doveadm-server", "-u", user)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(self.rows(result), [])
        self.assert_logged("leave out -S")

    def test_a_policy_that_cannot_be_used(self):
        user = self.user(1)
        path = self.policy("[uidl]\nscheme = \"nosuch\"\n")
        result = self.uidl("list", "-u", user)
        self.assertEqual((result.returncode, self.rows(result)), (65, []))
        self.assertIn(path, result.stderr)
        self.assertIn("the policy that decides the ids cannot be read", result.stderr)

    def test_doveadm_fetch_has_the_same(self):
        for scheme in ("qmail", "popa3d", "host"):
            with self.subTest(scheme):
                self.scheme(f'"{scheme}"')
                user = self.user(3)
                fetched = self.host.doveadm("-f", "tab", "fetch", "-u", user, "uid pop3.uidl", "mailbox", "INBOX")
                rows = [line.split("\t") for line in fetched.splitlines()[1:]]
                self.assertEqual([row[0] for row in rows], ["1", "2", "3"])
                if scheme != "host":
                    self.assertEqual([row[1] for row in rows], ids(self.host, user))
        self.host.doveadm("fetch", "-u", user, "uid", "mailbox", "INBOX")

    def test_other_commands_do_not_read_the_policy(self):
        user = self.user(2)
        path = self.policy("no policy")
        result = self.host.try_doveadm("fetch", "-u", user, "uid hdr", "mailbox", "INBOX")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        result = self.host.try_doveadm("fetch", "-u", user, "pop3.uidl", "mailbox", "INBOX")
        self.assertIn(path, result.stderr)
        self.assertNotEqual(result.returncode, 0)


class DetectTest(UidlTest):
    def test_each_scheme_by_its_own_answer(self):
        for scheme in ("uw", "dovecot", "cyrus", "cyrus-courier", "courier-v0", "maildir-md5", "solid-mbox",
                       "popa3d", "numeric"):
            with self.subTest(scheme):
                self.scheme(f'"{scheme}"')
                user = self.user(3)
                shown = ids(self.host, user)
                result = self.uidl("detect", "-u", user, self.old_list(numbered(shown)))
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertIn([scheme, "3", "3", "3", f'scheme = "{scheme}"'], self.rows(result))
                result = self.uidl("detect", "-u", user, self.old_list(numbered(reversed(shown))))
                self.assertEqual(self.rows(result), [[scheme, "1", "3", "3", f'scheme = "{scheme}"']]
                                 if scheme != "courier-v0" else
                                 [[name, "1", "3", "3", f'scheme = "{name}"'] for name in (scheme, "qmail", "xmail")])

    def test_two_schemes(self):
        self.scheme('["xuidl", "popa3d"]')
        user = self.user(2)
        hosts.deliver(self.host, user, b"X-UIDL: stored-1\n" + hosts.message(3), 3)
        result = self.uidl("detect", "-u", user, self.old_list(numbered(ids(self.host, user))))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(self.rows(result)[:2], [
            ["xuidl popa3d", "3", "3", "3", 'scheme = ["xuidl", "popa3d"]'],
            ["popa3d", "2", "3", "3", 'scheme = "popa3d"']])

    def test_what_no_scheme_reproduces(self):
        user = self.user(2)
        result = self.uidl("detect", "-u", user, self.old_list("1 x\n2 y\n"))
        self.assertEqual((result.returncode, self.rows(result)), (65, []))
        self.assertIn('2 of the list\'s 2 ids are not reproduced by any scheme; "pin" can import them', result.stderr)
        result = self.uidl("detect", "-u", user, self.old_list("2\ny\nz\n"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("2 of the list's 3 ids are not reproduced by the first line; \"pin\" could import them from",
                      result.stderr)

    def test_a_list_of_another_length(self):
        user = self.user(2)
        result = self.uidl("detect", "-u", user, self.old_list("1 x\n2 1\n3 2\n"))
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.rows(result)[0][:4], ["cyrus-uidonly", "2", "3", "2"])
        self.assertIn("the list has 3 ids and the mailbox 2 messages", result.stderr)

    def test_the_formats_of_other_dovecots(self):
        """The formats of cPanel, Plesk and old Dovecots; the template that detect prints gives the
        ids."""
        for form, line in (("UID{uid}-{uidvalidity}", None), ("{uid}.{uidvalidity}", None),
                           ("{uid}-{uidvalidity}", None), ("{uidvalidity}.{uid}", 'scheme = "cyrus"'),
                           ("{uidvalidity}-{uid}", 'scheme = "cyrus-courier"'),
                           ("{uidvalidity:08x}{uid:08x}", 'scheme = "uw"'),
                           ("{uid:08x}{uidvalidity:08x}", 'scheme = "dovecot"'),
                           ("{uidvalidity:x}-{uid:x}", None), ("{uidvalidity:010d}.{uid:010d}", None)):
            with self.subTest(form):
                self.scheme('"template"', f'template = "{form}"\n')
                user = self.user(12)
                shown = ids(self.host, user)
                self.scheme('"host"')
                # The ids that the mailbox already has must not be a hint.
                for name in state_of(self.host, user):
                    os.unlink(os.path.join(self.host.homes, user, "Maildir", name))
                result = self.uidl("detect", "-u", user, self.old_list(numbered(shown)))
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                expected = line or f'scheme = "template", template = "{form}"'
                self.assertEqual(self.rows(result)[0][1:], ["12", "12", "12", expected])

    def test_getmails_file(self):
        user = self.user(1)
        hosts.deliver(self.host, user, b"X-UIDL: a/b\n" + hosts.message(2), 2)
        result = self.uidl("detect", "-u", user, self.old_list("a-b\0001600000000\n"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual([row[0] for row in self.rows(result)], ["xuidl", "heimdal"])


class VerifyTest(UidlTest):
    def setUp(self):
        self.scheme('"decimal-uid"')

    def test_what_differs_is_told(self):
        user = self.user(3)
        result = self.uidl("verify", "-u", user, self.old_list("1 1\r\n2 3\r\n3 x\r\n"))
        self.assertEqual((result.returncode, self.rows(result)), (65, [["3", "1", "2", "0", "0"]]))
        self.assertIn('message 2, UID 2, has the id "2", expected: "3"', result.stderr)
        self.assertIn('message 3, UID 3, has the id "3", expected: "x"', result.stderr)

    def test_no_more_than_twenty_are(self):
        user = self.user(25)
        result = self.uidl("verify", "-u", user, self.old_list(numbered(f"x{i}" for i in range(25))))
        self.assertEqual((result.returncode, self.rows(result)), (65, [["25", "0", "25", "0", "0"]]))
        self.assertEqual(result.stderr.count("expected: "), 20)

    def test_a_clients_file(self):
        user = self.user(2)
        good = self.old_list(f"{user} 2\n{user} 1\n{user} 9\n")
        result = self.uidl("verify", "-u", user, good)
        self.assertEqual((result.returncode, self.rows(result)), (0, [["2", "2", "0", "0", "1"]]))
        self.assertIn('the id "9" is gone or different now', result.stderr)
        result = self.uidl("verify", "-u", user, self.old_list(f"{user} 2\n"))
        self.assertEqual((result.returncode, self.rows(result)), (65, [["2", "1", "1", "0", "0"]]))
        self.assertIn('message 1, UID 1, has the id "1", which is not in the list', result.stderr)

    def test_a_list_that_is_longer_than_the_mailbox(self):
        user = self.user(2)
        result = self.uidl("verify", "-u", user, self.old_list("1 1\n2 2\n3 3\n"))
        self.assertEqual((result.returncode, self.rows(result)), (65, []))
        self.assertIn("the list has 3 ids and the mailbox 2 messages", result.stderr)

    def test_a_list_that_is_the_beginning_of_the_mailbox(self):
        user = self.user(3)
        result = self.uidl("verify", "-u", user, self.old_list("1 1\n2 2\n"))
        self.assertEqual((result.returncode, self.rows(result)), (0, [["3", "2", "0", "1", "0"]]))
        self.assertIn("the list ends at message 2 of 3", result.stderr)

    def test_an_id_that_is_there_twice_is_a_note(self):
        """popa3d gave equal messages equal ids; here one message has that id, the other the one
        that UIDL shows."""
        user = self.user(3)
        result = self.uidl("verify", "-u", user, self.old_list("1 1\n2 2\n3 1\n"))
        self.assertEqual((result.returncode, self.rows(result)), (0, [["3", "2", "0", "1", "0"]]))
        self.assertIn('line 3: the id "1" is in line 1 already', result.stderr)
        self.assertIn('message 3, UID 3, has the id "3", because the list gives "1" to another message, too', result.stderr)
        result = self.uidl("verify", "-u", user, self.old_list(f"{user} 1\n{user} 2\n{user} 3\n{user} 3\n"))
        self.assertEqual((result.returncode, self.rows(result)), (0, [["3", "3", "0", "0", "0"]]))
        self.assertIn('line 4: the id "3" is in line 3 already', result.stderr)

    def test_an_odd_line_is_told_and_the_others_count(self):
        user = self.user(3)
        for text, told, row in (
                ("1 1\n2 \n3 3\n", 'line 2: there is no id in "2"; the line is skipped', ["3", "2", "0", "1", "0"]),
                ("1 1\n3 3\n", "line 2: message 3 where message 2 should be", ["3", "2", "0", "1", "0"]),
                ("1 1\nx\n2 2\n3 3\n", "line 2: ", ["3", "3", "0", "0", "0"]),
                ("*host anna\nk 1 1600000000\nk 2 yesterday\nk 3\n", 'line 3: "yesterday" is not a time',
                 ["3", "3", "0", "0", "0"]),
                (f"{user} 1\n{user}\n{user} 2\n{user} 3\n", "line 2: ", ["3", "3", "0", "0", "0"]),
                (" 4 host anna\n1\n2\n3\n", "line 4: the list of \"anna@host\" ends here; ids missing: 1",
                 ["3", "3", "0", "0", "0"])):
            with self.subTest(text):
                result = self.uidl("verify", "-u", user, self.old_list(text))
                self.assertEqual((result.returncode, self.rows(result)), (0, [row]), result.stderr)
                self.assertIn(told, result.stderr)

    def test_no_more_than_twenty_odd_lines_are_told(self):
        user = self.user(1)
        result = self.uidl("verify", "-u", user, self.old_list("1 1\n" + "odd\n" * 30))
        self.assertEqual((result.returncode, self.rows(result)), (0, [["1", "1", "0", "0", "0"]]))
        self.assertEqual(result.stderr.count("the line is skipped"), 20)
        self.assertIn("10 more lines are odd", result.stderr)
        self.assertIn("30 lines are skipped, and 1 are read as a UIDL answer", result.stderr)

    def test_what_is_no_list_at_all(self):
        user = self.user(1)
        for text in ("<html>\n<head><title>404 Not Found</title></head>\n<p>Not found here</p>\n", "\0\1\2\n"):
            result = self.uidl("verify", "-u", user, self.old_list(text))
            self.assertEqual((result.returncode, self.rows(result)), (66, []), result.stderr)

    def test_an_empty_list_is_right_for_an_empty_mailbox(self):
        user, full = self.user(0), self.user(1)
        for text in ("", "+OK\r\n.\r\n", "number\tuid\tguid\tuidl\n"):
            path = self.old_list(text)
            for command, rows in (("verify", [["0"] * 5]), ("detect", []), ("pin", [["0"] * 3])):
                with self.subTest((text, command)):
                    result = self.uidl(command, "-u", user, path)
                    self.assertEqual((result.returncode, result.stderr, self.rows(result)), (0, "", rows))
                    result = self.uidl(command, "-u", full, path)
                    self.assertEqual((result.returncode, self.rows(result)), (66, []))
                    self.assertIn("the list is empty, but the mailbox has 1 messages", result.stderr)

    def session(self, user):
        """A saved session with LIST and UIDL."""
        with self.login(user) as pop3:
            sizes, names = pop3.multi(b"LIST"), pop3.multi(b"UIDL")
            pop3.quit()
        return [[line.decode() for line in lines] for _, lines in (sizes, names)]

    @staticmethod
    def saved(sizes, names):
        return "+OK ready\r\n+OK\r\n" + "".join(
            f"{command}\r\n+OK\r\n" + "".join(line + "\r\n" for line in lines) + ".\r\n"
            for command, lines in (("LIST", sizes), ("UIDL", names)))

    def test_the_sizes_of_a_saved_session(self):
        user = self.user(0)
        for number, octets in enumerate((500, 9000, 70000, 800, 12000), 1):
            hosts.deliver(self.host, user, hosts.message(number, octets), number)
        sizes, names = self.session(user)
        for command in ("verify", "pin"):
            with self.subTest(command):
                result = self.uidl(command, "-u", user, self.old_list(self.saved(sizes, names)))
                self.assertEqual((result.returncode, self.said(result)), (0, ""))
                self.assertIn("and LIST's sizes do not contradict that", result.stderr)
        other = [f"{number} {int(size) - 151}" for number, size in (line.split() for line in sizes)]
        other[2] = "3 " + str(int(other[2].split()[1]) - 99)
        result = self.uidl("verify", "-u", user, self.old_list(self.saved(other, names)))
        self.assertEqual((result.returncode, self.said(result)), (0, ""))
        # The stored octets, as qmail-pop3d's LIST stated them.
        stored = [f"{number} {os.stat(path).st_size}" for number, path in enumerate(sorted(
            glob.glob(os.path.join(glob.escape(self.host.homes), user, "Maildir", "*", "[0-9]*"))), 1)]
        self.assertEqual(len(stored), 5)
        result = self.uidl("verify", "-u", user, self.old_list(self.saved(stored, names)))
        self.assertEqual((result.returncode, self.said(result)), (0, ""))

    def test_sizes_that_contradict_the_numbers(self):
        """The first message was deleted, and a new one has arrived: the numbers now belong to
        others."""
        user = self.user(0)
        for number, octets in enumerate((500, 9000, 70000, 800), 1):
            hosts.deliver(self.host, user, hosts.message(number, octets), number)
        text = self.saved(*self.session(user))
        self.host.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "1")
        hosts.deliver(self.host, user, hosts.message(5, 3000), 5)
        before = state_of(self.host, user)
        for command in ("verify", "pin"):
            with self.subTest(command):
                result = self.uidl(command, "-u", user, self.old_list(text))
                self.assertEqual((result.returncode, self.rows(result)), (65, []))
                self.assertIn("the list is not of these messages in this order", result.stderr)
        self.assertEqual(state_of(self.host, user), before)


class PinTest(UidlTest):
    def setUp(self):
        self.scheme('"dovecot"')

    def pin(self, user, text, *options):
        return self.uidl("pin", *options, "-u", user, self.old_list(text))

    def assert_pinned(self, user, names, *options):
        result = self.pin(user, numbered(names), *options)
        self.assertEqual((result.returncode, self.said(result)), (0, ""))
        self.assertIn("number alone", result.stderr)
        self.assertEqual(ids(self.host, user), names)
        return self.rows(result)

    def test_clients_see_the_old_ids(self):
        user = self.user(3)
        names = ["old-3", "x" * 83, "!~"]
        self.assertEqual(self.assert_pinned(user, names), [["3", "0", "0"]])
        self.assertEqual(self.rows(self.uidl("verify", "-u", user, self.old_list(numbered(names)))),
                         [["3", "3", "0", "0", "0"]])
        self.assertEqual(self.assert_pinned(user, names), [["0", "3", "0"]])
        hosts.deliver(self.host, user, hosts.message(4), 4)
        shown = ids(self.host, user)
        self.assertEqual(shown[:3], names)
        self.assertTrue(shown[3].startswith("00000004"))
        result = self.uidl("list", "-u", user)
        self.assertEqual([row[3] for row in self.rows(result)], shown)
        self.assertEqual(os.stat(self.state_files(user)[0]).st_uid, MAIL_UID)

    def test_a_client_that_had_it_all_loads_nothing(self):
        user = self.user(2)
        ids(self.host, user)
        self.assert_pinned(user, ["a", "b"])

    def test_other_pins_only_if_told_so(self):
        user = self.user(2)
        self.assert_pinned(user, ["a", "b"])
        before = state_of(self.host, user)
        result = self.pin(user, "1 b\n2 a\n")
        self.assertEqual((result.returncode, self.rows(result)), (65, []))
        self.assertIn('line 1: the message is pinned to "a", not "b": nothing was changed', result.stderr)
        self.assertEqual(state_of(self.host, user), before)
        for option in ("-r", "--replace"):
            self.assertEqual(self.assert_pinned(user, ["b", "a"], option), [["2", "0", "0"]])
            self.assertEqual(self.assert_pinned(user, ["a", "b"], option), [["2", "0", "0"]])

    def test_by_doveadm_server(self):
        user = self.user(2)
        socket = self.host.base + "/run/doveadm-server"
        self.assertEqual(self.assert_pinned(user, ["a", "b"], "-S", socket), [["2", "0", "0"]])
        self.assertEqual(self.assert_pinned(user, ["b", "a"], "-S", socket, "-r"), [["2", "0", "0"]])
        self.assertEqual(self.pin(user, "1 a\n2 b\n", "-S", socket).returncode, 65)
        self.assertEqual(self.pin(user, "\1\n", "-S", socket).returncode, 66)

    def test_a_copy_that_has_an_id_of_its_own(self):
        """It keeps its id when the message it was copied from is gone; a pin for both would not
        take effect."""
        user = self.user(1)
        self.assert_pinned(user, ["a"])
        self.host.doveadm("copy", "-u", user, "INBOX", "mailbox", "INBOX", "all")
        own = ids(self.host, user)[1]
        self.assertTrue(own.startswith("a-"))
        self.host.doveadm("expunge", "-u", user, "mailbox", "INBOX", "uid", "1")
        before = state_of(self.host, user)
        result = self.pin(user, "1 b\n", "-r")
        self.assertEqual((result.returncode, self.rows(result)), (65, []))
        self.assertIn(f'keeps its id "{own}", so "b" cannot be pinned: nothing was changed', result.stderr)
        self.assertEqual(state_of(self.host, user), before)
        self.assertEqual(ids(self.host, user), [own])

    def assert_refused(self, user, text, exit_code, pattern, before):
        result = self.pin(user, text)
        self.assertEqual((result.returncode, self.rows(result)), (exit_code, []), result.stderr)
        self.assertRegex(result.stderr, pattern)
        self.assertEqual(state_of(self.host, user), before)

    def test_a_list_that_cannot_be_changes_nothing(self):
        user = self.user(2)
        self.assert_pinned(user, ["a", "b"])
        before = state_of(self.host, user)
        self.assertEqual(set(before), {"dovecot-pop3-legacy-uidl", "dovecot-pop3-legacy-pins"})
        for text, exit_code, pattern in (
                ("", 66, "the list is empty, but the mailbox has 2 messages"),
                ("\r\n", 66, "the list is empty"),
                ("1 a\n3 y\n", 65, "the list goes up to message 3 and the mailbox 2 messages: nothing was changed"),
                ("1 \x01\n", 66, "line 1: "),
                ("+OK\r\n1 x\r\n", 66, "line 2: the answer is cut off"),
                ("\0\1\2", 66, "line 1: "),
                ("1 x\n2 y\n3 z\n", 65, "the list has 3 ids and the mailbox 2 messages: nothing was changed"),
                ("x\ny\n", 65, "which does not say which message has which id.*: nothing was changed"),
                (f"{user} x\n{user} y\n", 65, "fetchmail's .fetchids, which does not say"),
                ("1 " + 500 * "y" + "\n", 65, "line 1: the id of 500 octets is longer than 495"),
                ("number\tuid\tguid\tuidl\n1\t1\tnobodys\tx\n", 65, "no message of the mailbox has one of")):
            with self.subTest(text):
                self.assert_refused(user, text, exit_code, pattern, before)
        self.assertEqual(ids(self.host, user), ["a", "b"])

    def test_the_beginning_of_the_mailbox_and_a_gap(self):
        user = self.user(4)
        result = self.pin(user, "1 a\n3 c\n")
        self.assertEqual((result.returncode, self.rows(result)), (0, [["2", "0", "0"]]), result.stderr)
        self.assertIn("the list ends at message 3 of 4", result.stderr)
        shown = ids(self.host, user)
        self.assertEqual((shown[0], shown[2]), ("a", "c"))
        self.assertTrue(shown[1].startswith("00000002") and shown[3].startswith("00000004"), shown)
        self.assertEqual(self.rows(self.uidl("verify", "-u", user, self.old_list("1 a\n3 c\n"))),
                         [["4", "2", "0", "2", "0"]])

    def test_an_id_that_is_there_twice(self):
        user = self.user(3)
        text = "1 a\n2 b\n3 a\n"
        result = self.pin(user, text)
        self.assertEqual((result.returncode, self.rows(result)), (0, [["2", "0", "0"]]), result.stderr)
        self.assertIn('line 3: the id "a" is pinned to the message of line 1', result.stderr)
        shown = ids(self.host, user)
        self.assertEqual(shown[:2], ["a", "b"])
        self.assertTrue(shown[2].startswith("00000003"), shown)
        result = self.uidl("verify", "-u", user, self.old_list(text))
        self.assertEqual((result.returncode, self.rows(result)), (0, [["3", "2", "0", "1", "0"]]), result.stderr)

    def test_equal_messages_of_popa3d(self):
        self.scheme('"popa3d"')
        user = self.user(1)
        for number in (2, 3):
            hosts.deliver(self.host, user, hosts.message(9), number)
        shown = ids(self.host, user)
        self.assertEqual(shown[2][:len(shown[1]) + 1], shown[1] + "-")
        path = self.old_list(numbered([shown[0], shown[1], shown[1]]))
        result = self.uidl("detect", "-u", user, path)
        self.assertEqual((result.returncode, self.rows(result)[0][:3]), (0, ["popa3d", "2", "2"]))
        result = self.uidl("verify", "-u", user, path)
        self.assertEqual((result.returncode, self.rows(result)), (0, [["3", "2", "0", "1", "0"]]))
        self.assertEqual(self.uidl("pin", "-u", user, path).returncode, 0)
        self.assertEqual(ids(self.host, user), shown)

    def test_an_id_that_rfc_1939_does_not_allow(self):
        """uidl.max_length = 70: detect, verify, pin and UIDL agree that it is not shown."""
        self.scheme('"qmail"', "max_length = 70\n")
        user = self.user(1)
        long_name = "1700000000." + "x" * 72
        hosts.deliver_as(self.host, user, hosts.message(2), long_name)
        path = self.old_list(f"1 a\n2 {long_name}\n")
        self.assertNotIn("qmail", [row[0] for row in self.rows(self.uidl("detect", "-u", user, path))])
        result = self.uidl("pin", "-u", user, path)
        self.assertEqual((result.returncode, self.rows(result)), (0, [["1", "0", "0"]]))
        self.assertIn("line 2: the id of 83 octets is longer than 70 (uidl.max_length)", result.stderr)
        shown = ids(self.host, user)
        self.assertEqual((shown[0], len(shown[1])), ("a", 32))
        result = self.uidl("verify", "-u", user, path)
        self.assertEqual((result.returncode, self.rows(result)), (65, [["2", "1", "1", "0", "0"]]))

    def test_long_ids_of_the_old_server(self):
        """Maildir file names of 83 octets, as vpopmail, maildrop and qmail write them."""
        self.scheme('"qmail"')
        user = self.user(0)
        names = [f"1100000000.M{number}." + "x" * 69 for number in (1, 2, 3)]
        self.assertEqual({len(name) for name in names}, {83})
        for number, name in enumerate(names, 1):
            hosts.deliver_as(self.host, user, hosts.message(number), name)
        path = self.old_list(numbered(names))
        result = self.uidl("detect", "-u", user, path)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual([row[:4] for row in self.rows(result)],
                         [[name, "3", "3", "3"] for name in ("courier-v0", "qmail", "xmail")])
        self.assertEqual(self.rows(self.uidl("verify", "-u", user, path)), [["3", "3", "0", "0", "0"]])
        self.assertEqual(ids(self.host, user), names)
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"UIDL 2"), b"+OK 2 " + names[1].encode())
            pop3.quit()
        self.scheme('"dovecot"')
        other = self.user(3)
        self.assertEqual(self.assert_pinned(other, names), [["3", "0", "0"]])

    def test_a_policy_that_does_not_allow_it(self):
        user = self.user(1)
        for policy, pattern in (("[uidl]\nscheme = 1\n", "policy that decides"),
                                ("[uidl]\nscheme = \"hmac-sha256\"\nkey_file = \"/nosuch\"\n", "/nosuch")):
            with self.subTest(policy):
                self.policy(policy)
                self.assert_refused(user, "1 x\n", 65, pattern + ".*nothing was changed", {})
        self.policy("")
        self.assertEqual(len(ids(self.host, user)), 1)

    def test_pins_survive_the_index_and_a_copy(self):
        user = self.user(3)
        names = ["b", "c", "a"]
        self.assert_pinned(user, names)
        folder = os.path.join(self.host.homes, user, "Maildir")
        for name in os.listdir(folder):
            if name.startswith("dovecot.index"):
                os.unlink(os.path.join(folder, name))
        self.assertEqual(ids(self.host, user), names)
        self.host.doveadm("force-resync", "-u", user, "INBOX")
        self.host.doveadm("index", "-u", user, "INBOX")
        self.assertEqual(ids(self.host, user), names)
        with hosts.new_host() as other:
            shutil.copytree(os.path.join(self.host.homes, user), os.path.join(other.homes, user))
            other.give(os.path.join(other.homes, user))
            self.assertEqual(ids(other, user), names)
            os.unlink(os.path.join(other.homes, user, "Maildir", "dovecot-uidlist"))
            self.assertEqual(sorted(ids(other, user)), sorted(names))

    def test_dsync_takes_the_ids_along(self):
        user, copy = self.user(3), "copy@example.org"
        self.scheme('"qmail"')
        ids(self.host, user)
        self.assert_pinned(user, ["b", "c", "a"])
        hosts.deliver(self.host, user, hosts.message(4), 4)
        names = ids(self.host, user)
        shutil.rmtree(self.host.maildir(copy))
        self.host.give(self.host.homes)
        self.host.doveadm("backup", "-u", user, f"maildir:{self.host.homes}/{copy}/Maildir")
        self.policy("")
        self.assertEqual(ids(self.host, copy), names)

    def test_an_end_in_between(self):
        """The pins were stored, but not the memory that says so."""
        user = self.user(2)
        self.assert_pinned(user, ["a", "b"])
        memory = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-uidl")
        os.unlink(memory)
        self.assertEqual(ids(self.host, user), ["a", "b"])
        with open(memory) as file:
            self.assertIn("\npinned\n", file.read())

    def test_lost_pins_can_be_pinned_again(self):
        user = self.user(2)
        self.assert_pinned(user, ["a", "b"])
        os.unlink(os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-pins"))
        self.assertTrue(hosts.uidl(self.host, user)[0].startswith(b"-ERR"))
        self.assertEqual(self.assert_pinned(user, ["a", "b"]), [["2", "0", "0"]])

    def test_a_session_keeps_what_it_has_shown(self):
        user = self.user(1)
        pop3 = self.login(user)
        shown = pop3.multi(b"UIDL")[1]
        self.assert_pinned(user, ["a"])
        self.assertEqual(pop3.multi(b"UIDL")[1], shown)
        pop3.quit()
        self.assertEqual(ids(self.host, user), ["a"])


class PolicyCommandTest(hosts.HostTest):
    """doveadm pop3-legacy policy"""

    dovecot_only = True
    profiled = "profiled@example.org"
    host_options = {"users": lambda homes: [
        f"profiled@example.org:{{PLAIN}}secret:{MAIL_UID}:{MAIL_UID}::{homes}/profiled@example.org::"
        "userdb_pop3_legacy_profile=own", *users(homes)]}

    def show(self, *arguments):
        return self.host.try_doveadm("pop3-legacy", "policy", *arguments)

    def test_each_value_has_the_file_and_line_that_it_comes_from(self):
        domain = self.policy('[last]\nwording = "mh"\n')
        own = self.policy('[help]\n\nstyle = "line"\n', "own", kind="profiles")
        result = self.show("-u", self.profiled, "explain")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for line in (f'last.wording = "mh"  # {domain}:2', f'help.style = "line"  # {own}:3',
                     'commands.allow = ["LAST", "HELP"]  # built in'):
            self.assertIn(line, result.stdout.splitlines())

    def test_what_is_shown_is_a_policy_with_the_same_values(self):
        self.policy('[last]\nwording = "mh"\n[capa]\nimplementation = "a \\"b\\" \\\\"\n')
        for arguments in ([], ["show"], ["explain"]):
            with self.subTest(arguments):
                result = self.show("-u", GOOD[0], *arguments)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.policy(result.stdout, "again.example")
                again = self.show("-u", "anna@again.example")
                self.assertEqual((again.returncode, again.stderr), (0, ""))
                self.assertEqual(again.stdout, self.show("-u", GOOD[0]).stdout)
                self.assertIn('wording = "mh"\n', again.stdout)

    def test_a_policy_with_a_mistake_is_not_shown(self):
        path = self.policy('[last]\nwording = "mhh"\n')
        result = self.show("-u", GOOD[0])
        self.assertEqual((result.returncode, result.stdout.strip()), (65, ""))
        self.assertIn(f"{path}:2:11: ", result.stderr)

    def test_another_word_is_refused(self):
        self.assertEqual(self.show("-u", GOOD[0], "explode").returncode, 64)


class HelpTest(hosts.HostTest):
    """doveadm-pop3-legacy(1)"""

    dovecot_only = True
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "conf.d", "man",
                          "doveadm-pop3-legacy.1.md")

    def test_the_page_has_doveadms_verbs(self):
        with open(self.source) as file:
            page = file.read()
        told = re.findall(r"\*\*pop3-legacy ([a-z]+)(?: ([a-z]+))?\*\*.*\*\*-u\*\*", page)
        usage = self.host.try_doveadm("pop3-legacy").stderr
        known = [(group, verb) for group, verbs in re.findall(r"(?m)^ +([a-z]+) +(?:([a-z|]+)$|\[)", usage)
                 for verb in verbs.split("|")]
        self.assertEqual(sorted(told), sorted(known), usage)

    def test_help_shows_the_page(self):
        page = os.path.join(hosts.modules, "..", "man", "doveadm-pop3-legacy.1")
        if not os.path.exists(page) or not shutil.which("man") or hosts.tree:
            self.skipTest("no page, or no man beside this Dovecot")
        with open(page) as file:
            result = subprocess.run(
                ["unshare", "--mount", "sh", "-euc", "mount -t tmpfs none /usr/share/man; mkdir /usr/share/man/man1; "
                 "cat >/usr/share/man/man1/doveadm-pop3-legacy.1; exec doveadm help pop3-legacy"],
                stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("pop3-legacy uidl verify", result.stdout)
