"""A single pop3 process of this machine's Dovecot 2.3, with a client at its standard input and output: by
itself, or under callgrind, which counts its instructions. There is no login and no other process, so a
session counts from the process's start to its end. They are pipes: of a socket the plugin asks how much has
left, and the answer, and what is done then, would depend on when the client reads."""
import contextlib
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from private_host import MAIL_UID, PrivateHost, wait_or_kill  # noqa: E402

POP3 = "/usr/lib/dovecot/pop3"
# More than the packets and replies that are counted: neither side waits for the other, whose turns would count.
ROOM = 1 << 20
# Debian's valgrind is a script of dash, which drops variables with a "/" in their names, and with them
# the settings that Dovecot hands to its pop3 process.
VALGRIND = "valgrind.bin"
CLOCK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock.c")


class Setup:
    """A user with a Maildir, and the configuration for the process. folder: of one's own; its path's length
    is counted with everything else. maildir: in it or elsewhere, owned by the mail user. modules: of a
    build, or None for Dovecot alone. policy: the text of default.toml, or None for no policy folder."""

    def __init__(self, folder, maildir, modules=None, policy=None):
        self.folder, self.maildir = folder, maildir
        os.makedirs(folder)
        lines = ["protocols = pop3", "ssl = no", f"base_dir = {folder}/run", "log_path = /dev/stderr",
                 f"mail_location = maildir:{maildir}:CONTROL={folder}/control:INDEX={folder}/index",
                 "pop3_enable_last = yes", "mail_fsync = never"]
        for name in ("control", "index"):
            os.mkdir(f"{folder}/{name}")
        if modules:
            lines += [f"mail_plugin_dir = {os.path.abspath(modules)}", "mail_plugins = pop3_legacy"]
        if policy is not None:
            os.makedirs(f"{folder}/policy/domains")
            os.makedirs(f"{folder}/policy/profiles")
            with open(f"{folder}/policy/default.toml", "w") as file:
                file.write(policy.replace("@folder@", folder))
            lines.append(f"plugin {{\n  pop3_legacy_policy = {folder}/policy\n}}")
        with open(f"{folder}/key", "w") as file:
            file.write("0123456789abcdef" * 2 + "\n")
        os.chmod(f"{folder}/key", 0o600)
        with open(f"{folder}/dovecot.conf", "w") as file:
            file.write("\n".join(lines) + "\n")
        PrivateHost.give(folder)

    @contextlib.contextmanager
    def process(self, under=(), room=ROOM):
        """The running process, as the Popen whose stdin and stdout are the client's. room: octets of a reply
        that the client has not read."""
        # pop3 is run by doveconf, which it would otherwise run itself, to be run again.
        command = ["setpriv", f"--reuid={MAIL_UID}", f"--regid={MAIL_UID}", "--clear-groups", "doveconf", "-f",
                   "service=pop3", "-c", f"{self.folder}/dovecot.conf", "-m", "pop3", "-e", *under, POP3]
        with open(f"{self.folder}/stderr", "ab") as errors:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                       cwd="/", bufsize=0, pipesize=room,
                                       env={"HOME": self.folder, "USER": "user@example.org", "PATH": os.defpath})
        try:
            yield process
        finally:
            process.stdin.close()
            process.stdout.close()
            wait_or_kill(process)

    def session(self, *packets, under=()):
        """All that the server says to these packets and a QUIT. If there are several, each but the first is
        sent when the reply to the one before, a line, is there; QUIT as well."""
        received = []
        with self.process(under) as process:
            if len(packets) == 1:
                process.stdin.write(packets[0] + b"QUIT\r\n")
            else:
                for packet in packets:
                    process.stdin.write(packet)
                    received.append(process.stdout.read(1 << 20))
                process.stdin.write(b"QUIT\r\n")
            while octets := process.stdout.read(1 << 20):
                received.append(octets)
        said = b"".join(received)
        if b"\n+OK" not in said or b"-ERR" in said:
            with open(f"{self.folder}/stderr", errors="replace") as file:
                raise RuntimeError(f"{packets[-1][:60]}: {said[:300]}\n{file.read()[-2000:]}")
        return said

    def count(self, *packets):
        """The instructions of a session."""
        out, clock = f"{self.folder}/callgrind.out", f"{self.folder}/clock.so"
        if not os.path.exists(clock):
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", clock, CLOCK], check=True)
        self.session(*packets, under=("env", f"LD_PRELOAD={clock}", shutil.which(VALGRIND) or shutil.which("valgrind"),
                                      "-q", "--tool=callgrind", f"--callgrind-out-file={out}"))
        with open(out) as file:
            return int(re.search(r"^(?:summary|totals): (\d+)", file.read(), re.MULTILINE)[1])
