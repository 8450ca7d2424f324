#!/usr/bin/env python3
"""Runs the integration tests against one host: a real Dovecot, or the standalone one.

  run.py --modules DIR [--tree DIR] [--require dovecot-2.4] [--mta DIR] [NAME...]
  run.py --standalone PROGRAM [--mta DIR] [NAME...]

--mta names the tree with mail servers (debian_tree.sh); without it what needs one is left out.
NAME is a part of a test's name. Prints what GoogleTest prints, so that one reader counts all.
"""
import argparse
import os
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import hosts  # noqa: E402


class GTestLikeResult(unittest.TestResult):
    """One line when a test begins, one when it ends. Once nobody reads them no other test begins."""

    def say(self, *words):
        try:
            print(*words, flush=True)
        except BrokenPipeError:
            self.stop()
            # Python would try again at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def startTest(self, test):
        super().startTest(test)
        self.begun = time.monotonic()
        self.failed = False
        self.say("[ RUN      ]", self.name(test))

    def name(self, test):
        return hosts.host_name + "/" + test.id().split(".", 1)[1]

    def stopTest(self, test):
        word = "[  FAILED  ]" if self.failed else "[       OK ]"
        self.say(word, self.name(test), "(%d ms)" % ((time.monotonic() - self.begun) * 1000))
        super().stopTest(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failed = True
        self.say(self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.failed = True
        self.say(self.errors[-1][1])
        if not isinstance(test, unittest.TestCase):  # setUpClass, which is no test by itself
            self.say("[  FAILED  ]", test, "(0 ms)")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.failed = True
            self.say((self.failures if issubclass(err[0], test.failureException) else self.errors)[-1][1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules")
    parser.add_argument("--standalone")
    parser.add_argument("--tree")
    parser.add_argument("--mta")
    parser.add_argument("--require", help="end with an error if the Dovecot is another one")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="p3l.") as scratch:
        os.chmod(scratch, 0o755)
        hosts.configure(scratch, options.modules, options.tree, options.standalone, options.mta)
        if options.require and hosts.host_name != options.require:
            sys.exit(f"run.py: this is {hosts.host_name}, not {options.require}")
        suite = unittest.defaultTestLoader.discover(os.path.dirname(os.path.abspath(__file__)), "test_*.py")
        if options.names:
            suite = unittest.TestSuite(test for test in each(suite) if any(n in test.id() for n in options.names))
        result = GTestLikeResult()
        # Ctrl-C ends after the test at hand, whose servers are stopped.
        unittest.installHandler()
        unittest.registerResult(result)
        suite.run(result)
    result.say("%d tests ran, %d failed" % (result.testsRun, len(result.failures) + len(result.errors)))
    return 0 if result.wasSuccessful() and result.testsRun else 1


def each(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from each(entry)
        else:
            yield entry


if __name__ == "__main__":
    sys.exit(main())
