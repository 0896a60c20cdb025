"""Bundles made for the tests of the second verifier, from specs of their entries; everything between can be
tampered with."""

import base64
import copy
import hashlib
import io
import json
import pathlib
import stat
import tempfile
import unittest
import warnings
import zipfile

from probity_verifier import __main__ as command
from probity_verifier import body, cbor, checkpoint, ed25519, kinds, tree

ORIGIN = "example.org/school"
ZERO = bytes(32)
REP = "controller's representative"
PAGE = f"""<!-- appendix-a:begin -->
| kind | version | fields in order | clear fields | roles that may sign | required links | required signatures | class |
|---|---|---|---|---|---|---|---|
| `genesis` | 1 | `format`, `school`, `log`, `key`, `person`, `roles`, `continues`, `name` | `format`, `school`, `log`, `key`, `person`, `roles`, `continues` | {REP} | | | g |
| `appointment` | 1 | `person`, `key`, `roles`, `from`, `until`, `name` | `person`, `key`, `roles`, `from`, `until` | {REP} | | | g |
| `revocation` | 1 | `kid`, `suspect-since`, `reason` | `kid`, `suspect-since` | {REP} | | | g |
| `log-key` | 1 | `log`, `reason` | `log` | {REP} | | | g |
| `anchor` | 1 | `size`, `evidence`, `place` | `size`, `evidence` | {REP}, `dpo` | | | g |
| `acceptance` | 1 | `words`, `occurred`, `decided-by` | | the appointee | `accepts` | | a |
| `note` | 1 | `text`, `file`, `occurred`, `decided-by` | | any | | | a |
| `correction` | 1 | `text`, `occurred`, `decided-by` | | `dpo`, `headteacher` | `corrects` and `about` or `answers` | | a |
| `approval` | 1 | `decision`, `text`, `occurred`, `decided-by` | `decision` | `headteacher` | `approves` | | a |
| `clock-correction` | 1 | `entry`, `reason`, `occurred`, `decided-by` | `entry`, `reason` | any | | | a |
| `retention-rule` | 1 | `action`, `occurred`, `decided-by` | | {REP} | | | a |
| `dpo-advice` | 1 | `recommendation`, `occurred`, `decided-by` | | `dpo`, `dpo-nominee` | | | a |
| `erasure` | 1 | `entries`, `ground`, `occurred`, `decided-by` | `entries`, `ground` | {REP}, `administrator` | `erases` | | a |
| `statement` | 1 | `statement` | `statement` | any | | none | a |
<!-- appendix-a:end -->
"""


class Key:
    """A key pair for tests only."""

    def __init__(self, seed):
        digest = hashlib.sha512(bytes([seed]) * 32).digest()
        self.scalar = (int.from_bytes(digest[:32], "little") & (2**254 - 8)) | 2**254
        self.prefix = digest[32:]
        self.public = multiply(self.scalar)
        self.kid = ed25519.thumbprint(self.public)
        self.person = bytes([seed]) * 16

    def sign(self, message):
        r = number(self.prefix, message)
        point = multiply(r)
        s = (r + number(point, self.public, message) * self.scalar) % ed25519.L
        return point + s.to_bytes(32, "little")


def multiply(scalar):
    return ed25519.encode_point(ed25519.combine((scalar, ed25519.BASE_TABLE, 8)))


def number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ed25519.L


HEAD, DPO, OUTSIDER, LOG, DEPUTY, LOG2 = (Key(seed) for seed in range(1, 7))
SMALL_ORDER = bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
DOCUMENT = b"%PDF-1.7 a document"
DOC = {"name": "Plan.pdf", "type": "application/pdf", "size": len(DOCUMENT),
       "sha256": hashlib.sha256(DOCUMENT).digest()}
BREACH = "breach-2026-001"


def vkey(key, name=ORIGIN, sort=checkpoint.LOG):
    public = key if isinstance(key, bytes) else key.public
    return "+".join((name, checkpoint.key_id(name, public, sort).hex(), b64(bytes([sort]) + public)))


def witness_vkey(key, name):
    return vkey(key, name, checkpoint.WITNESS)


