"""How run.sh counts, and that it always ends by itself."""
import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import stages  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(stages.__file__)), "..")
REPORT = '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'


class StagesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runner = stages.Runner(folder.name)
        self.addCleanup(self.runner.stop)
        self.said = io.StringIO()
        redirected = contextlib.redirect_stdout(self.said)
        redirected.__enter__()
        self.addCleanup(redirected.__exit__, None, None, None)
        self.begun = time.monotonic()

    def assert_failed_at_once(self, what):
        self.assertEqual((self.runner.passed, self.runner.failed), (0, 1))
        self.assertLess(time.monotonic() - self.begun, 20)
        self.assertIn(what, self.said.getvalue())

    def test_what_is_killed_has_failed_and_nobody_waits_for_it(self):
        part = self.runner.background.submit(self.runner.step, "part", "sleep", "3600", tests=1)
        while not self.runner.running:
            time.sleep(0.01)
        [process] = self.runner.running
        os.kill(process.pid, signal.SIGKILL)
        self.assertFalse(part.result(timeout=20))
        self.assert_failed_at_once("part                        0 passed, 1 failed, 0 s (ended by signal 9)")

    def test_what_takes_too_long_is_ended(self):
        self.runner.limit = 0.3
        self.assertFalse(self.runner.step("long", "sleep", "3600"))
        self.assert_failed_at_once("ended, after the 0.3 s that it may take")

    def test_what_begins_and_how_far_it_is_is_told(self):
        self.runner.period = 0.1
        self.assertTrue(self.runner.step("one", "sh", "-c", "echo half way; sleep 0.5"))
        self.assertRegex(self.said.getvalue(), r"(?s)\d\d:\d\d:\d\d  one +sh -c .*one +0 s: half way.*one +\d s\n")
        self.assertEqual((self.runner.passed, self.runner.failed), (0, 0))

    def test_a_report_is_counted(self):
        write = f"echo '{REPORT}' >{self.runner.path('tests', 'xml')}"
        self.assertFalse(self.runner.step("tests", "sh", "-c", write + "; exit 1", tests=stages.JUNIT))
        self.assertEqual((self.runner.passed, self.runner.failed), (3, 2))

    def test_tests_without_a_report_have_failed(self):
        for command in ("true", "false"):
            self.assertFalse(self.runner.step(command, command, tests=stages.JUNIT))
        self.assertEqual((self.runner.passed, self.runner.failed), (0, 2))

    def test_what_does_not_count_is_only_reported(self):
        for code in (0, 1):
            write = f"echo '{REPORT}' >{self.runner.path('next', 'xml')}; exit {code}"
            self.assertFalse(self.runner.step("next", "sh", "-c", write, tests=stages.JUNIT, uncounted="too new"))
        self.assertFalse(self.runner.step("next-build", "false", uncounted="too new"))
        self.assertEqual((self.runner.passed, self.runner.failed, self.runner.skipped), (0, 0, 0))
        self.assertEqual(self.runner.not_counted, ["not counted: next, 3 passed, 2 failed: too new"] * 2 +
                         ["not counted: next-build, 0 passed, 1 failed: too new"])

    def supported(self, abi):
        folder = self.runner.logs
        with open(f"{folder}/config.h", "w") as file:
            file.write(f'#define A 1\n#define DOVECOT_ABI_VERSION "{abi}"\n#define B "x"\n')
        return stages.unsupported(f"{folder}/config.h", os.path.join(ROOT, stages.SUPPORTED_ABIS))

    def test_with_a_supported_abi_a_failure_counts(self):
        for abi in ("2.3.ABIv19(2.3.19.1)", "2.3.ABIv21(2.3.21.1)", "2.4.ABIv1", "2.4.ABIv5"):
            self.assertIsNone(self.supported(abi))
        for abi in ("2.4.ABIv6", "2.4.ABIv51", "2.5.ABIv1"):
            self.assertRegex(self.supported(abi), f"supported-abis.txt does not have {abi}$")

    def tree(self, code, **options):
        """Asks for a tree that cannot be made, with this exit code of debian_tree.sh."""
        self.runner.execute = lambda name, *_: subprocess.run(
            ["sh", "-c", f"echo no such tree >'{self.runner.path(name)}'; exit {code}"]).returncode
        self.assertIsNone(self.runner.tree("forky", **options))
        return self.runner.skipped, self.runner.not_counted

    def test_a_tree_that_cannot_be_made_is_skipped(self):
        self.assertEqual(self.tree(1), (1, []))

    def test_a_release_that_the_mirror_does_not_have_is_said(self):
        self.assertEqual(self.tree(stages.NO_SUCH_RELEASE), (0, ["not counted: forky-tree, no such tree"]))

    def test_a_release_that_moves_may_be_broken(self):
        self.assertEqual(self.tree(1, moves=True), (0, ["not counted: forky-tree, no such tree"]))

    def test_the_names_of_the_stages(self):
        script = os.path.abspath(stages.__file__)
        listed = subprocess.run([sys.executable, script, "--list"], check=True, stdout=subprocess.PIPE, text=True)
        self.assertEqual([line.split()[0] for line in listed.stdout.splitlines()], list(stages.STAGES))
        unknown = subprocess.run([sys.executable, script, "unti"], stderr=subprocess.PIPE, text=True)
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("there is no stage unti", unknown.stderr)

    def test_benchmarks_run_only_when_they_are_named(self):
        self.assertEqual(set(stages.STAGES) - stages.chosen([]), {"bench"})
        self.assertEqual(stages.chosen(["bench", "unit"]), {"bench", "unit"})


if __name__ == "__main__":
    unittest.main()
