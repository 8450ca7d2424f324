"""Maildrops to measure with. The same number of messages gives the same octets everywhere."""
import os
import random

WORDS = ("order invoice minutes report question answer meeting Monday Friday please thanks regards attached "
         "weather harbour bread garden station letter evening number customer delivery price list").split()
FIRST = 1700000000  # when the first one came


def message(number, octets):
    """A message with LF line ends, as a mail server has received it, and this much of a body."""
    pick = random.Random(number)
    name = f"{pick.choice(WORDS)}.{number % 977}@d{pick.randrange(400)}.example.org"
    lines = [f"Return-Path: <{name}>",
             f"Received: from mx{pick.randrange(9)}.example.org (mx.example.org [192.0.2.{pick.randrange(255)}])",
             f"\tby in.example.com with ESMTPS id {pick.getrandbits(48):012X}",
             f"\tfor <user@example.com>; Tue, 14 Nov 2023 22:{number % 60:02}:20 +0000",
             f"From: {pick.choice(WORDS).title()} <{name}>", "To: <user@example.com>",
             f"Message-ID: <{number}.{pick.getrandbits(64):016x}@example.org>",
             f"Date: Tue, 14 Nov 2023 22:{number % 60:02}:13 +0000",
             "Subject: " + " ".join(pick.choices(WORDS, k=5)), "MIME-Version: 1.0",
             "Content-Type: text/plain; charset=utf-8", ""]
    body = 0
    while body < octets:
        lines.append(" ".join(pick.choices(WORDS, k=10)))
        body += len(lines[-1]) + 1
    if number % 50 == 0:
        lines += [".", "..", ".a line with a dot"]
    return ("\n".join(lines) + "\n").encode()


def file_name(number, text):
    """As Dovecot's own delivery names it, with the sizes."""
    return (f"{FIRST + number * 37}.M{number * 7919 % 1000000:06}P{1000 + number % 9000}.mail.example.com,"
            f"S={len(text)},W={len(text) + text.count(10)}")


def write(path, count, octets=1500):
    """Makes a Maildir of so many messages in cur/, all seen. octets: of a body, about."""
    for folder in ("cur", "new", "tmp"):
        os.makedirs(f"{path}/{folder}")
    for number in range(1, count + 1):
        text = message(number, octets)
        name = f"{path}/cur/{file_name(number, text)}:2,S"
        with open(name, "wb") as file:
            file.write(text)
        os.utime(name, (FIRST + number * 37,) * 2)
