"""Small forms used all over the page: names, origins, decimals, canonical base64 (sections 1, 3, 5)."""

import base64
import binascii
import re

NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
ORIGIN = re.compile(r"[a-z0-9./-]{1,255}")
SUB = re.compile(r"ledger|[a-z]+(-[a-z]+)*-[0-9]{4}-[0-9]{3,}")
DECIMAL = re.compile(r"0|[1-9][0-9]*")
MAX_INT = 2**53 - 1


def is_int(value, low=-MAX_INT, high=MAX_INT):
    return type(value) is int and low <= value <= high


def is_bytes(value, length):
    return isinstance(value, bytes) and len(value) == length


def is_text(value, pattern=None):
    return isinstance(value, str) and (pattern is None or pattern.fullmatch(value) is not None)


def decimal(text, high=MAX_INT):
    """A decimal number as section 1 writes it, or None."""
    if not DECIMAL.fullmatch(text) or len(text) > len(str(high)):
        return None
    number = int(text)
    return number if number <= high else None


def unbase64(text, length=None):
    """Canonical, padded base64, or None."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    if base64.b64encode(raw).decode("ascii") != text or length not in (None, len(raw)):
        return None
    return raw
