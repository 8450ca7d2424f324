"""Real clients that leave mail on the server and rely on UIDL."""
import os

import hosts
import pop3_clients
from private_host import PASSWORD


class UidlClientsTest(hosts.HostTest):
    def client(self, kind, user, port=None):
        folder = os.path.join(hosts.scratch, f"{kind.__name__}-{self.id()}")
        return kind("127.0.0.1", port or self.host.port, user, PASSWORD, folder)

    def each_message_once(self, kind):
        user = self.user(3)
        client = self.client(kind, user)
        self.assertIsNone(client.state_file)
        self.assertEqual(client.poll(), [hosts.message(number) for number in (1, 2, 3)], client.output)
        self.assertEqual(client.poll(), [], client.output)
        hosts.deliver(self.host, user, hosts.message(4), 4)
        self.assertEqual(client.poll(), [hosts.message(4)], client.output)
        self.assertEqual(client.poll(), [], client.output)
        with open(client.state_file, "rb") as file:
            state = file.read()
        answer, lines = hosts.uidl(self.host, user)
        self.assertEqual(len(lines), 4, answer)
        for line in lines:
            self.assertIn(line.split()[1], state)

    def test_fetchmail(self):
        self.each_message_once(pop3_clients.Fetchmail)

    def test_getmail(self):
        self.each_message_once(pop3_clients.Getmail)

    def test_mpop(self):
        self.each_message_once(pop3_clients.Mpop)

    def test_a_server_that_moves_behind_a_forwarder_stays_the_same_server(self):
        user = self.user(2)
        # The same Maildirs, and so the same ids.
        with hosts.new_host(homes=self.host.homes) as moved, pop3_clients.Forwarder() as forwarder:
            for kind in (pop3_clients.Fetchmail, pop3_clients.Getmail, pop3_clients.Mpop):
                client = self.client(kind, user, forwarder.port)
                forwarder.target = ("127.0.0.1", self.host.port)
                self.assertEqual(len(client.poll()), 2, client.output)
                forwarder.target = ("127.0.0.1", moved.port)
                self.assertEqual(client.poll(), [], client.output)

    def test_a_failure_is_told_with_what_the_client_said(self):
        user = self.user(1)
        with pop3_clients.Forwarder(("127.0.0.1", 1)) as forwarder:
            for kind in (pop3_clients.Fetchmail, pop3_clients.Getmail, pop3_clients.Mpop):
                with self.subTest(kind.__name__), self.assertRaisesRegex(RuntimeError, r" ended with \d+:\n(.|\n)*\w"):
                    self.client(kind, user, forwarder.port).poll()
