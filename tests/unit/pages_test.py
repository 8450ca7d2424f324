"""pages_test.py VERSION PROGRAM... [-- PAGE...]: the manual pages say what the programs do.

The first program is pop3-legacy-policy. The pages are those that the build has made, if it can make some.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SOURCES = {"pop3-legacy.7": "conf.d/man/pop3-legacy.7.md", "pop3-legacy-policy.1": "conf.d/man/pop3-legacy-policy.1.md",
           "pop3-legacy-policy.5": "conf.d/REFERENCE.md", "pop3-legacy-migration.7": "conf.d/MIGRATION.md",
           "doveadm-pop3-legacy.1": "conf.d/man/doveadm-pop3-legacy.1.md"}
version, programs, pages = "", [], []


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})


def sections(text):
    """The sections of a page's source by their titles."""
    parts = re.split(r"(?m)^## (.+)\n", text)
    return dict(zip(parts[1::2], parts[2::2]))


def entries(text):
    """The bold beginnings of the items of a section."""
    return re.findall(r"(?m)^- (\*\*.+?\*\*)(?=[ :,])", text)


class PolicyToolTest(unittest.TestCase):
    def setUp(self):
        self.page = sections(read(SOURCES["pop3-legacy-policy.1"]))
        self.help = run(programs[0], "--help").stdout
        self.verbs = set(re.findall(r"(?m)^  ([a-z]+) ", self.help.split("Subcommands:")[1]))

    def test_verbs(self):
        self.assertEqual({entry.strip("*") for entry in entries(self.page["COMMANDS"])}, self.verbs)
        self.assertEqual(set(re.findall(r"\*\*([a-z]+)\*\*", self.page["SYNOPSIS"])), self.verbs)

    def test_options(self):
        told = set(re.findall(r"(?m)^- \*\*(-.)\*\*, \*\*(--[a-z]+)\*\*", self.page["OPTIONS"]))
        self.assertEqual(len(told), len(entries(self.page["OPTIONS"])))
        known = set()
        for verb in ((), *((verb,) for verb in self.verbs)):
            known |= set(re.findall(r"(?m)^  (-.),(--[a-z]+)", run(programs[0], *verb, "--help").stdout))
        self.assertEqual(told, known)
        shorts = {short for short, _ in known} - {"-h", "-V"}
        self.assertEqual(set(re.findall(r"\*\*(-.)\*\*", self.page["SYNOPSIS"])), shorts)

    def test_exit_statuses(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "default.toml"), "w") as file:
                file.write("a = 1\n")
            seen = [run(programs[0], *arguments).returncode
                    for arguments in (("reference",), ("check", folder), ("check", folder + "/gone"), ("nosuch",))]
        self.assertEqual(seen, [0, 1, 2, 2])
        self.assertEqual([entry.strip("*") for entry in entries(self.page["EXIT STATUS"])], ["0", "1", "2"])

    def test_the_page_of_the_policy_has_each_key(self):
        with tempfile.TemporaryDirectory() as folder:
            keys = set(json.loads(run(programs[0], "-f", folder, "explain", "--json", "anna").stdout))
        told = entries(sections(read(SOURCES["pop3-legacy-policy.5"]))["KEYS"])
        self.assertEqual({entry.strip("*`") for entry in told}, keys | {"inherit"})


