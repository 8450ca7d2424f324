#!/usr/bin/env python3
"""What a login costs when there are 10, 1,000 or 1,000,000 domains, with their policies in a folder and
in Redis.

  policy.py --modules DIR [--tree DIR] [--logins N] [--domains N,N,N] [--picked N]
            [--fill-seconds N]

For each number and store a private Dovecot (tests/integration) runs with one pop3 process for all its
sessions. They take turns: each gets some logins to domains picked at random (with --picked to so many of
them, whose files are soon read from memory whatever their number), with a mailbox that all users
share, and every session checks by LAST's wording that it has its domain's policy. This prints
the median time from connecting to the end of QUIT and the processor time of the pop3 process, each
for a login, and the ratio to the smallest number's. Compare within one run only.

A million policies are a million files in one folder. They are on an ext4 of their own in a file below
TMPDIR (4 KB for each), which is gone when this and its servers have ended: removing a million files can
take a quarter of an hour. Without loop devices they are in TMPDIR itself. What is going on is on stderr."""
import argparse
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import hosts
from dicts import typed_settings
from private_host import mount_namespace
from processes import processor_seconds
from redis_server import RedisServer
from test_policy_dict import redis_options

POLICY = '[last]\nwording = "mh"\n'
EXPECTED = b" is the last msg seen"
TURNS = 10
# Reserved for the mailboxes, the logs, copies of Dovecot's modules, and everybody else on that
# disk.
SPARE_FILES = 10_000
SPARE_OCTETS = 1 << 30
BLOCK = 4096
IN_NAMESPACE = "POLICY_BENCH_IN_NAMESPACE"


def domain(number):
    return f"d{number:07}.example"


class Candidate:
    """A running Dovecot with this many domains; users of `picked` of them log in. options: for the
    host."""

    def __init__(self, store, count, picked, **options):
        self.store, self.count = store, count
        self.random = random.Random(count)
        self.picked = self.random.sample(range(count), min(count, picked))
        self.times = []
        self.used = 0.0
        # Not created until the stores are full: it picks a port, which might be taken by then.
        self.host = hosts.new_host(clients=100, **options)
        with open(f"{self.host.base}/dovecot.conf", "a") as file:
            file.write(shared_mailbox(self.host.base))
        self.host.maildir("shared")

    def login(self, look=lambda: None):
        """Returns seconds. look() is called during the session."""
        user = f"u@{domain(self.random.choice(self.picked))}"
        begun = time.perf_counter()
        with hosts.Pop3(self.host.port, user) as pop3:
            answer = pop3.command(b"LAST")
            if not answer.endswith(EXPECTED):
                raise AssertionError(f"{self.store}, {self.count:,} domains: LAST of {user} is not worded by the "
                                     f"domain's policy: {answer}\n{self.host.log()[-2000:]}")
            look()
            pop3.quit()
        return time.perf_counter() - begun

    def process(self):
        """The pop3 process. Dovecot ends a process that was idle for a minute, so ask in each
        turn."""
        found = []
        self.login(lambda: found.extend(hosts.processes_of(self.host, "shared")))
        return found[0]

    def turn(self, logins):
        process = self.process()
        before = processor_seconds(process)
        self.times += [self.login() for _ in range(logins)]
        self.used += processor_seconds(process) - before


def shared_mailbox(base):
    path = f"{base}/homes/shared/Maildir"
    return f"mail_path = {path}\n" if typed_settings() else f"mail_location = maildir:{path}\n"


def say(text):
    print(text, file=sys.stderr, flush=True)


def octets_for(files):
    return files * (BLOCK + 512) + SPARE_OCTETS


def check_disk(folder, files, octets):
    """Fails if there is not enough room."""
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    # Without f_files, the file system creates inodes as needed.
    if disk.f_files and disk.f_favail < files or free < octets:
        raise RuntimeError(f"{folder} has {disk.f_favail:,} inodes and {free >> 20:,} MB left, but {files:,} and "
                           f"{octets >> 20:,} MB are needed: set TMPDIR to a folder on a larger disk, or ask for "
                           "fewer --domains")


