"""The UIDL formulas of other POP3 servers, for one message: a second implementation, made from the
old servers' sources and papers, not from the plugin.

A formula takes a Stored message and returns its id (bytes), or None if it has none. All these
servers knew only LF and could not find the end of a header with CRLF. If all line ends are CRLF,
they come from a later conversion and are converted back. If only some are, the CRs were in the old
mbox, and count."""
import dataclasses
import hashlib
import hmac
import typing

KEY = b"a key for tests \xff"


@dataclasses.dataclass
class Stored:
    """A message as the plugin finds it stored."""
    text: bytes  # header, empty line, body, as stored
    envelope: typing.Optional[bytes]  # the mbox "From " line with its line end
    file_name: typing.Optional[bytes]  # the Maildir's, up to the ":"
    courier: typing.Optional[typing.Tuple[int, int]]  # number, validity
    received: int
    guid: str
    user: str
    uid: int
    uidvalidity: int

    def header_octets(self):
        """The length of the header, without the empty line after it."""
        begin = 0
        while begin < len(self.text):
            end = self.text.find(b"\n", begin) + 1 or len(self.text)
            if self.text[begin:end] in (b"\n", b"\r\n"):
                return begin
            begin = end
        return begin


# --- ids made from the index ---


def uw(message):
    """UW imapd, ipop3d.c: "%08lx%08lx" of the stream's uid_validity and the message's UID."""
    return f"{message.uidvalidity:08x}{message.uid:08x}".encode()


def dovecot(message):
    """Dovecot's default pop3_uidl_format %08Xu%08Xv. The "X" is a modifier, "as hexadecimal", and
    prints lower case: m_str_hex() in 2.3's src/lib/var-expand.c; 2.4 has hex(8) for it."""
    return f"{message.uid:08x}{message.uidvalidity:08x}".encode()


def cyrus(message):
    """Cyrus, imap/pop3d.c, uidl_msg(): "%u.%u" of UIDVALIDITY and UID, the default."""
    return b"%d.%d" % (message.uidvalidity, message.uid)


def cyrus_courier(message):
    """The same file, with uidl_format: courier."""
    return b"%d-%d" % (message.uidvalidity, message.uid)


def decimal_uid(message):
    """The same file, with uidl_format: uidonly, and for mailboxes older than the option. Also
    James's and hMailServer's."""
    return b"%d" % message.uid


def numeric(message):
    """Not from a known server: 4 digits of UIDVALIDITY, without a leading 0, and 10 of the UID."""
    return b"%04d%010d" % (1000 + message.uidvalidity % 9000, message.uid)


def hmac_sha256(message):
    """The plugin's own, as in plugin/core/uidl/own.cc: half of the HMAC."""
    text = f"{message.user}\n{message.guid}".encode()
    return hmac.new(KEY, text, hashlib.sha256).hexdigest()[:32].encode()


# --- ids made from a Maildir ---


def courier(message):
    """Courier, pop3dserver.c, print_uidl(): UIDn-v, or UIDn if v is 0."""
    if message.courier is None:
        return None
    number, validity = message.courier
    return b"UID%d-%d" % (number, validity) if validity else b"UID%d" % number


def courier_v0(message):
    """The same file, "VERSION 0": the file name, its odd characters as +XX. char is signed."""
    if message.file_name is None:
        return None
    return b"".join(b"+%02X" % octet if octet < 0x21 or octet > 0x7E or octet in b"'\"+" else bytes([octet])
                    for octet in message.file_name)


def file_name(message):
    """qmail-pop3d.c: the name after "cur/", up to the ":"; XMail's UIDs are the file names."""
    return message.file_name


def maildir_md5(message):
    """tpop3d, maildir.c, make_indexpoint(); solid-pop3d, maildir.c, mdir_md5_uidl_message()."""
    return None if message.file_name is None else hashlib.md5(message.file_name).hexdigest().encode()


# --- ids made from the contents of an mbox ---


def lf(text):
    return text.replace(b"\r\n", b"\n") if text.count(b"\r\n") == text.count(b"\n") else text


