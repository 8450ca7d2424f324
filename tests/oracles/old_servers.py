#!/usr/bin/env python3
"""The POP3 servers that a mail farm may come from, run for what they answer to UIDL: Courier, Cyrus,
popa3d, solid-pop3d and GNU Mailutils, as Debian packages them. Each one has a folder of its own with
the mail in it and serves 127.0.0.1 on a free port, in the tree of `debian_tree.sh bookworm oracles`.

    with old_servers.Courier(folder, messages) as server:
        ids = server.uidl()        # {1: "UID1-1700000000", ...}
    server.mail_path               # the Maildir, with Courier's own files

    old_servers.py courier --maildir FOLDER     prints what a server answers for a copy of this mail
    old_servers.py popa3d --mbox FILE

Needs root, for chroot and mounts. Every server's formula, as observed, is in README.md.
"""
import argparse
import dataclasses
import os
import poplib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import typing

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import sizelist  # noqa: E402

# Lines of old mail are longer than the library allows for answers.
poplib._MAXLINE = 1 << 20

USER = "oracle"
PASSWORD = "secret"
# Owns the mail.
MAIL_UID = 20000
# crypt(PASSWORD), for the servers that ask PAM.
_CRYPTED = "$6$oraclesalt$Q450Jp2Hx3j3o5okNig4LQ3dEeZBKQWZdHjVczLq5I4NtQQfwOZ.Ih8T3ZG7kp5wXkfG.9vMKZbIBS1sWF/zc/"


@dataclasses.dataclass
class Message:
    """What the servers need to know of a message; tests/vectors/corpus.py's Message works as well.
    raw: header and body. envelope: its mbox "From " line with its LF. received: seconds since 1970.
    file_name: in a Maildir, up to the ":". flags: after the ":2,", None for a name without that."""
    raw: bytes
    envelope: bytes = b"From sender@example.org Tue Nov 14 22:13:20 2023\n"
    received: int = 1700000000
    file_name: bytes = b"1700000000.1.oracle"
    flags: typing.Optional[str] = ""


def make_tree():
    """The path of the servers' Debian tree, which is created if it does not exist."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "debian_tree.sh")
    made = subprocess.run(["sh", script, "bookworm", "oracles"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    if made.returncode != 0:
        raise RuntimeError(made.stderr.strip())
    return made.stdout.strip()


def write_mbox(path, messages):
    """Writes an mbox as mail transports do: a line that could be an envelope line is quoted, a
    message's last line gets a line end, and an empty line follows."""
    with open(path, "wb") as file:
        for message in messages:
            text = message.raw if message.raw.endswith(b"\n") else message.raw + b"\n"
            text = re.sub(rb"^From ", b">From ", text, flags=re.M)
            file.write(message.envelope + text + b"\n")


def whole_name(message):
    return message.file_name + (b"" if message.flags is None else b":2," + message.flags.encode())


def write_maildir(path, messages, last_line_end=False):
    """Puts all messages into cur/. last_line_end: adds a missing final line end."""
    for folder in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(path, folder), exist_ok=True)
    for message in messages:
        name = os.path.join(os.fsencode(path), b"cur", whole_name(message))
        with open(name, "wb") as file:
            file.write(message.raw)
            if last_line_end and not message.raw.endswith(b"\n"):
                file.write(b"\n")
        os.utime(name, (message.received, message.received))


def read_maildir(path):
    """The messages in cur/ and new/, by file name."""
    messages = []
    for folder in (b"cur", b"new"):
        folder = os.path.join(os.fsencode(path), folder)
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), "rb") as file:
                base, mark, flags = name.partition(b":2,")
                messages.append(Message(file.read(), received=int(os.fstat(file.fileno()).st_mtime), file_name=base,
                                        flags=flags.decode() if mark else None))
    return sorted(messages, key=lambda message: message.file_name)


def _own(path):
    os.chown(path, MAIL_UID, MAIL_UID)
    for folder, folders, files in os.walk(path):
        for name in folders + files:
            os.lchown(os.path.join(folder, name), MAIL_UID, MAIL_UID)