def b64(raw):
    return base64.b64encode(raw).decode()


def spec(kind, by, role, clear=None, fields=None, **more):
    return {"kind": kind, "by": by, "role": role, "clear": clear or {}, "fields": fields or {}, "v": 1,
            "links": [], "sub": "ledger", "withhold": [], **more}


def genesis(**more):
    clear = {"format": 1, "school": "A School", "log": vkey(LOG), "key": HEAD.public, "person": HEAD.person,
             "roles": ["headteacher"], "continues": None}
    return spec("genesis", HEAD, "headteacher", clear, {"name": "Ada Head"}, **more)


def appointment(key, roles, by=HEAD, role="headteacher", start=0, until=None, **more):
    clear = {"person": key.person, "key": key.public, "roles": roles, "from": start, "until": until}
    return spec("appointment", by, role, clear, {"name": "A Name"}, **more)


def revocation(key, by, role="headteacher", since=None):
    return spec("revocation", by, role, {"kid": key.kid, "suspect-since": since}, {"reason": None})


def note(by=DPO, role="dpo", sub=BREACH, **more):
    fields = {"text": 'A "quoted" \\ line\n\x01\x7f é', "file": [DOC], "occurred": {"unknown": "x"},
              "decided-by": None}
    return {**spec("note", by, role, {}, fields, sub=sub, withhold=["decided-by"]), **more}


def stated(spec_of_it, by=HEAD, role="headteacher", **more):
    """An entry that carries what a spec says, signed elsewhere by its author."""
    return {"kind": "statement", "by": by, "role": role, "v": 1, "links": [], "states": spec_of_it, **more}


def base_specs():
    return [genesis(), appointment(HEAD, ["headteacher"]), appointment(DPO, ["dpo"]), note()]


def path_to(index, leaves):
    """RFC 9162's own recursive definition of an inclusion path."""
    if len(leaves) == 1:
        return []
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    if index < k:
        return path_to(index, leaves[:k]) + [tree.root(leaves[k:])]
    return path_to(index - k, leaves[k:]) + [tree.root(leaves[:k])]


def consistency_path(m, leaves, whole=True):
    n = len(leaves)
    if m == n:
        return [] if whole else [tree.root(leaves)]
    k = 1 << ((n - 1).bit_length() - 1)
    if m <= k:
        return consistency_path(m, leaves[:k], whole) + [tree.root(leaves[k:])]
    return consistency_path(m - k, leaves[k:], False) + [tree.root(leaves[:k])]


def commit(index, fields):
    """The salts and the commitments of an entry's fields."""
    salts = {name: hashlib.sha256(f"{index} {name}".encode()).digest() for name in fields}
    return salts, {name: body.commitment(salts[name], name, cbor.encode(value)) for name, value in fields.items()}


def overlay(header, item):
    """A header with what a spec says of it."""
    for label, value in item.get("header", {}).items():
        header[label] = {**header[label], **value} if isinstance(value, dict) else value
    return header


def signed(key, header, payload):
    """The bytes of an entry or a statement."""
    first, third = cbor.encode(header), cbor.encode(payload)
    signature = key.sign(cbor.encode(["Signature1", first, b"", third]))
    return b"\xd2" + cbor.encode([first, {}, third, signature])


def cosignature(key, name, text, time):
    """The line of a witness under a head."""
    blob = checkpoint.key_id(name, key.public, checkpoint.WITNESS) + time.to_bytes(8, "big")
    return f"\u2014 {name} {b64(blob + key.sign(checkpoint.cosigned(text, time)))}\n"


