"""Notices about keys, read by cbor2 and checked by `cryptography`; nothing of probity is used.

With a folder: its vectors, each of which has to be taken or refused as it begins. With a file and a public key: that
notice, which is printed as JSON.
"""

import hashlib
import json
import pathlib
import sys

try:
    import cbor2
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
except ImportError as missing:
    sys.exit(f"{missing}: pip install -r tests/requirements.txt")

TYP = "application/vnd.probity.key-notice+cose"


class Refused(Exception):
    pass


def need(held, what):
    if not held:
        raise Refused(what)


def same(raw):
    """The value of these bytes, if they are its one spelling."""
    try:
        value = cbor2.loads(raw)
        need(cbor2.dumps(value, canonical=True) == raw, "not canonical")
    except (cbor2.CBORError, EOFError, ValueError) as error:
        raise Refused(str(error)) from error
    return value


def second(value):
    return type(value) is int and 0 <= value < 2**53


def check(raw, public):
    need(len(raw) <= 4096, "too long")
    whole = same(raw)
    need(isinstance(whole, cbor2.CBORTag) and whole.tag == 18 and raw[:1] == b"\xd2", "tag")
    need(isinstance(whole.value, (list, tuple)) and len(whole.value) == 4, "array")
    protected, unprotected, payload, signature = whole.value
    need(unprotected == {}, "unprotected header")
    need(all(isinstance(part, bytes) for part in (protected, payload, signature)), "byte strings")
    header, said = same(protected), same(payload)
    need(isinstance(header, dict) and set(header) == {1, 4, 15, 16}, "labels")
    need(header[1] == -19 and header[16] == TYP, "algorithm and type")
    claims = header[15]
    need(isinstance(claims, dict) and set(claims) == {6} and second(claims[6]), "claims")
    signer = hashlib.sha256(cbor2.dumps({1: 1, -1: 6, -2: public}, canonical=True)).digest()
    need(header[4] == signer, "kid")
    need(isinstance(said, dict) and set(said) == {"kid", "what", "reason", "suspect-since"}, "members")
    need(isinstance(said["kid"], bytes) and len(said["kid"]) == 32, "kid")
    need(said["what"] in ("suspect", "lost", "replaced"), "what")
    reason, since = said["reason"], said["suspect-since"]
    need(reason is None or isinstance(reason, str) and 1 <= len(reason.encode()) <= 2000, "reason")
    need(since is None or second(since) and since <= claims[6] and said["what"] != "replaced", "suspect-since")
    try:
        signed = cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature as error:
        raise Refused("signature") from error
    return {**said, "kid": said["kid"].hex(), "signer": signer.hex(), "time": claims[6]}


def vectors(folder):
    count = 0
    for path in sorted(folder.glob("*.txt")):
        lines = path.read_text("utf-8").splitlines()
        fields = dict(line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines)
        try:
            check(bytes.fromhex(fields["bytes"]), bytes.fromhex(fields["signer"]))
            taken = True
        except Refused:
            taken = False
        assert taken == (lines[0] == "expect: accept"), f"{path.name}: {'taken' if taken else 'refused'}"
        count += 1
    assert count > 30, folder


def main():
    first = pathlib.Path(sys.argv[1])
    if first.is_dir():
        return vectors(first)
    key = load_pem_public_key(pathlib.Path(sys.argv[2]).read_bytes())
    print(json.dumps(check(first.read_bytes(), key.public_bytes(Encoding.Raw, PublicFormat.Raw))))


main()
