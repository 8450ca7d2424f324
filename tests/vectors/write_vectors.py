"""write_vectors.py FILE: writes every message of the corpus, once as in an mbox and once as in a
Maildir, and the ids that the formulas give it, for the C++ tests.

FILE is text. A line is a key, a blank, and a value. Octets are "." and hexadecimal digits; a
missing value is "-". "key" is for scheme hmac-sha256; "message" begins a message; "id SCHEME VALUE"
are its ids."""
import hashlib
import sys

import corpus
import formulas


def stored(message, in_mbox):
    return formulas.Stored(
        text=message.in_mbox() if in_mbox else message.raw, envelope=message.envelope if in_mbox else None,
        file_name=None if in_mbox else message.file_name, courier=None if in_mbox else message.courier,
        received=message.received, guid=message.guid, user=f"{message.name}@example.org",
        uid=message.uid, uidvalidity=message.uidvalidity)


def octets(value):
    return "-" if value is None else "." + value.hex()


def lines(name, message):
    yield f"message {name}"
    yield f"uid {message.uid}"
    yield f"uidvalidity {message.uidvalidity}"
    yield f"received {message.received}"
    yield f"guid {message.guid}"
    yield f"user {message.user}"
    yield f"file_name {octets(message.file_name)}"
    yield "courier " + ("-" if message.courier is None else "{} {}".format(*message.courier))
    yield f"envelope {octets(message.envelope)}"
    yield f"header_octets {message.header_octets()}"
    yield f"text {octets(message.text)}"
    for scheme, formula in formulas.SCHEMES.items():
        yield f"id {scheme} {octets(formula(message))}"


def main():
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write(f"key {octets(formulas.KEY)}\n")
        for message in corpus.corpus():
            for place in ["mbox", "maildir"]:
                for line in lines(f"{place}:{message.name}", stored(message, place == "mbox")):
                    file.write(line + "\n")


if __name__ == "__main__":
    main()
