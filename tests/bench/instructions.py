#!/usr/bin/env python3
"""The instructions that commands cost in Dovecot 2.3's pop3 process, with and without the plugin.

  instructions.py --modules DIR [--ceilings FILE] [--write] [ROW...]

callgrind counts them, and they repeat to 0.1 % or 1,000 a session, however busy the machine is (clock.c
says how); but how long malloc() looks for room depends on what was in the heap before, in either process.
What a command costs is the difference of two sessions with more and fewer of it, over a mailbox that Dovecot
knows. Each row is held to its ceiling in ceilings.toml: instructions, or instructions more than Dovecot
alone needs in the same run. --write puts the ceilings 3 % above what was counted. The last line is
"N passed, N failed". Needs root and this machine's Dovecot 2.3."""
import argparse
import concurrent.futures
import dataclasses
import math
import os
import shutil
import sys
import tempfile
import time
import tomllib
import typing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import maildirs  # noqa: E402
from pop3_process import Setup  # noqa: E402
from private_host import PrivateHost  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CEILINGS = os.path.join(HERE, "ceilings.toml")
SHIPPED = os.path.join(HERE, "..", "..", "conf.d", "pop3-legacy", "default.toml")
MARGIN = 1.03
# Of what is compared: two counts of the same differ by less.
NOISE = 0.0005
# A command, in Dovecot's process or in ours: what malloc() may look longer, in a heap that is laid out otherwise.
HEAP = 300
MESSAGES, MANY = 1000, 10000
XLST_ALLOWED = '[commands]\nallow = ["XTND XLST"]\n'
# What ids of a scheme are made of.
SCHEMES = {"decimal-uid": "the index", "uw": "the index", "courier-v0": "the file name",
           "hmac-sha256": "remembered", "popa3d": "remembered in Dovecot's cache"}


def scheme_policy(scheme):
    return f'[uidl]\nscheme = "{scheme}"\nkey_file = "@folder@/key"\n'


def shipped_policy():
    with open(SHIPPED, encoding="utf-8") as file:
        return file.read()


@dataclasses.dataclass
class Row:
    """What a command costs: a session of `before` and `times` more of it, less one of `before`, by times
    and `lines`. In a row with times=0, the whole session of `before`."""
    name: str
    what: str
    command: bytes = b""
    times: int = 0
    before: bytes = b"STAT\r\n"
    policy: typing.Optional[str] = None  # default.toml; None: no policy folder
    lines: int = 1
    packets: bool = False  # each command is a packet, which waits for the reply before it
    dovecot: typing.Optional[bytes] = b""  # what is closest to it in Dovecot; None: nothing
    over: bool = False  # the ceiling is over what Dovecot needs
    messages: int = MESSAGES


def rows():
    stat, uidl = b"STAT\r\n", b"UIDL\r\n"
    xlst = b"XTND XLST Subject\r\n"
    yield Row("session", "a session of STAT, no policy folder", over=True)
    yield Row("session-shipped", "a session of STAT, the shipped default.toml", policy=shipped_policy(), over=True)
    yield Row("stat-many", f"a session of STAT, {MANY:,} messages", messages=MANY, over=True)
    yield Row("stat-many-scheme", f"a session of STAT, {MANY:,} messages, a scheme set",
              policy=scheme_policy("decimal-uid"), messages=MANY, over=True)
    yield Row("noop", "NOOP", b"NOOP\r\n", 1000, over=True)
    yield Row("noop-packet", "NOOP, one a packet", b"NOOP\r\n", 300, packets=True, over=True)
    yield Row("noop-dialect", "NOOP under a dialect, one a packet", b"NOOP\r\n", 300,
              policy='[reply]\ndialect = "rambler"\n', packets=True, over=True)
    yield Row("last", "LAST", b"LAST\r\n", 1000)
    yield Row("help", "HELP", b"HELP\r\n", 100, before=stat + b"HELP\r\n", dovecot=None)
    yield Row("capa", "CAPA again", b"CAPA\r\n", 200, before=stat + b"CAPA\r\n", dovecot=None)
    yield Row("retr", "RETR, pipelined", b"RETR 7\r\n", 200, before=stat + b"RETR 7\r\n", over=True)
    for scheme, source in SCHEMES.items():
        policy = scheme_policy(scheme)
        yield Row(f"uidl-{scheme}-first", f"UIDL a line, {scheme} ({source}), first", uidl, 1, policy=policy,
                  lines=MESSAGES)
        yield Row(f"uidl-{scheme}", f"UIDL a line, {scheme} ({source}), again", uidl, 3, before=stat + uidl,
                  policy=policy, lines=MESSAGES)
    yield Row("uidl-n", "UIDL n", b"UIDL 5\r\n", 100, before=stat + b"UIDL 5\r\n", policy=scheme_policy("decimal-uid"))
    yield Row("xlst", "XTND XLST a line, again (Dovecot: TOP n 0)", xlst, 3, before=stat + xlst,
              policy=XLST_ALLOWED, lines=MESSAGES, dovecot=b"TOP 5 0\r\n")


def setup_of(row, plugin):
    """What names a setup: messages, with the plugin or without, policy."""
    return (row.messages, plugin, row.policy if plugin else None)


def sessions(row, plugin):
    """The packets of the row's two sessions, with less and with more, and how many commands or lines they are
    apart."""
    command, before, times, lines = row.command, row.before, row.times, row.lines
    if not plugin and row.dovecot:
        command, before, times, lines = row.dovecot, b"STAT\r\n" + row.dovecot, 100, 1
    more = (before,) + (command,) * times if row.packets else (before + command * times,)
    return (before,), more, times * lines


