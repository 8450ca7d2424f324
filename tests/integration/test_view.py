"""What POP3 shows and deletes under a policy, on real hosts: the rest of the mailbox, clients,
kills."""
import os
import re
import signal
import threading
import time

import hosts
from pop3_clients import Fetchmail, Getmail
from private_host import PASSWORD


def state_of(host, user):
    """The file of hidden messages; empty if there is none."""
    path = os.path.join(host.homes, user, "Maildir", "dovecot-pop3-legacy-hidden")
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read()


def kill(process):
    """Does nothing if the process has ended by itself."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


class ViewTest(hosts.HostTest):
    def numbers(self, user):
        """The numbers that LIST lists."""
        with hosts.Pop3(self.host.port, user) as pop3:
            listed = pop3.multi(b"LIST")[1]
            pop3.quit()
        return [int(line.split()[0]) for line in listed]

    def client(self, kind, user, name):
        return kind("127.0.0.1", self.host.port, user, PASSWORD, os.path.join(hosts.scratch, f"{name}-{user}"))

    def test_clients_without_a_list_get_each_message_once(self):
        self.policy("[view]\nhide_fetched = true\n")
        for kind in (Fetchmail, Getmail):
            user = self.user(4)
            self.assertEqual(len(self.client(kind, user, "first").poll()), 4, kind)
            # Another machine, which has no list.
            self.assertEqual(self.client(kind, user, "second").poll(), [], kind)
            hosts.deliver(self.host, user, hosts.message(9), 9)
            self.assertEqual(len(self.client(kind, user, "third").poll()), 1, kind)

    def test_clients_with_a_view_poll_twice(self):
        self.policy("[view]\nnewest = 3\n[delete]\nmode = \"hide\"\n")
        for kind in (Fetchmail, Getmail):
            user = self.user(5)
            client = self.client(kind, user, "newest")
            self.assertEqual(len(client.poll()), 3, kind)
            self.assertEqual(client.poll(), [], kind)
            hosts.deliver(self.host, user, hosts.message(9), 9)
            self.assertEqual(len(client.poll()), 1, kind)

    def test_the_listings_agree(self):
        self.policy('[commands]\nallow = ["LAST", "XTND XLST", "EUIDL", "XOVER", "XLINES", "XDELE"]\n'
                    '[view]\nnewest = 300\n')
        user = self.user(1000)
        all_ids = None
        for text in ("", "[uidl]\nscheme = \"cyrus\"\n"):
            self.policy('[commands]\nallow = ["LAST", "XTND XLST", "EUIDL", "XOVER", "XLINES", "XDELE"]\n' + text)
            with self.login(user) as pop3:
                all_ids = [line.split()[1] for line in pop3.multi(b"UIDL")[1]]
                pop3.quit()
            self.policy('[commands]\nallow = ["LAST", "XTND XLST", "EUIDL", "XOVER", "XLINES", "XDELE"]\n'
                        '[view]\nnewest = 300\n' + text)
            with self.login(user) as pop3:
                # The ids are those of the whole mailbox.
                self.assertEqual([line.split() for line in pop3.multi(b"UIDL")[1]],
                                 [[b"%d" % n, id] for n, id in enumerate(all_ids[700:], 1)])
                self.assertEqual(pop3.command(b"UIDL 300").split()[2], all_ids[-1])
                self.assertEqual(pop3.multi(b"XTND XLST Subject 300")[1], [b"300 Subject: message 1000"])
                for command in (b"LIST", b"EUIDL", b"XOVER", b"XLINES", b"XTND XLST Subject"):
                    self.assertEqual(len(pop3.multi(command)[1]), 300, command)
                self.assertEqual(pop3.command(b"XDELE 299 301"), b"-ERR Message 301 does not exist.")
                self.assertIn(b"message 701", b"\n".join(pop3.multi(b"TOP 1 0")[1]))
                pop3.quit()
            self.policy(text)

    def test_two_sessions_keep_each_others_deletions(self):
        self.policy("[delete]\nmode = \"hide\"\n")
        user = self.user(6)
        first, second = self.login(user), self.login(user)
        for pop3, number in ((first, b"1"), (second, b"2")):
            pop3.command(b"STAT")
            self.assertEqual(pop3.command(b"DELE " + number), b"+OK Marked to be deleted.")
        hosts.deliver(self.host, user, hosts.message(7), 7)
        with self.login(user) as third:
            self.assertEqual(third.command(b"DELE 7"), b"+OK Marked to be deleted.")
            third.quit()
        first.quit()
        second.quit()
        self.assertEqual(self.numbers(user), [1, 2, 3, 4])
        self.assertRegex(state_of(self.host, user), r"\ndeleted 1-2\ndeleted 7\nend 2 ")

    def test_a_state_that_cannot_be_stored_deletes_nothing(self):
        self.policy("[delete]\nmode = \"hide\"\n")
        user = self.user(3)
        pop3 = self.login(user)
        self.assertEqual(pop3.command(b"DELE 1"), b"+OK Marked to be deleted.")
        # As root, the tests may write anywhere, so a folder blocks the name.
        os.mkdir(os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-hidden"))
        self.assertEqual(pop3.command(b"QUIT"), b"-ERR [SYS/TEMP] The deletions could not be stored; nothing was deleted.")
        self.assertEqual(pop3.rest(), b"")
        os.rmdir(os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-hidden"))
        self.assertEqual(self.numbers(user), [1, 2, 3])


class ViewInDovecotTest(hosts.HostTest):
    dovecot_only = True
    # One test kills processes.
    log_problems = r"Panic:|Fatal: (?!master: service\(pop3\): child \d+ killed with signal 9)"

    def uids(self, user, *query):
        return self.host.doveadm("search", "-u", user, "mailbox", "INBOX", *(query or ("all",))).split()[1::2]

    def test_imap_sees_all_and_what_is_outside_stays_as_it_is(self):
        self.policy("[view]\nnewest = 2\n")
        user = self.user(5)
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 2 "))
            pop3.multi(b"RETR 1")
            self.assertEqual(pop3.command(b"DELE 2"), b"+OK Marked to be deleted.")
            pop3.quit()
        self.assertEqual(self.uids(user), ["1", "2", "3", "4"])
        self.assertEqual(self.uids(user, "seen"), ["4"])
        self.policy("[delete]\nmode = \"hide\"\n")
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"DELE 1"), b"+OK Marked to be deleted.")
            pop3.quit()
        self.assertEqual(self.uids(user), ["1", "2", "3", "4"])
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 3 "))
            pop3.quit()

    def test_days_over_the_host_removes_what_was_kept(self):
        self.policy("[delete]\nmode = \"keep-days\"\ndays = 30\n")
        user = self.user(6)
        with self.login(user) as pop3:
            for number in (b"2", b"3", b"5"):
                pop3.command(b"DELE " + number)
            pop3.quit()
        self.assertEqual(len(self.uids(user)), 6)
        path = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-hidden")
        text = state_of(self.host, user)
        day = int(re.search(r"deleted 2-3 on (\d+)\n", text)[1])
        self.assertLess(abs(day - time.time() // 86400), 2)
        # As if they had been deleted then.
        head, end, guids = text.partition("end 2 ")
        head = head.replace(f"2-3 on {day}", f"2-3 on {day - 40}")
        with open(path, "w") as file:
            file.write(hosts.with_end(head, 2) + guids.split("\n", 1)[1])
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 3 "))
            pop3.close()
        time.sleep(0.5)
        self.assertEqual(len(self.uids(user)), 6)
        with self.login(user) as pop3:
            pop3.command(b"DELE 1")
            self.assertEqual(pop3.command(b"QUIT"), b"+OK Logging out, messages deleted.")
        self.assertEqual(self.uids(user), ["1", "4", "5", "6"])
        with self.login(user) as pop3:
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK 2 "))
            pop3.quit()

    def test_killed_at_any_moment_the_state_is_the_old_or_the_new(self):
        self.policy("[delete]\nmode = \"hide\"\n")
        user = self.user(80)
        hidden = 0
        killed = 0
        for attempt in range(64):
            pop3 = self.login(user)
            self.assertTrue(pop3.command(b"STAT").startswith(b"+OK %d " % (80 - hidden)))
            processes = hosts.processes_of(self.host, user)
            self.assertEqual(len(processes), 1)
            pop3.command(b"DELE 1")
            # Which of the two comes first depends on the machine.
            timer = threading.Timer(attempt % 16 * 0.0005, kill, processes)
            timer.start()
            pop3.send(b"QUIT\r\n")
            try:
                done = b"+OK" in pop3.rest()
            except OSError:
                done = False
            timer.join()
            pop3.close()
            killed += not done
            with self.login(user) as next_one:
                left = int(next_one.command(b"STAT").split()[1])
                next_one.quit()
            self.assertIn(80 - left, (hidden + 1,) if done else (hidden, hidden + 1))
            hidden = 80 - left
            self.assertEqual(len(self.uids(user)), 80)
            if attempt >= 15 and killed >= 3:
                break
        self.assertGreaterEqual(killed, 3)

    def test_a_hundred_thousand_messages_of_which_a_hundred_are_shown(self):
        # A process needs long to read 100,000 sizes for the first time; that is Dovecot's own work.
        user = self.user()
        folder = os.path.join(self.host.homes, user, "Maildir", "cur")
        # One file for every 10,000 messages, which is what names it can have: 100,000 files take minutes to
        # remove where the disk is told of each.
        for number in range(1, 100_001):
            path = os.path.join(folder, f"{1_700_000_000 + number}.M{number}P1.test,S=28,W=31:2,")
            if number % 10_000 != 1 and number != 99_901:
                os.link(first, path)
                continue
            first = path
            with open(path, "w") as file:
                file.write("Subject: a\n\nThis is it.\nEnd\n")
            os.chown(path, 20000, 20000)
            if number <= 99_900:
                os.utime(path, (1_700_000_000, 1_700_000_000))
        self.host.doveadm("fetch", "-u", user, "size.virtual date.received", "mailbox", "INBOX", "all")

        def login_time():
            begun = time.monotonic()
            pop3 = hosts.Pop3(self.host.port, user)
            answer = pop3.command(b"STAT")
            took = time.monotonic() - begun
            ids = pop3.multi(b"UIDL")[1]
            listed = time.monotonic() - begun - took
            pop3.quit()
            return answer.split()[1], len(ids), took, listed

        login_time()
        plain = min((login_time() for _ in range(3)), key=lambda one: one[2])
        self.policy("[view]\nnewest = 100\n[delete]\nmode = \"hide\"\n")
        newest = min((login_time() for _ in range(3)), key=lambda one: one[2])
        self.policy("[view]\ndays = 30\n")
        login_time()
        days = min((login_time() for _ in range(3)), key=lambda one: one[2])
        for name, one in (("all", plain), ("newest = 100", newest), ("days = 30", days)):
            print(f"{name}: login to STAT {one[2] * 1000:.0f} ms, UIDL {one[3] * 1000:.0f} ms, {one[1]} messages")
        self.assertEqual(newest[:2], (b"100", 100))
        self.assertEqual(days[:2], (b"100", 100))
        self.assertLess(newest[2], plain[2] * 1.5 + 0.3)
        self.assertLess(newest[3], plain[3])
