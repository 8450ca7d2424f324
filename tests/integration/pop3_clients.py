"""Real POP3 clients.

A client is created once and polled often, as on a user's machine: its configuration and its memory
stay in its folder. How each recognizes mail that it has left on the server:

  fetchmail  UIDL, for user and host name (not the port), in .fetchids
  getmail    UIDL, for host, port and user, in the name of its oldmail file
  mpop       UIDL, for user and host name (not the port), in the name of its file and in its text
  mutt       LAST, which the server remembers
  curl, Net::POP3 and poplib are libraries: they download again whatever they are asked for

So getmail takes a server that has moved to another port for another server. Forwarder gives the
clients a constant port while the server behind it changes, as a DNS name does."""
import glob
import os
import poplib
import re
import select
import signal
import socket
import socketserver
import subprocess
import sys
import threading

# Delivers one message when a client calls it: one file each, numbered in order of arrival.
MDA = """#!/bin/sh
set -e
number=$(ls "{incoming}" | wc -l)
cat >"{incoming}/$(printf %06d "$number")"
"""


def messages(count):
    return "1 message" if count == 1 else f"{count} messages"


class Client:
    """host, port: a server without TLS. folder: an empty or missing folder for one account. keep:
    mail stays on the server. largest: in octets; messages that are larger according to the server
    are left there."""

    timeout = 120
    # Exit codes that do not mean failure.
    good = (0,)
    # What it prints if it has failed, whatever its exit code.
    complaint = None
    # Whether it does not download again what was left on the server.
    remembers = True
    # The last line of the program that delivers.
    mda_ends = ""
    # Where the messages arrive, below the folder.
    arrivals = "incoming/*"

    def __init__(self, host, port, user, password, folder, keep=True, largest=None):
        self.folder = os.path.abspath(folder)
        self.incoming = os.path.join(self.folder, "incoming")
        self.mda = os.path.join(self.folder, "mda")
        self.output = ""
        self.keep = keep
        self.largest = largest
        os.makedirs(self.incoming, exist_ok=True)
        self.write("mda", MDA.format(incoming=self.incoming) + self.mda_ends, 0o700)
        self.command = self.configure(host, port, user, password)

    def write(self, name, text, mode=0o600):
        """Writes a file of the client's, readable only by its owner because of passwords; returns
        its path."""
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
        return path

    def configure(self, host, port, user, password):
        """Writes the configuration; returns the command for one poll, if one command is enough."""
        raise NotImplementedError

    def says(self, sizes):
        """Parts of the client's output after downloading all messages of a mailbox. sizes: their
        octets."""
        raise NotImplementedError

    def poll(self):
        """The octets of each message downloaded by this poll, in order, with LF line ends. The
        client's output is in self.output. RuntimeError, with the output, if the client failed."""
        before = set(self.arrived())
        self.output = ""
        self.load()
        return [self.read(path) for path in self.arrived() if path not in before]

    def load(self):
        self.run(self.command)

    def run(self, command):
        """Returns the command's output and adds it to that of this poll."""
        process = subprocess.Popen(command, env={**os.environ, "HOME": self.folder, "LC_ALL": "C"},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, errors="replace", start_new_session=True)
        try:
            output, _ = process.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            raise RuntimeError(f"{command[0]} took more than {self.timeout} s:\n{output}") from None
        self.output += output
        if process.returncode not in self.good or self.complaint and re.search(self.complaint, output):
            raise RuntimeError(f"{command[0]} ended with {process.returncode}:\n{output}")
        return output

    def arrived(self):
        """The paths of all messages, in order: the numbers in a name are a time and a counter."""
        paths = glob.glob(os.path.join(glob.escape(self.folder), self.arrivals))
        return sorted(paths, key=lambda path: [int(number) for number in re.findall(r"\d+", os.path.basename(path))])

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    @property
    def state_file(self):
        """The path of the file with the ids of what the client has; None before it has written
        one."""
        found = glob.glob(os.path.join(glob.escape(self.folder), self.state_pattern))
        return found[0] if found else None


class Fetchmail(Client):
    good = (0, 1)  # 1: no new mail
    complaint = "couldn't fetch"
    state_pattern = "fetchids"
    uidl = "uidl"
    tls = 'sslproto ""'

    def configure(self, host, port, user, password):
        self.account = f"{user} at {host}"
        options = ("keep" if self.keep else "no keep fetchall") + (f" limit {self.largest}" if self.largest else "")
        control = self.write("fetchmailrc", f"""
set invisible
set no bouncemail
poll {host} protocol pop3 port {port} {self.uidl} auth password timeout 30
  user "{user}" password "{password}" {options} {self.tls} no rewrite mda "{self.mda}"
""")
        return ["fetchmail", "--fetchmailrc", control, "--idfile", os.path.join(self.folder, "fetchids"), "--pidfile",
                os.path.join(self.folder, "pid"), "--nosyslog", "--nodetach", "--verbose"]

    def says(self, sizes):
        if not sizes:
            return [f"No mail for {self.account}"]
        return [f"{messages(len(sizes))} for {self.account} ({sum(sizes)} octets)."] + [
            f":{number} of {len(sizes)} ({size} octets)" for number, size in enumerate(sizes, 1)]


