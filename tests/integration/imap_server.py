"""A private IMAP server on 127.0.0.1, with messages that never change: as much of RFC 3501 as
Dovecot's imapc needs. It has no GUIDs."""
import re
import socketserver
import threading

import hosts

UIDVALIDITY = 1700000000


def messages_of(user):
    """Four messages; the first two are equal, except for a user "different"."""
    numbers = (1, 2, 3, 4) if user == b"different" else (1, 1, 2, 3)
    return [hosts.message(number).replace(b"\n", b"\r\n") for number in numbers]


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(b"* OK [CAPABILITY IMAP4rev1] ready")
        while line := self.rfile.readline():
            # A literal: the rest of the command follows.
            while literal := re.search(rb"\{(\d+)\}\r\n$", line):
                self.say(b"+ go on")
                line = line[:literal.start()] + b'"' + self.rfile.read(int(literal[1])) + b'"' + self.rfile.readline()
            tag, command, *rest = line.rstrip().split(b" ", 2)
            answer = getattr(self, "do_" + command.decode().lower(), None)
            if answer is None:
                self.say(tag + b" BAD unknown command")
                continue
            answer(rest[0] if rest else b"")
            self.say(tag + b" OK done")
            if command.upper() == b"LOGOUT":
                return

    def say(self, line):
        self.wfile.write(line + b"\r\n")

    def nothing(self, _):
        """Just says OK."""

    def do_login(self, arguments):
        self.messages = messages_of(arguments.split(b" ")[0].strip(b'"'))

    do_noop = do_check = do_close = do_unselect = do_expunge = do_id = do_subscribe = nothing

    def do_capability(self, _):
        self.say(b"* CAPABILITY IMAP4rev1")

    def do_logout(self, _):
        self.say(b"* BYE")

    def do_list(self, arguments):
        name = arguments.split(b" ")[-1].strip(b'"')
        self.say(b'* LIST (\\Noselect) "/" ""' if not name else b'* LIST () "/" INBOX')

    def do_lsub(self, _):
        self.say(b'* LSUB () "/" INBOX')

    def do_status(self, _):
        self.say(b"* STATUS INBOX (self.messages %d UIDNEXT %d UIDVALIDITY %d UNSEEN 0 RECENT 0)"
                 % (len(self.messages), len(self.messages) + 1, UIDVALIDITY))

    def do_select(self, _):
        self.say(b"* FLAGS (\\Seen \\Deleted)")
        self.say(b"* %d EXISTS" % len(self.messages))
        self.say(b"* 0 RECENT")
        self.say(b"* OK [UIDVALIDITY %d] valid" % UIDVALIDITY)
        self.say(b"* OK [UIDNEXT %d] next" % (len(self.messages) + 1))
        self.say(b"* OK [PERMANENTFLAGS (\\Seen \\Deleted)] flags")

    do_examine = do_select

    def do_uid(self, arguments):
        command, numbers, items = (arguments.split(b" ", 2) + [b""])[:3]
        if command.upper() == b"FETCH":
            self.fetch(numbers, items)
        elif command.upper() == b"SEARCH":
            self.say(b"* SEARCH " + b" ".join(b"%d" % number for number in self.chosen(b"1:*")))

    def do_fetch(self, arguments):
        self.fetch(*arguments.split(b" ", 1))

    def chosen(self, numbers):
        found = set()
        for part in numbers.split(b","):
            first, _, last = part.partition(b":")
            first = int(first.replace(b"*", b"%d" % len(self.messages)))
            last = int(last.replace(b"*", b"%d" % len(self.messages))) if last else first
            found |= set(range(min(first, last), max(first, last) + 1))
        return sorted(number for number in found if number <= len(self.messages))

    def fetch(self, numbers, items):
        """Numbers are UIDs."""
        wanted = items.upper()
        for number in self.chosen(numbers):
            text = self.messages[number - 1]
            header = text.split(b"\r\n\r\n")[0] + b"\r\n\r\n"
            parts = [b"UID %d" % number]
            if b"FLAGS" in wanted:
                parts.append(b"FLAGS ()")
            if b"INTERNALDATE" in wanted:
                parts.append(b'INTERNALDATE "20-Nov-2001 13:00:0%d +0000"' % number)
            if b"RFC822.SIZE" in wanted:
                parts.append(b"RFC822.SIZE %d" % len(text))
            for item, value in ((rb"BODY(?:\.PEEK)?\[\]", text), (rb"BODY(?:\.PEEK)?\[HEADER\]", header)):
                if re.search(item, wanted):
                    name = b"BODY[]" if value is text else b"BODY[HEADER]"
                    parts.append(name + b" {%d}\r\n" % len(value) + value)
            if fields := re.search(rb"BODY\.PEEK(\[HEADER\.FIELDS \(([^)]*)\)\])", wanted):
                names = tuple(name.lower() + b":" for name in fields[2].replace(b'"', b"").split())
                value = b"".join(line + b"\r\n" for line in header.split(b"\r\n") if line.lower().startswith(names))
                value += b"\r\n"
                parts.append(b"BODY" + fields[1] + b" {%d}\r\n" % len(value) + value)
            self.say(b"* %d FETCH (" % number + b" ".join(parts) + b")")


class ImapServer:
    """port: where it listens, from start() to stop()."""

    def __init__(self):
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def start(self):
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