class OldServer:
    """folder: empty or missing; all of the server's files are there, even after stop(). messages:
    of class Message, or None with mail: the path of an mbox or a Maildir, which is copied. Inside
    the tree, the folder is /mnt."""

    # Options of single servers are arguments of their constructors.
    def __init__(self, folder, messages=None, mail=None, tree=None):
        self.folder = os.path.abspath(folder)
        self.tree = tree or make_tree()
        self.host, self.port, self.user, self.password = "127.0.0.1", None, USER, PASSWORD
        # Mounted over files of the tree: {path there: path in the folder}.
        self.mounts = {"/etc/passwd": "etc/passwd", "/etc/shadow": "etc/shadow", "/etc/group": "etc/group"}
        os.makedirs(os.path.join(self.folder, "etc"), exist_ok=True)
        os.makedirs(os.path.join(self.folder, "home"), exist_ok=True)
        os.chmod(self.folder, 0o755)
        os.chown(os.path.join(self.folder, "home"), MAIL_UID, MAIL_UID)
        self._write_users()
        self.prepare(messages, mail)

    def _write_users(self):
        users = [("root", 0, "/root"), ("nobody", 65534, "/nonexistent"), ("popa3d", 20001, "/nonexistent"),
                 ("spop3d", 20002, "/nonexistent"), ("cyrus", 20003, "/mnt"), (USER, MAIL_UID, "/mnt/home")]
        self.write("etc/passwd", "".join(f"{name}:x:{uid}:{uid}::{home}:/bin/sh\n" for name, uid, home in users))
        self.write("etc/group", "".join(f"{name}:x:{uid}:\n" for name, uid, _ in users) + "mail:x:8:\n")
        self.write("etc/shadow", "".join(f"{name}:{_CRYPTED if name == USER else '*'}:19000:0:99999:7:::\n"
                                         for name, _, _ in users))

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def command(self, *arguments, environment=()):
        """The command line that runs a program of the tree with the mounts and with nothing of this
        process's environment."""
        mounts = [part for target, source in self.mounts.items()
                  for part in (os.path.join(self.folder, source), self.tree + target)]
        script = """
          tree=$1 folder=$2
          shift 2
          mount --bind "$folder" "$tree/mnt"
          mount -t proc proc "$tree/proc"
          mount --bind /dev "$tree/dev"
          while [ "$1" != -- ]; do
            mount --bind "$1" "$2"
            shift 2
          done
          shift
          exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" """
        return (_mount_namespace() + ["sh", "-euc", script, "sh", self.tree, self.folder] + mounts + ["--"] +
                list(environment) + list(arguments))

    def run(self, *arguments):
        """Runs a program of the tree until it ends; returns its output."""
        done = subprocess.run(self.command(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace", timeout=120)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout.strip()}")
        return done.stdout

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def login(self):
        """A logged-in poplib.POP3. Its quit() ends the session as a client does."""
        client = poplib.POP3(self.host, self.port, timeout=60)
        try:
            client.user(self.user)
            client.pass_(self.password)
        except BaseException:
            client.close()
            raise
        return client

    def order(self, messages):
        """The messages in the order in which the server numbers them."""
        return list(messages)

    def uidl(self, say_quit=True):
        """{message number: unique id}. Without say_quit, the connection is just closed."""
        client = self.login()
        try:
            answer = client.uidl()
            ids = {int(number): uid.decode("latin-1")
                   for number, _, uid in (line.partition(b" ") for line in answer[1])}
            if say_quit:
                client.quit()
        finally:
            client.close()
        return ids

    def sizes(self):
        """{message number: octets}, according to LIST."""
        client = self.login()
        try:
            return {int(line.split()[0]): int(line.split()[1]) for line in client.list()[1]}
        finally:
            client.quit()

    def retrieve(self, number):
        """The lines of a message."""
        client = self.login()
        try:
            return client.retr(number)[1]
        finally:
            client.quit()


class _Inetd(OldServer):
    """A server for one connection on its standard input: a thread accepts connections and starts
    it."""

    program = ()
    environment = ()

    def start(self):
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._sessions = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self.host, self.port, self.user, self.password

    def stop(self):
        """Waits for sessions to end by themselves, then ends the rest."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for session in self._sessions:
            try:
                session.wait(timeout=10)
            except subprocess.TimeoutExpired:
                session.kill()
                session.wait()

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()

    def greet(self, connection):
        """What is sent before the program takes over the connection."""

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, open(os.path.join(self.folder, "log"), "ab") as log:
                try:
                    connection.settimeout(30)
                    self.greet(connection)
                    connection.settimeout(None)
                except OSError:
                    continue
                self._sessions.append(subprocess.Popen(
                    self.command(*self.program, environment=self.environment), stdin=connection.fileno(),
                    stdout=connection.fileno(), stderr=log))


class _MboxMail:
    """For mail in /var/mail/USER."""

    def prepare_mbox(self, messages, mail):
        spool = os.path.join(self.folder, "spool")
        os.makedirs(spool)
        os.chmod(spool, 0o1777)
        self.mounts["/var/mail"] = "spool"
        self.mail_path = os.path.join(spool, USER)
        if mail:
            shutil.copyfile(mail, self.mail_path)
        else:
            write_mbox(self.mail_path, messages)
        os.chmod(self.mail_path, 0o600)
        os.chown(self.mail_path, MAIL_UID, MAIL_UID)


class _MaildirMail:
    """For mail in the Maildir of the home directory."""

    def prepare_maildir(self, messages, mail, last_line_end=False):
        self.mail_path = os.path.join(self.folder, "home", "Maildir")
        if mail:
            shutil.copytree(mail, self.mail_path)
        else:
            write_maildir(self.mail_path, messages, last_line_end)
        _own(os.fsencode(self.mail_path))


class Popa3d(_Inetd, _MboxMail):
    program = ("popa3d",)

    def prepare(self, messages, mail):
        # Its unprivileged processes live there.
        os.makedirs(os.path.join(self.folder, "empty"))
        self.prepare_mbox(messages, mail)


class Solid(_Inetd, _MboxMail, _MaildirMail):
    """maildir=True: its mail drop type maildir, with another formula."""

    program = ("solid-pop3d",)

    def __init__(self, folder, messages=None, mail=None, tree=None, maildir=False):
        self.maildir = maildir
        super().__init__(folder, messages, mail, tree)

    def prepare(self, messages, mail):
        if self.maildir:
            # It considers a message without a final line end "damaged", and the whole mail drop
            # with it.
            self.prepare_maildir(messages, mail, last_line_end=True)
            drop = 'MailDropName "/mnt/home/Maildir"\nMailDropType maildir\n'
        else:
            self.prepare_mbox(messages, mail)
            drop = 'MailDropName "/var/mail/%s"\nMailDropType mailbox\n'
        self.write("etc/spop3d.conf", f"<Global>\n{drop}</Global>\n")
        self.mounts["/etc/spop3d.conf"] = "etc/spop3d.conf"

    def order(self, messages):
        """In a Maildir, by the files' times; the order of equal times is unknown."""
        return sorted(messages, key=lambda message: message.received) if self.maildir else list(messages)


class Mailutils(_Inetd, _MboxMail, _MaildirMail):
    """GNU Mailutils' pop3d. It writes the ids into the mail. In a Maildir it renames the files, and
    has been seen to lose some."""

    def __init__(self, folder, messages=None, mail=None, tree=None, maildir=False):
        self.maildir = maildir
        super().__init__(folder, messages, mail, tree)

    def prepare(self, messages, mail):
        if self.maildir:
            self.prepare_maildir(messages, mail)
            drop = "maildir:/mnt/home/Maildir"
        else:
            self.prepare_mbox(messages, mail)
            drop = "/var/mail/${user}"
        self.write("etc/mailutils.conf", f'mailbox {{ mailbox-pattern "{drop}"; }};\n')
        # A Maildir's lock is there; without the folder, every Maildir is "in use".
        locks = os.path.join(self.folder, "run", "lock", "subsys", "mail")
        os.makedirs(locks)
        os.chmod(locks, 0o1777)
        self.mounts["/run"] = "run"
        self.program = ("/usr/sbin/pop3d", "--no-config", "--config-file=/mnt/etc/mailutils.conf", "--inetd")


class Courier(_Inetd, _MaildirMail):
    """courierpop3d, which its own login program would start; here greet() asks for the password.
    before: the contents of courierpop3dsizelist (see sizelist.py) beforehand."""

    program = ("/usr/lib/courier/courier/courierpop3d", "/mnt/home/Maildir")
    environment = ("AUTHENTICATED=" + USER, "TCPREMOTEIP=127.0.0.1", "TCPREMOTEPORT=1", "HOME=/mnt/home")

    def __init__(self, folder, messages=None, mail=None, tree=None, before=None):
        self.before = before
        super().__init__(folder, messages, mail, tree)

    def prepare(self, messages, mail):
        self.prepare_maildir(messages, mail)
        if self.before is not None:
            with open(self.sizelist_path, "wb") as file:
                file.write(self.before)
            os.chown(self.sizelist_path, MAIL_UID, MAIL_UID)

    def order(self, messages):
        return sorted(messages, key=lambda message: sizelist.order(whole_name(message)))

    @property
    def sizelist_path(self):
        return os.path.join(self.mail_path, "courierpop3dsizelist")

    def greet(self, connection):
        connection.sendall(b"+OK Hello there.\r\n")
        while not (line := self._line(connection).upper()).startswith(b"PASS "):
            known = line.startswith(b"USER ")
            connection.sendall(b"+OK Password required.\r\n" if known else b"-ERR Invalid command.\r\n")

    @staticmethod
    def _line(connection):
        """Reads one line; what follows it stays unread for the program."""
        line = b""
        while not line.endswith(b"\n"):
            octet = connection.recv(1)
            if not octet:
                raise OSError("the client has gone")
            line += octet
        return line


class Cyrus(OldServer):
    """Cyrus IMAP's master with pop3d as its only service. uidl_format: from imapd.conf (cyrus,
    uidonly, dovecot, courier); None omits it. The messages are put into the spool by hand, for
    `reconstruct`; their lines then end with CRLF, and an octet 0 is not possible. mail_path is the
    mailbox's folder in the spool, with the messages as 1., 2., ..."""

    def __init__(self, folder, messages=None, mail=None, tree=None, uidl_format=None, uids=None):
        """uids: the messages' UIDs, ascending; 1, 2, ... if it is None."""
        self.uidl_format = uidl_format
        self.uids = uids
        self._master = None
        super().__init__(folder, messages, mail, tree)

    def prepare(self, messages, mail):
        if mail:
            messages = read_maildir(mail)
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port = probe.getsockname()[1]
        for name in ("state", "spool", "run"):
            os.makedirs(os.path.join(self.folder, name))
        for name in ("proc", "db", "socket", "log", "msg", "user", "quota", "ptclient", "sync", "backup"):
            os.makedirs(os.path.join(self.folder, "state", name))
        settings = {"configdirectory": "/mnt/state", "defaultpartition": "default", "partition-default": "/mnt/spool",
                    "admins": "cyrus", "allowplaintext": "yes", "sasl_pwcheck_method": "saslauthd",
                    "sasl_mech_list": "PLAIN", "sasl_saslauthd_path": "/mnt/run/mux", "autocreate_quota": "0",
                    "virtdomains": "off", "altnamespace": "yes", "unixhierarchysep": "no", "syslog_prefix": "cyrus"}
        if self.uidl_format:
            settings["uidl_format"] = self.uidl_format
        self.write("etc/imapd.conf", "".join(f"{name}: {value}\n" for name, value in settings.items()))
        self.write("etc/cyrus.conf", "START {\n}\nSERVICES {\n"
                   f'pop3 cmd="pop3d -C /mnt/etc/imapd.conf" listen="{self.host}:{self.port}" prefork=0\n'
                   "}\nEVENTS {\n}\n")
        for folder, folders, files in os.walk(self.folder):
            for name in folders + files:
                if not folder.endswith("/etc"):
                    os.chown(os.path.join(folder, name), 20003, 20003)
        # The first login creates the mailbox; then the messages can be put into it.
        self.start()
        try:
            self.login().quit()
            self.mail_path = self.folder + self._cyrus("mbpath", "user." + self.user).strip()[len("/mnt"):]
        finally:
            self.stop()
        for uid, message in zip(self.uids or range(1, len(messages) + 1), messages):
            octets = message.raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            file_name = os.path.join(self.mail_path, "%d." % uid)
            with open(file_name, "wb") as file:
                file.write(octets)
            os.chown(file_name, 20003, 20003)
            os.utime(file_name, (message.received, message.received))
        self._cyrus("reconstruct", "user." + self.user)

    def _cyrus(self, program, *arguments):
        return self.run("setpriv", "--reuid=20003", "--regid=20003", "--clear-groups", "/usr/lib/cyrus/bin/" + program,
                        "-C", "/mnt/etc/imapd.conf", *arguments)

    def index(self):
        """What `mbexamine` says about the mailbox: its UIDVALIDITY and the UID of each message."""
        said = self._cyrus("mbexamine", "user." + self.user)
        return (int(re.search(r"UIDValidity: (\d+)", said)[1]),
                [int(uid) for uid in re.findall(r"^\d+> UID:(\d+)", said, re.M)])

    def start(self):
        self._answer_logins()
        self._log = open(os.path.join(self.folder, "log"), "ab")
        self._master = subprocess.Popen(
            self.command("/usr/lib/cyrus/bin/master", "-C", "/mnt/etc/imapd.conf", "-M", "/mnt/etc/cyrus.conf",
                         "-p", "/mnt/run/pid"),
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        for _ in range(100):
            try:
                with socket.create_connection((self.host, self.port), timeout=10) as connection:
                    if connection.recv(512).startswith(b"+OK"):
                        connection.sendall(b"QUIT\r\n")
                        connection.recv(512)
                        return self.host, self.port, self.user, self.password
            except OSError:
                pass
            if self._master.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise RuntimeError("Cyrus did not start:\n" + self.log())

    def stop(self):
        if self._master is None:
            return
        if self._master.poll() is None:
            # Its services must end first.
            self._master.terminate()
            try:
                self._master.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._master.kill()
                self._master.wait()
        self._master = None
        self._log.close()
        self._mux.shutdown(socket.SHUT_RDWR)
        self._mux.close()
        self._logins.join()

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()

    def _answer_logins(self):
        """Takes the place of saslauthd: any password is right."""
        path = os.path.join(self.folder, "run", "mux")
        if os.path.exists(path):
            os.unlink(path)
        self._mux = socket.socket(socket.AF_UNIX)
        self._mux.bind(path)
        os.chmod(path, 0o777)
        self._mux.listen()
        self._logins = threading.Thread(target=self._say_yes, args=(self._mux,), daemon=True)
        self._logins.start()

    @staticmethod
    def _say_yes(mux):
        while True:
            try:
                connection, _ = mux.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(10)
                try:
                    connection.recv(4096)
                    connection.sendall(struct.pack("!H", 2) + b"OK")
                except OSError:
                    pass


def _mount_namespace():
    """The prefix that runs a command with mounts of its own."""
    private = ["unshare", "--mount", "--propagation", "private"]
    if subprocess.run(private + ["true"], stderr=subprocess.DEVNULL).returncode == 0:
        return private
    # The root of a chroot is not a mount point and has no propagation to change.
    return ["unshare", "--mount", "--propagation", "unchanged"]


SERVERS = {
    "courier": Courier,
    "cyrus": Cyrus,
    "popa3d": Popa3d,
    "solid": Solid,
    "mailutils": Mailutils,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", choices=SERVERS)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--maildir", metavar="FOLDER")
    where.add_argument("--mbox", metavar="FILE")
    parser.add_argument("--uidl-format", help="Cyrus's setting")
    options = parser.parse_args()
    arguments = {"mail": os.path.abspath(options.maildir or options.mbox)}
    if options.server in ("solid", "mailutils"):
        arguments["maildir"] = bool(options.maildir)
    elif bool(options.maildir) != (options.server != "popa3d"):
        parser.error(f"{options.server} keeps its mail in another form")
    if options.server == "cyrus":
        arguments["uidl_format"] = options.uidl_format
    with tempfile.TemporaryDirectory(prefix="p3l.") as folder:
        with SERVERS[options.server](folder, **arguments) as server:
            for number, uid in server.uidl().items():
                print(number, uid)


if __name__ == "__main__":
    main()
