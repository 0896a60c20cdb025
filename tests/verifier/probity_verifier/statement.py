"""Statements (section 5): what somebody signed elsewhere, and an entry carries."""

from dataclasses import replace

from . import entry, kinds
from .fault import Fault
from .values import is_bytes, is_int

TYP = "application/vnd.probity.statement+cose"
PAYLOAD_KEYS = {"v", "body", "kind", "role", "after", "clear", "links", "expires"}
NEVER_STATED = {*kinds.GOVERNANCE, "erasure", "statement"}


def said(e, entries):
    """What the statement in an entry says, as an entry at the same place; the fault `statement`."""
    def need(condition, what, found=None, expected=None):
        if not condition:
            raise Fault("statement", what, found, expected, e.seq)

    try:
        whole, parts, header, payload = entry.take_apart(e.clear["statement"], "statement")
    except Fault as fault:
        fault.entry = e.seq
        raise
    entry.common_shape(whole, parts, header, payload, PAYLOAD_KEYS, need)
    after, expires, claims = payload.pop("after"), payload.pop("expires"), header[15]
    need(isinstance(after, list) and len(after) == 2 and is_int(after[0], 0) and is_bytes(after[1], 32), "after", after)
    need(is_int(expires, 0), "expires", expires)
    need(header[16] == TYP, "typ", header[16], TYP)
    need((claims[1], claims[2]) == (e.iss, e.sub), "iss and sub", claims, f"{e.iss}, {e.sub}")
    need(payload["kind"] not in NEVER_STATED, "a kind that can't be stated", payload["kind"])
    need(after[0] < e.seq, "the seq in after", after[0], f"below {e.seq}")
    need(e.iat < expires, "the time of the entry", e.iat, f"below {expires}")
    known = entries.get(after[0])
    need(known is None or known.hash == after[1], "the hash in after", after[1], known and known.hash)
    # It is treated as of the entry's own typ from here on, and leads no further.
    return replace(e, kid=header[4], iat=claims[6], signed=entry.signed_bytes(parts), signature=parts[3],
                   said=None, **payload)