def with_dovecot(row):
    """Whether the plugin is there: once without it, where there is something to compare, and once with it."""
    return (True,) if row.dovecot is None else (False, True)


def count_all(folder, modules, wanted):
    """{setup: {packets: instructions}} for all sessions of these rows."""
    needed = {}
    for row in wanted:
        for plugin in with_dovecot(row):
            less, more, apart = sessions(row, plugin)
            needed.setdefault(setup_of(row, plugin), {}).update({less: 0, more: 0})
    for messages in {row.messages for row in wanted}:
        maildir = f"{folder}/{messages:06}"
        maildirs.write(maildir, messages)
        PrivateHost.give(maildir)
        for name in ("cur", "new"):  # Dovecot reads a folder again that has just changed
            os.utime(f"{maildir}/{name}", (maildirs.FIRST,) * 2)
    setups = {key: Setup(f"{folder}/{number:02}", f"{folder}/{key[0]:06}", modules if key[1] else None, key[2])
              for number, key in enumerate(needed)}

    def warm(key):
        """Lets Dovecot and the plugin get to know the mailbox."""
        xlst = b"XTND XLST Subject\r\n" if key[2] == XLST_ALLOWED else b""
        setups[key].session(b"STAT\r\nUIDL\r\nLIST\r\nTOP 5 0\r\nRETR 7\r\n" + xlst)

    def count(key):
        # One after another: a session would wait for another one's locks.
        return key, {packets: setups[key].count(*packets) for packets in needed[key]}

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in range(3):
            list(pool.map(warm, setups))
            time.sleep(1.1)  # what is younger than a second is not trusted
        return dict(pool.map(count, setups))


def measure(modules, wanted):
    """{row's name: (Dovecot's instructions or None, ours)}."""
    folder = tempfile.mkdtemp(prefix="p3l.", dir="/tmp")  # the length of the path counts
    os.chmod(folder, 0o755)
    os.umask(0o22)
    try:
        counts = count_all(folder, modules, wanted)
    finally:
        shutil.rmtree(folder)
    measured = {}
    for row in wanted:
        costs = {}
        for plugin in with_dovecot(row):
            less, more, apart = sessions(row, plugin)
            count = counts[setup_of(row, plugin)]
            costs[plugin] = (count[more] - count[less]) / apart if apart else count[more]
        measured[row.name] = (costs.get(False), costs[True])
    return measured


def held(row, alone, ours):
    """What a row's ceiling is about."""
    return ours - alone if row.over else ours


def judge(wanted, measured, ceilings):
    """{name: what is wrong} of the rows that fail."""
    wrong = {}
    for row in wanted:
        reached = held(row, *measured[row.name])
        if row.name not in ceilings:
            wrong[row.name] = "it has no ceiling"
        elif reached > ceilings[row.name]:
            more = " more than Dovecot" if row.over else ""
            wrong[row.name] = f"{row.what}: {reached:,.0f} instructions{more}, its ceiling is {ceilings[row.name]:,}"
    return wrong


def table(wanted, measured, ceilings=None):
    """Lines of Markdown."""
    yield "| instructions | Dovecot alone | with the plugin |" + (" ceiling |" if ceilings else "")
    yield "|---|--:|--:|" + ("--:|" if ceilings else "")
    for row in wanted:
        alone, ours = measured[row.name]
        more = f" (+{ours - alone:,.0f})" if row.over else ""
        line = f"| {row.what} | {'–' if alone is None else format(alone, ',.0f')} | {ours:,.0f}{more} |"
        if ceilings:
            limit = ceilings.get(row.name)
            line += f" {row.name}: {'none' if limit is None else ('+' if row.over else '') + format(limit, ',')} |"
        yield line


def ceiling(row, alone, ours):
    noise = alone * NOISE + HEAP if row.over else 0
    return max(0, math.ceil(held(row, alone, ours) * MARGIN + noise))


def write(path, wanted, measured):
    with open(path, "w", encoding="utf-8") as file:
        file.write("# The instructions that each row of instructions.py may cost, 3 % above what was reached;\n"
                   "# those over Dovecot have room for two counts, which differ by up to 0.05 % and malloc()'s luck.\n"
                   "# Written by `python3 tests/bench/instructions.py --modules build/modules --write`; a ceiling\n"
                   "# only goes up with a reason in the commit.\n")
        for over, title in ((True, "more than Dovecot alone needs in the same run"), (False, "in all")):
            file.write(f"\n# {title}\n")
            file.writelines(f"{row.name} = {ceiling(row, *measured[row.name])}\n" for row in wanted if row.over == over)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--ceilings", default=CEILINGS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    options = parser.parse_args(arguments)
    every = list(rows())
    names = [row.name for row in every]
    if unknown := set(options.rows) - set(names):
        parser.error(f"there is no row {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    if options.write and options.rows:
        parser.error("the ceilings of all rows are written at once")
    wanted = [row for row in every if not options.rows or row.name in options.rows]
    measured = measure(options.modules, wanted)
    if options.write:
        write(options.ceilings, wanted, measured)
    with open(options.ceilings, "rb") as file:
        ceilings = tomllib.load(file)
    wrong = judge(wanted, measured, ceilings)
    if above := [row for row in wanted if row.name in wrong and row.name in ceilings]:
        # What is above its ceiling only once is not what the row costs.
        measured.update(measure(options.modules, above))
        wrong = judge(wanted, measured, ceilings)
    print(*table(wanted, measured, ceilings), sep="\n")
    wrong.update({name: "there is no such row" for name in set(ceilings) - set(names)})
    for name, what in wrong.items():
        print(f"FAILED {name}: {what}")
    print(f"{len(wanted) - len(set(wrong) & set(names))} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
