"""The .tlog-proof files and checkpoints of the bundles given, verified from the texts of C2SP alone.

Written from tlog-proof, tlog-checkpoint, signed-note and tlog-policy (c2sp.org) and RFC 6962 section 2.1.1, whose
definition of an audit path is followed downwards from the root, as it stands there. Nothing of probity is used; of
its own format only that the record is the file in data/entries. `cryptography` verifies signatures. Every proof is
also damaged, and must then be refused.
"""

import base64
import hashlib
import sys
import zipfile

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError as missing:
    sys.exit(f"{missing}: pip install -r tests/requirements.txt")


class Refused(Exception):
    pass


def need(condition, why):
    if not condition:
        raise Refused(why)


def number(text):
    need(text.isascii() and text.isdigit() and str(int(text)) == text, f"a decimal number: {text!r}")
    return int(text)


def decode(text, length=None):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Refused(str(error)) from None
    need(base64.b64encode(raw).decode() == text, "unused bits that are zero (RFC 4648 section 3.5)")
    need(length in (None, len(raw)), f"{length} bytes in base64")
    return raw


def verify_note(note, policy):
    """signed-note: the text, if the log of the policy signed it."""
    text, found, signatures = note.rpartition("\n\n")
    need(found and signatures.endswith("\n"), "a text, an empty line, signature lines")
    text += "\n"
    logs = [line.split()[1] for line in policy.splitlines() if line.split()[:1] == ["log"]]
    good = 0
    for vkey in logs:
        name, key_id, key = vkey.split("+", 2)
        key = decode(key, 33)
        need(key[0] == 1, "signature type Ed25519")
        computed = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        need(computed.hex() == key_id, "the key's own id")
        for line in signatures.splitlines():
            dash, signer, blob = line.split(" ")
            need(dash == "\u2014", "an em dash")
            blob = decode(blob)
            if signer == name and blob[:4] == computed:
                try:
                    Ed25519PublicKey.from_public_bytes(key[1:]).verify(blob[4:], text.encode())
                except InvalidSignature:
                    raise Refused("the log's signature") from None
                good += 1
    need(good == 1, "one signature of a known log")
    return text


def root(index, size, leaf, path):
    """RFC 6962 2.1.1: PATH(m, D[n]) is read from its end, where the root's child stands."""
    if size == 1:
        need(not path, "hashes are left over")
        return leaf
    need(path, "too few hashes")
    half = 1
    while half * 2 < size:
        half *= 2
    if index < half:
        left, right = root(index, half, leaf, path[:-1]), path[-1]
    else:
        left, right = path[-1], root(index - half, size - half, leaf, path[:-1])
    return hashlib.sha256(b"\x01" + left + right).digest()


def verify(proof, record, policy, place):
    try:
        head, found, note = proof.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise Refused(str(error)) from None
    need(found, "an empty line")
    lines = head.split("\n")
    need(lines[0] == "c2sp.org/tlog-proof@v1", "the first line")
    if lines[1].startswith("extra "):
        decode(lines.pop(1)[6:])
    need(len(lines) > 1 and lines[1].startswith("index "), "the index")
    index = number(lines[1][6:])
    need(index == place, "the place that is asked for")
    path = [decode(line, 32) for line in lines[2:]]
    origin, size, expected = verify_note(note, policy).split("\n")[:3]
    need(index < number(size), "an index below the size")
    leaf = hashlib.sha256(b"\0" + record).digest()
    need(root(index, int(size), leaf, path) == decode(expected, 32), "the root")
    return origin


def is_refused(*arguments):
    try:
        verify(*arguments)
    except (Refused, ValueError):
        return True
    return False


def check(bundle):
    with zipfile.ZipFile(bundle) as archive:
        files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    policy, count = files["data/policy.txt"].decode(), 0
    assert policy.splitlines()[-1] == "quorum none", bundle
    for name in sorted(name for name in files if name.startswith("data/proofs/")):
        proof, place = files[name], int(name.split("/")[2].split(".")[0])
        record = files[f"data/entries/{place:08}.cose"]
        verify(proof, record, policy, place)
        assert proof.endswith(b"\n\n" + files["data/checkpoint"]), name
        assert is_refused(proof, record + b"\0", policy, place), name
        assert is_refused(proof, record, policy, place + 1), name
        for at in range(0, len(proof), 7):
            damaged = proof[:at] + bytes([proof[at] ^ 1]) + proof[at + 1:]
            assert is_refused(damaged, record, policy, place), (name, at)
        count += 1
    assert count > 2, bundle
    return count


print(sum(check(bundle) for bundle in sys.argv[1:]), "proofs")