def header_lines(message):
    """The physical lines of the header, with their line ends."""
    lines = lf(message.text[:message.header_octets()]).split(b"\n")
    return [line + b"\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]


def begins(line, *names):
    return line.lower().startswith(tuple(name.lower() for name in names))


def tpop3d_mbox(message):
    """tpop3d, mailspool.c, mailspool_build_index(): the first 512 octets from the envelope line to
    the next one, including the empty line before that."""
    if message.envelope is None:
        return None
    text = lf(message.text)
    if not text.endswith(b"\n"):
        text += b"\n"
    return hashlib.md5((lf(message.envelope) + text + b"\n")[:512]).hexdigest().encode()


def solid_mbox(message):
    """solid-pop3d, mailbox.c, mb_parse() and mb_fixed(): names are case-sensitive; a continuation
    line counts as a line of its own, which is not one of these. A line longer than its 128 octets
    is used whole."""
    names = (b"Received:", b"Date:", b"Message-Id:", b"Subject:")
    return hashlib.md5(b"".join(line for line in header_lines(message) if line.startswith(names))).hexdigest().encode()


def popa3d(message):
    """popa3d, mailbox.c, mailbox_parse(), and pop_trans.c for the order of the digest. That it
    reads a line in pieces of 32 octets changes nothing."""
    digest, fixed, received = hashlib.md5(), False, False
    for line in header_lines(message):
        if not line.startswith((b" ", b"\t")):
            fixed = begins(line, b"Delivered-To:") or line[:1] == b"X" and begins(line, b"X-Delivery-ID:")
            fixed = fixed or not received and begins(line, b"Received:", b"Date:", b"Message-ID:")
            received = received or begins(line, b"Received:")
        if fixed:
            digest.update(line)
    octets = digest.digest()
    return (octets[3::-1] + octets[7:3:-1]).hex().encode()


def pieces(text, limit=1023):
    """The pieces that fgets() with a buffer of `limit` + 1 octets reads one after another."""
    for line in text:
        for begin in range(0, len(line), limit):
            yield line[begin:begin + limit]


def qpopper_digest(message, content_length, again):
    """Qpopper 4, popper/pop_dropcopy.c, do_drop_copy() and mfgets(); 2.53 reads with fgets() and so
    loses what follows a NUL in its line. A piece that is only a line end, after a line of exactly
    1023 octets, ends the header. bInContHeader is never true there."""
    if message.envelope is None:
        return None
    envelope = lf(message.envelope)[:1023].replace(b"\0", b" ")
    digest = hashlib.md5(envelope)
    for piece in pieces(header_lines(message)):
        piece = piece.replace(b"\0", b" ")
        if piece == b"\n":
            break
        if content_length and piece.startswith(b"Content-Length:") or begins(
                piece, b"Received:", b"Date:", b"Message-Id:", b"Subject:"):
            digest.update(piece)
    if again:
        digest.update(envelope)
    return digest.digest()


def base80(octets):
    """The same file, base80(): the shift is by 4 bits, so neighbours overlap."""
    if octets is None:
        return None
    text = b""
    for begin in range(0, 16, 4):
        value = 0
        for octet in octets[begin:begin + 4]:
            value = (value << 4) + octet
        for _ in range(5):
            value, rest = divmod(value, 80)
            text += bytes([0x21 + rest])
    return text.replace(b".", b"~")


def hexadecimal(octets):
    return None if octets is None else octets.hex().encode()


def qpopper_old(message):
    return hexadecimal(qpopper_digest(message, False, False))


def qpopper_old_content_length(message):
    return hexadecimal(qpopper_digest(message, True, False))


def qpopper(message):
    return base80(qpopper_digest(message, False, True))


def qpopper_content_length(message):
    return base80(qpopper_digest(message, True, True))


# --- ids in the header ---


def xuidl(message):
    """The first X-UIDL header, up to the length that fits into a reply line. Qpopper 2.53 accepted
    it, legal or not, and so does mailutils."""
    value = None
    for line in header_lines(message):
        if value is not None and not line.startswith((b" ", b"\t")):
            break
        if value is not None:
            value += line.rstrip(b"\r\n")
        elif begins(line, b"X-UIDL:"):
            value = line[7:].rstrip(b"\r\n")
    value = (value or b"").strip(b" \t")
    return value if 1 <= len(value) <= 495 and all(0x21 <= octet <= 0x7E for octet in value) else None


def xuidl_qpopper(message):
    """Qpopper 4, the same file: the first X-UIDL whose value has the right length. Including its
    LF, one function wants 12 to 33 characters and the other 13 to 32; what both, and older
    versions, may have written is 12 to 32 without the LF. Blanks after the value count towards the
    length, and were sent, but are not part of an id."""
    for piece in pieces(header_lines(message)):
        piece = piece.replace(b"\0", b" ")
        if piece == b"\n":
            return None
        if begins(piece, b"X-UIDL:"):
            value = piece[7:].lstrip(b" \t").removesuffix(b"\n")
            if 12 <= len(value) <= 32:
                return value.rstrip(b" \t\r")
    return None


def heimdal(message):
    """Heimdal, appl/popper/pop_dropinfo.c, parse_header(): every X-UIDL replaces the id; a
    Message-Id sets it only if there is none. Strings end at a NUL and at a CR; a line that begins
    with a NUL counts as the end of the header. An empty id counts as none, blanks after an id are
    not part of it, and no-message-id-N is not stable."""
    found = None
    for piece in pieces(header_lines(message)):
        piece = piece.partition(b"\0")[0]
        if piece in (b"\n", b""):
            break
        value = piece.partition(b":")[2].lstrip(b" \t").partition(b"\n")[0].partition(b"\r")[0]
        if begins(piece, b"X-UIDL:") or found is None and begins(piece, b"Message-Id:"):
            found = value
    return (found or b"").rstrip(b" \t") or None


SCHEMES = {
    "uw": uw,
    "dovecot": dovecot,
    "cyrus": cyrus,
    "cyrus-uidonly": decimal_uid,
    "cyrus-courier": cyrus_courier,
    "courier": courier,
    "courier-v0": courier_v0,
    "qmail": file_name,
    "xmail": file_name,
    "maildir-md5": maildir_md5,
    "tpop3d-mbox": tpop3d_mbox,
    "solid-mbox": solid_mbox,
    "popa3d": popa3d,
    "qpopper-old": qpopper_old,
    "qpopper": qpopper,
    "qpopper-old-content-length": qpopper_old_content_length,
    "qpopper-content-length": qpopper_content_length,
    "xuidl": xuidl,
    "xuidl-qpopper": xuidl_qpopper,
    "heimdal": heimdal,
    "decimal-uid": decimal_uid,
    "numeric": numeric,
    "hmac-sha256": hmac_sha256,
}
