"""LAST on a real Dovecot: what dialogues cannot express."""
import os
import re
import signal
import socket
import time

import hosts


class LastTest(hosts.HostTest):
    dovecot_only = True
    def test_a_drop_keeps_what_was_read_to_its_end(self):
        user = self.user(3)
        pop3 = self.login(user)
        pop3.multi(b"RETR 2")
        pop3.command(b"DELE 3")
        pop3.close()
        self.wait_for_end(user, 1)
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")

    def test_a_first_session_that_drops_in_the_middle_of_its_only_message(self):
        # Dovecot sets \\Seen for the message, and LAST starts there as long as it has no state.
        user = self.user(1)
        hosts.deliver(self.host, user, hosts.message(2, 30_000_000), 2)
        pop3 = self.login(user)
        self.assertTrue(pop3.command(b"RETR 2").startswith(b"+OK"))
        pop3.line()
        pop3.reset()
        self.wait_for_end(user, 1)
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")

    def user_with_closed_message(self, messages, closed):
        """A user with so many messages, one of which only root can read."""
        user = self.user(messages)
        maildir = self.host.maildir(user, fresh=False)
        with self.login(user) as pop3:
            pop3.command(b"STAT")
            pop3.quit()
        moved, = [name for name in os.listdir(f"{maildir}/cur") if f".M{closed}P1." in name]
        os.chown(f"{maildir}/cur/{moved}", 0, 0)
        os.chmod(f"{maildir}/cur/{moved}", 0)
        return user

    def test_a_message_that_dovecot_cannot_open_does_not_count(self):
        user = self.user_with_closed_message(3, closed=2)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 1")
            self.assertTrue(pop3.command(b"RETR 2").startswith(b"-ERR"))
            self.assertEqual(pop3.command(b"LAST"), b"+OK 1")
            pop3.quit()
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")

    def test_of_a_packet_of_retrs_those_that_are_refused_do_not_count(self):
        user = self.user_with_closed_message(4, closed=3)
        with self.login(user) as pop3:
            pop3.send(b"RETR 1\r\nRETR 3\r\nRETR 99\r\nNOOP\r\nLAST\r\nRETR 3\r\nRETR 2\r\nTOP 4 0\r\nLAST\r\nQUIT\r\n")
            answers = pop3.rest()
        self.assertEqual(answers.count(b"-ERR"), 3)
        self.assertIn(b"\r\n+OK\r\n+OK 1\r\n-ERR", answers)
        self.assertIn(b"\r\n.\r\n+OK 2\r\n", answers)

    def test_a_drop_in_the_middle_of_a_message_does_not_count_it(self):
        user = self.user(2)
        hosts.deliver(self.host, user, hosts.message(3, 30_000_000), 3)
        pop3 = self.login(user)
        pop3.multi(b"RETR 1")
        self.assertTrue(pop3.command(b"RETR 3").startswith(b"+OK"))
        pop3.line()
        pop3.reset()
        self.wait_for_end(user, 1)
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")

    def test_a_small_message_that_was_not_read_does_not_count(self):
        # It fits into the kernel's buffers, so Dovecot has written all of it; the client closes
        # with octets unread, which resets the connection.
        user = self.user(2)
        hosts.deliver(self.host, user, hosts.message(3, 30_000), 3)
        pop3 = self.login(user)
        pop3.multi(b"RETR 1")
        pop3.send(b"RETR 3\r\n")
        time.sleep(0.3)
        pop3.close()
        self.wait_for_end(user, 1)
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")

    def test_a_message_in_the_kernels_buffers_does_not_count_when_we_end_the_session(self):
        user = self.user(1)
        hosts.deliver(self.host, user, hosts.message(2, 140_000), 2)
        pop3 = hosts.Pop3(self.host.port, user, receive_buffer=2304)
        self.addCleanup(pop3.close)
        pop3.command(b"LAST")
        pop3.send(b"RETR 2\r\n")
        time.sleep(0.5)
        for pid in hosts.processes_of(self.host, user):
            os.kill(pid, signal.SIGTERM)
        self.wait_for_end(user, 1)
        self.assertEqual(hosts.last(self.host, user), b"+OK 0")

    def test_a_command_sent_before_the_message_was_read_proves_nothing(self):
        for early in (lambda pop3: pop3.send(b"NOOP\r\n"), lambda pop3: pop3.socket.shutdown(socket.SHUT_WR)):
            user = self.user(1)
            hosts.deliver(self.host, user, hosts.message(2, 140_000), 2)
            pop3 = hosts.Pop3(self.host.port, user, receive_buffer=2304)
            pop3.send(b"RETR 2\r\n")
            time.sleep(0.3)
            early(pop3)
            time.sleep(0.3)
            pop3.reset()
            self.wait_for_end(user, 1)
            self.assertEqual(hosts.last(self.host, user), b"+OK 0")

    def test_two_sessions_at_once_do_not_take_back_each_others_number(self):
        user = self.user(9)
        one, other, third = self.login(user), self.login(user), self.login(user)
        for pop3 in (one, other, third):
            self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
        one.multi(b"RETR 8")
        other.multi(b"RETR 3")
        one.quit()
        other.quit()
        third.close()
        self.wait_for_end(user, 3)
        self.assertEqual(hosts.last(self.host, user), b"+OK 8")

    def test_a_failure_is_logged_once_a_session(self):
        user = self.user(2)
        maildir = self.host.maildir(user, fresh=False)
        with self.login(user) as pop3:
            pop3.quit()
        os.chmod(maildir, 0o500)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 1")
            pop3.quit()
        self.wait_for_end(user, 2)
        os.chmod(maildir, 0o700)
        os.mkdir(f"{maildir}/dovecot-pop3-legacy-last")
        with self.login(user) as pop3:
            for _ in range(3):
                self.assertTrue(pop3.command(b"LAST").startswith(b"-ERR [SYS/TEMP]"))
            pop3.quit()
        self.wait_for_end(user, 3)
        said = [line for line in self.host.log().splitlines() if user in line and "pop3_legacy: LAST" in line]
        self.assertEqual(len(said), 2, said)

    def test_seen_is_left_alone(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.quit()
        cur = os.path.join(self.host.homes, user, "Maildir", "cur")
        before = sorted(os.listdir(cur))
        self.assertEqual(sum(name.endswith(":2,S") for name in before), 1)
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
            pop3.command(b"DELE 3")
            pop3.command(b"RSET")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 2")
            pop3.quit()
        self.assertEqual(sorted(os.listdir(cur)), before)

    def test_survives_the_loss_of_the_index(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.command(b"DELE 3")
            pop3.command(b"DELE 1")
            pop3.quit()
        maildir = self.host.maildir(user, fresh=False)
        for name in os.listdir(maildir):
            if name.startswith("dovecot.index"):
                os.unlink(os.path.join(maildir, name))
        # message 2 was never read, so \Seen would give 0
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")

    def test_a_new_uidvalidity_leaves_it_at_its_message(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.quit()
        maildir = self.host.maildir(user, fresh=False)
        for name in os.listdir(maildir):
            if name.startswith("dovecot") and not name.startswith("dovecot-pop3-legacy"):
                os.unlink(os.path.join(maildir, name))
        with open(f"{maildir}/dovecot-uidlist", "w") as file:
            file.write("3 V1234 N1 G0000000000000000000000000000000a\n")
        self.host.give(maildir)
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")

    def test_damaged_state_is_said_and_counts_as_none(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.quit()
        state, = self.state_files(user)
        with open(state, "w") as file:
            file.write("1 garbage\x01\n")
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")  # from \Seen
        self.assert_logged("LAST: the stored state is damaged")

    def test_state_that_cannot_be_read_is_a_temporary_failure(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.quit()
        state, = self.state_files(user)
        os.chown(state, 0, 0)
        os.chmod(state, 0o600)
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"LAST"), b"-ERR [SYS/TEMP] LAST is not available at the moment.")
            pop3.multi(b"RETR 3")
            pop3.quit()
        self.assert_logged(re.escape(state))
        self.host.give(os.path.dirname(state))
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")

    def test_state_that_cannot_be_written_is_logged(self):
        user = self.user(2)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 1")
            state = os.path.join(self.host.homes, user, "Maildir", "dovecot-pop3-legacy-last")
            os.mkdir(state)
            self.assertTrue(pop3.quit().startswith(b"+OK"))
        self.assert_logged("LAST: the number could not be stored")
        self.assert_logged(re.escape(state))

class KillTest(hosts.HostTest):
    dovecot_only = True
    log_problems = r"Panic:|Fatal: (?!.*killed with signal 9)"

    def kill(self, user, pop3):
        """Kills the session's process at once, as kill -9 does."""
        pids = hosts.processes_of(self.host, user)
        self.assertEqual(len(pids), 1)
        os.kill(pids[0], signal.SIGKILL)
        pop3.rest()
        pop3.close()

    # That a write is complete or absent, whenever the process dies, is shown in
    # durable_file_test.cc: here Dovecot's own locks would be killed as well.
    def test_kill_9_before_quit_leaves_the_old(self):
        user = self.user(5)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.quit()
        pop3 = self.login(user)
        pop3.multi(b"RETR 4")
        pop3.command(b"DELE 5")
        self.kill(user, pop3)
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")

    def test_a_state_half_written_by_a_killed_process_does_no_harm(self):
        user = self.user(3)
        with self.login(user) as pop3:
            pop3.multi(b"RETR 2")
            pop3.quit()
        state, = self.state_files(user)
        with open(state + ".tmp.1.2.3.0", "w") as file:
            file.write("1 17")
        self.assertEqual(hosts.last(self.host, user), b"+OK 2")


class BrokenOutputTest(hosts.HostTest):
    """Dovecot counts a RETR as complete even if it broke off because the client was gone."""

    dovecot_only = True

    def test_a_retr_that_broke_off_does_not_count_even_if_all_is_kept(self):
        self.policy('[last]\non_drop = "all"\n')
        for attempt in range(8):
            user = self.user(1)
            hosts.deliver(self.host, user, hosts.message(2, 30_000_000), 2)
            pop3 = self.login(user)
            pop3.send(b"RETR 2\r\n")
            pop3.file.read(100_000 * (attempt + 1))
            pop3.reset()
            self.assertTrue(hosts.eventually(lambda: re.search(f"pop3.{user}.<.*Disconnected", self.host.log())))
            self.assertEqual(hosts.last(self.host, user), b"+OK 0")


class Pop3OrderTest(hosts.HostTest):
    """Numbers that do not follow the UIDs: a migration's POP3 order, and hidden messages."""

    dovecot_only = True
    host_options = {"settings": "pop3_deleted_flag = POP3Deleted\npop3_delete_type = flag\n"}

    def test_a_hidden_message_and_an_order_of_its_own(self):
        user = self.user()
        maildir = self.host.maildir(user)
        with open(f"{maildir}/dovecot-uidlist", "w") as file:
            file.write("3 V1234567 N4 G00112233445566778899aabbccddeeff\n")
            for uid, order in ((1, 1), (2, 9), (3, 5)):
                name = f"{1600000000 + uid}.M{uid}P1.test"
                file.write(f"{uid} O{order} :{name}\n")
                with open(f"{maildir}/cur/{name}:2,", "wb") as content:
                    content.write(hosts.message(uid))
        self.host.give(maildir)
        with self.login(user) as pop3:
            pop3.command(b"DELE 1")
            pop3.quit()
        with open(f"{maildir}/dovecot-pop3-legacy-last", "w") as file:
            file.write("1 1234567 0\n")
        self.host.give(maildir)
        with self.login(user) as pop3:  # the messages with the UIDs 3 and 2, in this order
            self.assertIn(b"Subject: message 3", pop3.multi(b"RETR 1")[1])
            pop3.quit()
        self.assertEqual(hosts.last(self.host, user), b"+OK 1")


class LargeMaildropTest(hosts.HostTest):
    COUNT = 100_000

    def test_last_with_100000_messages(self):
        user = self.user()
        maildir = self.host.maildir(user)
        # a file can have only so many names: one file for every 10,000 messages
        for number in range(1, self.COUNT + 1):
            path = f"{maildir}/cur/{1600000000 + number}.M{number}P1.test,S=60,W=64:2,"
            if number % 10_000 == 1:
                first = path
                with open(path, "w") as file:
                    file.write("Subject: x\n\n" + "y" * 46 + "\n\n")
            else:
                os.link(first, path)
        self.host.give(maildir)
        with self.login(user) as pop3:
            pop3.socket.settimeout(120)
            self.assertEqual(pop3.command(b"STAT").split()[1], b"100000")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 0")
            pop3.multi(b"RETR 99999")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 99999")
            pop3.quit()
        with self.login(user) as pop3:
            self.assertEqual(pop3.command(b"LAST"), b"+OK 99999")
            pop3.send(b"".join(b"DELE %d\r\n" % number for number in range(1, 50_001)))
            for _ in range(50_000):
                self.assertEqual(pop3.line(), b"+OK Marked to be deleted.")
            self.assertEqual(pop3.command(b"LAST"), b"+OK 99999")
            pop3.socket.settimeout(120)
            pop3.quit()
        self.assertEqual(hosts.last(self.host, user), b"+OK 49999")
