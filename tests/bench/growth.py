#!/usr/bin/env python3
"""How processor time and memory grow with the number of messages.

  growth.py --modules DIR [--messages N,N,N] [--rounds N]

One pop3 process of this machine's Dovecot 2.3, without login, over Maildirs. For UIDL and XTND XLST this
prints the processor time of the first one ever, when only sizes are known; of the first one in a later
session, the least of the rounds'; the exponent that fits those (1: linear); and how much more memory of its
own the process had meanwhile. "Dovecot" is its UIDL without the plugin. Needs root."""
import argparse
import math
import os
import shutil
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import maildirs  # noqa: E402
import processes  # noqa: E402
from instructions import SCHEMES, XLST_ALLOWED, scheme_policy  # noqa: E402
from pop3_process import Setup  # noqa: E402
from private_host import PrivateHost  # noqa: E402

NUMBERS = (1000, 10000, 100000)
# What the client has not read: the process waits for it several times in each reply.
ROOM = 1 << 16


def commands():
    """(name, command, policy or None, with the plugin)."""
    yield "UIDL, Dovecot", b"UIDL\r\n", None, False
    for scheme in SCHEMES:
        yield f"UIDL, {scheme}", b"UIDL\r\n", scheme_policy(scheme), True
    yield "XTND XLST", b"XTND XLST Subject\r\n", XLST_ALLOWED, True


def reply(process):
    """Reads a multi-line reply; the most memory that the process had of its own."""
    most, end = 0, b""
    while not end.endswith(b"\r\n.\r\n"):
        octets = process.stdout.read(ROOM)
        if not octets or (not end and octets.startswith(b"-ERR")):
            raise RuntimeError(f"{octets}")
        end = (end + octets)[-5:]
        most = max(most, processes.anonymous_memory(process.pid))
    return most


def session(setup, command):
    """Processor seconds, and octets of memory more than before."""
    with setup.process(room=ROOM) as process:
        process.stdin.write(b"STAT\r\n")
        if not process.stdout.read(ROOM).startswith(b"+OK"):  # the maildrop is open
            raise RuntimeError("STAT")
        time.sleep(0.05)
        seconds, memory = processes.processor_seconds(process.pid), processes.anonymous_memory(process.pid)
        process.stdin.write(command)
        most = reply(process)
        time.sleep(0.05)
        seconds = processes.processor_seconds(process.pid) - seconds
        process.stdin.write(b"QUIT\r\n")
        while process.stdout.read(ROOM):
            pass
    return seconds, most - memory


def exponent(numbers, seconds):
    """Of the power of the number that fits best."""
    return statistics.linear_regression([math.log(number) for number in numbers],
                                        [math.log(one) for one in seconds])[0]


def measure(modules, numbers=NUMBERS, rounds=5):
    """{name: {number: (seconds of the first ever, of a later one, octets)}}."""
    os.umask(0o22)
    folder = tempfile.mkdtemp(prefix="p3l.")
    os.chmod(folder, 0o755)
    try:
        measured = {}
        for number in numbers:
            maildir = f"{folder}/{number}"
            maildirs.write(maildir, number, octets=300)
            PrivateHost.give(maildir)
            for name in ("cur", "new"):
                os.utime(f"{maildir}/{name}", (maildirs.FIRST,) * 2)
            for place, (name, command, policy, plugin) in enumerate(commands()):
                setup = Setup(f"{folder}/{number}-{place}", maildir, modules if plugin else None, policy)
                ever, _ = session(setup, command)
                time.sleep(1.1)
                session(setup, command)
                time.sleep(1.1)
                runs = [session(setup, command) for _ in range(rounds)]
                measured.setdefault(name, {})[number] = (ever, min(one for one, _ in runs),
                                                         max(more for _, more in runs))
                print(f"{name}, {number} messages, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
                shutil.rmtree(setup.folder)
            shutil.rmtree(maildir)
        return measured
    finally:
        shutil.rmtree(folder)


def table(measured):
    """Lines of Markdown."""
    numbers = list(next(iter(measured.values())))
    yield ("| CPU | " + " | ".join(f"{number:,}: first ever, ms | later, ms | KiB more" for number in numbers) +
           " | exponent |")
    yield "|---|" + "--:|" * (3 * len(numbers) + 1)
    for name, found in measured.items():
        cells = [f"{ever * 1000:,.1f} | {later * 1000:,.2f} | {octets / 1024:,.0f}"
                 for ever, later, octets in found.values()]
        fitted = exponent(numbers, [later for _, later, _ in found.values()]) if len(numbers) > 1 else math.nan
        yield f"| {name} | {' | '.join(cells)} | {fitted:.2f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--messages", default=",".join(map(str, NUMBERS)))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(*table(measure(options.modules, [int(number) for number in options.messages.split(",")], options.rounds)),
          sep="\n")


if __name__ == "__main__":
    main()
