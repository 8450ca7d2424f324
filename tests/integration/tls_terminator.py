"""Ends TLS in front of a server on this machine without being the server: stunnel."""
import os
import subprocess

from private_host import free_port, wait_or_kill


class TlsTerminator:
    """folder: an empty or missing folder. Listens on 127.0.0.1 at `port` and forwards to
    server_port there."""

    def __init__(self, folder, server_port):
        os.makedirs(folder, exist_ok=True)
        self.port = free_port()
        self.process = None
        self.configuration = os.path.join(folder, "stunnel.conf")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=127.0.0.1", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                       check=True, stderr=subprocess.DEVNULL)
        with open(self.configuration, "w") as file:
            file.write(f"""foreground = yes
pid =
[pop3s]
accept = 127.0.0.1:{self.port}
connect = 127.0.0.1:{server_port}
cert = {folder}/cert.pem
key = {folder}/key.pem
""")

    def __enter__(self):
        self.process = subprocess.Popen(["stunnel4", self.configuration], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)
        said = ""
        while "Configuration successful" not in said:
            line = self.process.stderr.readline()
            if not line:
                raise RuntimeError("stunnel4 did not start:\n" + said)
            said += line
        self.reader = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        wait_or_kill(self.process)
        self.reader.wait()
        self.process.stderr.close()