class DoveadmTest(unittest.TestCase):
    """By the module's sources; tests/integration/test_doveadm.py asks doveadm itself."""

    def setUp(self):
        self.page = sections(read(SOURCES["doveadm-pop3-legacy.1"]))
        self.source = "".join(read(os.path.relpath(path, ROOT)) for path in glob.glob(f"{ROOT}/plugin/doveadm/*.c"))

    def test_verbs(self):
        verbs = re.findall(r'\.name = "(pop3-legacy [a-z ]+)"', self.source)
        self.assertEqual(sorted(re.findall(r"\*\*(pop3-legacy [a-z ]+)\*\*", self.page["SYNOPSIS"])), sorted(verbs))
        for verb in verbs:
            self.assertIn(verb.split(" ")[-1], self.page["COMMANDS"])

    def test_options(self):
        own = {"-" + letter for letter in re.findall(r"DOVEADM_CMD_PARAM\(\s*'([a-zA-Z])'", self.source)}
        of_all_mail_commands = {"-u", "-A", "-F", "-S"}
        self.assertEqual({entry.strip("*") for entry in entries(self.page["OPTIONS"])}, own | of_all_mail_commands)

    def test_exit_statuses(self):
        codes = {0} | {65 if name == "DOVEADM_EX_NOTPOSSIBLE" else getattr(os, name)
                       for name in re.findall(r"\b((?:DOVEADM_)?EX_[A-Z]+)\b", self.source)}
        self.assertEqual({int(entry.strip("*")) for entry in entries(self.page["EXIT STATUS"])}, codes)


class ProgramsTest(unittest.TestCase):
    def test_help_and_version(self):
        for program in programs:
            with self.subTest(program):
                name = os.path.basename(program)
                told = run(program, "--version")
                self.assertEqual((told.returncode, told.stdout, told.stderr), (0, f"{name} {version}\n", ""))
                told = run(program, "--help")
                self.assertEqual((told.returncode, told.stderr), (0, ""))
                self.assertIn(name, told.stdout)


class PagesTest(unittest.TestCase):
    def test_each_has_its_sections(self):
        for page, source in SOURCES.items():
            with self.subTest(page):
                titles = list(sections(read(source)))
                self.assertEqual(titles[:3], ["NAME", "SYNOPSIS", "DESCRIPTION"])
                self.assertEqual(titles[-1], "SEE ALSO")
                self.assertTrue(sections(read(source))["NAME"].strip().startswith(page.rsplit(".", 1)[0] + " - "))
                # They do not fit on a terminal.
                self.assertNotRegex(read(source), r"(?m)^ *\|")

    def test_what_they_name_is_there(self):
        for source in SOURCES.values():
            for name, section in re.findall(r"([a-z0-9-]*pop3-legacy[a-z-]*)\(([1-9])\)", read(source)):
                self.assertIn(f"{name}.{section}", SOURCES, source)

    def test_man_shows_them_without_a_warning(self):
        if not pages or not shutil.which("man"):
            self.skipTest("without lowdown or man")
        for page in pages:
            with self.subTest(page):
                shown = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", page)
                self.assertEqual((shown.returncode, shown.stderr), (0, ""))
                # Nothing of Markdown is left over, and no word is broken that somebody may want to copy.
                self.assertNotRegex(shown.stdout, r"\*\*|\]\(|```|<!--|\u2010\n")
        self.assertLessEqual({os.path.basename(page) for page in pages}, set(SOURCES))
        self.assertGreaterEqual(len(pages), len(SOURCES) - 1)  # without Dovecot, without doveadm's


class LinksTest(unittest.TestCase):
    @staticmethod
    def anchors(text):
        titles = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^ *```.*?^ *```", "", text))
        return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}

    def test_each_link_of_the_documents_leads_somewhere(self):
        documents = [os.path.relpath(path, ROOT)
                     for folder in ("*", "conf.d/**/*", "plugin/*", "shim/*", "tests/**/*")
                     for path in glob.glob(f"{ROOT}/{folder}.md", recursive=True)]
        self.assertGreater(len(documents), 10)
        for path in documents:
            text = read(path)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if "://" in target:
                    continue
                name, _, anchor = target.partition("#")
                there = os.path.join(os.path.dirname(path), name) if name else path
                with self.subTest(f"{path}: {target}"):
                    self.assertTrue(os.path.exists(os.path.join(ROOT, there)))
                    if anchor:
                        self.assertIn(anchor, self.anchors(read(there)))


if __name__ == "__main__":
    version, *programs = sys.argv[1:]
    if "--" in programs:
        at = programs.index("--")
        programs, pages = programs[:at], programs[at + 1:]
    unittest.main(argv=sys.argv[:1])
