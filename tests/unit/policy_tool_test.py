"""policy_tool_test.py PROGRAM: pop3-legacy-policy as an administrator uses it."""
import os
import subprocess
import sys
import tempfile
import unittest

program = None


class PolicyToolTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name in ("domains", "profiles"):
            os.mkdir(os.path.join(self.folder, name))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def run_tool(self, *arguments):
        result = subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        return result.returncode, result.stdout, result.stderr

    def report(self, form, user, *options):
        return self.run_tool(form, "-f", self.folder, *options, user)

    def test_explain_names_file_and_line(self):
        self.write("default.toml", '[last]\nstart = "seen"\nwording = "mh"\n')
        self.write("domains/example.org.toml", 'inherit = "base"\n\n[commands]\ndeny = ["TOP"]\n')
        self.write("profiles/base.toml", 'help.style = "line"\nlast.start = "session"\n')
        self.write("profiles/own.toml", 'help.style = "rambler"\n')
        code, text, errors = self.report("explain", "Anna@Example.ORG", "--profile", "own")
        self.assertEqual((code, errors), (0, ""))
        for line in ('commands.allow = ["LAST", "HELP"]  # built in',
                     f'commands.deny = ["TOP"]  # {self.folder}/domains/example.org.toml:4',
                     f'last.start = "session"  # {self.folder}/profiles/base.toml:2',
                     f'last.wording = "mh"  # {self.folder}/default.toml:3',
                     f'help.style = "rambler"  # {self.folder}/profiles/own.toml:1'):
            self.assertIn(line, text.splitlines())

    def test_what_is_shown_is_a_policy_with_the_same_values(self):
        self.write("default.toml", '[last]\nwording = "mh"\n[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = "uw"\n'
                                   '[uidl]\nscheme = "dovecot"\n')
        for form in ("show", "explain"):
            with self.subTest(form):
                shown = self.report("show", "anna@example.org")[1]
                self.write("domains/again.example.toml", self.report(form, "anna@example.org")[1])
                self.assertEqual(self.report("show", "anna@again.example"), (0, shown, ""))
                self.assertEqual(self.run_tool("check", self.folder)[0], 0)

    def test_a_policy_with_a_mistake_is_not_shown(self):
        self.write("domains/example.org.toml", '[last]\nstart = "scene"\n')
        for form in ("show", "explain"):
            with self.subTest(form):
                code, text, errors = self.report(form, "anna@example.org")
                self.assertEqual((code, text), (1, ""))
                self.assertIn(f'{self.folder}/domains/example.org.toml:2:9: last.start cannot be "scene"', errors)
                self.assertEqual(self.report(form, "anna@example.com")[0], 0)
                code, _, errors = self.report(form, "anna@exam..ple")
                self.assertEqual(code, 0)  # a domain without possible document
                self.assertIn("the default applies: the domain has an empty part", errors)

    def test_wrong_arguments(self):
        for arguments in ([], ["show"], ["show", "a", "b"], ["explain", "--nosuch", "a"]):
            with self.subTest(arguments):
                code, text, errors = self.run_tool(*arguments)
                self.assertEqual((code, text), (2, ""))
                self.assertNotEqual(errors, "")

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([program, "show", "-f", self.folder, "anna"], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"cannot be written", result.stderr)


if __name__ == "__main__":
    program = sys.argv.pop(1)
    unittest.main()
