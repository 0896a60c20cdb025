"""Body files, commitments and document values (sections 3 and 6)."""

import hashlib
from dataclasses import dataclass

from . import cbor
from .fault import Fault
from .values import NAME, is_bytes, is_int

PREFIX = b"\x84" + cbor.encode("probity/v1/field")


@dataclass
class Pair:
    salt: bytes
    value: object
    raw: bytes          # the value exactly as stored


def commitment(salt, name, raw_value):
    return hashlib.sha256(PREFIX + b"\x58\x20" + salt + cbor.encode(name) + raw_value).digest()


def is_field_value(value):
    """No empty text, array, map or key at any depth."""
    if isinstance(value, str):
        return value != ""
    if isinstance(value, list):
        return len(value) > 0 and all(map(is_field_value, value))
    if isinstance(value, dict):
        return len(value) > 0 and "" not in value and all(map(is_field_value, value.values()))
    return True


def is_document(value):
    return (isinstance(value, dict) and set(value) == {"name", "type", "size", "sha256"}
            and isinstance(value["name"], str) and isinstance(value["type"], str)
            and is_int(value["size"], 0) and is_bytes(value["sha256"], 32))


def documents(value):
    """Every document value in a value, at any depth."""
    if is_document(value):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from documents(inner)


def parse(raw, fields, unread=False):
    """{name: Pair} in stored order; `fields` are the names that the entry commits to. With `unread`, a statement in it
    that can't be read may commit to others."""
    try:
        whole = cbor.decode(raw)
    except cbor.CborError as error:
        raise Fault("body", "the encoding of the body file", str(error), "strict CBOR") from None
    if not isinstance(whole, dict) or not whole:
        raise Fault("body", "the body file", "not a map, or empty", "a map of at least one item")
    reader, pairs = cbor.Reader(raw), {}
    reader.head()
    for name, item in whole.items():
        if name not in fields and not (unread and NAME.fullmatch(name)):
            raise Fault("body", "a field that the entry does not commit to", name)
        if not (isinstance(item, list) and len(item) == 2 and is_bytes(item[0], 32)):
            raise Fault("body", f"the item of field {name}", item, "a 32-byte salt and a value")
        if not is_field_value(item[1]):
            raise Fault("body", f"field {name}", item[1], "nothing empty within a value")
        reader.item(), reader.head(), reader.item()     # the name, the array of two, the salt
        start = reader.pos
        reader.item(3)
        pairs[name] = Pair(item[0], item[1], raw[start:reader.pos])
    return pairs
