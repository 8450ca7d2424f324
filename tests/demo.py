"""The second half of demo.sh: the private Dovecot, the sample mailbox, the session."""
import argparse
import glob
import os
import shutil
import signal
import socket
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "integration"))
from private_dovecot import PrivateDovecot  # noqa: E402
from private_host import PASSWORD  # noqa: E402

USER = "demo@example.org"
USUAL_PORT = 11010
SESSION = ["CAPA", "STAT", "LAST", "UIDL", "RETR 4", "LAST", "DELE 2", "LAST", "HELP", "HELP LAST", "RSET", "LAST",
           "QUIT"]
SECOND_SESSION = ["RETR 3", "QUIT"]
THIRD_SESSION = ["LAST", "QUIT"]
MULTI_LINE = ("CAPA", "UIDL", "RETR", "HELP")


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


def play(server_port, commands):
    """Plays one session and prints it in the form that RFCs use."""
    with socket.create_connection(("127.0.0.1", server_port), timeout=30) as connection:
        stream = connection.makefile("rwb")

        def answer(multi_line):
            line = stream.readline().decode("ascii", "replace").rstrip("\r\n")
            print("S:", line)
            while multi_line and line != "." and not line.startswith("-ERR"):
                line = stream.readline().decode("ascii", "replace").rstrip("\r\n")
                print("S:", line)

        answer(False)
        for command in [f"USER {USER}", f"PASS {PASSWORD}"] + commands:
            print("C:", command)
            stream.write(command.encode() + b"\r\n")
            stream.flush()
            answer(command.split()[0] in MULTI_LINE)
    print()


def main():
    parser = argparse.ArgumentParser(prog="demo.sh")
    parser.add_argument("--modules", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--once", action="store_true", help="end after the session")
    parser.add_argument("--port", type=port, metavar="N", help="the port on 127.0.0.1")
    options = parser.parse_args()

    def end(*_):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
    base = tempfile.mkdtemp(prefix="pop3-legacy-demo.")
    try:
        policies = os.path.join(base, "policy")
        shutil.copytree(os.path.join(here, "..", "conf.d", "pop3-legacy"), policies)
        dovecot = PrivateDovecot(base, options.modules, policies=policies, port=options.port or usual_port_or_any())
        maildir = dovecot.maildir(USER)
        for number, path in enumerate(sorted(glob.glob(os.path.join(here, "demo-mail", "*.eml")))):
            shutil.copy(path, os.path.join(maildir, "new", f"{1011000000 + number}.M{number}P1.demo"))
        dovecot.give(os.path.dirname(maildir))
        with dovecot:
            print(f"Dovecot {dovecot.version()} with pop3_legacy. The first session:\n")
            play(dovecot.port, SESSION)
            print("What RETR delivers is known to the next session, after QUIT:\n")
            play(dovecot.port, SECOND_SESSION)
            play(dovecot.port, THIRD_SESSION)
            if not options.once:
                print(f"Connect with:  nc 127.0.0.1 {dovecot.port}\n"
                      f"Log in with:   USER {USER}   and   PASS {PASSWORD}\n"
                      f"The policy is  {policies}/default.toml   (a change holds from the next login)\n"
                      f"The log is     {dovecot.log_file}\n"
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
