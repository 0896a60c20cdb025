"""Entries and bodies of the bundles given, read by cbor2; signatures and commitments checked by hand.

Nothing of probity is used. cbor2 decodes each entry, its header, its payload and each body, encodes them again in
canonical form and must come to the same bytes; `cryptography` verifies every signature over a Sig_structure that is
put together here, under the keys that genesis and the appointments declare.
"""

import hashlib
import sys
import zipfile

try:
    import cbor2
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as missing:
    sys.exit(f"{missing}: pip install -r tests/requirements.txt")


def same(raw):
    value = cbor2.loads(raw)
    again = cbor2.dumps(value, canonical=True)
    assert again == raw, f"{raw.hex()} becomes {again.hex()}"
    return value


def kid(key):
    return hashlib.sha256(cbor2.dumps({1: 1, -1: 6, -2: key}, canonical=True)).digest()


def check(path):
    entries, bodies = {}, {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            kind, _, file = name.partition("/data/")[2].partition("/")
            if kind in ("entries", "bodies"):
                {"entries": entries, "bodies": bodies}[kind][int(file.split(".")[0])] = archive.read(name)
    assert len(entries) > 2, path
    keys, disclosed = {}, 0
    for seq in sorted(entries):
        whole = same(entries[seq])
        assert isinstance(whole, cbor2.CBORTag) and whole.tag == 18, seq
        protected, unprotected, payload, signature = whole.value
        assert unprotected == {}, seq
        header, content = same(protected), same(payload)
        assert (header[1], header[16]) == (-19, "application/vnd.probity.entry+cose"), seq
        assert content["seq"] == seq, seq
        if content["kind"] in ("genesis", "appointment"):
            key = content["clear"]["key"]
            keys[kid(key)] = Ed25519PublicKey.from_public_bytes(key)
        signed = cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
        keys[header[4]].verify(signature, signed)
        before = entries.get(seq - 1)
        if before is not None:
            assert content["prev"] == hashlib.sha256(b"\0" + before).digest(), seq
        for name, (salt, value) in same(bodies[seq]).items() if seq in bodies else ():
            committed = cbor2.dumps(["probity/v1/field", salt, name, value], canonical=True)
            assert content["body"][name] == hashlib.sha256(committed).digest(), (seq, name)
            disclosed += 1
    assert disclosed > 0 or "withheld" in path, path
    return len(entries)


print(sum(check(path) for path in sys.argv[1:]), "entries")
