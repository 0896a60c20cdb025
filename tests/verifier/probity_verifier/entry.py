"""Entries (section 5): their bytes taken apart, and their shape."""

from dataclasses import dataclass

from . import cbor
from .fault import Fault
from .tree import leaf_hash
from .values import NAME, ORIGIN, SUB, is_bytes, is_int, is_text

TYP = "application/vnd.probity.entry+cose"
PAYLOAD_KEYS = {"v", "gov", "seq", "body", "case", "kind", "prev", "role", "clear", "links"}


@dataclass
class Entry:
    hash: bytes
    kid: bytes
    iss: str
    sub: str
    iat: int
    typ: str
    seq: int
    prev: bytes
    gov: bytes
    case: bytes | None
    kind: str
    v: int
    role: str
    links: list
    clear: dict
    body: dict
    signed: bytes
    signature: bytes


    said: "Entry" = None        # what it says: itself, or the statement in it once that is checked

    def __post_init__(self):
        self.said = self.said or self


def take_apart(raw, code):
    """The four parts, the header and the payload of an entry or a statement; in other encodings the fault `code`."""
    try:
        whole = cbor.decode(raw, entry=True)
        parts = whole.item if isinstance(whole, cbor.Tagged) else whole
        listed = isinstance(parts, list) and len(parts) == 4
        header = payload = None
        if listed and isinstance(parts[0], bytes):
            header = cbor.decode(parts[0], ints=cbor.HEADER)
        if listed and isinstance(parts[2], bytes):
            payload = cbor.decode(parts[2])
    except cbor.CborError as error:
        raise Fault(code, "the encoding", str(error), "strict CBOR") from None
    return whole, parts if listed else None, header, payload


def common_shape(whole, parts, header, payload, keys, need):
    """What the shapes of entries and statements have in common."""
    need(isinstance(whole, cbor.Tagged) and parts is not None, "tag 18 around an array of four")
    need(isinstance(header, dict) and isinstance(payload, dict), "header and payload are maps in byte strings")
    need(parts[1] == {} and isinstance(parts[1], dict), "the empty unprotected header", parts[1])
    need(is_bytes(parts[3], 64), "the signature's length")
    need(set(header) == {1, 4, 15, 16}, "labels of the protected header", list(header))
    need(is_int(header[1], -19, -19), "the algorithm", header[1])
    need(is_bytes(header[4], 32), "the key identifier")
    claims = header[15]
    need(isinstance(claims, dict) and set(claims) == {1, 2, 6}, "the CWT claims", claims)
    need(is_text(claims[1], ORIGIN), "the origin (iss)", claims[1])
    need(is_text(claims[2], SUB), "the case (sub)", claims[2])
    need(is_int(claims[6], 0), "the time (iat)", claims[6])
    need(is_text(header[16]), "typ", header[16])
    need(set(payload) == keys, "keys of the payload", list(payload))
    need(is_text(payload["kind"], NAME), "kind", payload["kind"])
    need(is_int(payload["v"], 1), "v", payload["v"])
    need(is_text(payload["role"], NAME), "role", payload["role"])
    links, clear, body = payload["links"], payload["clear"], payload["body"]
    need(isinstance(links, list) and len(links) <= 256, "links")
    for link in links:
        need(isinstance(link, dict) and set(link) == {"rel", "entry"} and is_text(link["rel"], NAME)
             and is_bytes(link["entry"], 32), "a link", link)
    need(isinstance(clear, dict) and all(NAME.fullmatch(name) for name in clear), "clear", clear)
    need(isinstance(body, dict) and len(body) <= 256, "body")
    need(all(NAME.fullmatch(name) and is_bytes(value, 32) for name, value in body.items()), "items of body")


def signed_bytes(parts):
    """The Sig_structure."""
    return b"\x84\x6aSignature1" + cbor.encode(parts[0]) + b"\x40" + cbor.encode(parts[2])


def parse(raw):
    """Faults `encoding` and `shape`; the text of typ is left to the caller."""
    def need(condition, what, found=None):
        if not condition:
            raise Fault("shape", what, found)

    if len(raw) > 65535:
        raise Fault("encoding", "the size of the entry", len(raw), "at most 65535")
    whole, parts, header, payload = take_apart(raw, "encoding")
    common_shape(whole, parts, header, payload, PAYLOAD_KEYS, need)
    need(is_int(payload["seq"], 0), "seq", payload["seq"])
    need(is_bytes(payload["prev"], 32), "prev", payload["prev"])
    need(is_bytes(payload["gov"], 32), "gov", payload["gov"])
    need(payload["case"] is None or is_bytes(payload["case"], 32), "case", payload["case"])
    claims = header[15]
    return Entry(leaf_hash(raw), header[4], claims[1], claims[2], claims[6], header[16],
                 signed=signed_bytes(parts), signature=parts[3], **payload)
