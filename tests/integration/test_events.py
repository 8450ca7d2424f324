"""What an administrator can count: Dovecot's metrics see our commands as they see its own."""
import hosts


class EventsTest(hosts.HostTest):
    dovecot_only = True
    host_options = {"settings": """
metric last_ok {
  filter = event=pop3_command_finished AND cmd_name=LAST AND reply_state=OK
}
metric last_err {
  filter = event=pop3_command_finished AND cmd_name=LAST AND reply_state=ERR
}
"""}

    def count(self, metric):
        """The metric's count, from lines with a name, a field's name, its count and more."""
        for line in self.host.doveadm("stats", "dump").splitlines():
            fields = line.split("\t")
            if fields[:2] == [metric, "duration"]:
                return int(fields[2])
        return None

    def test_metrics_count_our_commands(self):
        pop3 = self.login(self.user(1))
        for command in (b"LAST", b"last", b"LAST x", b"NOOP"):
            pop3.command(command)
        pop3.quit()
        self.assertTrue(hosts.eventually(lambda: self.count("last_ok") == 2), self.host.doveadm("stats", "dump"))
        self.assertEqual(self.count("last_err"), 1)
