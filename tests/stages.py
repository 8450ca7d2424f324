"""What run.sh does: builds, and runs the tests in stages.

A line with the time says what begins, every minute how far it is, and what came of it. What each command
prints is in build/logs. The last line is "N passed, N failed", or "N passed, N failed, N skipped" where a
host could not be had; with CI set in the environment, skipped is failed. What does not count stands before it:
Debian's next release moves, and its Dovecot may be one that the plugin does not support yet.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree

LOGS = "build/logs"
FIGURES = "build/bench"
DOVECOTS = {"dovecot-2.3": "bookworm", "dovecot-2.4": "trixie"}
# Debian's next release, and the ABIs with which a failure there counts.
NEXT = {"dovecot-forky": "forky"}
SUPPORTED_ABIS = "plugin/dovecot/supported-abis.txt"
NO_SUCH_RELEASE = 3  # debian_tree.sh's exit code
# The code of the usual build without what a debugger needs: compiles in three quarters of the time.
WITHOUT_SYMBOLS = tuple(f"-DCMAKE_{language}_FLAGS_RELWITHDEBINFO=-O2 -DNDEBUG" for language in ("C", "CXX"))
LATER = ("nice", "-n", "19")
JUNIT = -1  # as many tests as the report says
LAST_LINE = -2  # as many as the last line says: "N passed, N failed"


def unsupported(config_h, supported=SUPPORTED_ABIS):
    """Why failures with the Dovecot of this config.h do not count; None: they do."""
    with open(config_h) as file:
        abi = re.search(r'^#define DOVECOT_ABI_VERSION "([^"(]+)', file.read(), re.MULTILINE)[1]
    with open(supported) as file:
        return None if abi in [line.split()[0] for line in file] else f"{supported} does not have {abi}"


class Runner:
    """Runs commands, reports on them, and counts. One thread runs those of the background, one at a
    time: mostly builds, which take all processors. Another one tests meanwhile."""

    limit = 3600  # seconds that a command may take
    period = 60  # seconds between two lines about the same command

    def __init__(self, logs):
        self.logs = logs
        self.passed = self.failed = self.skipped = 0
        self.not_counted = []
        self.lock = threading.RLock()
        self.running = set()
        self.stopped = False
        self.background = concurrent.futures.ThreadPoolExecutor(1)
        self.beside = concurrent.futures.ThreadPoolExecutor(1)
        os.makedirs(logs, exist_ok=True)
        for path in glob.glob(os.path.join(logs, "*.*")):
            os.unlink(path)

    def path(self, name, kind="log"):
        return os.path.abspath(os.path.join(self.logs, f"{name}.{kind}"))

    def last_lines(self, name, count):
        with open(self.path(name), errors="replace") as file:
            return file.read().rstrip("\n").split("\n")[-count:]

    def say(self, name, text):
        with self.lock:
            print(f"{time.strftime('%H:%M:%S')}  {name:<26}  {text}", flush=True)

    def execute(self, name, *command):
        """The command's exit code; not 0 if it took too long or was killed."""
        begun = time.monotonic()
        with self.lock, open(self.path(name), "w") as log:
            if self.stopped:
                return 1
            self.say(name, shlex.join(command))
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                       start_new_session=True)
            self.running.add(process)
        while process.poll() is None:
            try:
                process.wait(max(0, min(self.period, begun + self.limit - time.monotonic())))
            except subprocess.TimeoutExpired:
                seconds = time.monotonic() - begun
                if seconds >= self.limit:
                    self.say(name, f"ended, after the {self.limit:g} s that it may take")
                    self.end(process)
                else:
                    self.say(name, f"{seconds:.0f} s: {self.last_lines(name, 1)[0][:100]}")
        with self.lock:
            self.running.discard(process)
        return process.returncode

    @staticmethod
    def end(process):
        """Ends a process as Ctrl-C does, so that a test stops its servers; then by force."""
        for number in (signal.SIGINT, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(30)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass

    def step(self, name, *command, tests=0, uncounted=None):
        """Runs a command; true if it has succeeded. It counts as this many tests or, if tests is
        JUNIT, as those in logs/name.xml, or if it is LAST_LINE, as the command's last line says; one at
        least. uncounted: why it is only reported."""
        begun = time.monotonic()
        code = self.execute(name, *command)
        if tests == JUNIT:
            passed, failed = self.read_report(name)
        elif tests == LAST_LINE:
            counts = re.match(r"(\d+) passed, (\d+) failed", self.last_lines(name, 1)[0])
            passed, failed = map(int, counts.groups()) if counts else (0, 0)
        else:
            passed, failed = tests if code == 0 else 0, 0
        if not failed and (code != 0 or (tests and not passed)):
            failed = 1
        with self.lock:
            if not uncounted:
                self.passed += passed
                self.failed += failed
            counts = f"{passed} passed, {failed} failed, " if passed or failed else ""
            signalled = f" (ended by signal {-code})" if code < 0 else ""
            self.say(name, f"{counts}{time.monotonic() - begun:.0f} s{signalled}")
            if uncounted and counts:
                self.leave_out(name, f"{passed} passed, {failed} failed: {uncounted}")
            if failed:
                print(f"---- the end of {self.path(name)}:", *self.last_lines(name, 60), "----", sep="\n", flush=True)
        return not failed

    def read_report(self, name):
        try:
            suites = xml.etree.ElementTree.parse(self.path(name, "xml")).getroot().iter("testsuite")
        except (OSError, xml.etree.ElementTree.ParseError):
            return 0, 0
        tests = failed = skipped = 0
        for suite in suites:
            tests += int(suite.get("tests"))
            failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped += int(suite.get("skipped", 0)) + int(suite.get("disabled", 0))
        return tests - failed - skipped, failed

    def skip(self, name, reason):
        with self.lock:
            self.skipped += 1
        self.say(name, f"SKIPPED: {reason}")

    def leave_out(self, name, what):
        with self.lock:
            self.not_counted.append(f"not counted: {name}, {what}")
        self.say(name, self.not_counted[-1])

    def tree(self, *which, moves=False):
        """The path of a Debian tree, or None, which is reported and, if the release does not move,
        counted. A release that the mirror does not have is not counted."""
        name = "-".join(which) + "-tree"
        code = self.execute(name, "sh", "tests/debian_tree.sh", *which)
        if code == 0:
            return self.last_lines(name, 1)[0]
        reason = " ".join(self.last_lines(name, 6))
        if moves or code == NO_SUCH_RELEASE:
            self.leave_out(name, reason)
        else:
            self.skip(name, f"it could not be made: {reason}")
        return None

    def stop(self):
        """Ends what is running."""
        with self.lock:
            self.stopped = True
            running = list(self.running)
        for process in running:
            self.end(process)
        self.background.shutdown(cancel_futures=True)
        self.beside.shutdown(cancel_futures=True)


class Stages(Runner):
    """Each test method is a stage, or shared by several."""

    def begin(self, stages):
        """Builds, and starts in the background what the stages wait for. False: there is no
        build."""
        if not self.step("build", "sh", "tests/build.sh", "dev", "build"):
            return False
        version = subprocess.run(["dovecot", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
        self.here = "dovecot-" + ".".join(version.split(".")[:2])
        self.mta = self.background.submit(self.tree, "bookworm", "mta") \
            if {"standalone", *DOVECOTS, *NEXT} & stages else None
        self.waited_for = {name: self.background.submit(getattr(self, method), name) for name, method in (
            *((name, "other_build") for name in DOVECOTS if name != self.here),
            *((name, "next_build") for name in NEXT),
            ("sanitized", "sanitized_build"), ("update", "updated"), ("lint", "sources"),
            ("packages", "packages")) if name in stages}
        for name in set(NEXT) & stages:
            self.waited_for[name] = self.beside.submit(self.next_dovecot, name, self.waited_for[name])
        return True

    def other_build(self, name):
        """Builds in the tree of a Dovecot that is not this machine's; returns the tree, or None if
        there is none."""
        suite = DOVECOTS[name]
        tree = self.tree(suite)
        # As the package is built, so that it is at hand for the stage "packages".
        return tree if tree and self.step(
            f"{name}-build", *LATER, "sh", "tests/in_tree.sh", tree, "sh", "plugin/debian/build.sh", f"build-{suite}",
            "-DBUILD_TESTING=ON", "-DPOP3_LEGACY_SHIM=OFF") else None

    def next_build(self, name):
        """Builds for Debian's next release, only the plugin; returns the tree and why the outcome does
        not count, if it does not."""
        suite = NEXT[name]
        tree = self.tree(suite, moves=True)
        if not tree:
            return None
        uncounted = unsupported(os.path.join(tree, "usr/include/dovecot/config.h"))
        return (tree, uncounted) if self.step(
            f"{name}-build", *LATER, "sh", "tests/in_tree.sh", tree, "sh", "tests/build.sh", "dev", f"build-{suite}",
            "-DPOP3_LEGACY_SHIM=OFF", "-DBUILD_TESTING=OFF", *WITHOUT_SYMBOLS, uncounted=uncounted) else None

    def next_dovecot(self, name, build):
        if built := build.result():
            tree, uncounted = built
            self.integration(name, "--modules", f"build-{NEXT[name]}/modules", "--tree", tree, uncounted=uncounted)

    def updated(self, name):
        if tree := self.tree("bookworm", "backports"):
            self.step(name, *LATER, "python3", "-B", "tests/update.py", tree, "build-update", tests=1)

    def sanitized_build(self, _):
        return self.step("sanitized-build", *LATER, "sh", "tests/build.sh", "sanitized", "build-sanitized")

    def sources(self, name):
        return self.step(name, *LATER, "sh", "tests/lint.sh", "build", tests=1)

    def packages(self, name):
        """Of the suites whose tree and objects are there anyway; others take minutes more each."""
        suites = [suite for host, suite in DOVECOTS.items() if host != self.here]
        return self.step(name, *LATER, "sh", "tests/packages.sh", "--built", *suites, tests=LAST_LINE)

    def wait(self, name):
        """The result of the background part, which has reported and counted by itself."""
        if not self.waited_for[name].done():
            self.say(name, "waits for its part in the background")
        return self.waited_for[name].result()

    def ctest(self, name, folder, *arguments, tree=None):
        self.step(name, *(("sh", "tests/in_tree.sh", tree) if tree else ()), "ctest", "--test-dir", folder,
                  "--output-on-failure", "--output-junit", self.path(name, "xml"), *arguments, tests=JUNIT)

    def pytest(self, name, *arguments, uncounted=None):
        self.step(name, "pytest-3", "-v", f"--junitxml={self.path(name, 'xml')}", *arguments, tests=JUNIT,
                  uncounted=uncounted)

    def integration(self, name, *host, uncounted=None):
        mta = self.mta.result()
        self.pytest(name, "tests/integration", *host, *(("--mta", mta) if mta else ()), uncounted=uncounted)

    def unit(self, name):
        self.ctest(name, "build", "-LE", "memory")

    def memory(self, name):
        self.ctest(name, "build", "-L", "memory")

    def standalone(self, name):
        self.integration(name, "--standalone", "build/pop3-legacy-host")

    def oracles(self, name):
        if self.tree("bookworm", "oracles"):
            self.pytest(name, "tests/oracles")

    def dovecot(self, name):
        if name == self.here:
            self.integration(name, "--modules", "build/modules", "--require", name)
        elif tree := self.wait(name):
            folder = f"build-{DOVECOTS[name]}"
            self.ctest(f"{name}-unit", folder, tree=tree)
            self.integration(name, "--modules", f"{folder}/modules", "--tree", tree, "--require", name)

    def speed(self, name):
        """Instructions, whose ceilings are for one Dovecot."""
        if self.here != "dovecot-2.3":
            self.leave_out(name, f"its ceilings are for dovecot-2.3, and this is {self.here}")
        else:
            self.step(name, "python3", "-B", "tests/bench/instructions.py", "--modules", "build/modules",
                      tests=LAST_LINE)

    def bench(self, name):
        """Writes figures, which nothing is held to."""
        deep = ("--deep",) if os.environ.get("POP3_LEGACY_BENCH") == "deep" else ()
        if self.here != "dovecot-2.3":
            self.leave_out(name, f"it measures dovecot-2.3, and this is {self.here}")
        elif self.tree("bookworm", "oracles") and self.step(
                name, "python3", "-B", "tests/bench/figures.py", "--modules", "build/modules", "--out", FIGURES, *deep,
                tests=1):
            with open(f"{FIGURES}/figures.md") as file:
                print(file.read(), flush=True)

    def sanitized(self, name):
        if self.wait(name):
            self.ctest(f"{name}-unit", "build-sanitized")
            self.pytest(f"{name}-standalone", "tests/integration/test_dialogues.py", "--standalone",
                        "build-sanitized/pop3-legacy-host", "--run-dialogues", "build-sanitized/run_dialogues")


STAGES = {
    "unit": (Stages.unit, "the core, the programs and the modules by themselves"),
    "memory": (Stages.memory, "the dialogues, in one process"),
    "standalone": (Stages.standalone, "dialogues and clients, to the standalone host"),
    "oracles": (Stages.oracles, "old POP3 servers and the ids that they give"),
    "dovecot-2.3": (Stages.dovecot, "dialogues and clients, to this Dovecot"),
    "dovecot-2.4": (Stages.dovecot, "the same; the one that is not this machine's is in a Debian tree"),
    "dovecot-forky": (Stages.wait, "the same, beside the others, to the Dovecot of Debian's next release"),
    "speed": (Stages.speed, "the instructions that commands cost, and their ceilings"),
    "sanitized": (Stages.sanitized, "unit, memory and the standalone dialogues, with sanitizers"),
    "update": (Stages.wait, "an update of Dovecot below a build: from bookworm's to its backport"),
    "packages": (Stages.wait, "a Debian package: made, installed, upgraded, removed"),
    "lint": (Stages.wait, "clang-format, clang-tidy and what clang warns of"),
    "bench": (Stages.bench, "how fast, as tables and a chart in build/bench; only when named"),
}
ON_REQUEST = {"bench"}
WITHOUT_ROOT = {"unit", "memory", "lint"}


def chosen(named):
    return set(named) or set(STAGES) - ON_REQUEST


def main():
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="tell what stages there are")
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="only these; none are all but bench")
    options = parser.parse_args()
    if options.list:
        print(*(f"{name:<14} {what}" for name, (_, what) in STAGES.items()), sep="\n")
        return 0
    if unknown := set(options.stages) - set(STAGES):
        parser.error(f"there is no stage {', '.join(sorted(unknown))}; --list tells which there are")
    stages = chosen(options.stages)
    if os.geteuid() != 0 and stages - WITHOUT_ROOT:
        parser.error("must be run by root: it makes chroots and starts servers with users of their own")

    def interrupt(*_):
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    run = Stages(LOGS)
    try:
        if run.begin(stages):
            for name in STAGES:
                if name in stages:
                    STAGES[name][0](run, name)
    except KeyboardInterrupt:
        return 1
    finally:
        run.stop()
    print(*run.not_counted, sep="\n", end="\n" if run.not_counted else "")
    print(f"{run.passed} passed, {run.failed} failed" + (f", {run.skipped} skipped" if run.skipped else ""))
    return 0 if run.passed and not run.failed and not (run.skipped and os.environ.get("CI")) else 1


if __name__ == "__main__":
    sys.exit(main())
