"""Inclusion proof files (section 11)."""

from .fault import Fault
from .values import decimal, unbase64

FIRST_LINE = "c2sp.org/tlog-proof@v1"


def parse(raw):
    """(index as text, hashes, the bytes after the empty line); raises the fault `proof`."""
    head, separator, rest = raw.partition(b"\n\n")
    if not separator:
        raise Fault("proof", "the proof file has no empty line")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise Fault("proof", "the proof file has bytes that are not ASCII") from None
    if lines[0] != FIRST_LINE:
        raise Fault("proof", "the first line of the proof file", lines[0], FIRST_LINE)
    if len(lines) < 2 or not lines[1].startswith("index ") or decimal(lines[1][6:]) is None:
        raise Fault("proof", "the index line of the proof file", lines[1:2])
    if len(lines) > 2 + 63:
        raise Fault("proof", "hashes in the proof file", len(lines) - 2, "at most 63")
    hashes = [unbase64(line, 32) for line in lines[2:]]
    if None in hashes:
        raise Fault("proof", "a hash in the proof file", lines[2 + hashes.index(None)], "32 bytes in base64")
    return lines[1][6:], hashes, rest
