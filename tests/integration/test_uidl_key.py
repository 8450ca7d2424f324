"""Ids made with a key: they depend on the user's name, so they cannot be in a dialogue."""
import hashlib
import hmac
import os

import hosts
from private_host import MAIL_UID

REFUSED = b"-ERR [SYS/TEMP] Unique ids are not available at the moment."
FIRST_KEY = b"the first key of this test"
SECOND_KEY = b"the second key of this test"


class UidlKeyTest(hosts.HostTest):
    def key_file(self, key, mode=0o600):
        """Writes, or replaces, a key file that whoever opens the mailbox may read."""
        path = os.path.join(self.host.homes, "uidl.key")
        with open(path, "wb") as file:
            file.write(key + b"\n")
        os.chmod(path, mode)
        if not hosts.standalone:
            os.chown(path, MAIL_UID, MAIL_UID)
        return path

    def ask_for_key(self, path, on_change="keep"):
        self.policy(f'[uidl]\nscheme = "hmac-sha256"\nkey_file = "{path}"\non_change = "{on_change}"\n')

    def ids(self, key, user, count):
        """What UIDL must answer: 32 digits of the HMAC of the user's name and the GUID, which in a
        Maildir is the file's name."""
        names = [f"{1600000000 + number}.M{number}P1.test" for number in range(1, count + 1)]
        return b"+OK", [b"%d %s" % (number, hmac.new(key, f"{user}\n{name}".encode(), hashlib.sha256)
                                    .hexdigest()[:32].encode()) for number, name in enumerate(names, 1)]

    def test_ids_are_the_hmac_of_user_and_guid(self):
        self.ask_for_key(self.key_file(FIRST_KEY))
        one, other = self.user(2), self.user(2)
        for user in (one, other, one):
            self.assertEqual(hosts.uidl(self.host, user), self.ids(FIRST_KEY, user, 2))
        for path in self.state_files(one):
            with open(path, "rb") as file:
                self.assertNotIn(FIRST_KEY, file.read())

    def test_another_key_is_refused_unless_it_is_wanted(self):
        path = self.key_file(FIRST_KEY)
        self.ask_for_key(path)
        user = self.user(2)
        self.assertEqual(hosts.uidl(self.host, user), self.ids(FIRST_KEY, user, 2))
        self.key_file(SECOND_KEY)
        self.assertEqual(hosts.uidl(self.host, user)[0], REFUSED)
        self.assert_logged(r"uidl\.key: this is not the key that the mailbox's ids were made with")
        self.key_file(FIRST_KEY)
        self.assertEqual(hosts.uidl(self.host, user), self.ids(FIRST_KEY, user, 2))
        self.key_file(SECOND_KEY)
        self.ask_for_key(path, "switch")
        self.assertEqual(hosts.uidl(self.host, user), self.ids(SECOND_KEY, user, 2))

    def test_a_key_that_others_may_read_or_guess_is_none(self):
        user = self.user(1)
        self.ask_for_key(self.key_file(FIRST_KEY, 0o644))
        self.assertEqual(hosts.uidl(self.host, user)[0], REFUSED)
        self.ask_for_key(self.key_file(b"short"))
        self.assertEqual(hosts.uidl(self.host, user)[0], REFUSED)
        self.assertEqual(self.state_files(user), [])
        self.ask_for_key(self.key_file(FIRST_KEY))
        self.assertEqual(hosts.uidl(self.host, user), self.ids(FIRST_KEY, user, 1))
