"""A mailbox of odd but possible messages, the same at every call, for the UIDL formulas.

corpus() creates the messages. write_mbox() and write_maildir() store them as an old mail system
would have, so that the old servers themselves and Dovecot can serve exactly this mail.

As a program: corpus.py FOLDER writes FOLDER/mbox and FOLDER/Maildir."""
import dataclasses
import hashlib
import itertools
import os
import sys
import time
import typing

START = 1072915200  # 2004-01-01 00:00:00 UTC
FLAGS = ["", "S", "RS", "FS", "T", "D"]


@dataclasses.dataclass
class Message:
    """`raw` is header and body; line ends are LF. A message that is not `plain` contains CRs: if
    the empty line after the header is a CRLF, the old servers took the body of an mbox for header
    as well."""
    name: str
    raw: bytes
    envelope: bytes  # the mbox "From " line with its LF
    received: int  # seconds since 1970
    file_name: bytes  # in a Maildir, up to the ":"
    flags: str  # in a Maildir
    courier: typing.Optional[typing.Tuple[int, int]]  # number and validity
    guid: str
    uid: int
    uidvalidity: int
    plain: bool

    def in_mbox(self):
        """The message as it is in an mbox: a line that could be an envelope line is quoted, and the
        last line has a line end. The empty line after the message is not included."""
        text = self.raw if self.raw.endswith(b"\n") else self.raw + b"\n"
        return b"\n".join(b">" + line if line.startswith(b"From ") else line for line in text.split(b"\n"))


def write_mbox(messages, path):
    """Every message is followed by an empty line, even the last one."""
    with open(path, "wb") as mbox:
        for message in messages:
            mbox.write(message.envelope + message.in_mbox() + b"\n")


def write_maildir(messages, folder):
    """Puts all messages into cur/; a file's times are when the message was received."""
    for part in ["cur", "new", "tmp"]:
        os.makedirs(os.path.join(folder, part))
    for message in messages:
        path = os.path.join(os.fsencode(folder), b"cur", message.file_name + b":2," + message.flags.encode())
        with open(path, "wb") as file:
            file.write(message.raw)
        os.utime(path, (message.received, message.received))


def corpus():
    """The messages in order of delivery. Names are unique; the first word of a name says why the
    message is here."""
    messages, names = [], set()
    for index, (name, raw) in enumerate(itertools.chain(*(make() for make in MAKERS))):
        assert name not in names, name
        names.add(name)
        messages.append(stored(index, name, raw))
    return messages


# --- what a delivery adds to a message ---


def stored(index, name, raw):
    number = index + 1
    # Now and then, two messages in one second.
    received = START + 3571 * (index - (index % 11 == 5))
    date = time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(received))
    sender = [f"user{index}@example.org", "MAILER-DAEMON", f"bounce+{index}=a.b@list.example.net", "uucp!host!joe"][
        index % 4 if index % 3 == 0 else 0]
    envelope = f"From {sender} {' ' if index % 5 == 0 else ''}{date}\n"
    if name.startswith("duplicate"):  # the envelope is the same as well
        envelope, received = "From list@example.org  Sat Jan 10 12:00:00 2004\n", 1073736000
    return Message(name, raw, envelope.encode(), received, file_name(number, received, raw), FLAGS[index % len(FLAGS)],
                   courier_number(number), hashlib.md5(f"guid {number}".encode()).hexdigest(),
                   (number * 7919) % 2**32 if number % 50 else 2**32 - number,
                   [1, 999, START, 0x4FE12D90, 2**31, 2**32 - 1, 8999, 9000][index % 8], b"\r" not in raw)


def file_name(number, received, raw):
    size, lf = len(raw), raw.count(b"\n") - raw.count(b"\r\n")  # Dovecot trusts S= and W=
    shapes = [
        f"{received}.M{number}P{number * 3}.mail.example.org",
        f"{received}.{number}.mail",
        f"{received}.M{number}P77_0.mx1.example.org,S={size},W={size + lf}",
        f"{received}.V805I{number:x}M{number * 977}.host\\057name\\072x",
        f"{received}.{number}_0.a+b'c\"d",
        f"{received}.M{number}P5.gr\u00fc\u00dfe.example",
        f"{received}.M{number}." + "long-host-name-" * 8 + "end",  # longer than 126 characters
        f"{number}",
        f"{received}.{number}.~!#$%&()*-<=>?@[]^`{{|}}\x7f",
    ]
    return shapes[number % len(shapes)].encode()


