"""courierpop3dsizelist, the file in a Maildir where Courier's POP3 server keeps the parts of its
ids, as courierpop3d 1.0.16 reads and writes it. test_oracles.py asks the real one about every rule
here.

The file is replaced at login if a message has come or gone, never at QUIT. For example:

    /3 11 1700000000
    900.M3.h:2, 52 0:5:0                  UIDL 900.M3.h
    1700000001.M1.h:2,S 50 3:0:0          UIDL UID3
    a name.M2.h,S=9:2, 51 4:77:1          UIDL UID4-77

First line: "/", version, the next new message's n, the v of new messages, separated by white space;
anything may follow. The version is 3, or 2, which lacks the last ":" and digit in the lines that
follow. With any other version, the next n and v are valid, but none of the lines is. Without a
first line, n begins at 1 and v is the time; if only v is missing, it is the time as well.

A line: file name with flags, a blank, size (LIST's), a blank, n ":" v ":" 8bit. Nothing is escaped:
a name may contain blanks, so the line is split at its last two. A folder before the name is
ignored. n, v and 8bit are decimal; letters after them are ignored, an empty 8bit is not accepted. A
line that does not match is ignored, as is a last line without a line end. Lines may be in any
order; of two for one name, the last one is valid.

A line belongs to the file with the same name up to the ":", whatever the flags. (Courier's
comparison ends where both names have a ":", so a name without any ":2," differs from the same name
with it.)

The id is UIDn-v, or UIDn if v is 0. If n is 0, whatever v, it is the file's name up to the ":" with
odd characters as +XX, which is how versions before 2 named all messages. A message without a line
gets the next n. Several get theirs in Courier's order: by the number at the beginning of the name,
then by octets, as signed ones."""
import re

LINE_MAX = 2028


def read(octets, now):
    """Returns the next n, the v for new messages, and {name: (n, v)}; a name ends after its ":", if
    it has one. now: seconds since 1970."""
    begin, _, rest = octets.partition(b"\n")
    head = re.match(rb"/\s*(\d+)\s+(\d+)(?:\s+(\d+))?", begin)
    if not head:
        return 1, now, {}
    found = {}
    validity = int(head[3]) if head[3] else now
    if head[1] in (b"2", b"3"):
        for line in rest.split(b"\n")[:-1]:
            parts = re.fullmatch(rb"([^\0]+) ([^ \0]*) ([^ \0]*)", line) if len(line) < LINE_MAX else None
            if not parts or not re.fullmatch(rb"\d+", parts[2]):
                continue
            numbers = re.match(rb"(\d+):(\d+)(?::(\d))?", parts[3])
            if numbers and (numbers[3] or numbers.end() == len(parts[3])):
                found[until_flags(parts[1].rpartition(b"/")[2])] = (int(numbers[1]), int(numbers[2]))
    return int(head[2]), validity, found


def until_flags(name):
    return name[:name.find(b":") + 1] or name


def order(name):
    """Courier's order of file names, as a sort key."""
    number = re.match(rb"\s*([+-]?\d+)", name)
    return (int(number[1]) if number else 0, [octet - 256 * (octet > 127) for octet in until_flags(name)])


def ids(octets, names, now):
    """Courier's answer for the files in cur/, in its order. octets: the file's contents, b"" if
    there is none."""
    following, validity, found = read(octets, now)
    answer = []
    for name in sorted(names, key=order):
        number, own = found.get(until_flags(name), (None, None))
        if number is None:
            number, own = following, validity
            following += 1
        if number == 0:
            answer.append("".join("+%02X" % octet if octet < 0x21 or octet > 0x7E or octet in b"'\"+" else chr(octet)
                                  for octet in name.partition(b":")[0]))
        else:
            answer.append("UID%d-%d" % (number, own) if own else "UID%d" % number)
    return answer


# Files in cur/, and the courierpop3dsizelist that exists beforehand, None for none.
_THREE = (b"900.M3.h:2,", b"1700000001.M1.h:2,S", b"1700000002.M2.h,S=9:2,")
_ODD = (b"1700000001.M1.h:2,S", b"1700000002.M2.h,S=9:2,", b"900.M3.h", b"abc d:2,F", b"10 .a'\"+x:2,",
        b"1700000003.M4.h,S=9,W=10:2,", b"z.h\xc3\xa9:2,", b"-5.x:2,", b" 7.y:2,", b"1700000001.M1:2,")
