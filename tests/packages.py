"""What packages.sh does: makes the Debian packages in Debian trees, and tests them there.

In each tree the package is built, twice with --twice, and looked at. Then a copy of the tree, which ends with
its network, processes and mounts, lives through the package's life: installed with apt, turned on in the
distribution's own configuration, upgraded, removed and purged, and Dovecot runs after each. A line for each
step; the last line is "N passed, N failed", or "N passed, N failed, N skipped" where there is no tree.
"""
import argparse
import contextlib
import fcntl
import filecmp
import glob
import os
import poplib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

SUITES = ("bookworm", "trixie", "forky")
NO_SUCH_SUITE = 3  # debian_tree.sh: the mirror has no such release
PACKAGE = "dovecot-pop3-legacy"
SNIPPET = "/etc/dovecot/conf.d/95-pop3-legacy.conf"
POLICY = "/etc/dovecot/pop3-legacy"
DOMAIN = f"{POLICY}/domains/example.org.toml"
# A user of the system, one of a passwd-file, and a virtual one with a domain.
SYSTEM_USER, FILE_USER, VIRTUAL_USER = USERS = ("anna", "ben", "carol@example.org")
PASSWORD = "secret"


class Steps:
    """Counts what passes and fails. What fails is told, and the next step comes all the same."""

    def __init__(self, suite):
        self.suite = suite
        self.passed = self.failed = 0

    @contextlib.contextmanager
    def step(self, what):
        begun = time.monotonic()
        try:
            yield
        except Exception as error:  # whatever it is, the step has failed
            self.failed += 1
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == __file__]
            print(f"{self.suite}: FAILED: {what}: {error or type(error).__name__} (lines {lines})", flush=True)
        else:
            self.passed += 1
            print(f"{self.suite}: {what} ({time.monotonic() - begun:.1f} s)", flush=True)


def expect(condition, text):
    if not condition:
        raise AssertionError(text)


def run(*command, environment=None, fails=False, limit=1800):
    """The command's output, of which an error has the end."""
    # Not a pipe, which a server that the command has started would keep open.
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                              env={**os.environ, **(environment or {})}, timeout=limit).returncode
        output.seek(0)
        told = output.read()
    expect((code != 0) == fails, f"{' '.join(command)}: {code}\n{told[-1500:]}")
    return told


# --- the package ---


def build(tree, folder):
    return run("sh", "tests/in_tree.sh", tree, "sh", "plugin/debian/build.sh", folder).split("\n")[-2]


def field(package, name):
    return run("dpkg-deb", "--field", package, name).strip()


def changed(package, folder, control=(), files=()):
    """The path of a package that differs: fields of its control file by (pattern, text), and lines that are
    added to files."""
    root = os.path.join(folder, "root")
    run("dpkg-deb", "--raw-extract", package, root)
    path = os.path.join(root, "DEBIAN", "control")
    with open(path) as file:
        text = file.read()
    for pattern, replacement in control:
        text, found = re.subn(pattern, replacement, text)
        expect(found == 1, f"{pattern} is not in the package's control file")
    with open(path, "w") as file:
        file.write(text)
    for path, line in files:
        with open(root + path, "a") as file:
            file.write(line + "\n")
    made = os.path.join(folder, f"{len(glob.glob(folder + '/*.deb'))}.deb")
    run("dpkg-deb", "--root-owner-group", "--build", root, made)
    shutil.rmtree(root)
    return made


def test_package(steps, tree, package):
    with open(f"{tree}/usr/share/dovecot/dovecot-abi") as file:
        abi = file.read().strip()
    with steps.step("depends on what it needs"):
        depends = field(package, "Depends").split(", ")
        for name in ("dovecot-pop3d", f"dovecot-abi-{abi}", "ucf"):
            expect(name in depends, f"{name} is not in Depends: {depends}")
        for library in ("libc6", "libidn2-0"):
            expect(any(entry.startswith(library) for entry in depends), f"{library} is not in Depends: {depends}")
        # Dovecot's library hashes.
        expect(not any(entry.startswith("libssl") for entry in depends), f"libssl is in Depends: {depends}")
        expect(field(package, "Version").endswith(f"+dovecot{abi}"), "the version does not tell the ABI")
    with steps.step("nothing of lintian's"):
        told = run("lintian", "--allow-root", "--fail-on", "error,warning", package)
        expect(not re.search(r"^[EW]: ", told, re.MULTILINE), told)


# --- its life, in a tree ---


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        SIOCSIFFLAGS, IFF_UP = 0x8914, 1
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