def courier_number(number):
    if number % 4 == 0:
        return None
    return (number * 13, [1072915200, 0, 1, 2**32 - 1, 1500000000][number % 5])


# --- what messages are made of ---


def words(seed, length):
    """Readable text of exactly `length` characters with no blank at either end."""
    text = ""
    for turn in itertools.count():
        if len(text) >= length:
            break
        digest = hashlib.md5(f"{seed} {turn}".encode()).hexdigest()
        text += " ".join([digest[:5], digest[5:12], digest[12:14], digest[14:23]]) + " "
    text = text[:length]
    return text[:-1] + "x" if text.endswith(" ") else text


def fields(seed):
    """The header of an ordinary message: {name: lines, with their line ends}."""
    return {
        "Return-Path": f"Return-Path: <sender{seed}@example.net>\n",
        "Delivered-To": f"Delivered-To: user{seed}@example.org\n",
        "Received": f"Received: from mx{seed}.example.net (mx.example.net [192.0.2.{seed % 250}])\n"
                    f"\tby mail.example.org (8.12.10/8.12.10) with ESMTP id h{seed:05}\n"
                    f"\tfor <user{seed}@example.org>; Thu, 1 Jan 2004 00:00:{seed % 60:02} +0000\n",
        "Message-ID": f"Message-ID: <{hashlib.md5(str(seed).encode()).hexdigest()[:12]}.{seed}@example.net>\n",
        "Date": f"Date: Thu, 1 Jan 2004 00:00:{seed % 60:02} +0000\n",
        "From": f"From: Sender {seed} <sender{seed}@example.net>\n",
        "To": f"To: user{seed}@example.org\n",
        "Subject": f"Subject: {words(seed, 30 + seed % 20)}\n",
    }


def body(seed, lines=6):
    return "".join(words((seed, line), 20 + (seed * 7 + line * 13) % 50) + "\n" for line in range(lines))


def mail(seed, header=None, text=None):
    """`header`: all its lines, by default those of an ordinary header; `text`: the body."""
    header = "".join(fields(seed).values()) if header is None else header
    return encoded(header) + b"\n" + encoded(body(seed) if text is None else text)


def encoded(text):
    return text if isinstance(text, bytes) else text.encode()


def with_line(seed, line, before="Subject"):
    """An ordinary message with `line` (or lines) before the field `before`."""
    header = b""
    for name, lines in fields(seed).items():
        header += (encoded(line) if name == before else b"") + lines.encode()
    return mail(seed, header)


def replaced(seed, name, lines):
    """An ordinary message with other lines for field `name`."""
    return mail(seed, b"".join(encoded(lines if key == name else value) for key, value in fields(seed).items()))


# --- the messages ---


def ordinary():
    """The headers of Sendmail, Postfix, Exim and qmail differ in order and spelling."""
    orders = [
        ["Return-Path", "Received", "Date", "From", "Message-ID", "To", "Subject"],
        ["Return-Path", "Delivered-To", "Received", "From", "To", "Subject", "Date", "Message-ID"],
        ["Return-Path", "Received", "Message-ID", "From", "To", "Subject", "Date"],
        ["Delivered-To", "Received", "Date", "Message-ID", "Subject", "From", "To"],
        ["Date", "From", "Message-ID", "Subject", "To", "Received"],
    ]
    for seed in range(40):
        lines = fields(seed)
        if seed % 3 == 0:
            lines["Message-ID"] = lines["Message-ID"].replace("-ID", "-Id")
        if seed % 4 == 1:
            lines["Subject"] = f"Subject: {words(seed, 60)}\n {words(seed + 1, 50)}\n\t{words(seed + 2, 20)}\n"
        if seed % 7 == 2:
            lines["From"] += f"Status: RO\nX-Status: \nContent-Type: text/plain;\n\tcharset=us-ascii\n"
        yield f"ordinary-{seed}", mail(seed, "".join(lines[name] for name in orders[seed % len(orders)]),
                                       body(seed, 1 + seed % 30))


def missing_fields():
    fixed = ["Received", "Date", "Message-ID", "Subject", "Delivered-To"]
    for number in range(32):
        left = {name for bit, name in enumerate(fixed) if number & 1 << bit}
        lines = fields(100 + number)
        yield f"only-{number}", mail(100 + number, "".join(
            text for name, text in lines.items() if name in left or name not in fixed))


