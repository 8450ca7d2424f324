#!/usr/bin/env python3
"""All figures about speed: instructions, processor time beside other servers, and growth.

  figures.py --modules DIR --out DIR [--deep]

writes figures.md and chart.svg into a folder. --deep: growth up to 1,000,000 messages (5 GB below TMPDIR).
Measure on an idle machine. Needs root and this machine's Dovecot 2.3."""
import argparse
import html
import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import growth  # noqa: E402
import instructions  # noqa: E402
import peers  # noqa: E402

MESSAGES = 10000
# Of the chart, in its units.
WIDTH, LEFT, RIGHT, ROW, TOP = 760, 210, 80, 34, 56
FIRST, AGAIN, OTHERS, PALE = "#1f6feb", "#9ec5fe", "#6e7781", "#c8ccd1"


def machine():
    version = subprocess.run(["dovecot", "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()[0]
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "")
    return f"{time.strftime('%Y-%m-%d', time.gmtime())}, Dovecot {version}, {os.cpu_count()} cores" + (
        f" of {model}" if model else "")


def bar(y, height, value, longest, colour):
    """A bar and its value; one that is too long is cut, with an arrow."""
    space = WIDTH - LEFT - RIGHT
    length = space * min(value / longest, 1)
    arrow = " →" if value > longest else ""
    yield f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{height}" fill="{colour}"/>'
    yield f'<text x="{LEFT + length + 5:.1f}" y="{y + height - 2}" font-size="11">{value:.1f}{arrow}</text>'


def chart(servers, where):
    """The lines of an SVG: milliseconds of the first UIDL in a session, and of the next one."""
    medians = [(server, statistics.median(server.first), statistics.median(server.again)) for server in servers]
    dovecot = next(first for server, first, _ in medians if server.label == peers.DOVECOT)
    longest = max(value for _, *both in medians for value in both if value <= 2 * dovecot)
    medians.sort(key=lambda found: found[1])
    height = TOP + ROW * len(medians) + 28
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">'
    yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    yield f'<g fill="#1f2328" font-size="13"><text x="12" y="22" font-size="15">UIDL of {MESSAGES:,} messages: ' \
        'milliseconds of processor time</text>'
    yield '<text x="12" y="40" font-size="11">dark: the first in a session; pale: the next one</text>'
    for place, (server, first, again) in enumerate(medians):
        y = TOP + ROW * place
        ours = peers.with_plugin(server)
        yield f'<text x="{LEFT - 8}" y="{y + 17}" text-anchor="end">{html.escape(peers.title(server))}</text>'
        yield from bar(y, 12, first, longest, FIRST if ours else OTHERS)
        yield from bar(y + 13, 12, again, longest, AGAIN if ours else PALE)
    yield f'<text x="12" y="{height - 10}" font-size="11">{html.escape(where)}</text></g></svg>'


def document(where, sections):
    yield "# How fast"
    yield ""
    yield "Written by `sh tests/run.sh bench`; [the tests' page](../README.md#figures-about-speed) says what it measures."
    yield f"{where}."
    for title, lines in sections:
        yield from ("", f"## {title}", "", *lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--deep", action="store_true")
    options = parser.parse_args()
    rows = list(instructions.rows())
    servers = peers.measure(options.modules, MESSAGES)
    counted = instructions.measure(options.modules, rows)
    grown = growth.measure(options.modules, growth.NUMBERS + ((1000000,) if options.deep else ()))
    where = machine()
    os.makedirs(options.out, exist_ok=True)
    for name, lines in (("chart.svg", chart(servers, where)),
                        ("figures.md", document(where, (
                            ("Beside other servers", ("![UIDL beside other servers](chart.svg)", "",
                                                      *peers.table(servers, MESSAGES))),
                            ("Instructions", instructions.table(rows, counted)),
                            ("Growth", growth.table(grown)))))):
        with open(os.path.join(options.out, name), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
    print(f"written: {options.out}/figures.md, {options.out}/chart.svg")


if __name__ == "__main__":
    main()
