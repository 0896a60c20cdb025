"""A strict reader of DER (X.690), as far as timestamps and certificates need it (section 15, "Reading").

What is looked at is in its one form. What is passed over is one element, and is not looked into. The order within a
SET is not judged.
"""

import re
from datetime import datetime, timedelta, timezone
from functools import cached_property

BOOLEAN, INTEGER, BITS, OCTETS, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31


class DerError(Exception):
    pass


class Item:
    """One tag, length and value; `raw` is all three."""

    def __init__(self, tag, raw, value):
        self.tag, self.raw, self.value = tag, raw, value

    @cached_property
    def parts(self):
        """What a constructed one is built of; read only where it is looked at."""
        return tuple(items(self.value)) if self.tag & 0x20 else ()

    def take(self, *tags):
        """The parts, of these tags exactly."""
        if [part.tag for part in self.parts] != list(tags):
            raise DerError("parts other than expected")
        return self.parts


def items(raw):
    at = 0
    while at < len(raw):
        if raw[at] & 31 == 31 or at + 2 > len(raw):
            raise DerError("a tag of more than one byte, or nothing behind it")
        start, length, at = at, raw[at + 1], at + 2
        if length >= 128:
            count = length - 128
            length = int.from_bytes(raw[at:at + count], "big")
            if not 1 <= count <= 4 or at + count > len(raw) or length < (128 if count == 1 else 1 << 8 * (count - 1)):
                raise DerError("a length that is not in its shortest form")
            at += count
        if at + length > len(raw):
            raise DerError("the data ends too early")
        yield Item(raw[start], raw[start:at + length], raw[at:at + length])
        at += length


def one(raw, tag=SEQUENCE):
    """Exactly one item of this tag."""
    found = list(items(bytes(raw)))
    if len(found) != 1 or found[0].tag != tag:
        raise DerError("one item, and nothing after it")
    return found[0]


class Walk:
    """The parts of a sequence in turn, some of which may be left out."""

    def __init__(self, item):
        self.left = list(item.parts)

    def next(self, *tags):
        if not self.left or self.left[0].tag not in tags:
            raise DerError("another part than expected")
        return self.left.pop(0)

    def maybe(self, *tags):
        return self.left.pop(0) if self.left and self.left[0].tag in tags else None

    def end(self):
        if self.left:
            raise DerError("more parts than expected")


def integer(item):
    raw = item.value
    if item.tag != INTEGER or not raw or raw[0] > 127 or (len(raw) > 1 and raw[0] == 0 and raw[1] < 128):
        raise DerError("an integer below 0, or not in its shortest form")
    return int.from_bytes(raw, "big")


def boolean(item):
    if item.tag != BOOLEAN or item.value not in (b"\x00", b"\xff"):
        raise DerError("neither true nor false")
    return item.value == b"\xff"


def oid(item):
    raw = item.value
    if item.tag != OID or not raw or raw[-1] & 128:
        raise DerError("not an object identifier")
    numbers, number, fresh = [], 0, True
    for byte in raw:
        if fresh and byte == 128:
            raise DerError("an object identifier that is not in its shortest form")
        number, fresh = number << 7 | byte & 127, byte < 128
        if fresh:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def bits(item):
    """The bytes of a bit string, and how many bits of the last don't count (which are zero)."""
    raw = item.value
    if item.tag != BITS or not raw or raw[0] > 7 or (raw[0] and (len(raw) == 1 or raw[-1] & (1 << raw[0]) - 1)):
        raise DerError("not a bit string")
    return raw[1:], raw[0]


def whole_bytes(item):
    raw, unused = bits(item)
    if unused:
        raise DerError("a bit string that is not of whole bytes")
    return raw


def time(item, fraction=""):
    """POSIX seconds; a fraction, of the form given, is dropped."""
    text = item.value.decode("latin-1")
    if item.tag == UTC_TIME and re.fullmatch("[0-9]{12}Z", text):
        text = ("20" if text < "50" else "19") + text
    elif item.tag != GENERALIZED_TIME or not re.fullmatch(f"[0-9]{{14}}{fraction}Z", text):
        raise DerError("a time in another form")
    try:
        moment = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    except ValueError:
        raise DerError("a time that does not exist") from None
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(seconds=1)


def algorithm(item):
    """(object identifier, its parameters or None) of an AlgorithmIdentifier."""
    walk = Walk(item)
    name = oid(walk.next(OID))
    parameters = walk.left.pop(0) if walk.left else None
    walk.end()
    return name, parameters
