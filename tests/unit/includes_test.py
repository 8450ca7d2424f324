#!/usr/bin/env python3
"""What the folders of the core may include: of the project the folders that stand here, and nothing of a
host's, OpenSSL's, libevent's or the standalone host's. The order allows no circles."""
import os
import re
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CORE = os.path.join(ROOT, "plugin", "core")

# From the bottom to the top: a folder includes itself and what stands above its line here.
FOLDERS = {
    "base": "",
    "state": "base",
    "message": "base",
    "mangle": "base message",
    "host": "base state message mangle",
    "protocol": "base host",
    "uidl": "base host message state",
    "wording": "base host protocol",
    "policy": "base message protocol uidl wording",
    "help": "base policy protocol",
    "login": "base help policy protocol",
    "submission": "base host message policy protocol state",
    "tracking": "base host policy protocol state uidl",
    "session": "base help host policy protocol tracking wording",
    "commands": "base help host mangle message policy protocol session submission tracking uidl",
    "export": "base state submission tracking uidl",
}
# The one file of the core that includes it.
LIBRARIES = {"toml++/toml.h": os.path.join("policy", "reader", "toml.h")}


def files():
    for folder, _, names in os.walk(CORE):
        for name in sorted(names):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                yield os.path.relpath(os.path.join(folder, name), CORE), file.read()


class IncludesTest(unittest.TestCase):
    def test_the_order_has_no_circles(self):
        below = set()
        for folder, allowed in FOLDERS.items():
            self.assertLessEqual(set(allowed.split()), below, folder)
            below.add(folder)

    def test_each_folder_includes_what_it_may(self):
        for path, text in files():
            folder = path.split(os.sep)[0]
            self.assertIn(folder, FOLDERS, path)
            allowed = {folder, *FOLDERS[folder].split()}
            for include in re.findall(r'^#include "(.*)"', text, re.MULTILINE):
                self.assertTrue(include.startswith("plugin/core/"), f"{path} includes {include}")
                self.assertIn(include.split("/")[2], allowed, f"{path} includes {include}")

    def test_no_other_header_but_the_language_s_and_toml(self):
        for path, text in files():
            for include in re.findall(r"^#include <(.*)>", text, re.MULTILINE):
                if path != LIBRARIES.get(include):
                    self.assertNotRegex(include, r"[./]", f"{path} includes <{include}>")


if __name__ == "__main__":
    unittest.main()
