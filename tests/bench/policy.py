#!/usr/bin/env python3
"""What a login costs when there are 10, 1,000 or 1,000,000 domains, with their policies in a folder and
in Redis.

  policy.py --modules DIR [--tree DIR] [--logins N] [--domains N,N,N]

For each number and store a private Dovecot (tests/integration) runs with one pop3 process for all its
sessions. They take turns: each gets some logins to domains picked at random, with a mailbox that all
users share, and every session checks by LAST's wording that it has its domain's policy. This prints
the median time from connecting to the end of QUIT and the processor time of the pop3 process, each
for a login, and the ratio to the smallest number's. Compare within one run only."""
import argparse
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import hosts
from dicts import typed_settings
from redis_server import RedisServer
from test_policy_dict import redis_options
from uidl import processor_seconds

POLICY = '[last]\nwording = "mh"\n'
EXPECTED = b" is the last msg seen"
TURNS = 10


def domain(number):
    return f"d{number:07}.example"


class Candidate:
    """A running Dovecot with so many domains."""

    def __init__(self, store, count, host):
        self.store, self.count, self.host = store, count, host
        self.random = random.Random(count)
        self.times = []
        self.used = 0.0
        self.process = None

    def login(self):
        user = f"u@{domain(self.random.randrange(self.count))}"
        begun = time.perf_counter()
        with hosts.Pop3(self.host.port, user) as pop3:
            answer = pop3.command(b"LAST")
            if not answer.endswith(EXPECTED):
                raise AssertionError((user, answer))
            if self.process is None:
                self.process = hosts.processes_of(self.host, "shared")[0]
            pop3.quit()
        return time.perf_counter() - begun

    def turn(self, logins):
        before = processor_seconds(self.process)
        self.times += [self.login() for _ in range(logins)]
        self.used += processor_seconds(self.process) - before


def shared_mailbox(base):
    path = f"{base}/homes/shared/Maildir"
    return f"mail_path = {path}\n" if typed_settings() else f"mail_location = maildir:{path}\n"


def folder_candidate(count, _):
    policies = os.path.join(hosts.scratch, f"policies{count}")
    os.makedirs(f"{policies}/domains")
    for number in range(count):
        with open(f"{policies}/domains/{domain(number)}.toml", "w") as file:
            file.write(POLICY)
    # Now: it takes a port, which may be another's after some minutes.
    return candidate("folder", count, hosts.new_host(clients=100, policies=policies))


def redis_candidate(count, servers):
    redis = RedisServer().start()
    servers.append(redis)
    redis.command("SET", "pop3-legacy/default", "")
    for begin in range(0, count, 1000):
        redis.commands([("SET", f"pop3-legacy/domains/{domain(number)}", POLICY)
                        for number in range(begin, min(begin + 1000, count))])
    return candidate("Redis", count, hosts.new_host(clients=100, **redis_options(redis.port)))


def candidate(store, count, host):
    with open(f"{host.base}/dovecot.conf", "a") as file:
        file.write(shared_mailbox(host.base))
    host.maildir("shared")
    return Candidate(store, count, host)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", required=True)
    parser.add_argument("--tree")
    parser.add_argument("--logins", type=int, default=1000)
    parser.add_argument("--domains", default="10,1000,1000000")
    options = parser.parse_args()
    os.umask(0o22)
    scratch = tempfile.mkdtemp()
    os.chmod(scratch, 0o755)
    servers = []
    try:
        hosts.configure(scratch, options.modules, options.tree, None)
        candidates = []
        for make in (folder_candidate, redis_candidate):
            for count in map(int, options.domains.split(",")):
                one = make(count, servers)
                candidates.append(one)
                servers.append(one.host)
                one.host.start()
                one.login()
        for _ in range(TURNS):
            for one in candidates:
                one.turn(options.logins // TURNS)
        print(f"{hosts.host_name}, {options.logins} logins each")
        print("| store | domains | login: wall ms | ratio | CPU ms | ratio |")
        print("|---|---|---|---|---|---|")
        for one in candidates:
            first = next(other for other in candidates if other.store == one.store)
            wall, least = statistics.median(one.times), statistics.median(first.times)
            cells = (wall * 1000, wall / least, one.used * 1000 / len(one.times), one.used / first.used)
            print(f"| {one.store} | {one.count:,} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    except Exception:
        traceback.print_exc()  # before the files go, which takes a while
        raise
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
