"""What demo.sh shows is what the README's picture shows."""
import os
import subprocess
import sys
import unittest

import hosts

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


class DemoTest(unittest.TestCase):
    def test_the_picture_is_current(self):
        if hosts.standalone or hosts.tree:
            self.skipTest("about this machine's Dovecot")
        made = os.path.join(hosts.scratch, "demo.svg")
        subprocess.run([sys.executable, os.path.join(TESTS, "demo.py"), "--modules", hosts.modules, "--once",
                        "--record", made], check=True, timeout=120)
        with open(made) as file, open(os.path.join(TESTS, "demo.svg")) as committed:
            self.assertEqual(file.read(), committed.read(), "run tests/demo.py --record tests/demo.svg")
