"""Checkpoints, their signature lines, vkeys and cosignatures (section 10)."""

import hashlib
import re
from dataclasses import dataclass

from . import ed25519
from .fault import Fault
from .values import MAX_INT, ORIGIN, decimal, unbase64

LOG, WITNESS = 1, 4     # the byte before the key in a vkey
KEY_NAME = re.compile("[^+\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


@dataclass
class Vkey:
    text: str
    name: str
    key_id: bytes
    key: bytes


@dataclass
class Checkpoint:
    raw: bytes
    text: bytes         # the signed bytes
    origin: str
    size: int
    root: bytes
    lines: list         # (key name, key id with signature)


def key_id(name, key, sort=LOG):
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes([sort]) + key).digest()[:4]


def parse_vkey(text, sort=LOG):
    """A Vkey, or None where the form of section 10 is broken. The key rule is judged elsewhere."""
    parts = text.split("+", 2) if isinstance(text, str) else []
    if len(parts) != 3 or not (ORIGIN if sort == LOG else KEY_NAME).fullmatch(parts[0]):
        return None
    raw = unbase64(parts[2], 33)
    if raw is None or raw[0] != sort or parts[1] != key_id(parts[0], raw[1:], sort).hex():
        return None
    return Vkey(text, parts[0], key_id(parts[0], raw[1:], sort), raw[1:])


def parse(raw):
    def wrong(what, found=None, expected=None):
        return Fault("checkpoint", what, found, expected)

    if len(raw) > 1 << 20:
        raise wrong("the checkpoint's length", len(raw), "at most 1 MiB")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise wrong("the checkpoint is not well-formed UTF-8") from None
    if any(c < " " and c != "\n" for c in text):
        raise wrong("a control character in the checkpoint")
    if not text.endswith("\n"):
        raise wrong("the checkpoint does not end in LF")
    lines = text[:-1].split("\n")
    if len(lines) < 5 or lines[3] != "" or lines.count("") != 1:
        raise wrong("three lines, one empty line and at least one signature line", f"{len(lines)} lines")
    if not ORIGIN.fullmatch(lines[0]):
        raise wrong("the origin", lines[0])
    size = decimal(lines[1])
    if size is None:
        raise wrong("the size", lines[1], "a decimal number up to 2^53-1")
    root = unbase64(lines[2], 32)
    if root is None:
        raise wrong("the root", lines[2], "32 bytes in base64")
    signatures = []
    for line in lines[4:]:
        words = line.split(" ")
        blob = unbase64(words[2]) if len(words) == 3 else None
        if blob is None or words[0] != "\u2014" or not KEY_NAME.fullmatch(words[1]) or len(blob) < 5:
            raise wrong("a signature line", line)
        signatures.append((words[1], blob))
    signed = "".join(line + "\n" for line in lines[:3]).encode("utf-8")
    return Checkpoint(raw, signed, lines[0], size, root, signatures)


def check_signature(checkpoint, vkey):
    """The log's signature; None if it is good, otherwise (what, found, expected)."""
    own = [blob for name, blob in checkpoint.lines
           if name == vkey.name == checkpoint.origin and blob[:4] == vkey.key_id]
    if len(own) != 1:
        return "signature lines of the log key", len(own), 1
    if len(own[0]) != 68:
        return "length of the log's signature line", len(own[0]), 68
    try:
        ed25519.check(vkey.key, checkpoint.text, own[0][4:])
    except ed25519.Refused as why:
        return "the log's signature", str(why), "a valid signature"
    return None


def cosigned(text, time):
    """What a witness signs at a time."""
    return b"cosignature/v1\ntime " + str(time).encode("ascii") + b"\n" + text


def cosignature(text, blob, key):
    """The time of a valid cosignature, from one line's bytes, or None."""
    time = int.from_bytes(blob[4:12], "big")
    if len(blob) != 76 or time > MAX_INT:
        return None
    try:
        ed25519.check(key, cosigned(text, time), blob[12:])
    except ed25519.Refused:
        return None
    return time
