"""A private Postfix on 127.0.0.1, in the Debian tree that debian_tree.sh calls "mta". It delivers
mail for KNOWN at remote.example into a Maildir and refuses everything else."""
import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time

from private_host import free_port, wait_or_kill

DOMAIN = "remote.example"
KNOWN = ("bob", "carol", "dave", "secret", "second")

# From Debian's master.cf; {port} is where SMTP clients connect.
SERVICES = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


class PrivatePostfix:
    """tree: the tree's path. Everything is in a folder in the tree, until remove()."""

    def __init__(self, tree):
        self.tree = os.path.abspath(tree)
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="p3l.", dir=os.path.join(self.tree, "srv"))
        os.chmod(self.folder, 0o755)
        self.inside = self.folder[len(self.tree):]
        self.process = None
        for name in ("etc", "queue", "data", "mail"):
            os.mkdir(os.path.join(self.folder, name))
        self.chroot("chown", "postfix", f"{self.inside}/data")
        self.chroot("chown", "nobody:nogroup", f"{self.inside}/mail")
        people = ", ".join(f"{name}@{DOMAIN}={name}/" for name in KNOWN)
        self.write("etc/master.cf", SERVICES.format(port=self.port))
        self.write("etc/main.cf", f"""compatibility_level = 3.6
queue_directory = {self.inside}/queue
data_directory = {self.inside}/data
maillog_file = {self.inside}/log
maillog_file_prefixes = /srv
inet_interfaces = 127.0.0.1
myhostname = mta.example
mydestination =
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_limit = 20000
local_header_rewrite_clients =
biff = no
alias_maps =
mailbox_size_limit = 0
virtual_mailbox_limit = 0
message_size_limit = 40000000
virtual_mailbox_domains = {DOMAIN}
virtual_mailbox_base = {self.inside}/mail
virtual_mailbox_maps = inline:{{ {people} }}
header_checks = regexp:{self.inside}/etc/header_checks
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
""")
        self.write("etc/header_checks", "/^X-Refuse-Me:/ REJECT No such header here\n")
        # How msmtp sends to this server.
        self.write("etc/msmtprc", f"account default\nhost 127.0.0.1\nport {self.port}\ntls off\nauth off\n")

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def chroot(self, *command, check=True):
        return subprocess.run(["chroot", self.tree, *command], check=check, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)

    def start(self):
        """Runs in the foreground, so that the caller notices if it ends."""
        self.process = subprocess.Popen(["chroot", self.tree, "postfix", "-c", f"{self.inside}/etc", "start-fg"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    if connection.recv(512).startswith(b"220"):
                        return self
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("postfix did not start:\n" + self.log())

    def stop(self):
        """Afterwards it may be started again."""
        if self.process is None:
            return
        self.chroot("postfix", "-c", f"{self.inside}/etc", "stop", check=False)
        wait_or_kill(self.process)
        self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self):
        try:
            with open(os.path.join(self.folder, "log"), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def sendmail(self, path, program):
        """Writes a program that is called like sendmail: the tree's "sendmail", which is Postfix's,
        or its "msmtp"."""
        option = "-C " + self.inside + ("/etc" if program == "sendmail" else "/etc/msmtprc")
        with open(path, "w") as file:
            file.write(f'#!/bin/sh\nexec chroot "{self.tree}" /usr/bin/env {program} {option} "$@"\n')
        os.chmod(path, 0o755)

    def delivered(self, name):
        """The paths of the messages that a user received."""
        return sorted(glob.glob(os.path.join(self.folder, "mail", name, "new", "*")))

    def forget(self):
        for path in glob.glob(os.path.join(self.folder, "mail", "*")):
            shutil.rmtree(path)