def field_order():
    for number, names in enumerate(itertools.permutations(["Received", "Date", "Message-ID", "Delivered-To"])):
        lines = fields(140 + number)
        yield f"order-{number}", mail(140 + number, lines["From"] + "".join(lines[name] for name in names)
                                      + lines["Subject"])


def several():
    for number in range(1, 7):
        lines = fields(170 + number)
        trace = "".join(fields(800 + number * 10 + hop)["Received"] for hop in range(number))
        yield f"several-received-{number}", mail(170 + number, trace + lines["Date"] + lines["From"]
                                                 + lines["Message-ID"] + lines["Subject"])
        yield f"several-delivered-{number}", mail(180 + number, "".join(
            f"Delivered-To: user{hop}@example.org\n" + (" (folded)\n" if hop % 2 else "")
            + (lines["Received"] if hop == number // 2 else "") for hop in range(number)) + lines["Subject"])
    lines = fields(190)
    yield "several-dates", mail(190, lines["Date"] + "Date: Fri, 2 Jan 2004 00:00:00 +0000\n" + lines["Received"]
                                + "Date: Sat, 3 Jan 2004 00:00:00 +0000\n")
    yield "several-ids", mail(191, lines["Message-ID"] + "Message-Id: <second@example.net>\n" + lines["Received"]
                              + "Message-ID: <third@example.net>\n")
    yield "several-subjects", mail(192, lines["Subject"] + "Subject: second\n" + lines["Received"] + "Subject: third\n")


def duplicates():
    for number in range(1, 5):
        yield f"duplicate-{number}", mail(200)


def eight_bit():
    yield "8bit-latin1", replaced(210, "Subject", b"Subject: gr\xfc\xdfe\n")
    yield "8bit-utf8", replaced(211, "Subject", "Subject: \u041f\u0440\u0438\u0432\u0435\u0442\n")
    yield "8bit-koi8", replaced(212, "Subject", b"Subject: \xf0\xd2\xc9\xd7\xc5\xd4\n")
    yield "8bit-received", replaced(213, "Received", b"Received: from \xff\xfe by \x80\n\t\xa0\xa0\n")
    yield "8bit-id", replaced(214, "Message-ID", b"Message-ID: <\xe4@example.net>\n")
    yield "8bit-name", with_line(215, b"X-\xc4: \xc4\n")
    yield "8bit-before-name", with_line(216, b"\xa0Date: no date\n")


def long_lines():
    """Around the 1024 octets that Qpopper and Heimdal read at once, and tpop3d's 512."""
    for length in [510, 511, 512, 513, 1021, 1022, 1023, 1024, 1025, 2046, 2047, 2048, 5000]:  # without the LF
        yield f"long-subject-{length}", replaced(220 + length, "Subject", line_of("Subject: ", length) + "\n")
    for length in [1022, 1023, 1024, 2048, 5000]:
        yield f"long-received-{length}", replaced(230 + length, "Received", line_of("Received: ", length) + "\n")
        yield f"long-other-{length}", with_line(240 + length, line_of("X-Other: ", length) + "\n", "Date")
        yield f"long-id-{length}", replaced(250 + length, "Message-ID", line_of("Message-ID: <", length - 1) + ">\n")
    for hidden in ["Date: Thu, 1 Jan 2004 01:02:03 +0000", "subject: in the second piece", "X-UIDL: 0123456789abcdef",
                   "Message-ID: <piece@example.net>", "Content-Length: 12", "\tReceived: not at a line's start"]:
        yield f"long-piece-{hidden[:4].strip()}", with_line(260, line_of("X-Other: ", 1023) + hidden + "\n", "Received")
    yield "long-pieces-3", with_line(261, line_of("Subject: ", 1023) + line_of("Date: ", 1023) + "Received: x\n")
    yield "long-continuation", replaced(262, "Subject", "Subject: a\n " + words(262, 1500) + "\n\t" + words(263, 2500)
                                        + "\n")
    yield "long-header", mail(264, "".join(fields(264).values()) + "".join(
        f"X-Line-{line}: {words((264, line), 70)}\n" for line in range(100)))


def line_of(start, length):
    return start + words(start, length - len(start))


def around_512():
    """Header and body have this length together; with the envelope line they reach tpop3d's 512."""
    for length in [100, 300, 400] + list(range(440, 476, 3)) + [500, 511, 512, 513, 514]:
        header = "Received: from a by b\nSubject: short\n"
        yield f"around-{length}", mail(270, header, words(length, length - len(header) - 2) + "\n")


def odd_names():
    spellings = {
        "Message-ID": ["Message-Id", "MESSAGE-ID", "message-id", "mEsSaGe-Id", "Message-iD"],
        "Received": ["received", "RECEIVED", "reCeived", "rEceived"],
        "Date": ["date", "DATE", "dAte"],
        "Subject": ["subject", "SUBJECT", "sUbject"],
        "Delivered-To": ["delivered-to", "Delivered-to", "DELIVERED-TO"],
    }
    for name, others in spellings.items():
        for number, other in enumerate(others):
            yield f"spelling-{other}", replaced(280 + number, name, fields(280 + number)[name].replace(name, other))
    yield "spelling-Received-From", with_line(290, "Received-From: x\nReceivedX: y\nDates: z\n", "Return-Path")
    yield "spelling-Resent", with_line(291, "Resent-Date: Thu, 1 Jan 2004 00:00:00 +0000\n"
                                            "Resent-Message-ID: <r@example.net>\nDate-Received: x\n", "Received")


def stored_ids():
    for length in [0, 1, 2, 10, 11, 12, 13, 20, 30, 31, 32, 33, 34, 69, 70, 71, 200, 1500]:
        value = (hashlib.sha256(b"x").hexdigest() * 30)[:length]
        yield f"xuidl-{length}", with_line(300 + length, f"X-UIDL: {value}\n")
    values = {
        "blank-inside": b"0123456789 bcdef", "tab-inside": b"0123456789\tbcdef", "8bit": b"0123456789\xe4bcdef",
        "nul": b"0123456789\0bcdef", "del": b"0123456789\x7fbcdef", "cr": b"0123456789abcdef\x0b",
        "blank-behind": b"0123456789abcdef  ", "tab-behind": b"0123456789abcdef\t", "11-and-blank": b"0123456789a ",
        "32-and-blank": b"0123456789abcdef0123456789abcdef ", "base80": b"j2Z\"!5n,\"!i7k\"!O,\"#!",
        "quotes": b"\"0123456789abcdef\"", "dot": b".123456789abcdef", "only-blanks": b"                    ",
    }
    for name, value in values.items():
        yield f"xuidl-{name}", with_line(320, b"X-UIDL: " + value + b"\n")
    yield "xuidl-tab", with_line(330, "X-UIDL:\t0123456789abcdef\n")
    yield "xuidl-no-blank", with_line(331, "X-UIDL:0123456789abcdef\n")
    yield "xuidl-blanks", with_line(332, "X-UIDL:  \t  0123456789abcdef\n")
    yield "xuidl-lower-case", with_line(333, "x-uidl: 0123456789abcdef\n")
    yield "xuidl-mixed-case", with_line(334, "X-Uidl: 0123456789abcdef\n")
    yield "xuidl-blank-before-colon", with_line(335, "X-UIDL : 0123456789abcdef\n")
    yield "xuidl-two", with_line(336, "X-UIDL: first-0123456789\nX-UIDL: second-0123456789\n")
    yield "xuidl-short-then-good", with_line(337, "X-UIDL: short\nX-UIDL: second-0123456789\n")
    yield "xuidl-empty-then-good", with_line(338, "X-UIDL:\nX-UIDL: second-0123456789\n")
    yield "xuidl-good-then-empty", with_line(339, "X-UIDL: first-0123456789\nX-UIDL:\n")
    yield "xuidl-good-then-long", with_line(340, f"X-UIDL: first-0123456789\nX-UIDL: {'z' * 60}\n")
    yield "xuidl-folded", with_line(341, "X-UIDL:\n 0123456789abcdef\n")
    yield "xuidl-folded-later", with_line(342, "X-UIDL: 0123456789abcdef\n and-more\n")
    yield "xuidl-before-id", with_line(343, "X-UIDL: 0123456789abcdef\n", "Message-ID")
    yield "xuidl-first", with_line(344, "X-UIDL: 0123456789abcdef\n", "Return-Path")
    yield "xuidl-in-body", mail(345, text="X-UIDL: 0123456789abcdef\n" + body(345))
    yield "xuidl-no-id", replaced(346, "Message-ID", "X-UIDL: 0123456789abcdef\n")


def delivery_ids():
    for number, line in enumerate(["X-Delivery-ID: 1.abc", "X-Delivery-Id: 2.abc", "X-DELIVERY-ID: 3.abc",
                                   "x-delivery-id: 4.abc", "X-Delivery-ID: 5\n\tfolded", "X-Delivery-IDs: 6"]):
        yield f"delivery-id-before-{number}", with_line(350 + number, line + "\n", "Received")
        yield f"delivery-id-behind-{number}", with_line(360 + number, line + "\n")


def content_lengths():
    for number, line in enumerate(["Content-Length: 10", "Content-length: 10", "content-length: 10",
                                   "Content-Length:10", "Content-Length: 10\n folded", "Content-Lengths: 10"]):
        yield f"content-length-{number}", with_line(370 + number, line + "\n")
    yield "content-length-first", with_line(376, "Content-Length: 0\n", "Return-Path")
    yield "content-length-two", with_line(377, "Content-Length: 5\nContent-Length: 6\n", "Date")
    yield "content-length-true", mail(378, "".join(fields(378).values()) + "Content-Length: 17\n", "x" * 16 + "\n")
    yield "content-length-xuidl", with_line(379, "X-UIDL: 0123456789abcdef\nContent-Length: 5\n", "Date")


def short():
    header = "".join(fields(380).values()).encode()
    yield "short-header-only", header
    yield "short-header-cut", header[:-1]
    yield "short-no-body", header + b"\n"
    yield "short-body-cut", header + b"\nno line end"
    yield "short-body-cut-in-header", b"Subject: cut"
    yield "short-one-header", b"Date: Thu, 1 Jan 2004 00:00:00 +0000\n\n"
    yield "short-empty-line", b"\n"
    yield "short-empty-header", b"\nbody without a header\n"
    yield "short-empty-lines", header + b"\n\n\n\n"
    yield "short-no-known-field", b"X-Nothing: here\n\nbody\n"


def odd_headers():
    yield "nul-subject", replaced(400, "Subject", b"Subject: a\0b\0\0c\n")
    yield "nul-received", replaced(401, "Received", b"Received: from \0 by \0\n")
    yield "nul-name", replaced(402, "Subject", b"Subj\0ect: x\n")
    yield "nul-first", with_line(403, b"\0Date: x\n", "Date")
    yield "nul-first-before-id", with_line(403, b"\0\n", "Message-ID")
    yield "nul-in-id", replaced(403, "Message-ID", b"Message-ID: <1\0@example.net>\n")
    yield "nul-last", replaced(404, "Date", b"Date: Thu, 1 Jan 2004 00:00:00 +0000\0\n")
    yield "nul-long", replaced(405, "Subject", b"Subject: " + b"\0" * 1500 + b"\n")
    yield "nul-body", mail(406, text=b"a\0b\n" * 50)
    yield "blanks-line", with_line(410, "   \n")
    yield "blanks-line-in-received", replaced(411, "Received", "Received: from a\n \t \n by b\n")
    yield "blanks-line-tab", with_line(412, "\t\n", "From")
    yield "blanks-first-line", with_line(413, " continues nothing\n", "Return-Path")
    yield "blanks-first-line-2", mail(414, " \n" + "".join(fields(414).values()))
    yield "colon-tab", replaced(420, "Subject", "Subject:\ttab\n")
    yield "colon-nothing", replaced(421, "Subject", "Subject:nothing\n")
    yield "colon-blanks", replaced(422, "Date", "Date:      Thu, 1 Jan 2004 00:00:00 +0000   \n")
    yield "colon-blank-before", replaced(423, "Received", "Received : from a\n")
    yield "colon-id-no-blank", replaced(424, "Message-ID", "Message-ID:<1@example.net>\n")
    yield "colon-id-behind", replaced(425, "Message-ID", "Message-ID: <1@example.net> \t \n")
    yield "colon-id-comment", replaced(426, "Message-ID", "Message-ID: <1@example.net> (added by mail)\n")
    yield "colon-id-folded", replaced(427, "Message-ID", "Message-ID:\n <folded@example.net>\n")
    yield "colon-id-empty", replaced(428, "Message-ID", "Message-ID:\n")
    yield "colon-empty-fields", mail(429, "Received:\nDate:\nSubject:\n")
    yield "colon-missing", with_line(430, "this line has no colon\n")
    yield "colon-missing-date", with_line(431, "Date\n", "Date")
    yield "colon-missing-first", with_line(432, ">From quoted@example.org Thu Jan  1 00:00:00 2004\n", "Return-Path")
    yield "colon-alone", with_line(433, ": nothing before\n")
    yield "control-cr-inside", replaced(434, "Subject", "Subject: a\x0bb\x0cc\n")
    yield "fold-everything", mail(435, "".join(
        f"{line.partition(' ')[0]}\n {line.partition(' ')[2]}" for line in fields(435).values()))


def odd_bodies():
    yield "body-dots", mail(440, text=".\n..\n.dot\nthe end.\n.\n")
    yield "body-from", mail(441, text="From here on\nFrom sender@example.org Thu Jan  1 00:00:00 2004\n>From x\n")
    yield "body-from-first", mail(442, "Subject: x\n", "From sender@example.org Thu Jan  1 00:00:00 2004\n\n"
                                                       "From again\n")
    yield "body-fields", mail(443, text="Received: in the body\nDate: x\nSubject: y\n\nDelivered-To: z\n")
    yield "body-8bit", mail(444, text=bytes(octet for octet in range(1, 256) if octet != 13) * 4 + b"\n")
    yield "body-long-line", mail(445, text=words(445, 6000) + "\n")
    yield "body-empty-lines", mail(446, text="\n\n\n" + body(446) + "\n\n")
    yield "body-large", mail(447, text=body(447, 1500))


def crlf():
    """CRLF line ends, from mail_save_crlf in a Maildir or from a broken delivery."""
    shapes = {"ordinary": mail(500), "folded": replaced(501, "Subject", "Subject: a\n b\n\tc\n"),
              "xuidl": with_line(502, "X-UIDL: 0123456789abcdef\n"), "no-body": mail(503, text=""),
              "header-only": "".join(fields(504).values()).encode(), "long-body": mail(505, text=body(505, 40)),
              "xuidl-32": with_line(506, "X-UIDL: " + "0123456789abcdef" * 2 + "\n"), "no-known": b"X-A: b\n\nc\n",
              "delivery-id": with_line(507, "X-Delivery-ID: x\n"),
              "content-length": with_line(508, "Content-Length: 9\n"),
              "two-delivered": with_line(509, "Delivered-To: b\n"), "no-id": replaced(510, "Message-ID", ""),
              "xuidl-11": with_line(511, "X-UIDL: 0123456789a\n"), "empty-xuidl": with_line(512, "X-UIDL:\n"),
              "short": b"Subject: short\n\nx\n"}
    for length in [1021, 1022, 1023, 1024]:
        shapes[f"long-{length}"] = replaced(520 + length, "Subject", line_of("Subject: ", length) + "\n")
    for length in range(450, 466, 3):
        shapes[f"around-{length}"] = mail(530, "Subject: short\n", "y\n" * (length // 2))
    for name, text in shapes.items():
        yield f"crlf-{name}", text.replace(b"\n", b"\r\n")
    yield "crlf-header-only-lf-body", mail(540).replace(b"\n", b"\r\n", 12)
    yield "crlf-one-line", with_line(541, "X-Other: x\r\n")
    yield "crlf-one-date", replaced(542, "Date", "Date: Thu, 1 Jan 2004 00:00:00 +0000\r\n")
    yield "crlf-cr-inside", replaced(543, "Subject", "Subject: a\rb\r\rc\n")
    yield "crlf-cr-in-id", replaced(543, "Message-ID", "Message-ID: <1@example.net>\r(x)\n")
    yield "crlf-cr-in-xuidl", with_line(543, "X-UIDL: 0123456789abc\rdef\n")
    yield "crlf-cr-behind-xuidl", with_line(543, "X-UIDL: 0123456789abcdef\r\n")
    yield "crlf-two-cr", replaced(544, "Subject", "Subject: a\r\r\n")


MAKERS = [ordinary, missing_fields, field_order, several, duplicates, eight_bit, long_lines, around_512, odd_names,
          stored_ids, delivery_ids, content_lengths, short, odd_headers, odd_bodies, crlf]


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    write_mbox(corpus(), os.path.join(sys.argv[1], "mbox"))
    write_maildir(corpus(), os.path.join(sys.argv[1], "Maildir"))
