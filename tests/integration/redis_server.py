"""A private Redis on 127.0.0.1 that stores nothing on disk."""
import socket
import subprocess
import time

from private_host import free_port

# The package redis-tools contains the server under the name of a tool: they are one program, and
# the name it is called by decides. The package redis-server would start a service.
PROGRAM = "/usr/bin/redis-check-rdb"


class RedisServer:
    def __init__(self):
        self.port = free_port()
        self.process = None
        self.connection = None

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            executable=PROGRAM, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(100):
            if self.process.poll() is not None:
                raise RuntimeError(f"redis ended at once with {self.process.returncode}: is port {self.port} taken?")
            try:
                self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=60)
                self.file = self.connection.makefile("rb")
                return self
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError("redis did not start")

    def stop(self):
        if self.connection:
            self.file.close()
            self.connection.close()
            self.connection = None
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def commands(self, commands):
        """Sends all commands, each a list of texts, then reads as many one-line replies."""
        octets = bytearray()
        for command in commands:
            octets += b"*%d\r\n" % len(command)
            for word in command:
                word = word.encode()
                octets += b"$%d\r\n%s\r\n" % (len(word), word)
        self.connection.sendall(octets)
        for command in commands:
            reply = self.file.readline()
            if not reply.startswith((b"+", b":")):
                raise AssertionError((command[:2], reply))

    def command(self, *words):
        self.commands([words])

    def get(self, key):
        """The value, or None."""
        key = key.encode()
        self.connection.sendall(b"*2\r\n$3\r\nGET\r\n$%d\r\n%s\r\n" % (len(key), key))
        length = int(self.file.readline()[1:])
        return None if length < 0 else self.file.read(length + 2)[:-2]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


class WithRedis:
    """For a HostTest: a Redis of the class."""

    @classmethod
    def before_host(cls):
        cls.redis = RedisServer().start()
        cls.addClassCleanup(lambda: cls.redis.stop())
        super().before_host()
