"""An SMTP server on 127.0.0.1 that keeps what it receives and can be told to misbehave."""
import re
import socketserver
import threading
import time


class Message:
    """content: as sent, lines with CRLF, dots not stuffed."""

    def __init__(self, sender, recipients, content):
        self.sender, self.recipients, self.content = sender, recipients, content

    def header(self):
        return self.content.split(b"\r\n\r\n", 1)[0]

    def body(self):
        return self.content.split(b"\r\n\r\n", 1)[1]


class SmtpSink:
    """refuse: {recipient: the reply to its RCPT}. data_reply: to DATA; final_reply: to the
    message's end. slow: seconds until the message is read. die: "data" closes the connection after
    DATA's reply, "end" after the message. hold: the final reply, to the message's end, waits for
    release(). Ends with its "with", or with close()."""

    def __init__(self):
        sink = self
        self.messages = []
        self.reset()

        class Handler(socketserver.StreamRequestHandler):
            rbufsize = 1 << 20  # as fast as a client can send

            def reply(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                try:
                    self.serve()
                except OSError:
                    pass  # the client has gone

            def serve(self):
                self.reply("220 sink")
                sender, recipients = None, []
                while line := self.rfile.readline():
                    verb = line.strip().upper()
                    if verb.startswith(b"EHLO"):
                        self.reply("250-sink\r\n250-PIPELINING\r\n250 8BITMIME")
                    elif verb.startswith(b"MAIL FROM:"):
                        sender = line.split(b"<", 1)[1].split(b">")[0].decode()
                        self.reply("250 ok")
                    elif verb.startswith(b"RCPT TO:"):
                        recipient = line.split(b"<", 1)[1].split(b">")[0].decode()
                        if recipient not in sink.refuse:
                            recipients.append(recipient)
                        self.reply(sink.refuse.get(recipient, "250 ok"))
                    elif verb == b"DATA":
                        if not recipients:
                            self.reply("554 no valid recipients")
                            continue
                        self.reply(sink.data_reply)
                        if sink.die == "data":
                            return
                        if not sink.data_reply.startswith("354"):
                            continue
                        if not self.take(sender, recipients):
                            return
                    elif verb == b"QUIT":
                        self.reply("221 bye")
                        return
                    else:
                        self.reply("250 ok")

            def take(self, sender, recipients):
                pieces, tail, end = [], b"\r\n", -1
                time.sleep(sink.slow)
                while end < 0:
                    piece = self.rfile.peek(1)
                    if not piece:
                        return False
                    end = (tail + piece).find(b"\r\n.\r\n")
                    pieces.append(self.rfile.read(len(piece) if end < 0 else end + 5 - len(tail)))
                    tail = (tail + piece)[-4:]
                content = re.sub(rb"(?m)^\.", b"", b"".join(pieces)[:-3])
                sink.arrived.set()
                if sink.die == "end":
                    return False
                if not sink.released.wait(60):
                    return False
                if sink.final_reply.startswith("250"):
                    with sink.lock:
                        sink.messages.append(Message(sender, recipients, content))
                self.reply(sink.final_reply)
                return True

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def reset(self):
        """Well-behaved again, and empty."""
        self.refuse, self.die, self.slow = {}, None, 0
        self.data_reply, self.final_reply = "354 go on", "250 2.0.0 taken"
        self.arrived, self.released = threading.Event(), threading.Event()
        self.released.set()
        self.messages.clear()

    def hold(self):
        self.released.clear()

    def release(self):
        self.released.set()

    def close(self):
        self.release()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class WithSink:
    """For a HostTest whose host submits to a sink of the class."""

    @classmethod
    def before_host(cls):
        cls.sink = SmtpSink()
        cls.addClassCleanup(cls.sink.close)
        cls.host_options = dict(cls.host_options, submission_host=f"127.0.0.1:{cls.sink.port}")
        super().before_host()
