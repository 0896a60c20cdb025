"""Transparent statements (section 11): an entry with a receipt of its place in the ledger."""

from . import cbor, ed25519

TYP = "application/scitt-receipt+cose"
RECEIPTS, PROOFS = bytes.fromhex("a119018a81"), bytes.fromhex("a119018ca12081")


class Receipts:
    """The receipts under one checkpoint: they share their protected header and what the log signs."""

    def __init__(self, checkpoint, key):
        self.size, self.key, self.good = checkpoint.size, key, set()
        self.head = cbor.encode({1: -19, 4: ed25519.thumbprint(key), 15: {1: checkpoint.origin, 2: "ledger"},
                                 16: TYP, 395: 1})
        self.signed = cbor.encode(["Signature1", self.head, b"", checkpoint.root])

    def around(self, raw, seq, hashes):
        """The bytes before the log's signature, and those after it."""
        reader = cbor.Reader(raw)
        reader.pos = 2                          # behind the tag and the head of the array
        reader.item()
        cut = reader.pos                        # here stands the empty unprotected header
        receipt = (b"\xd2\x84" + cbor.encode(self.head) + PROOFS
                   + cbor.encode(cbor.encode([self.size, seq, hashes])) + b"\xf6\x58\x40")
        before = raw[:cut] + RECEIPTS + cbor.head(2, len(receipt) + 64) + receipt
        return before, raw[cut + 1:]

    def problem(self, raw, seq, hashes, found):
        """None if `found` is the statement of this entry, otherwise (what, found, expected)."""
        before, after = self.around(raw, seq, hashes)
        start, end = len(before), len(before) + 64
        if found[:start] != before or found[end:] != after:
            return "the bytes of the transparent statement", None, "those of its entry with a receipt"
        signature = found[start:end]
        if signature not in self.good:
            try:
                ed25519.check(self.key, self.signed, signature)
            except ed25519.Refused as why:
                return "the log's signature in the receipt", str(why), "a valid signature"
            self.good.add(signature)
        return None