def mount_own_disk(folder, files):
    """Makes folder an ext4 with room for this many files, in this mount namespace. False: it is
    still an ordinary folder."""
    image = folder + ".ext4"
    try:
        with open(image, "wb") as file:
            file.truncate(octets_for(files))
        for command in (["mkfs.ext4", "-q", "-F", "-b", str(BLOCK), "-m", "0", "-N", str(files + SPARE_FILES),
                         "-O", "^has_journal", image], ["mount", "-o", "loop", image, folder]):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        return True
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"no disk of its own ({error}): the files are in {folder}")
        return False
    finally:
        os.unlink(image)


def fill(what, count, seconds, put):
    """Calls put(begin, end) for a thousand numbers at a time. An error if this takes longer than
    `seconds`."""
    begun = time.monotonic()
    for begin in range(0, count, 1000):
        if time.monotonic() - begun > seconds:
            raise RuntimeError(f"{what}: {begin:,} of {count:,} policies after {seconds} s; --fill-seconds allows more")
        put(begin, min(begin + 1000, count))
    say(f"{what}: {count:,} policies in {time.monotonic() - begun:.1f} s")


def fill_folder(count, seconds, _):
    """Returns the options of a host that uses these policies."""
    policies = os.path.join(hosts.scratch, f"policies{count}")
    os.makedirs(f"{policies}/domains")

    def put(begin, end):
        for number in range(begin, end):
            with open(f"{policies}/domains/{domain(number)}.toml", "w") as file:
                file.write(POLICY)

    fill("folder", count, seconds, put)
    return {"policies": policies}


def fill_redis(count, seconds, servers):
    redis = RedisServer().start()
    servers.append(redis)
    redis.command("SET", "pop3-legacy/default", "")
    fill("Redis", count, seconds, lambda begin, end: redis.commands(
        [("SET", f"pop3-legacy/domains/{domain(number)}", POLICY) for number in range(begin, end)]))
    return redis_options(redis.port)


def measure(counts, options, servers):
    stores = [(store, count, filler(count, options.fill_seconds, servers))
              for store, filler in (("folder", fill_folder), ("Redis", fill_redis)) for count in counts]
    candidates = []
    for store, count, host_options in stores:
        one = Candidate(store, count, options.picked or count, **host_options)
        servers.append(one.host)
        one.host.start()
        candidates.append(one)
    for turn in range(TURNS):
        for one in candidates:
            one.turn(options.logins // TURNS)
        say(f"turn {turn + 1} of {TURNS}, load {os.getloadavg()[0]:.1f}")
    return candidates


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--tree")
    parser.add_argument("--logins", type=int, default=1000)
    parser.add_argument("--domains", default="10,1000,1000000")
    parser.add_argument("--picked", type=int, default=0, help="0: all")
    parser.add_argument("--fill-seconds", type=int, default=1200, help="the most that filling a store may take")
    options = parser.parse_args()
    if not os.environ.get(IN_NAMESPACE):
        # There the mount ends with this process.
        command = mount_namespace() + [sys.executable] + sys.argv
        os.execvpe(command[0], command, {**os.environ, IN_NAMESPACE: "1"})
    os.umask(0o22)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    counts = [int(count) for count in options.domains.split(",")]
    files = sum(counts) + SPARE_FILES
    base = tempfile.mkdtemp()
    os.chmod(base, 0o755)
    scratch = f"{base}/disk"
    os.mkdir(scratch)
    servers = []
    mounted = False
    try:
        check_disk(base, 0, octets_for(files))
        mounted = mount_own_disk(scratch, files)
        check_disk(scratch, files, 0)
        hosts.configure(scratch, options.modules, options.tree, None)
        candidates = measure(counts, options, servers)
        print(f"{hosts.host_name}, {options.logins} logins each")
        print("| store | domains | login: wall ms | ratio | CPU ms | ratio |")
        print("|---|---|---|---|---|---|")
        for one in candidates:
            first = next(other for other in candidates if other.store == one.store)
            wall, least = statistics.median(one.times), statistics.median(first.times)
            cells = (wall * 1000, wall / least, one.used * 1000 / len(one.times), one.used / first.used)
            print(f"| {one.store} | {one.count:,} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |", flush=True)
    except Exception:
        traceback.print_exc()  # before the files are removed, which takes a while
        sys.exit(1)
    finally:
        for server in servers:
            server.stop()
        begun = time.monotonic()
        if mounted:
            subprocess.run(["umount", "--lazy", scratch], check=True)
        shutil.rmtree(base)
        say(f"files removed in {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
