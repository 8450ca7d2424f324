"""The second half of demo.sh: the build, the private Dovecot, the sample mailboxes, the sessions.

With --record it writes what it shows as the picture in the README, in place of printing it:

    sudo python3 tests/demo.py --modules build/modules --once --record tests/demo.svg
"""
import argparse
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from xml.sax.saxutils import escape

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "integration"))
from private_dovecot import PrivateDovecot  # noqa: E402
from private_host import PASSWORD  # noqa: E402

USUAL_PORT = 11010
OLD_LIST = os.path.join(here, "demo-mail", "old-server.uidl")
MOST_LINES = 8  # of an answer
MULTI_LINE = ("CAPA", "UIDL", "RETR", "TOP", "HELP", "XTND")

POLICIES = {
    "old.example": '[commands]\nallow = ["LAST", "HELP", "XTND XLST"]\n[reply]\ndialect = "qpopper"\n',
    "moved.example": '[uidl]\nscheme = "popa3d"\n',
    "kiosk.example": '[delete]\nmode = "deny"\n',
}


class Show:
    """What is shown, line by line, each of a kind: heading, text, client, server, shell or output.
    On a terminal the kinds have colours."""

    COLOURS = {"heading": "1", "client": "36", "server": "33", "shell": "36", "output": "33"}

    def __init__(self, silent):
        self.silent = silent
        self.coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.lines = []

    def add(self, kind, text=""):
        self.lines.append((kind, text))
        if self.silent:
            return
        if self.coloured and kind in self.COLOURS:
            text = f"\033[{self.COLOURS[kind]}m{text}\033[0m"
        print(text, flush=True)

    def heading(self, text):
        self.add("text")
        self.add("heading", text)
        self.add("text")


class Picture:
    """Lines of a Show as an SVG."""

    SIZE, STEP, MARGIN, COLUMNS = 13, 18, 14, 96
    COLOURS = {"heading": "#ffffff", "text": "#c9d1d9", "client": "#79c0ff", "shell": "#79c0ff", "server": "#e3b341",
               "output": "#e3b341"}

    def write(self, shown, path):
        lines = [(kind, part) for kind, text in shown
                 for part in textwrap.wrap(text, self.COLUMNS, subsequent_indent="    ", drop_whitespace=False) or [""]]
        width = int(self.COLUMNS * self.SIZE * 0.602) + 2 * self.MARGIN
        height = len(lines) * self.STEP + 2 * self.MARGIN
        out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
               f'font-family="monospace" font-size="{self.SIZE}" role="img" aria-label="A session of demo.sh">',
               f'<rect width="{width}" height="{height}" rx="6" fill="#0d1117"/>']
        for number, (kind, text) in enumerate(lines, 1):
            weight = ' font-weight="bold"' if kind == "heading" else ""
            if text:
                out.append(f'<text x="{self.MARGIN}" y="{number * self.STEP + self.MARGIN - 5}" xml:space="preserve" '
                           f'fill="{self.COLOURS[kind]}"{weight}>{escape(text)}</text>')
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(out) + "\n</svg>\n")


class Steps:
    """Says what is being done and, when it is done, how long it took."""

    def __init__(self):
        self.begun = time.monotonic()

    def __call__(self, text):
        print(f"{time.monotonic() - self.begun:5.0f} s  {text}", flush=True)


def build(folder, step):
    """Builds the modules. A debug build takes the least time."""
    step(f"building in {folder} (the first time some 90 seconds on two cores)")
    log = tempfile.NamedTemporaryFile("w", prefix="pop3-legacy-demo.", suffix=".log", delete=False)
    commands = (["cmake", "-G", "Ninja", "-B", folder, "-DBUILD_TESTING=OFF", "-DPOP3_LEGACY_SHIM=OFF",
                 "-DCMAKE_BUILD_TYPE=Debug"], ["cmake", "--build", folder])
    last, said = [], 0
    for command in commands:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            for line in process.stdout:
                log.write(line)
                last = last[-30:] + [line]
                done = re.match(r"\[(\d+)/(\d+)\]", line)
                if done and int(done[1]) * 4 // int(done[2]) > said:
                    said = int(done[1]) * 4 // int(done[2])
                    step(f"  {done[1]} of {done[2]}")
        if process.returncode != 0:
            log.close()
            sys.stderr.writelines(last)
            sys.exit(f"demo.sh: the build failed; its whole output is in {log.name}")
    log.close()
    os.unlink(log.name)


def usual_port_or_any():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
            return USUAL_PORT
        except OSError:
            return None


def port(text):
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise argparse.ArgumentTypeError("not a port: " + text)


