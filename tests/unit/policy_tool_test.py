"""policy_tool_test.py PROGRAM: pop3-legacy-policy as an administrator uses it."""
import json
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

    def test_explain_changed_shows_what_a_file_says(self):
        self.write("default.toml", '[last]\nstart = "durable"\nwording = "mh"\n')
        code, text, errors = self.report("explain", "anna@example.org", "--changed")
        self.assertEqual((code, errors), (0, ""))
        self.assertEqual(text.splitlines(), [f'last.start = "durable"  # {self.folder}/default.toml:2',
                                             f'last.wording = "mh"  # {self.folder}/default.toml:3'])
        self.write("default.toml", "")
        self.assertEqual(self.report("explain", "anna@example.org", "--changed"), (0, "", ""))
        self.assertEqual(self.report("explain", "anna@example.org", "--changed", "--json"), (0, "{}\n", ""))

    def test_explain_json_has_a_value_for_each_key(self):
        self.write("default.toml", '[xmit]\nper_hour = 7\nmax_size = "1M"\ndry_run = true\nsave_to = "Gé"\n[capa]\n'
                                   'implementation = "a \\"b\\""\n[[uidl.cutover]]\nbefore = 2026-03-01\n'
                                   'scheme = "uw"\n[boards.bboards]\nnews = {mailbox = "N", flags = 0o17}\n'
                                   '[x_commands]\nXMSGS = {alias = "STAT"}\n')
        changed = {"xmit.per_hour": 7, "xmit.max_size": "1M", "xmit.dry_run": True,
                   "xmit.save_to": "Gé", "capa.implementation": 'a "b"',
                   "uidl.cutover": [{"before": "2026-03-01", "scheme": ["uw"]}],
                   "boards.bboards": {"news": {"mailbox": "N", "flags": 0o17}},
                   "x_commands": {"XMSGS": {"alias": "STAT"}}}
        code, text, errors = self.report("explain", "anna", "--changed", "--json")
        self.assertEqual((code, json.loads(text), errors), (0, changed, ""))
        every = json.loads(self.report("explain", "anna", "--json")[1])
        self.assertEqual({**every, **changed}, every)
        lines = self.report("explain", "anna")[1].splitlines()
        self.assertEqual(set(every), {line.split(" = ")[0] for line in lines})
        self.assertEqual(every["commands.allow"], ["LAST", "HELP"])

    def test_mistakes_are_told_in_the_order_of_their_lines(self):
        self.write("default.toml", 'inherit = "gone"\n[delete]\nmode = "keep-days"\n[last]\nstart = "scene"\n'
                                   'wording = "mhh"\n')
        self.write("domains/example.org.toml", '[boards.archive]\nb = "O"\n[help]\nstyle = "lin"\n'
                                               '[boards.bboards]\na = {mailbox = "A", aliases = ["b"]}\n')
        places = ["default.toml:1:11:", "default.toml:3:", "default.toml:5:9:", "default.toml:6:11:",
                  "domains/example.org.toml:1:", "domains/example.org.toml:4:9:"]
        _, _, errors = self.report("explain", "anna@example.org")
        _, text, _ = self.run_tool("check", self.folder)
        for told in (errors.splitlines(), text.splitlines()[:-1]):
            self.assertEqual([line.split(" ")[0] for line in told], [f"{self.folder}/{place}" for place in places])

    def test_the_folder_stands_before_or_behind_the_verb(self):
        self.write("default.toml", '[last]\nwording = "mh"\n')
        for arguments in (["-f", self.folder, "show", "anna"], ["show", "-f", self.folder, "anna"],
                          ["show", "anna", "--folder", self.folder],
                          ["-f", "/nonexistent", "show", "-f", self.folder, "anna"]):
            with self.subTest(arguments):
                code, text, errors = self.run_tool(*arguments)
                self.assertEqual((code, errors), (0, ""))
                self.assertIn('wording = "mh"\n', text)
        for arguments in (["-f", self.folder, "check"], ["check", "-f", self.folder], ["check", self.folder]):
            with self.subTest(arguments):
                self.assertEqual(self.run_tool(*arguments), (0, "1 file, no problems\n", ""))
        for arguments in (["-f", self.folder, "check", self.folder], ["check", "-f", self.folder, self.folder]):
            with self.subTest(arguments):
                self.assertEqual(self.run_tool(*arguments)[:2], (2, ""))

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