class FetchmailByLast(Fetchmail):
    """Remembers nothing and relies on LAST."""

    uidl = "no uidl"


class FetchmailByLastOverTls(FetchmailByLast):
    tls = 'sslproto "tls1.2+" no sslcertck'


class Getmail(Client):
    """Remembers an id with "-" in place of the server's "/"."""

    state_pattern = "oldmail-*"
    # getmail waits until its timeout for a program that ends before it starts waiting.
    mda_ends = "sleep 0.1\n"

    def read(self, path):
        # The only header that cannot be turned off.
        return super().read(path).removeprefix(b"Return-Path: <unknown>\n")

    def configure(self, host, port, user, password):
        size = f"max_message_size = {self.largest}" if self.largest else ""
        self.write("getmailrc", f"""
[retriever]
type = SimplePOP3Retriever
server = {host}
port = {port}
username = {user}
password = {password}
timeout = 30

[destination]
type = MDA_external
path = {self.mda}
allow_root_commands = true

[options]
read_all = false
delete = {"false" if self.keep else "true"}
{size}
delivered_to = false
received = false
verbose = 2
""")
        return ["getmail", "--getmaildir", self.folder, "--rcfile", "getmailrc"]

    def says(self, sizes):
        return [f"{len(sizes)} messages ({sum(sizes)} bytes) retrieved, 0 skipped"] + [
            f"msg {number:{len(str(len(sizes)))}}/{len(sizes)} ({size} bytes)" for number, size in enumerate(sizes, 1)]


class Mpop(Client):
    state_pattern = "uidls"

    def configure(self, host, port, user, password):
        control = self.write("mpoprc", f"""
account default
host {host}
port {port}
user {user}
password {password}
auth user
tls off
timeout 30
keep {"on" if self.keep else "off"}
skipsize {self.largest or "off"}
only_new on
received_header off
uidls_file {self.folder}/uidls
delivery mda "{self.mda}"
""")
        return ["mpop", "--file", control, "--debug"]

    def says(self, sizes):
        octets = f"{sum(sizes)} bytes" if sum(sizes) < 1024 else f"{sum(sizes) / 1024:.2f} KiB"
        return [f"total: {messages(len(sizes))} in {octets}"] if sizes else ["no messages"]


class Mutt(Client):
    """On a terminal, with keys. With `largest` it opens the mailbox as a folder (LIST and TOP of
    each message). Without, it fetches mail from it and knows by LAST what it has."""

    arrivals = "incoming/new/*"
    # mutt needs a terminal on which nobody types.
    on_terminal = [sys.executable, "-c",
                   "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
                   "env", "TERM=vt100"]

    def configure(self, host, port, user, password):
        for folder in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(self.incoming, folder), exist_ok=True)
        self.log = os.path.join(self.folder, ".muttdebug0")
        url = f"pop://{host}:{port}/"
        keys = "<fetch-mail><exit>"
        if self.largest:
            keys = (f"<tag-pattern>~z <{self.largest}<enter><tag-prefix><save-message>{self.incoming}<enter>"
                    "<sync-mailbox><exit>")
        control = self.write("muttrc", f"""
set pop_host="{url}" pop_user="{user}" pop_pass="{password}" pop_authenticators="user"
set ssl_starttls=no ssl_force_tls=no pop_reconnect=no pop_checkinterval=0
set pop_delete={"no" if self.keep else "yes"} pop_last={"yes" if self.keep else "no"}
set folder="{self.folder}" mbox_type=Maildir spoolfile="{self.incoming}" record="" save_empty=no
set confirmappend=no confirmcreate=no delete=yes quit=yes move=no sleep_time=0 wait_key=no beep=no
push "{keys}"
""")
        return self.on_terminal + ["mutt", "-n", "-d", "2", "-F", control] + (["-f", url] if self.largest else [])

    def load(self):
        self.run(self.command)
        with open(self.log, errors="replace") as file:
            self.output = file.read()
        # The exit code is the terminal's, so look for what mutt prints when its keys have ended it.
        done = r" kept, \d+ deleted\." if self.largest else r"\[(\d+) of \1 messages read\]|No new mail in POP mailbox"
        if not re.search(done, self.output):
            raise RuntimeError(f"mutt did not do it:\n{self.output}")

    def read(self, path):
        # As mutt has saved it from a folder.
        return re.sub(rb"\nContent-Length: \d+\nLines: \d+\n\n", b"\n\n", super().read(path), count=1)

    def says(self, sizes):
        if not sizes:
            return ["No new mail in POP mailbox"]
        return [f"Reading new messages ({sum(sizes)} bytes)... [{len(sizes)} of {len(sizes)} message"]