class Maker:
    """Builds a bundle from specs; every intermediate thing can be tampered with."""

    def __init__(self, specs=None, include=None, log=LOG, **tweaks):
        self.specs = base_specs() if specs is None else specs
        self.include = include
        self.log, self.tweaks = log, tweaks
        self.raws, self.hashes, self.lines, self.bodies = [], [], [], []
        self.gov, self.cases = ZERO, {}
        for index, item in enumerate(self.specs):
            self.add_entry(index, copy.copy(item))

    def add_entry(self, index, item):
        links = self.links(item)
        if "states" in item:
            item = self.carry(index, item)
        salts, commitments = commit(index, item["fields"])
        if "states" in item:
            commitments = {}
        case = None if item["sub"] == "ledger" else self.cases.get(item["sub"])
        payload = {"seq": index, "prev": self.hashes[-1] if index else ZERO, "gov": self.gov, "case": case,
                   "kind": item["kind"], "v": item["v"], "role": item["role"], "links": links,
                   "clear": item["clear"], "body": commitments, **item.get("payload", {})}
        header = {1: -19, 4: item["by"].kid, 15: {1: ORIGIN, 2: item["sub"], 6: 1000 + index},
                  16: "application/vnd.probity.entry+cose"}
        header = overlay(header, item)
        raw = item.get("mangle", lambda raw: raw)(signed(item["by"], header, payload))
        digest = hashlib.sha256(b"\0" + raw).digest()
        shown = {name: value for name, value in item["fields"].items() if name not in item["withhold"]}
        pairs = {name: [salts[name], value] for name, value in shown.items()}
        self.raws.append(raw)
        self.hashes.append(digest)
        self.bodies.append(item.get("body", cbor.encode(pairs) if pairs else None))
        claims = header[15]
        self.lines.append(json.dumps(plain({
            "seq": payload["seq"], "hash": digest, "kid": header[4], "iss": claims[1], "sub": claims[2],
            "iat": claims[6], "prev": payload["prev"], "gov": payload["gov"], "case": payload["case"],
            "kind": payload["kind"], "v": payload["v"], "role": payload["role"],
            "links": payload["links"], "clear": ordered(payload["clear"]), "body": ordered(payload["body"]),
            "disclosed": ordered(shown)}), ensure_ascii=False, separators=(",", ":")) + "\n")
        if item["kind"] in kinds.GOVERNANCE:
            self.gov = digest
        self.cases[item["sub"]] = digest

    def links(self, item):
        return [{"rel": rel, "entry": self.hashes[t] if isinstance(t, int) else t} for rel, t in item["links"]]

    def carry(self, index, item):
        """The spec of an entry with the statement in it. Who sees entry 0 alone signed it."""
        stated = item["states"]
        _, commitments = commit(index, stated["fields"])
        payload = {"v": stated["v"], "body": commitments, "kind": stated["kind"], "role": stated["role"],
                   "after": [0, self.hashes[0]], "clear": stated["clear"], "links": self.links(stated),
                   "expires": 5000, **stated.get("payload", {})}
        header = {1: -19, 4: stated["by"].kid, 15: {1: ORIGIN, 2: stated["sub"], 6: 900},
                  16: "application/vnd.probity.statement+cose"}
        raw = stated.get("mangle", lambda raw: raw)(signed(stated["by"], overlay(header, stated), payload))
        return {**item, "clear": {"statement": stated.get("raw", raw)}, "fields": stated["fields"],
                "sub": item.get("entered", stated["sub"]), "withhold": stated["withhold"]}

    def times(self, size, **more):
        """What stands under data/times for the head of a size; `more` by the ends of names, None to leave out."""
        root = tree.root(self.hashes[:size or 1])
        made = {"txt": f"{ORIGIN}\n{size}\n{b64(root)}\n".encode(),
                "consistency": None if size == 0 or size >= len(self.raws) else "".join(
                    b64(h) + "\n" for h in consistency_path(size, self.hashes)).encode()}
        made.update({name.lstrip("_").replace("_", "."): raw for name, raw in more.items()})
        return {f"data/times/{size}.{name}": raw for name, raw in made.items() if raw is not None}

    def head(self, size=None, root=None, origin=ORIGIN, log=None, lines=None):
        size = len(self.raws) if size is None else size
        root = root or tree.root(self.hashes[:size])
        text = f"{origin}\n{size}\n{b64(root)}\n"
        log = log or self.log
        own = f"\u2014 {origin} {b64(checkpoint.key_id(origin, log.public) + log.sign(text.encode()))}\n"
        return (text + "\n" + (own if lines is None else lines(own))).encode()

    def files(self):
        head = self.tweaks.get("checkpoint", lambda m: m.head())(self)
        files = {"data/checkpoint": head}
        shown = sorted(self.include) if self.include else range(len(self.raws))
        for i in shown:
            hashes = "".join(b64(h) + "\n" for h in path_to(i, self.hashes))
            files[f"data/entries/{i:08}.cose"] = self.raws[i]
            files[f"data/proofs/{i:08}.tlog-proof"] = \
                f"c2sp.org/tlog-proof@v1\nindex {i}\n{hashes}\n".encode() + head
            if self.bodies[i] is not None:
                files[f"data/bodies/{i:08}.cbor"] = self.bodies[i]
        told = [self.specs[i].get("states", self.specs[i]) for i in shown]
        if any("file" in item["fields"] and "file" not in item["withhold"] for item in told):
            files[f"data/documents/{DOC['sha256'].hex()}/file.pdf"] = DOCUMENT
        files["data/policy.txt"] = f"log {vkey(self.log)}\nquorum none\n".encode()
        files["data/entries.jsonl"] = "".join(self.lines[i] for i in shown).encode()
        files["data/index.html"] = b"<!doctype html>"
        self.tweaks.get("data", lambda files: None)(files)
        files["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        files["bag-info.txt"] = b"Source-Organization: A School\n"
        bag(files)
        self.tweaks.get("bag", lambda files: None)(files)
        return files

    def zip(self):
        return zipped([("bundle/" + path, raw) for path, raw in sorted(self.files().items())])


def bag(files):
    def manifest(paths):
        return "".join(f"{hashlib.sha256(files[p]).hexdigest()}  {p}\n" for p in sorted(paths)).encode()
    files["manifest-sha256.txt"] = manifest([p for p in files if p.startswith("data/")])
    files["tagmanifest-sha256.txt"] = manifest(["bag-info.txt", "bagit.txt", "manifest-sha256.txt"])


def ordered(mapping):
    """Keys in stored order, at every depth."""
    if isinstance(mapping, dict):
        return {k: ordered(mapping[k]) for k in sorted(mapping, key=lambda k: (len(k.encode()), k.encode()))}
    return [ordered(item) for item in mapping] if isinstance(mapping, list) else mapping


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as archive:
        warnings.simplefilter("ignore")
        for name, raw in members:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            if info is not name:
                info.external_attr = (stat.S_IFDIR | 0o755 if name.endswith("/") else stat.S_IFREG | 0o644) << 16
                info.compress_type = method
            archive.writestr(info, raw)
    return out.getvalue()


def edit(index, **changes):
    """Specs with one spec changed."""
    specs = base_specs()
    specs[index].update(changes)
    return specs


def clear(index, **changes):
    specs = base_specs()
    specs[index]["clear"] = {**specs[index]["clear"], **changes}
    return specs


def flip(path, at=-1):
    def change(files):
        raw = bytearray(files[path])
        raw[at] ^= 1
        files[path] = bytes(raw)
    return change


def swap(path, old, new):
    def change(files):
        assert old in files[path], (path, old)
        files[path] = files[path].replace(old, new, 1)
    return change


def put(path, raw):
    return lambda files: files.__setitem__(path, raw)


def drop(path):
    return lambda files: files.pop(path)


def resign(raw):
    return raw[:-1] + bytes([raw[-1] ^ 1])


class Bundles(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.page = pathlib.Path(cls.folder.name) / "format.md"
        cls.page.write_text(PAGE, encoding="utf-8")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def write(self, raw, name="bundle.zip"):
        path = pathlib.Path(self.folder.name) / name
        path.write_bytes(raw)
        return path

    def verify(self, made, **options):
        raw = made if isinstance(made, bytes) else made.zip()
        return command.verify(self.write(raw), self.page, **options)

    def expect(self, made, code, entry=None, verdict=None, **options):
        result = self.verify(made, **options)
        fault = result["fault"] or {"code": None, "entry": None}
        if verdict is None:
            verdict = "intact" if code is None else "cannot-check" if code in ("typ", "kind-unknown") \
                else "not-genuine"
        self.assertEqual((result["verdict"], fault["code"], fault["entry"]), (verdict, code, entry), fault)
        json.dumps(result)
        return result