EXAMPLES = {
    "none": (_ODD, None),
    "empty": (_THREE, b""),
    "version 3": (_THREE, b"/3 10 111\n1700000001.M1.h:2,S 50 3:0:0\n1700000002.M2.h,S=9:2, 51 4:77:1\n"
                          b"900.M3.h:2,FS 52 0:0:0\n"),
    "version 2": (_THREE, b"/2 10 111\n1700000001.M1.h:2, 50 3:0\n1700000002.M2.h,S=9:2, 51 4:77\n"
                          b"900.M3.h:2, 52 0:5\n"),
    "names as ids": (_ODD, b"/2 10 111\n" + b"".join(name + b" 50 0:0\n" for name in _ODD)),
    "version 2 without v": (_THREE, b"/2 10\n1700000001.M1.h:2,S 50 3:0\n"),
    "version 1": (_THREE, b"/1 10 111\n1700000001.M1.h:2,S 50 3\n1700000002.M2.h,S=9:2, 51 4:77\n"),
    "version 4": (_THREE, b"/4 10 111\n1700000001.M1.h:2,S 50 3:0:0\n"),
    "no version": (_THREE, b"1700000001.M1.h:2,S 50\n1700000002.M2.h,S=9:2, 51\n"),
    "lines of version 2": (_THREE, b"/3 10 111\n1700000001.M1.h:2,S 50 3:4\n1700000002.M2.h,S=9:2, 51 4\n"
                                   b"900.M3.h:2, 7\n"),
    "any order, the last one holds": (_THREE, b"/3 10 111\n1700000002.M2.h,S=9:2, 51 4:77:1\n"
                                      b"900.M3.h:2,FS 52 5:6:0\n900.M3.h:2,FS 52 8:9:0\n"
                                      b"1700000001.M1.h:2,S 50 3:0:0\n"),
    "folders": (_THREE, b"/3 10 111\ncur/1700000001.M1.h:2,S 50 3:4:0\nnew/900.M3.h:2, 51 4:5:0\n"),
    "no last line end": (_THREE, b"/3 10 111\n900.M3.h:2, 51 4:77:0\n1700000001.M1.h:2,S 5 4:78:0"),
    "nothing behind the last colon": (_THREE, b"/3 10 111\n900.M3.h:2, 51 4:77:\n1700000001.M1.h:2, 5 4:79:0:9\n"
                                              b"1700000002.M2.h,S=9:2, x 4:78:0\n"),
    "letters behind the size": (_THREE, b"/3 10 111\n900.M3.h:2, 51x 4:77:0\n1700000001.M1.h:2,S 5 4:78:0\n"),
    "white space": ((b" 1.a:2,", b"2.b:2,", b"3.c  d:2,"), b"/ 3   10\t222 more\r\n 1.a:2, 51 4:77:0\n"
                    b"2.b:2,\t51 4:78:0\n3.c  d:2, 5 4:79:0\n"),
    "CRLF": (_THREE, b"/3 10 111\r\n900.M3.h:2, 51 4:77:0\r\n1700000001.M1.h:2,S 5 4:78:0\r\n"),
    "v 0 for new ones": (_THREE, b"/3 10 0\n900.M3.h:2, 51 4:77:1\n"),
    "no next": (_THREE, b"/3\n900.M3.h:2, 51 4:77:1\n"),
    "leading zeros": (_THREE, b"/3 010 0111\n900.M3.h:2, 51 04:077:0\n"),
    "big": (_THREE, b"/3 10 111\n900.M3.h:2, 51 4294967296:18446744073709551615:0\n"),
    "NUL": (_THREE, b"/3 10 111\n900.M3.h:2,\0 51 4:77:0\n1700000001.M1.h:2,S 5 4:78:0\n"),
    "flags are not compared": ((b"1700000001.a:b:2,S",), b"/3 10 111\n1700000001.a:zzz 50 3:4:0\n"),
    "no flags in the list": (_THREE, b"/3 10 111\n900.M3.h 51 4:77:0\n"),
    "no flags in the file": ((b"900.M3.h",), b"/3 10 111\n900.M3.h:2, 51 4:77:0\n"),
    "no flags in both": ((b"900.M3.h",), b"/3 10 111\n900.M3.h 51 4:77:0\n"),
    "long line": (_THREE, b"/3 10 111\n" + b"x" * 2010 + b"900.M3.h:2, 51 4:77:0\n900.M3.h:2, 51 5:78:0\n"),
}