class Demo:
    def __init__(self, dovecot, policies, show):
        self.dovecot, self.policies, self.show = dovecot, policies, show

    def mailbox(self, user):
        maildir = self.dovecot.maildir(user)
        for number, path in enumerate(sorted(glob.glob(os.path.join(here, "demo-mail", "*.eml")))):
            shutil.copy(path, os.path.join(maildir, "new", f"{1011000000 + number}.M{number}P1.demo"))
        self.dovecot.give(os.path.dirname(maildir))

    def play(self, user, *commands):
        """Plays one session and shows it in the form that RFCs use."""
        with socket.create_connection(("127.0.0.1", self.dovecot.port), timeout=30) as connection:
            stream = connection.makefile("rwb")

            def answer(multi_line):
                lines = []
                while not lines or multi_line and lines[-1] != "." and not lines[0].startswith("-ERR"):
                    lines.append(stream.readline().decode("ascii", "replace").rstrip("\r\n"))
                if len(lines) > MOST_LINES:
                    lines[2:-1] = [f"   ({len(lines) - 3} more lines)"]
                for line in lines:
                    self.show.add("server", "S: " + line)

            stream.readline()
            for command in (f"USER {user}", f"PASS {PASSWORD}", *commands):
                self.show.add("client", "C: " + command)
                stream.write(command.encode() + b"\r\n")
                stream.flush()
                answer(command.split()[0] in MULTI_LINE)
        self.show.add("text")

    def doveadm(self, *arguments):
        self.show.add("shell", "# doveadm " + " ".join(os.path.basename(argument) for argument in arguments))
        result = self.dovecot.try_doveadm(*arguments, folder=here)
        for line in (result.stdout + result.stderr).splitlines():
            self.show.add("output", line.rstrip())
        self.show.add("text")
        return result.returncode

    def run(self):
        show = self.show
        for domain, text in POLICIES.items():
            with open(os.path.join(self.policies, "domains", domain + ".toml"), "w") as file:
                file.write(text)
        for name in ("anna@example.org", "bob@old.example", "carl@moved.example", "dora@kiosk.example"):
            self.mailbox(name)

        show.heading("LAST: which message a client need not load again")
        self.play("anna@example.org", "LAST", "RETR 3", "LAST", "QUIT")
        self.play("anna@example.org", "LAST", "HELP LAST", "QUIT")

        show.heading("old.example: a client that wants the words of its old server, and XTND XLST")
        self.play("bob@old.example", "XTND XLST Subject", "NOOP", "RETR 9")

        show.heading("moved.example: an old server's mail has moved here. What did its clients know?")
        self.doveadm("pop3-legacy", "uidl", "detect", "-u", "carl@moved.example", OLD_LIST)
        self.doveadm("pop3-legacy", "uidl", "verify", "-u", "carl@moved.example", OLD_LIST)
        self.play("carl@moved.example", "UIDL", "QUIT")

        show.heading("kiosk.example: mail stays where it is")
        self.play("dora@kiosk.example", "DELE 1")


def main():
    parser = argparse.ArgumentParser(prog="demo.sh")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--build", metavar="FOLDER", help=argparse.SUPPRESS)
    where.add_argument("--modules", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--record", metavar="FILE", help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="end after the sessions")
    parser.add_argument("--port", type=port, metavar="N", help="the port on 127.0.0.1")
    options = parser.parse_args()

    def end(*_):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
    step = (lambda text: None) if options.record else Steps()
    base = tempfile.mkdtemp(prefix="pop3-legacy-demo.")
    try:
        if options.build:
            build(options.build, step)
        policies = os.path.join(base, "policy")
        shutil.copytree(os.path.join(here, "..", "conf.d", "pop3-legacy"), policies)
        dovecot = PrivateDovecot(base, options.modules or os.path.join(options.build, "modules"), policies=policies,
                                 port=options.port or usual_port_or_any(), more_folders=[here])
        step(f"starting Dovecot {dovecot.version()} at port {dovecot.port}")
        with dovecot:
            show = Show(silent=bool(options.record))
            Demo(dovecot, policies, show).run()
            if options.record:
                Picture().write(show.lines, options.record)
            step("done")
            if not options.once:
                print(f"\nConnect with:  nc 127.0.0.1 {dovecot.port}\n"
                      f"Log in with:   USER anna@example.org   and   PASS {PASSWORD}   (or any other name)\n"
                      f"The policies:  {policies}/default.toml and domains/*.toml there (a change holds from the "
                      f"next login)\n"
                      f"The log:       {dovecot.log_file}\n"
                      f"On your own Dovecot: README.md, from \"Install it\" on.\n"
                      f"Ctrl-C ends the demo and removes its files.", flush=True)
                while dovecot.process.poll() is None:
                    time.sleep(1)
                sys.exit("demo: Dovecot has ended:\n" + dovecot.log())
    except KeyboardInterrupt:
        print()
    except RuntimeError as failure:  # a busy port, or no permission to mount
        sys.exit(f"demo.sh: {failure}")
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
