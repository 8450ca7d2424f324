"""Real POP3 clients that leave mail on the server and know by UIDL what they have.

Fetchmail, Getmail and Mpop are made once and polled often, as on a user's machine: the
configuration and the client's memory stay in their folder. What each knows its mail by:

  fetchmail  user and host name (not the port), in .fetchids
  getmail    host, port and user, in the name of its oldmail file
  mpop       user and host name (not the port), in the name of its file and in its text

So a server that moves to another port is another server to getmail. Forwarder gives the clients
one port that stays while the server behind it changes, as one DNS name does.
"""
import glob
import os
import select
import signal
import socket
import socketserver
import subprocess
import threading

# Delivers one message, as the clients call it: a file for each, numbered as they come.
MDA = """#!/bin/sh
set -e
number=$(ls "{incoming}" | wc -l)
cat >"{incoming}/$(printf %06d "$number")"
"""


class Client:
    """host, port: a server without TLS. folder: an empty or missing folder for one account."""

    timeout = 120
    # Exit codes that are no failure.
    good = (0,)

    def __init__(self, host, port, user, password, folder):
        self.folder = os.path.abspath(folder)
        self.incoming = os.path.join(self.folder, "incoming")
        self.mda = os.path.join(self.folder, "mda")
        self.output = ""
        os.makedirs(self.incoming, exist_ok=True)
        self.write("mda", MDA.format(incoming=self.incoming), 0o700)
        self.command = self.configure(host, port, user, password)

    def write(self, name, text, mode=0o600):
        """A file of the client's, fit for a password; returns its path."""
        path = os.path.join(self.folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
            file.write(text)
        return path

    def configure(self, host, port, user, password):
        """Writes the configuration; returns the command of one poll."""
        raise NotImplementedError

    def poll(self):
        """The octets of each message that this poll loaded, in its order; line ends LF. What the client
        said is in output. RuntimeError, with the output, where the client failed."""
        before = set(os.listdir(self.incoming))
        process = subprocess.Popen(self.command, env={**os.environ, "HOME": self.folder, "LC_ALL": "C"},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, errors="replace", start_new_session=True)
        try:
            self.output, _ = process.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            self.output, _ = process.communicate()
            raise RuntimeError(f"{self.command[0]} took more than {self.timeout} s:\n{self.output}") from None
        if process.returncode not in self.good:
            raise RuntimeError(f"{self.command[0]} ended with {process.returncode}:\n{self.output}")
        return [self.read(name) for name in sorted(os.listdir(self.incoming)) if name not in before]

    def read(self, name):
        with open(os.path.join(self.incoming, name), "rb") as file:
            return file.read()

    @property
    def state_file(self):
        """The path of the file with the ids of what the client has; None before it wrote one."""
        found = glob.glob(os.path.join(glob.escape(self.folder), self.state_pattern))
        return found[0] if found else None


class Fetchmail(Client):
    good = (0, 1)  # 1: no new mail
    state_pattern = "fetchids"
    uidl = "uidl"

    def configure(self, host, port, user, password):
        control = self.write("fetchmailrc", f"""
set invisible
set no bouncemail
poll {host} protocol pop3 port {port} {self.uidl} auth password timeout 30
  user "{user}" password "{password}" keep sslproto "" no rewrite mda "{self.mda}"
""")
        return ["fetchmail", "--fetchmailrc", control, "--idfile", os.path.join(self.folder, "fetchids"), "--pidfile",
                os.path.join(self.folder, "pid"), "--nosyslog", "--nodetach", "--verbose"]


class FetchmailByLast(Fetchmail):
    """Remembers nothing, and trusts LAST."""

    uidl = "no uidl"


class Getmail(Client):
    """Remembers an id with "-" where the server's had "/"."""

    state_pattern = "oldmail-*"

    def read(self, name):
        # The one header that cannot be turned off.
        return super().read(name).removeprefix(b"Return-Path: <unknown>\n")

    def configure(self, host, port, user, password):
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
delete = false
delivered_to = false
received = false
verbose = 2
""")
        return ["getmail", "--getmaildir", self.folder, "--rcfile", "getmailrc"]


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
keep on
only_new on
received_header off
uidls_file {self.folder}/uidls
delivery mda "{self.mda}"
""")
        return ["mpop", "--file", control, "--debug"]


class Forwarder:
    """A port on 127.0.0.1 that stays, and a target that may change between connections.

    port: the port that stays. target: (host, port) of the server. Ends with its "with", and its
    connections with it."""

    def __init__(self, target=None):
        forwarder = self
        self.target = target

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                try:
                    with socket.create_connection(forwarder.target, timeout=30) as server:
                        forwarder.pump(self.request, server)
                except OSError:
                    pass  # a dead server is for the client to complain about: it sees its connection end

        self.ended = threading.Event()
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def pump(self, client, server):
        """Both ways, until both have ended."""
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
