"""What the tests need of a private server on 127.0.0.1, whichever it is."""
import os
import shutil
import socket
import subprocess
import time

# Owns the mail. It needs no entry in /etc/passwd.
MAIL_UID = 20000
PASSWORD = "secret"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mount_namespace():
    """The prefix that runs a command with mounts of its own."""
    private = ["unshare", "--mount", "--propagation", "private"]
    if subprocess.run(private + ["true"], stderr=subprocess.DEVNULL).returncode == 0:
        return private
    # The root of a chroot is not a mount point and has no propagation to change.
    return ["unshare", "--mount", "--propagation", "unchanged"]


def small_disk(path, octets):
    """The shell lines that make path a disk of its own, in such a namespace."""
    return [f"mkdir -p '{path}'", f"mount -t tmpfs -o mode=1777,size={octets} p3l '{path}'"]


def wait_or_kill(process):
    """For a process that has been told to end."""
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class PrivateHost:
    """base: an empty or missing folder for everything of the server. Mail is in
    homes/<user>/Maildir."""

    def __init__(self, base, port=None, homes=None):
        self.base = os.path.abspath(base)
        self.homes = os.path.abspath(homes) if homes else os.path.join(self.base, "homes")
        self.port = port or free_port()
        self.process = None
        self.error_file = os.path.join(self.base, "stderr")
        os.makedirs(self.base, exist_ok=True)
        os.makedirs(self.homes, exist_ok=True)
        os.chmod(self.base, 0o755)
        os.chown(self.homes, MAIL_UID, MAIL_UID)

    def launch(self, command, **options):
        """Starts the server and waits for its greeting."""
        with open(self.error_file, "w") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=errors, start_new_session=True,
                                            **options)
        for _ in range(100):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    if connection.recv(512).startswith(b"+OK"):
                        connection.sendall(b"QUIT\r\n")
                        return self
            except OSError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(" ".join(command[:1]) + " did not start:\n" + self.log())

    def stop(self):
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            wait_or_kill(self.process)
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def log(self):
        """Everything that the server has printed."""
        with open(self.error_file, errors="replace") as file:
            return file.read()

    def maildir(self, user, fresh=True):
        """The path of a user's Maildir, empty unless fresh is false."""
        path = os.path.join(self.homes, user, "Maildir")
        if fresh:
            shutil.rmtree(path, ignore_errors=True)
        for folder in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(path, folder), exist_ok=True)
        self.give(os.path.join(self.homes, user))
        return path

    @staticmethod
    def give(path):
        """Makes the mail user the owner of a path and all below it."""
        os.chown(path, MAIL_UID, MAIL_UID)
        for folder, folders, files in os.walk(path):
            for entry in folders + files:
                os.chown(os.path.join(folder, entry), MAIL_UID, MAIL_UID, follow_symlinks=False)
