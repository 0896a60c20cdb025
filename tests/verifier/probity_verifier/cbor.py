"""Strict reader (and writer) for the one spelling of CBOR that section 2 allows."""

MAX_INT = 2**53 - 1
MAX_DEPTH = 16
HEADER, CLAIMS = "header", "claims"     # the two maps in which integer keys may occur
CWT_CLAIMS_LABEL = 15


class CborError(Exception):
    pass


class Tagged:
    """The item behind tag 18; it only ever occurs as the first byte of an entry."""

    def __init__(self, item):
        self.item = item


class Reader:
    def __init__(self, data):
        self.data, self.pos = data, 0

    def take(self, count):
        end = self.pos + count
        if end > len(self.data):
            raise CborError("the data ends too early")
        piece = self.data[self.pos:end]
        self.pos = end
        return piece

    def head(self):
        """One initial byte and its argument: (major type, argument)."""
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            if info not in (20, 21, 22):
                raise CborError("a float or a simple value other than false, true, null")
            return major, info
        if info < 24:
            return major, info
        if info > 27:
            raise CborError("an indefinite or reserved length")
        width = 1 << (info - 24)
        value = int.from_bytes(self.take(width), "big")
        if value < (24 if width == 1 else 1 << (4 * width)):
            raise CborError("a number that is not in its shortest form")
        return major, value

    def item(self, depth=1, ints=None):
        major, arg = self.head()
        if major in (0, 1):
            value = arg if major == 0 else -1 - arg
            if abs(value) > MAX_INT:
                raise CborError("an integer beyond 2^53-1")
            return value
        if major == 2:
            return self.take(arg)
        if major == 3:
            try:
                return self.take(arg).decode("utf-8")
            except UnicodeDecodeError:
                raise CborError("text that is not well-formed UTF-8") from None
        if major == 6:
            raise CborError("a tag")
        if major == 7:
            return (False, True, None)[arg - 20]
        if depth > MAX_DEPTH:
            raise CborError("nesting deeper than 16")
        if arg > len(self.data) - self.pos:
            raise CborError("the data ends too early")
        if major == 4:
            return [self.item(depth + 1) for _ in range(arg)]
        return self.map_items(arg, depth, ints)

    def map_items(self, count, depth, ints):
        result, last = {}, None
        for _ in range(count):
            start = self.pos
            key = self.item(MAX_DEPTH + 1)      # no room for a map or an array as a key
            encoded = self.data[start:self.pos]
            if not (isinstance(key, str) or (ints and type(key) is int)):
                raise CborError("a map key that is not text")
            if last is not None and encoded <= last:
                raise CborError("map keys out of order or repeated")
            last = encoded
            inner = CLAIMS if ints == HEADER and key == CWT_CLAIMS_LABEL else None
            result[key] = self.item(depth + 1, inner)
        return result

    def finish(self):
        if self.pos != len(self.data):
            raise CborError("bytes after the one item")


def decode(data, ints=None, entry=False):
    """Decode exactly one item; `entry` allows tag 18 as the first byte."""
    reader = Reader(bytes(data))
    tagged = entry and reader.data[:1] == b"\xd2"
    if tagged:
        reader.pos = 1
    value = reader.item(1, ints)
    reader.finish()
    return Tagged(value) if tagged else value


def head(major, arg):
    if arg < 24:
        return bytes([major << 5 | arg])
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if arg < 1 << (8 * width):
            return bytes([major << 5 | info]) + arg.to_bytes(width, "big")
    raise ValueError("number too large")


def encode(value):
    """The one encoding of a value. The verifier builds only signed and committed texts with it."""
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, (bytes, bytearray)):
        return head(2, len(value)) + bytes(value)
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return head(3, len(raw)) + raw
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(map(encode, value))
    pairs = sorted((encode(k), encode(v)) for k, v in value.items())
    return head(5, len(pairs)) + b"".join(k + v for k, v in pairs)