class Tree:
    """A copy of a Debian tree with its distribution's Dovecot, in namespaces that end with this process."""

    def __init__(self, tree, folder):
        loopback_up()
        self.root = os.path.join(folder, "tree")
        os.mkdir(self.root)
        run("mount", "-t", "tmpfs", "tmpfs", self.root)
        for name in ("upper", "work", "root"):
            os.mkdir(f"{self.root}/{name}")
        options = f"lowerdir={tree},upperdir={self.root}/upper,workdir={self.root}/work"
        if subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, f"{self.root}/root"],
                          stderr=subprocess.DEVNULL).returncode != 0:
            run("cp", "-a", "--reflink=auto", f"{tree}/.", f"{self.root}/root/")
        self.root += "/root"
        run("mount", "-t", "proc", "proc", f"{self.root}/proc")

    def run(self, *command, fails=False):
        return run("chroot", self.root, *command, environment={"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C",
                   "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}, fails=fails)

    def apt(self, *arguments, fails=False):
        return self.run("apt-get", "--yes", "-o", "APT::Sandbox::User=root", "-o", "Dpkg::Use-Pty=0", *arguments, fails=fails)

    def install(self, package, fails=False):
        shutil.copy(package, f"{self.root}/tmp/{os.path.basename(package)}")
        return self.apt("install", f"/tmp/{os.path.basename(package)}", fails=fails)

    def read(self, path):
        with open(self.root + path) as file:
            return file.read()

    def write(self, path, text):
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        with open(self.root + path, "w") as file:
            file.write(text)

    def exists(self, path):
        return os.path.lexists(self.root + path)

    def log_in(self, user):
        """A session of the user's, with a Dovecot that may be just starting."""
        deadline = time.monotonic() + 30
        while True:
            try:
                client = poplib.POP3("127.0.0.1", 110, timeout=60)
                break
            except (OSError, poplib.error_proto) as error:
                expect(time.monotonic() < deadline, f"Dovecot does not run: {error}")
                time.sleep(0.1)
        client.user(user)
        client.pass_(PASSWORD)
        return contextlib.closing(client)

    def add_users(self):
        """In the ways that the distribution's configuration has comments for."""
        self.run("useradd", "--create-home", "--groups", "mail", SYSTEM_USER)
        self.run("sh", "-c", f"echo {SYSTEM_USER}:{PASSWORD} | chpasswd")
        for user in (FILE_USER, "vmail"):
            self.run("useradd", "--create-home", user)
        numbers = {user: self.run("sh", "-c", f"id -u {user}; id -g {user}").split() for user in (FILE_USER, "vmail")}
        users = [(FILE_USER, FILE_USER, f"/home/{FILE_USER}", ""),
                 (VIRTUAL_USER, "vmail", f"/home/vmail/{VIRTUAL_USER}", "userdb_mail=maildir:~/Maildir")]
        if self.typed_settings():
            users[1] = (*users[1][:3], "userdb_mail_driver=maildir userdb_mail_path=~/Maildir userdb_mail_inbox_path=~/Maildir")
        self.write("/etc/dovecot/users", "".join(
            ":".join((user, "{PLAIN}" + PASSWORD, *numbers[owner], "", home, "", fields)) + "\n"
            for user, owner, home, fields in users))
        if self.typed_settings():
            # trixie's file has all of it behind a #.
            self.write("/etc/dovecot/conf.d/auth-passwdfile.conf.ext", "".join(
                f"{kind} passwd-file {{\n  passwd_file_path = /etc/dovecot/users\n}}\n" for kind in ("passdb", "userdb")))
        authentication = "/etc/dovecot/conf.d/10-auth.conf"
        self.write(authentication, self.read(authentication).replace("#!include auth-passwdfile", "!include auth-passwdfile"))
        message = "From: bob@example.org\nSubject: first\n\nThe first message.\n"
        for user in (SYSTEM_USER, FILE_USER):
            self.write(f"/var/mail/{user}", f"From bob@example.org Mon Jan  1 00:00:00 2024\n{message}\n")
            self.run("sh", "-c", f"chown {user}:mail /var/mail/{user} && chmod 660 /var/mail/{user}")
        for folder in ("cur", "new", "tmp"):
            os.makedirs(f"{self.root}/home/vmail/{VIRTUAL_USER}/Maildir/{folder}")
        self.write(f"/home/vmail/{VIRTUAL_USER}/Maildir/new/1.first", message)
        self.run("chown", "-R", "vmail:", "/home/vmail")

    def typed_settings(self):
        return self.run("dovecot", "--version").startswith("2.4")


def refused(client, command):
    try:
        client._shortcmd(command)
    except poplib.error_proto:
        return
    raise AssertionError(f"{command} was executed")


def check_served(tree, user, number=1):
    with tree.log_in(user) as client:
        capabilities = client.capa()
        expect("X-LAST" in capabilities, f"CAPA of {user}: {capabilities}")
        client.retr(1)
        answer = client._shortcmd("LAST")
        expect(answer.startswith(f"+OK {number}".encode()), f"LAST of {user}: {answer}")
        client.quit()


def check_stock(tree):
    for user in USERS:
        with tree.log_in(user) as client:
            expect("X-LAST" not in client.capa(), f"CAPA of {user} has X-LAST")
            expect(client.stat()[0] == 1, f"{user} does not have one message")
            refused(client, "LAST")
            client.quit()


def turned_on(snippet):
    """What its head says: without the # in front of the lines that have one."""
    return re.sub(r"^#(?!#)", "", snippet, flags=re.MULTILINE)


def ours_in(tree):
    """What the package has left, in the tree's files and in dpkg's and ucf's lists."""
    places = [f"{tree.root}/{name}" for name in ("etc", "usr", "var")]
    found = run("find", *places, "-name", "*pop3[-_]legacy*", "-not", "-path", "*/var/cache/*").split()
    lists = run("sh", "-c", f"grep -rl pop3-legacy {tree.root}/var/lib/ucf {tree.root}/var/lib/dpkg/status || true").split()
    # dpkg keeps the last status, and ucf its last lists.
    return [path for path in found + lists if not re.search(r"(-old|\.\d+)$", path)]


def live(steps, tree, package, newer, other_abi):
    with steps.step("Dovecot of the distribution runs"):
        tree.add_users()
        # Packages restart services only where an init system runs, or this says that they may.
        tree.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n")
        os.chmod(f"{tree.root}/usr/sbin/policy-rc.d", 0o755)
        # The place of the log, where no syslog runs.
        tree.write("/etc/dovecot/conf.d/11-log.conf", "log_path = /var/log/dovecot.log\n")
        tree.run("/etc/init.d/dovecot", "start")
        check_stock(tree)
    before = tree.run("doveconf", "-n")
    with steps.step("apt refuses the package for another ABI"):
        told = tree.install(other_abi, fails=True)
        expect("dovecot-abi-2.9" in told, told)
    with steps.step("apt installs it, off"):
        told = tree.install(package)
        expect("it is off" in told, told)
        expect(tree.run("doveconf", "-n") == before, "the configuration has changed")
        shipped = tree.read("/usr/share/dovecot/conf.d/95-pop3-legacy.conf")
        expect(tree.read(SNIPPET) == shipped, f"{SNIPPET} is not the one of the package")
        expect(not tree.exists(f"{POLICY}/profiles"), "profiles were copied")
        expect("1 file, no problems" in tree.run("pop3-legacy-policy", "check"), "the example policy has problems")
        check_stock(tree)
    with steps.step("turned on, it serves LAST to a user of the system, of a passwd-file, and to a virtual one"):
        tree.write(SNIPPET, turned_on(shipped))
        tree.run("/etc/init.d/dovecot", "restart")
        for user in USERS:
            check_served(tree, user)
    with steps.step("a profile is used where it is, and one of the policy folder comes first"):
        tree.write(DOMAIN, 'inherit = "fetchmail"\n')
        explain = ("doveadm", "pop3-legacy", "policy", "-u", VIRTUAL_USER, "explain")
        expect(f"/usr/share/{PACKAGE}/profiles/fetchmail.toml" in tree.run(*explain), "not used by Dovecot")
        expect(f"/usr/share/{PACKAGE}/profiles/fetchmail.toml" in
               tree.run("pop3-legacy-policy", "explain", VIRTUAL_USER), "not used by pop3-legacy-policy")
        tree.write(f"{POLICY}/profiles/fetchmail.toml", 'commands.deny = ["TOP"]\n')
        expect(f"{POLICY}/profiles/fetchmail.toml" in tree.run(*explain), "the own profile is not used")
        with tree.log_in(VIRTUAL_USER) as client:
            refused(client, "TOP 1 0")
            client.quit()
        os.unlink(f"{tree.root}{POLICY}/profiles/fetchmail.toml")
    with steps.step("an upgrade keeps what the administrator has changed, and brings the rest"):
        tree.install(newer)
        expect(tree.run("dpkg-query", "-W", "-f", "${Version}", PACKAGE) == field(newer, "Version"), "not upgraded")
        expect(tree.read(SNIPPET) == turned_on(shipped), f"{SNIPPET} has changed")
        expect(tree.read(f"{POLICY}/default.toml").endswith("# newer\n"), "default.toml is not the newer one")
        for user in USERS:
            check_served(tree, user)
    with steps.step("removed, it is off before the modules are gone, and Dovecot runs"):
        told = tree.apt("remove", PACKAGE)
        expect("turned off" in told, told)
        expect(tree.read(SNIPPET) == shipped, f"{SNIPPET} is not what it was")
        expect(not tree.exists("/usr/lib/dovecot/modules/lib95_pop3_legacy_plugin.so"), "the module is there")
        check_stock(tree)
        expect(tree.run("doveconf", "-n") == before, "the configuration is not what it was")
    with steps.step("settings that stand elsewhere are named when it is removed"):
        tree.install(package)
        tree.write("/etc/dovecot/conf.d/99-own.conf", turned_on(shipped))
        # Dovecot 2.4 would not start, which fails dovecot-core's trigger.
        tree.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n")
        expect("/etc/dovecot/conf.d/99-own.conf" in tree.apt("remove", PACKAGE), "they are not")
        tree.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n")
        os.unlink(f"{tree.root}/etc/dovecot/conf.d/99-own.conf")
    with steps.step("purged while it is on, it leaves nothing of its own, and the administrator's policy"):
        tree.install(package)
        tree.write(SNIPPET, turned_on(shipped))
        tree.run("/etc/init.d/dovecot", "restart")
        check_served(tree, SYSTEM_USER)
        tree.apt("purge", PACKAGE)
        check_stock(tree)
        expect(tree.read(DOMAIN) == 'inherit = "fetchmail"\n', "the administrator's policy is gone")
        os.unlink(tree.root + DOMAIN)
        os.rmdir(os.path.dirname(tree.root + DOMAIN))
        expect(ours_in(tree) in ([f"{tree.root}{POLICY}"], []), f"there is {ours_in(tree)}")


# --- each suite ---


def test_suite(steps, suite, tree, built, twice):
    with tempfile.TemporaryDirectory(prefix="packages.") as folder:
        package = (glob.glob(os.path.abspath(f"build-{suite}/*.deb")) + [None])[0] if built else None
        if not package:
            with steps.step("builds"):
                package = build(tree, f"build-package-{suite}")
        if not package:
            return
        if twice:
            with steps.step("built again elsewhere and later, it has the same octets"):
                again = build(tree, f"build-package-{suite}-again")
                expect(filecmp.cmp(package, again, shallow=False), f"{package} and {again} differ")
        test_package(steps, tree, package)
        higher = r"\g<0>.1"
        newer = changed(package, folder, [(r"(?m)^Version: .*$", higher)],
                        [(f"/usr/share/{PACKAGE}/policy/default.toml", "# newer")])
        other_abi = changed(package, folder, [(r"dovecot-abi-[^,]*", "dovecot-abi-2.9.abiv1")])
        inside = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net"]
        private = ["--propagation", "private"]
        if subprocess.run([*inside, *private, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            private = ["--propagation", "unchanged"]  # as in private_host.py
        # The shell, which is the first process there, waits for servers that have ended.
        shell = ["sh", "-c", '"$@"; exit $?', "sh"]
        result = subprocess.run([*inside, *private, *shell, sys.executable, "-B", __file__, "--inside", tree, folder,
                                 package, newer, other_abi, suite], stdout=subprocess.PIPE, text=True)
        *lines, last = result.stdout.rstrip("\n").split("\n")
        print(*lines, sep="\n", flush=True)
        counts = re.fullmatch(r"(\d+) passed, (\d+) failed", last)
        with steps.step("has lived to its end"):
            expect(counts, f"{last} (exit code {result.returncode})")
        if counts:
            steps.passed += int(counts[1])
            steps.failed += int(counts[2])


def main():
    parser = argparse.ArgumentParser(prog="packages.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--twice", action="store_true", help="build it again, and compare")
    parser.add_argument("--built", action="store_true", help="take the package in build-SUITE, if there is one")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="bookworm, trixie and forky unless told")
    options = parser.parse_args()
    if options.inside:
        tree, folder, package, newer, other_abi, suite = options.suites
        steps = Steps(suite)
        live(steps, Tree(tree, folder), package, newer, other_abi)
        print(f"{steps.passed} passed, {steps.failed} failed")
        return 0
    passed = failed = skipped = 0
    for suite in options.suites or SUITES:
        made = subprocess.run(["sh", "tests/debian_tree.sh", suite], stdout=subprocess.PIPE)
        if made.returncode == NO_SUCH_SUITE:
            skipped += 1
            continue
        steps = Steps(suite)
        with steps.step("has a tree"):
            expect(made.returncode == 0, "it could not be made")
        if made.returncode == 0:
            test_suite(steps, suite, made.stdout.decode().split("\n")[-2], options.built, options.twice)
        passed += steps.passed
        failed += steps.failed
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 0 if passed and not failed and not (skipped and os.environ.get("CI")) else 1


if __name__ == "__main__":
    sys.exit(main())