class Library(Client):
    """A client that does what it is asked for: here LIST, and RETR and DELE of each message."""

    remembers = False

    def poll(self):
        for path in self.arrived():
            os.unlink(path)
        return super().poll()

    def says(self, sizes):
        return [f"stat {len(sizes)} {sum(sizes)}\n" +
                "".join(f"list {number} {size}\n" for number, size in enumerate(sizes, 1))]

    def wanted(self, size):
        return not self.largest or size <= self.largest

    def path(self, number):
        return os.path.join(self.incoming, f"{number:06}")

    def read(self, path):
        return super().read(path).replace(b"\r\n", b"\n")


class Curl(Library):
    def configure(self, host, port, user, password):
        self.url = f"pop3://{host}:{port}/"
        self.options = ["--silent", "--show-error", "--max-time", "60", "--user", f"{user}:{password}"]

    def ask(self, *requests):
        """One session. A request: the message's number, or "" for all, and options for curl."""
        command = ["curl", "--fail-early"]
        for number, *options in requests:
            command += [*self.options, *options, f"{self.url}{number}", "--next"]
        return self.run(command[:-1])

    def load(self):
        requests = []
        for number, size in (map(int, line.split()) for line in self.ask(("",)).split("\n") if line):
            if self.wanted(size):
                requests.append((number, "--output", self.path(number)))
                if not self.keep:
                    requests.append(("", "--head", "--request", f"DELE {number}"))
        if requests:
            self.ask(*requests)

    def says(self, sizes):
        return ["".join(f"{number} {size}\n" for number, size in enumerate(sizes, 1)) or "\n"]


class NetPop3(Library):
    script = r"""
        use Net::POP3;
        my ($host, $port, $user, $password, $folder, $keep, $largest) = @ARGV;
        my $pop = Net::POP3->new($host, Port => $port, Timeout => 30) or die "no greeting";
        my $count = $pop->login($user, $password);
        defined $count or die "login: " . $pop->message;
        printf "login %d\nstat %d %d\n", $count, $pop->popstat;
        my $sizes = $pop->list or die "list: " . $pop->message;
        my $ids = $pop->uidl or die "uidl: " . $pop->message;
        my @numbers = sort { $a <=> $b } keys %$sizes;
        print "list $_ $sizes->{$_}\n" for @numbers;
        for my $number (@numbers) {
          $pop->list($number) == $sizes->{$number} or die "list $number: " . $pop->message;
          $pop->uidl($number) eq $ids->{$number} or die "uidl $number: " . $pop->message;
          next if $largest and $sizes->{$number} > $largest;
          my $lines = $pop->get($number) or die "get $number: " . $pop->message;
          open my $file, ">:raw", sprintf "%s/%06d", $folder, $number or die;
          print $file @$lines;
          close $file;
          $keep or $pop->delete($number) or die "delete $number: " . $pop->message;
        }
        $pop->quit or die "quit: " . $pop->message;
    """

    def configure(self, host, port, user, password):
        return ["perl", "-e", self.script, host, str(port), user, password, self.incoming,
                "1" if self.keep else "", str(self.largest or "")]

    def says(self, sizes):
        return [f"login {len(sizes)}\n", *super().says(sizes)]


class Poplib(Library):
    def configure(self, host, port, user, password):
        self.arguments = host, port, user, password

    def login(self):
        host, port, user, password = self.arguments
        pop3 = poplib.POP3(host, port, timeout=30)
        try:
            pop3.user(user)
            pop3.pass_(password)
        except poplib.error_proto:
            pop3.close()
            raise
        return pop3

    def load(self):
        try:
            pop3 = self.login()
            try:
                self.output = "stat {} {}\n".format(*pop3.stat())
                for number, size in [map(int, line.split()) for line in pop3.list()[1]]:
                    self.output += f"list {number} {size}\n"
                    if self.wanted(size):
                        lines = pop3.retr(number)[1]
                        with open(self.path(number), "wb") as file:
                            file.writelines(line + b"\n" for line in lines)
                        if not self.keep:
                            pop3.dele(number)
                pop3.quit()
            finally:
                pop3.close()
        except poplib.error_proto as error:
            raise RuntimeError(f"poplib: {error}") from None


class Forwarder:
    """A constant port on 127.0.0.1 whose target may change between connections.

    port: the constant port. target: (host, port) of the server. Ends, with its connections, when
    its "with" ends."""

    def __init__(self, target=None):
        forwarder = self
        self.target = target

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    with socket.create_connection(forwarder.target, timeout=30) as server:
                        forwarder.pump(self.request, server)
                except OSError:
                    pass  # the client reports a dead server: it sees its connection end

        self.ended = threading.Event()
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def pump(self, client, server):
        """Copies both ways until both have ended."""
        other = {client: server, server: client}
        while other and not self.ended.is_set():
            for readable in select.select(list(other), [], [], 0.1)[0]:
                octets = readable.recv(65536)
                if octets:
                    other[readable].sendall(octets)
                else:
                    other.pop(readable).shutdown(socket.SHUT_WR)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
