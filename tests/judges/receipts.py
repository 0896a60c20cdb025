"""Entries, transparent statements and receipts of the bundles given, checked by the package scitt-cose.

It is an implementation of COSE_Sign1, of SCITT (RFC 9943) and of COSE Receipts (RFC 9942) that knows nothing of
probity. It verifies Ed25519 under the number of RFC 9053 (-8, EdDSA) only, so it is told the newer one of RFC 9864
(-19, Ed25519 alone); the signature is the same. The log's key comes from policy.txt, the authors' from genesis and the
appointments.
"""

import base64
import hashlib
import sys
import zipfile

try:
    import cbor2
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from scitt_cose import cose_sign1, receipt as receipts, statement as statements
except ImportError as missing:
    sys.exit(f"{missing}: pip install -r tests/requirements.txt")

cose_sign1.COSE_ALG_EDDSA = -19


def pem(key):
    return Ed25519PublicKey.from_public_bytes(key).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def kid(key):
    return hashlib.sha256(bytes.fromhex("a301012006215820") + key).digest()


def refused(message, entry, log):
    result = receipts.verify_receipt(message, leaf_entry_hex=entry.hex(), log_public_key_pem=log)
    assert not result.ok, "a forged receipt is taken"


def check(path):
    with zipfile.ZipFile(path) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    log = base64.b64decode(files["data/policy.txt"].decode().split()[1].split("+", 2)[2])[1:]
    origin, size, root = files["data/checkpoint"].decode().split("\n")[:3]
    authors, count = {}, 0
    for name in sorted(name for name in files if name.startswith("data/entries/")):
        entry = files[name]
        content = cbor2.loads(cbor2.loads(entry).value[2])
        if content["kind"] in ("genesis", "appointment"):
            authors[kid(content["clear"]["key"])] = pem(content["clear"]["key"])
        statement = files[name.replace("/entries/", "/transparent/")]
        # The author's signature, on the entry and on the statement.
        for message in (entry, statement):
            protected = cbor2.loads(cbor2.loads(message).value[0])
            signed = cose_sign1.verify_sign1(message, public_key_pem=authors[protected[4]])
            assert cbor2.loads(signed.payload) == content, name
        # The log's, on the receipt: of this entry, at its place, under the checkpoint's root.
        [receipt] = statements.extract_receipts(statement)
        found = receipts.verify_receipt(receipt, leaf_entry_hex=entry.hex(), log_public_key_pem=pem(log))
        assert found.ok, (name, found.errors)
        assert (found.tree_size, found.leaf_index) == (int(size), content["seq"]), name
        assert found.root == base64.b64decode(root).hex(), name
        assert (found.issuer, found.subject) == (origin, "ledger"), name
        assert cbor2.loads(cbor2.loads(receipt).value[0])[4] == kid(log), name
        # Whoever attaches the receipt to the entry gets these bytes.
        assert statements.attach_receipts(entry, [receipt]) == statement, name
        # A byte of the entry, of the receipt's signature, or another log.
        refused(receipt, entry[:-1] + bytes([entry[-1] ^ 1]), pem(log))
        refused(receipt[:-1] + bytes([receipt[-1] ^ 1]), entry, pem(log))
        refused(receipt, entry, next(iter(authors.values())))
        count += 1
    assert count > 2, path
    return count


print(sum(check(path) for path in sys.argv[1:]), "statements")
