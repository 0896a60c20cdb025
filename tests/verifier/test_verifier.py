"""Tests of the second verifier: python3 -m unittest discover -s tests/verifier"""

import base64
import copy
import hashlib
import io
import json
import os
import pathlib
import random
import stat
import sys
import tempfile
import time
import unittest
import warnings
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from probity_verifier import __main__ as command          # noqa: E402
from probity_verifier import body, cbor, checkpoint, container, ed25519, jsonl, kinds, policy, proof, tree  # noqa: E402
from probity_verifier.fault import Fault, InputError      # noqa: E402

VECTORS = HERE.parent / "vectors" / "ed25519"
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


def vkey(key, name=ORIGIN):
    public = key if isinstance(key, bytes) else key.public
    return "+".join((name, checkpoint.key_id(name, public).hex(), b64(b"\x01" + public)))


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
    return spec("note", by, role, {}, fields, sub=sub, **{"withhold": ["decided-by"], **more})


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
        links = [{"rel": rel, "entry": self.hashes[t] if isinstance(t, int) else t} for rel, t in item["links"]]
        salts = {name: hashlib.sha256(f"{index} {name}".encode()).digest() for name in item["fields"]}
        commitments = {name: body.commitment(salts[name], name, cbor.encode(value))
                       for name, value in item["fields"].items()}
        case = None if item["sub"] == "ledger" else self.cases.get(item["sub"])
        payload = {"seq": index, "prev": self.hashes[-1] if index else ZERO, "gov": self.gov, "case": case,
                   "kind": item["kind"], "v": item["v"], "role": item["role"], "links": links,
                   "clear": item["clear"], "body": commitments, **item.get("payload", {})}
        header = {1: -19, 4: item["by"].kid, 15: {1: ORIGIN, 2: item["sub"], 6: 1000 + index},
                  16: "application/vnd.probity.entry+cose"}
        for label, value in item.get("header", {}).items():
            header[label] = {**header[label], **value} if isinstance(value, dict) else value
        first, third = cbor.encode(header), cbor.encode(payload)
        signature = item["by"].sign(cbor.encode(["Signature1", first, b"", third]))
        raw = b"\xd2" + cbor.encode([first, {}, third, signature])
        raw = item.get("mangle", lambda raw: raw)(raw)
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
        if self.specs and any("file" in s["fields"] for i, s in enumerate(self.specs) if i in shown):
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
                info.external_attr = (stat.S_IFREG | 0o644) << 16
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


class TestIntact(Bundles):
    def test_four_entries(self):
        made = Maker()
        result = self.expect(made, None, fingerprint=made.hashes[0].hex())
        self.assertEqual((result["size"], result["entries"], result["origin"]), (4, 4, ORIGIN))
        self.assertEqual(result["root"], tree.root(made.hashes).hex())
        self.assertEqual(result["withheld"], {"3": ["decided-by"]})
        self.assertEqual(result["cases"], {BREACH: "whole"})
        self.assertEqual(set(result["keys"]), {HEAD.kid.hex(), DPO.kid.hex()})
        self.assertEqual((result["absent_documents"], result["doubtful"]), ([], []))

    def test_unpacked(self):
        with tempfile.TemporaryDirectory() as top:
            for path, raw in Maker().files().items():
                target = pathlib.Path(top) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(raw)
            (target.parent / "empty-folder").mkdir()
            self.assertEqual(command.verify(top, self.page)["verdict"], "intact")
            os.symlink("checkpoint", os.path.join(top, "data", "link"))
            self.assertEqual(command.verify(top, self.page)["fault"]["code"], "container")
            os.remove(os.path.join(top, "data", "link"))
            # A hard link is a plain file; this one is not in the manifest.
            os.link(os.path.join(top, "data", "policy.txt"), os.path.join(top, "data", "entries.csv"))
            self.assertEqual(command.verify(top, self.page)["fault"]["code"], "manifest")

    def test_selection_and_absent_document(self):
        specs = base_specs() + [note(), note(sub="cctv-2026-001"), note()]
        made = Maker(specs, include={0, 1, 2, 4, 5, 6},
                     data=drop(f"data/documents/{DOC['sha256'].hex()}/file.pdf"))
        result = self.expect(made, None)
        self.assertEqual(result["cases"], {BREACH: "selection", "cctv-2026-001": "whole"})
        self.assertEqual([a["entry"] for a in result["absent_documents"]], [4, 5, 6])

    def test_doubtful_spreads_through_appointments(self):
        specs = base_specs() + [
            appointment(DEPUTY, ["deputy-headteacher"]),
            appointment(OUTSIDER, ["staff"], by=DEPUTY, role="deputy-headteacher"),
            note(by=OUTSIDER, role="staff"), revocation(DEPUTY, HEAD, since=900), note(by=OUTSIDER, role="staff"),
            note()]
        self.assertEqual(self.expect(Maker(specs), None)["doubtful"], [5, 6, 8])

    def test_accepted_incomplete_and_new_log_key(self):
        specs = base_specs() + [
            spec("acceptance", DPO, "dpo", {}, {"words": "yes", "occurred": None, "decided-by": None},
                 links=[("accepts", 2)]),
            spec("approval", DPO, "dpo", {"decision": "approved"},
                 {"text": None, "occurred": None, "decided-by": None}, links=[("approves", 3)], sub=BREACH),
            spec("log-key", HEAD, "headteacher", {"log": vkey(LOG2)}, {"reason": None}),
            spec("anchor", HEAD, "headteacher", {"size": 6, "evidence": ZERO}, {"place": "x"})]
        result = self.expect(Maker(specs, log=LOG2), None)
        self.assertTrue(result["keys"][DPO.kid.hex()]["accepted"])
        self.assertEqual(result["incomplete"], [5])
        self.expect(Maker(specs, log=LOG), "checkpoint-signature")

    def test_witness_lines_and_reading_copies_are_ignored(self):
        witness = "\u2014 witness.example/w " + b64(b"abcdefgh") + "\n"
        other = f"\u2014 {ORIGIN} " + b64(b"abcdefgh") + "\n"
        made = Maker(checkpoint=lambda m: m.head(lines=lambda own: witness + own + other),
                     data=lambda f: f.update({"data/times/1.2.tsr": b"x", "data/entries.csv": b"anything"}))
        result = self.expect(made, None)
        self.assertIn("data/times/1.2.tsr", result["not_checked"])

    def test_older(self):
        old, new = Maker(), Maker(base_specs() + [note()])
        bundle = self.write(old.zip(), "old.zip")
        note_file = self.write(old.head(), "old.checkpoint")
        for older in (bundle, note_file):
            same = self.expect(old, None, since=older)["since"]
            self.assertEqual((same["outcome"], same["older_signature_verifies"]), ("the same head", True))
            later = self.expect(new, None, since=older)["since"]
            self.assertEqual(later["outcome"], "continues it")
        rewritten = Maker(edit(3, fields=note(sub="x")["fields"] | {"text": "other"}))
        self.expect(rewritten, "does-not-continue", 3, since=bundle)
        self.expect(rewritten, "does-not-continue", None, since=note_file)
        self.expect(new, "does-not-continue", None,
                    since=self.write(old.head(origin="other.example/x"), "other.checkpoint"))
        other = clear(0, school="Another")
        self.expect(Maker(other), "does-not-continue", 0, since=bundle)
        for bad in (Maker(edit(3, mangle=resign)).zip(), b"not a checkpoint", old.head(size=1)):
            with self.assertRaises(InputError):
                self.verify(new, since=self.write(bad, "bad"))

    def test_not_a_bundle(self):
        with self.assertRaises(InputError):
            self.verify(b"no zip at all")
        with self.assertRaises(InputError):
            command.verify(pathlib.Path(self.folder.name) / "absent.zip", self.page)


class TestFaults(Bundles):
    """Every fault over the same bundle gives the code that the page names."""

    def run_table(self, table):
        for title, code, entry, made in table:
            with self.subTest(title):
                self.expect(made() if callable(made) else made, code, entry)

    def test_files_and_bag(self):
        proof3, entry3 = "data/proofs/00000003.tlog-proof", "data/entries/00000003.cose"
        sha = DOC["sha256"].hex()
        self.run_table([
            ("other file", "container", None, Maker(data=put("data/readme.txt", b"x"))),
            ("other file at the top", "container", None, Maker(bag=put("fetch.txt", b"x"))),
            ("unpadded number", "container", None, Maker(data=put("data/entries/3.cose", b"x"))),
            ("padded beyond 8", "container", None, Maker(data=put("data/entries/000000003.cose", b"x"))),
            ("body without entry", "container", None, Maker(data=put("data/bodies/00000009.cbor", b"x"))),
            ("proof without entry", "container", None, Maker(data=drop(entry3))),
            ("two files in a folder", "container", None, Maker(data=put(f"data/documents/{sha}/file.txt", b"x"))),
            ("document nobody names", "container", None,
             Maker(data=put("data/documents/" + "0" * 64 + "/file.txt", b"x"))),
            ("entry too long", "container", None, Maker(data=put(entry3, bytes(65536)))),
            ("body too long", "container", None, Maker(data=put("data/bodies/00000003.cbor", bytes(2**20 + 1)))),
            ("no bagit.txt", "manifest", None, Maker(bag=drop("bagit.txt"))),
            ("bagit.txt in another form", "manifest", None, Maker(bag=put("bagit.txt", b"BagIt-Version: 0.97\n"))),
            ("hash in the manifest", "manifest", None, Maker(bag=flip("data/index.html"))),
            ("file not in the manifest", "manifest", None, Maker(bag=put("data/entries.csv", b""))),
            ("manifest names a file not there", "manifest", None, Maker(bag=drop("data/index.html"))),
            ("bag-info.txt", "manifest", None, Maker(bag=flip("bag-info.txt"))),
            ("no checkpoint", "checkpoint", None, Maker(data=drop("data/checkpoint"))),
            ("no proof", "proof", 3, Maker(data=drop(proof3))),
            ("proof's first line", "proof", 3, Maker(data=swap(proof3, b"@v1", b"@v2"))),
            ("proof's index", "name", 3, Maker(data=swap(proof3, b"index 3", b"index 2"))),
            ("proof's copy", "copy-of-checkpoint", 3, Maker(data=lambda f: put(proof3, f[proof3] + b"\n")(f))),
            ("proof's hash", "proof", 3, Maker(data=lambda f: put(
                proof3, f[proof3].replace(f[proof3].split(b"\n")[2], b64(ZERO).encode()))(f))),
            ("no policy", "policy", None, Maker(data=drop("data/policy.txt"))),
            ("policy with another key", "policy", None,
             Maker(data=put("data/policy.txt", f"log {vkey(LOG2)}\nquorum none\n".encode()))),
            ("no jsonl", "jsonl", None, Maker(data=drop("data/entries.jsonl"))),
            ("jsonl line", "jsonl", 3, Maker(data=swap("data/entries.jsonl", b"breach-2026", b"breach-2027"))),
            ("jsonl spaces", "jsonl", 0, Maker(data=swap("data/entries.jsonl", b'"seq":', b'"seq": '))),
            ("jsonl too long", "jsonl", None,
             Maker(data=lambda f: put("data/entries.jsonl", f["data/entries.jsonl"] + b"\n")(f))),
            ("body", "body", 3, Maker(data=put("data/bodies/00000003.cbor", b"\xa0"))),
            ("body, not strict", "body", 3, Maker(data=put("data/bodies/00000003.cbor", b"\xbf\xff"))),
            ("unknown field", "body", 3, Maker(edit(3, body=cbor.encode({"else": [ZERO, 1]})))),
            ("short salt", "body", 3, Maker(edit(3, body=cbor.encode({"text": [ZERO[1:], 1]})))),
            ("empty text", "body", 3, Maker(edit(3, body=cbor.encode({"text": [ZERO, [{"a": ""}]]})))),
            ("commitment", "commitment", 3, Maker(edit(3, body=cbor.encode({"text": [ZERO, "other"]})))),
            ("document", "document", 3, Maker(data=flip(f"data/documents/{sha}/file.pdf"))),
        ])

    def test_checkpoint(self):
        def head(**options):
            return Maker(checkpoint=lambda m: m.head(**options))
        self.run_table([
            ("unreadable", "checkpoint", None, Maker(checkpoint=lambda m: b"x\n")),
            ("size 1", "size", None, head(size=1)),
            ("another log key", "checkpoint-signature", None, head(log=LOG2)),
            ("signed twice", "checkpoint-signature", None, head(lines=lambda own: own + own)),
            ("bad signature", "checkpoint-signature", None, head(
                lines=lambda own: f"\u2014 {ORIGIN} " + b64(checkpoint.key_id(ORIGIN, LOG.public) + bytes(64)) + "\n")),
            ("another origin", "origin", 0, head(origin="other.example")),
            ("another root", "proof", 0, head(root=bytes(32))),
        ])

    def test_entries(self):
        def mangle(change):
            return Maker(edit(3, mangle=change))

        def payload(**changes):
            return Maker(edit(3, payload=changes))

        def header(labels):
            return Maker(edit(3, header=labels))
        self.run_table([
            ("trailing byte", "encoding", 3, mangle(lambda raw: raw + b"\0")),
            ("empty entry", "encoding", 3, mangle(lambda raw: b"")),
            ("long length", "encoding", 3, mangle(lambda raw: raw[:-66] + b"\x59\x00" + raw[-65:])),
            ("no tag", "shape", 3, mangle(lambda raw: raw[1:])),
            ("another tag", "encoding", 3, mangle(lambda raw: b"\xd1" + raw[1:])),
            ("short signature", "shape", 3, mangle(lambda raw: raw[:-65] + b"\x3f" + raw[-63:])),
            ("seq is text", "shape", 3, payload(seq="3")),
            ("key too many", "shape", 3, payload(more=1)),
            ("v is 0", "shape", 3, payload(v=0)),
            ("role is no name", "shape", 3, payload(role="DPO")),
            ("short prev", "shape", 3, payload(prev=b"")),
            ("link with more", "shape", 3, payload(links=[{"rel": "about", "entry": ZERO, "x": 1}])),
            ("257 links", "shape", 3, payload(links=[{"rel": "about", "entry": ZERO}] * 257)),
            ("algorithm", "shape", 3, header({1: -8})),
            ("sub", "shape", 3, header({15: {2: "breach-26-001"}})),
            ("iat negative", "shape", 3, header({15: {6: -1}})),
            ("claim too many", "shape", 3, header({15: {7: 1}})),
            ("typ is no text", "shape", 3, header({16: 5})),
            ("typ", "typ", 3, header({16: "application/other"})),
            ("seq", "name", 3, payload(seq=2)),
            ("iss", "origin", 3, header({15: {1: "other.example"}})),
            ("gov at 0", "gov", 0, Maker(edit(0, payload={"gov": b"\1" * 32}))),
            ("gov skips the newest", "governance-chain", 2, payload(gov=Maker().hashes[1])),
            ("gov names nothing", "governance-chain", 3, payload(gov=b"\1" * 32)),
            ("prev", "prev", 3, payload(prev=b"\1" * 32)),
            ("prev at 0", "prev", 0, Maker(edit(0, payload={"prev": b"\1" * 32}))),
            ("case on ledger", "case", 2, Maker(edit(2, payload={"case": ZERO}))),
            ("case null twice", "case", 4, Maker(base_specs() + [note(payload={"case": None})])),
            ("case skips one", "case", 5,
             Maker(base_specs() + [note(), note(payload={"case": Maker().hashes[3]})])),
            ("case of another sub", "case", 4,
             Maker(base_specs() + [note(sub="cctv-2026-001", payload={"case": Maker().hashes[3]})])),
            ("the same unknown case twice", "case", 5,
             Maker(base_specs() + [note(payload={"case": ZERO}), note(payload={"case": ZERO})])),
            ("unknown key", "unknown-key", 3, Maker(edit(3, by=OUTSIDER))),
            ("genesis by another key", "unknown-key", 0, Maker(edit(0, by=DPO))),
            ("signature", "signature", 3, mangle(resign)),
            ("role not appointed", "not-in-force", 3, Maker(edit(3, role="headteacher"))),
            ("too early", "not-in-force", 3, Maker(clear(2, **{"from": 5000}))),
            ("too late", "not-in-force", 3, Maker(clear(2, until=1003))),
            ("genesis role", "not-in-force", 0, Maker(edit(0, role="staff"))),
            ("kind", "kind-unknown", 3, Maker(edit(3, kind="nonsense"))),
            ("version", "kind-unknown", 3, Maker(edit(3, v=2))),
            ("field missing", "fields", 3, Maker(edit(3, fields={"text": "x"}))),
            ("clear where none", "clear", 3, Maker(edit(3, clear={"x": 1}))),
            ("log-key of another origin", "clear", 3, Maker(edit(3, **spec(
                "log-key", HEAD, "headteacher", {"log": vkey(LOG2, "other.example")}, {"reason": None})))),
            ("relation", "links", 3, Maker(edit(3, links=[("befriends", 1)]))),
            ("link to nothing is allowed", None, None, Maker(edit(3, links=[("about", b"\1" * 32)]))),
            ("no link", "links", 3, Maker(edit(3, **spec(
                "approval", DPO, "dpo", {"decision": "refused"},
                {"text": None, "occurred": None, "decided-by": None})))),
            ("decision", "clear", 3, Maker(edit(3, **spec(
                "approval", DPO, "dpo", {"decision": "maybe"},
                {"text": None, "occurred": None, "decided-by": None}, links=[("approves", 2)])))),
            ("correction of another case", "links", 4, Maker(base_specs() + [spec(
                "correction", DPO, "dpo", {}, {"text": "x", "occurred": None, "decided-by": None},
                links=[("corrects", 3), ("answers", 3)], sub="cctv-2026-001")])),
            ("one link of an or", "links", 4, Maker(base_specs() + [spec(
                "correction", DPO, "dpo", {}, {"text": "x", "occurred": None, "decided-by": None},
                links=[("corrects", 3)], sub=BREACH)])),
            ("role of a governance entry", "role", 3,
             Maker(edit(3, **appointment(DEPUTY, ["staff"], by=DPO, role="dpo")))),
        ])
        self.expect(Maker(), "genesis", 0, fingerprint="00" * 32)

    def test_ends_and_chain(self):
        longer = base_specs() + [note(), note()]

        def without(*gone):
            return Maker(longer, include=set(range(6)) - set(gone))
        self.run_table([
            ("no genesis", "missing-genesis", 0, without(0)),
            ("no head", "missing-head", 5, without(5)),
            ("no entry 1", "governance-chain", 2, without(1)),
            ("no appointment", "governance-chain", 5, without(2)),
            ("entries may be missing", None, None, without(3, 4)),
            ("first is no genesis", "genesis", 0, Maker(edit(0, kind="appointment"))),
            ("genesis format", "genesis", 0, Maker(clear(0, format=2))),
            ("genesis roles unsorted", "genesis", 0, Maker(clear(0, roles=["staff", "dpo"]))),
            ("genesis log of another name", "genesis", 0, Maker(clear(0, log=vkey(LOG, "other")))),
            ("entry 1 no governance", "governance-chain", 1, Maker(edit(1, **note(by=HEAD, role="headteacher")))),
            ("entry 1 of another key", "governance", 1, Maker(edit(1, clear=appointment(DPO, ["dpo"])["clear"]))),
            ("entry 1 with other roles", "governance", 1, Maker(clear(1, roles=["headteacher", "staff"]))),
        ])

    def test_governance_rules(self):
        def then(*more):
            return Maker(base_specs() + list(more))
        deputy = appointment(DEPUTY, ["deputy-headteacher"])
        by_deputy = {"by": DEPUTY, "role": "deputy-headteacher"}
        outsider = dict(deputy["clear"], key=OUTSIDER.public)
        self.run_table([
            ("second genesis", "governance", 4, then(genesis())),
            ("appoints oneself", "governance", 4, then(appointment(HEAD, ["headteacher"]))),
            ("another person for a key", "governance", 5,
             then(deputy, {**deputy, "clear": {**deputy["clear"], "person": bytes(16)}})),
            ("revoked key again", "governance", 6, then(deputy, revocation(DEPUTY, HEAD), deputy)),
            ("log key as person's", "governance", 4,
             then({**deputy, "clear": {**deputy["clear"], "key": LOG.public}})),
            ("genesis key is log key", "governance", 0, Maker(clear(0, log=vkey(HEAD)))),
            ("revokes unknown", "governance", 4, then(revocation(OUTSIDER, HEAD))),
            ("revokes own", "governance", 4, then(revocation(HEAD, HEAD))),
            ("revokes twice", "governance", 6, then(deputy, revocation(DEPUTY, HEAD), revocation(DEPUTY, HEAD))),
            ("person's key as log key", "governance", 4,
             then(spec("log-key", HEAD, "headteacher", {"log": vkey(DPO)}, {"reason": None}))),
            ("revoked", "not-in-force", 5, then(revocation(DPO, HEAD), note())),
            ("newest appointment replaces", "not-in-force", 5, then(appointment(DPO, ["staff"]), note())),
            ("change of key, old in force", None, None,
             then(deputy, {**deputy, "clear": outsider}, appointment(Key(9), ["staff"], **by_deputy))),
            ("key rule", "key-rule", 4, then({**deputy, "clear": {**deputy["clear"], "key": SMALL_ORDER}})),
            ("key rule of a log key", "key-rule", 4,
             then(spec("log-key", HEAD, "headteacher", {"log": vkey(SMALL_ORDER)}, {"reason": None}))),
            ("anchor beyond itself", "clear", 4,
             then(spec("anchor", HEAD, "headteacher", {"size": 5, "evidence": ZERO}, {"place": None}))),
        ])

    def test_unjudged_governance(self):
        newer = appointment(DEPUTY, ["staff"], v=2)
        cases = [
            ("later key", base_specs() + [newer, note(by=OUTSIDER, role="staff")], "kind-unknown", 4),
            ("earlier fault stays N", edit(2, mangle=resign)[:3] + [newer], "signature", 2),
            ("later signature of a known key", base_specs() + [newer, note(mangle=resign)], "signature", 5),
            ("later role", base_specs() + [newer, note(role="staff")], "kind-unknown", 4),
            ("another typ", base_specs() + [{**newer, "v": 1, "header": {16: "application/other"}}], "typ", 4),
            ("genesis of another version", edit(0, v=2), "kind-unknown", 0),
        ]
        for title, specs, code, at in cases:
            with self.subTest(title):
                self.expect(Maker(specs), code, at,
                            verdict="not-genuine" if code == "signature" else "cannot-check")
        specs = base_specs() + [spec("log-key", HEAD, "headteacher", {"log": vkey(LOG2)}, {}, v=2), note()]
        self.expect(Maker(specs, log=LOG2), "kind-unknown", 4)
        self.expect(Maker(edit(3, kind="nonsense"), data=drop("data/entries.jsonl")), "jsonl", None)


# Most bytes of a file (section 13, "Container"); tests/bounds.rs has the same for the other verifier.
BOUNDS = [
    ("data/entries/00000000.cose", 65_535), ("data/bodies/00000000.cbor", 1 << 20),
    ("data/proofs/00000000.tlog-proof", (1 << 20) + 4096), ("data/checkpoint", 1 << 20),
    ("data/policy.txt", 1 << 20), ("bagit.txt", 1 << 20), ("bag-info.txt", 1 << 20),
    ("manifest-sha256.txt", 32 << 20), ("tagmanifest-sha256.txt", 32 << 20), ("data/entries.jsonl", 256 << 20),
    ("data/times/7.note", 256 << 20), ("data/index.html", 256 << 20),
]


class TestContainer(Bundles):
    def members(self):
        return [("bundle/" + path, raw) for path, raw in sorted(Maker().files().items())]

    def test_paths(self):
        for name in ("/etc/x", "bundle/../x", "../x", "bundle//x", "bundle/./x", "bundle/data\\x", "bundle/c:x",
                     "bundle/data/\x01", "other/data/x", "bundle/data/Checkpoint", "x", "bundle/data/checkpoint",
                     "bundle/DATA/", "bundle/data/checkpoint/", "/"):
            with self.subTest(name):
                self.expect(zipped(self.members() + [(name, b"")]), "container")

    def test_folder_records(self):
        self.expect(zipped([("bundle/", b""), ("bundle/data/", b"")] + self.members()), None)
        self.expect(zipped(self.members(), zipfile.ZIP_STORED), None)
        self.expect(zipped([("bundle/data/", b"x")] + self.members()), "container")
        self.expect(zipped([("..", b"x")]), "container")

    def test_kinds_of_member(self):
        for mode in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO):
            info = zipfile.ZipInfo("bundle/data/entries.csv")
            info.external_attr = (mode | 0o644) << 16
            self.expect(zipped(self.members() + [(info, b"checkpoint")]), "container")
        self.expect(zipped(self.members(), zipfile.ZIP_LZMA), "container")

    def test_bombs(self):
        # the second declares a small size: the bytes that decompression really yields count
        raw = zipped(self.members() + [("bundle/data/entries/00000009.cose", bytes(50 << 20))])
        for bomb in (raw, raw.replace((50 << 20).to_bytes(4, "little"), (10).to_bytes(4, "little"))):
            result = self.expect(bomb, "container")
            self.assertEqual(result["fault"]["what"], "more bytes than allowed")

    def test_bounds(self):
        """A file at its bound is compared with the manifest; one byte more, and the container is refused."""
        files = Maker().files()
        for path, most in BOUNDS:
            for size, code in ((most, "manifest"), (most + 1, "container")):
                made = {**files, path: bytes(size)}
                with self.subTest(path, size=size):
                    self.expect(zipped([("bundle/" + name, raw) for name, raw in made.items()]), code)

    def test_most_members(self):
        folders = [(f"bundle/f{number}/", b"") for number in range(100_000 - len(self.members()))]
        self.expect(zipped(self.members() + folders, zipfile.ZIP_STORED), None)
        self.expect(zipped(self.members() + folders + [("bundle/one/", b"")], zipfile.ZIP_STORED), "container")

    def test_most_together(self):
        """512 MiB without documents and reading copies, by entries.jsonl, manifests and bodies."""
        files = Maker().files()
        files["data/entries.jsonl"] = bytes(256 << 20)
        rest = (256 << 20) - sum(len(raw) for path, raw in files.items() if path != "data/entries.jsonl"
                                 and not path.startswith("data/documents") and not path.endswith((".csv", ".html")))
        bag, _ = container.Bag(), files.pop("data/index.html", None)
        for path, raw in files.items():
            bag.read(path, [raw])
        number = 9
        while rest:
            size = min(rest, 1 << 20)
            bag.read(f"data/bodies/{number:08}.cbor", [bytes(size)])
            rest, number = rest - size, number + 1
        self.assertEqual(bag.kept, 512 << 20)
        with self.assertRaises(container.Fault) as caught:
            bag.read(f"data/bodies/{number:08}.cbor", [b"x"])
        self.assertEqual(caught.exception.code, "container")

    def test_ends(self):
        raw = zipped(self.members())
        end = raw.rindex(b"PK\x05\x06")
        commented = lambda comment: raw[:-2] + len(comment).to_bytes(2, "little") + comment
        self.expect(commented(b"a remark"), None)
        fake = b"PK\x05\x06" + bytes(18)
        self.expect(raw + fake, "container")     # another zip, without members, and bytes before it that it doesn't count
        broken = fake[:10] + b"\x01\0.\0\0\0\xff\xff" + bytes(4)     # a list elsewhere
        ends = raw + b"\0", raw[:-1], raw + broken
        for made in (*ends, *map(commented, (fake, broken, fake + b" ", raw[end:]))):
            self.expect(made, "container")

    def test_damage(self):
        raw = zipped(self.members(), zipfile.ZIP_STORED)
        where = raw.index(DOCUMENT)
        self.expect(raw[:where] + b"\0" + raw[where + 1:], "container")       # CRC-32
        self.expect(raw[:4000] + raw[4100:], "container")
        central = raw.index(b"PK\x01\x02")
        self.expect(raw[:central + 8] + b"\x01" + raw[central + 9:], "container")     # encrypted
        whole = raw.replace(b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1")
        with self.assertRaises(container.InputError):
            self.verify(whole)          # all of it encrypted: no bundle yet
        end = raw.rindex(b"PK\x05\x06")
        self.expect(raw[:end + 4] + b"\x01" + raw[end + 5:], "container")     # second volume
        chance = random.Random(5)
        for _ in range(60):         # whatever is broken, there is a verdict
            at = chance.randrange(len(raw))
            self.verify(raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1:])


class TestCbor(unittest.TestCase):
    def test_accepted_comes_back(self):
        for text in ("00", "17", "1818", "18ff", "190100", "1a00010000", "1b001fffffffffffff", "20", "3818",
                     "3b001ffffffffffffe", "40", "4100", "60", "6161", "62c3a9", "80", "8101", "a0", "a1616101",
                     "a2616101626161f6", "f4", "f5", "f6", "81" * 15 + "80", "a26161016162a0", "a16000"):
            raw = bytes.fromhex(text)
            self.assertEqual(cbor.encode(cbor.decode(raw)), raw, text)

    def test_refused(self):
        for text in ("", "1800", "1817", "1900ff", "1a0000ffff", "1b00000000ffffffff", "1b0020000000000000",
                     "3b001fffffffffffff", "1c", "1f", "5800", "5f4100ff", "7f6161ff", "9fff", "bfff", "f7", "f0",
                     "f820", "f90000", "fa00000000", "fb0000000000000000", "ff", "c000", "d200", "d81200", "61ff",
                     "62c0af", "63eda080", "64f4908080", "6261", "41", "81", "8201", "a1", "a16161", "a10001",
                     "a14101f6", "a1f6f6", "a26161016161f6", "a2616201616101", "a262616101616101", "0000", "8080",
                     "81" * 16 + "80", "9b7fffffffffffffff", "bb7fffffffffffffff", "a18001", "b801616101"):
            with self.subTest(text), self.assertRaises(cbor.CborError):
                cbor.decode(bytes.fromhex(text))

    def test_integer_keys_only_in_the_header(self):
        header = cbor.encode({1: 0, 15: {1: 0}})
        self.assertEqual(cbor.decode(header, ints=cbor.HEADER), {1: 0, 15: {1: 0}})
        for other in ({4: {1: 0}}, {15: {1: {2: 0}}}, {15: [{1: 0}]}):
            with self.assertRaises(cbor.CborError):
                cbor.decode(cbor.encode(other), ints=cbor.HEADER)

    def test_tag(self):
        self.assertIsInstance(cbor.decode(b"\xd2\x80", entry=True), cbor.Tagged)
        for raw in (b"\xd2\xd2\x80", b"\x81\xd2\x80", b"\xd1\x80"):
            with self.assertRaises(cbor.CborError):
                cbor.decode(raw, entry=True)


class TestEd25519(unittest.TestCase):
    def test_vectors(self):
        files = sorted(VECTORS.glob("*.txt"))
        self.assertGreater(len(files), 50)
        for file in files:
            with self.subTest(file.name):
                values = {}
                for line in file.read_text(encoding="utf-8").splitlines():
                    if line and not line.startswith("#"):
                        name, _, value = line.partition(":")
                        values[name] = value.strip()
                key, message, signature = (bytes.fromhex(values[n]) for n in ("key", "message", "signature"))
                try:
                    ed25519.check(key, message, signature)
                    found = "accept"
                except ed25519.Refused as why:
                    found = str(why)
                self.assertEqual(found, values["expect"])

    def test_the_14_encodings(self):
        page = command.PAGE.read_text(encoding="utf-8").split("14 encodings", 1)[1].split("```")[1]
        self.assertEqual(len(page.split()), 14)
        good = HEAD.sign(b"m")
        for text in page.split():
            with self.assertRaises(ed25519.Refused):
                ed25519.check(bytes.fromhex(text), b"m", good)
            with self.assertRaises(ed25519.Refused):
                ed25519.check(HEAD.public, b"m", bytes.fromhex(text) + good[32:])

    def test_honest_and_fast(self):
        started = time.perf_counter()
        for i in range(50):
            ed25519.check(DPO.public, bytes([i]), DPO.sign(bytes([i])))
        self.assertLess((time.perf_counter() - started) / 50, 0.05)


class TestTree(unittest.TestCase):
    def test_all_small_trees(self):
        leaves = [tree.leaf_hash(bytes([i])) for i in range(20)]
        for n in range(1, 21):
            root = tree.root(leaves[:n])
            for i in range(n):
                path = path_to(i, leaves[:n])
                self.assertTrue(tree.inclusion(i, n, leaves[i], path, root))
                self.assertFalse(tree.inclusion(i, n, leaves[i], path + [ZERO], root))
                self.assertFalse(tree.inclusion(i, n, leaves[i], path, ZERO))
                if path:
                    self.assertFalse(tree.inclusion(i, n, leaves[i], path[:-1], root))
                for j in range(n + 2):
                    if j != i:
                        self.assertFalse(tree.inclusion(j, n, leaves[i], path, root))
            for m in range(1, n + 1):
                path, old = consistency_path(m, leaves[:n]), tree.root(leaves[:m])
                self.assertTrue(tree.consistency(m, n, old, root, path))
                self.assertFalse(tree.consistency(m, n, old, root, path + [ZERO]))
                self.assertFalse(tree.consistency(m, n, ZERO, root, path))
                self.assertFalse(tree.consistency(0, n, ZERO, root, path))
                for wrong in range(len(path)):
                    bad = path[:wrong] + [ZERO] + path[wrong + 1:]
                    self.assertFalse(tree.consistency(m, n, old, root, bad))


class TestTexts(unittest.TestCase):
    ROOT = b64(bytes(range(32)))
    LINE = "\u2014 a AAAAAAA=\n"

    def refused(self, code, call, *arguments):
        with self.assertRaises(Fault) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.code, code)

    def test_checkpoint(self):
        good = f"a.b/c\n7\n{self.ROOT}\n\n{self.LINE}"
        parsed = checkpoint.parse(good.encode())
        self.assertEqual((parsed.origin, parsed.size, parsed.root), ("a.b/c", 7, bytes(range(32))))
        self.assertEqual(parsed.text, good[:good.index("\n\n") + 1].encode())
        head = good[:-len(self.LINE)]
        for bad in ("", "\n", good[:-1], good + "\n", good + self.LINE[:-1], good.replace("\n7", "\n07"),
                    good.replace("\n7", "\n+7"), good.replace("\n7", "\n9007199254740992"),
                    good.replace("\n7", "\n" + "1" * 5000), good.replace("a.b", "A.b"), good.replace("a.b/c", ""),
                    good.replace("a.b/c", "a" * 256), good.replace("\n\n", "\next\n\n"), good.replace("\n\n", "\n\n\n"),
                    good.replace(self.ROOT, self.ROOT[:-1]), good.replace("Hh8=", "Hh9="), head,
                    good.replace("7\n", "7\r\n"), good + "\t\n", head + "- a AAAAAAA=\n", head + "\u2014 a\n",
                    head + "\u2014  AAAAAAA=\n", head + "\u2014 a+b AAAAAAA=\n", head + "\u2014 a\u3000b AAAAAAA=\n",
                    head + "\u2014 a AAAA\n", head + "\u2014 a AAAAAAB=\n", head + "\u2014 a AAAAAAA\n",
                    head + "\u2014 a b AAAAAAA=\n", good + "\n" + self.LINE, "\ufeff" + good):
            with self.subTest(bad[:60]):
                self.refused("checkpoint", checkpoint.parse, bad.encode())
        self.refused("checkpoint", checkpoint.parse, good.encode() + b"\xff\n")

    def test_vkey(self):
        good = vkey(LOG)
        self.assertEqual(checkpoint.parse_vkey(good).key, LOG.public)
        for bad in ("", ORIGIN, good + " ", good.replace("+", "-", 1), good.replace(ORIGIN, "Example"), good[:-4],
                    good.replace(checkpoint.key_id(ORIGIN, LOG.public).hex(), "00000000"), None, 5):
            self.assertIsNone(checkpoint.parse_vkey(bad))

    def test_proof(self):
        first = "c2sp.org/tlog-proof@v1\n"
        good = first + f"index 3\n{self.ROOT}\n\nrest\n\nmore"
        self.assertEqual(proof.parse(good.encode()), ("3", [bytes(range(32))], b"rest\n\nmore"))
        self.assertEqual(proof.parse((first + "index 0\n\n").encode()), ("0", [], b""))
        most = self.ROOT + "\n"
        proof.parse((first + "index 0\n" + most * 63 + "\n").encode())
        for bad in ("", "\n\n", first, first + "\n", good.replace("v1", "v2"), good.replace("index 3", "index 03"),
                    good.replace("index 3", "index -3"), good.replace("index 3", "Index 3"),
                    good.replace("index 3", "index  3"), good.replace("index", "extra AAAA\nindex"),
                    good.replace("\nindex 3", ""), good.replace(self.ROOT, self.ROOT[:-1]),
                    good.replace("Hh8=", "Hh9="), good.replace("3\n", "3\r\n"),
                    first + "index 0\n" + most * 64 + "\n", first + "index 0\n" + most):
            with self.subTest(bad[:60]):
                self.refused("proof", proof.parse, bad.encode())

    def test_policy(self):
        log = f"log {vkey(LOG)}"
        for good in (f"{log}\nquorum none\n", f"# x\n\n{log} https://example\nquorum none", f"\t{log}\t\nquorum none",
                     f"quorum none\n{log}\nlog {vkey(LOG2)}\n",
                     f"{log}\nwitness w1 x\nwitness w2 y url\ngroup g 2 w1 w2\ngroup h any g w1\nquorum h\n"):
            policy.check(good.encode(), vkey(LOG))
        for bad in ("", log, f"{log}\nquorum none\nquorum none\n", f"{log}\nquorum w\n", f"{log}\r\nquorum none\n",
                    f"{log}\n{log}\nquorum none\n", f"{log} a b\nquorum none\n", "quorum none\n",
                    f"log {vkey(LOG2)}\nquorum none\n", f"{log}\nwitness none x\nquorum none\n",
                    f"{log}\nwitness w x\nwitness w y\nquorum none\n", f"{log}\nwitness w x\ngroup g 2 w\nquorum g\n",
                    f"{log}\nwitness w x\ngroup g 0 w\nquorum g\n", f"{log}\nwitness w x\ngroup g 01 w\nquorum g\n",
                    f"{log}\ngroup g any w\nwitness w x\nquorum g\n", f"{log}\ngroup g any\nquorum none\n",
                    f"{log}\nquorum w\nwitness w x\n", f"{log}\nother\nquorum none\n",
                    f"{log}\nquorum none\n" + "".join(f"witness w{i} x\n" for i in range(257))):
            with self.subTest(bad[-60:]):
                self.refused("policy", policy.check, bad.encode(), vkey(LOG))

    def test_jsonl_strings(self):
        self.assertEqual(jsonl.text('"\\/\b\f\n\r\t\x00\x1f\x7fé\u2028😀'),
                         '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7fé\u2028😀"')

    def test_documents_by_form(self):
        self.assertEqual(list(body.documents([{"a": DOC}, {**DOC, "x": 1}, {**DOC, "size": -1}])), [DOC])


class TestKinds(unittest.TestCase):
    def load(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "page.md"
            path.write_text(text, encoding="utf-8")
            return kinds.load(path)

    def test_table(self):
        table = self.load(PAGE)
        self.assertEqual(table["correction", 1].links, [{"corrects"}, {"about", "answers"}])
        self.assertEqual(table["anchor", 1].roles, kinds.REPRESENTATIVES | {"dpo"})
        self.assertIsNone(table["note", 1].roles)
        self.assertTrue(table["acceptance", 1].appointee)
        self.assertEqual(table["note", 1].fields, {"text", "file", "occurred", "decided-by"})
        with self.assertRaises(InputError):
            self.load("")

    def test_the_page_itself(self):
        try:
            table = kinds.load(command.PAGE)
        except InputError as error:
            if "has no table" in str(error):
                self.skipTest("the page has no table yet")
            raise
        for name in kinds.CLEAR:
            self.assertIn((name, 1), table)


if __name__ == "__main__":
    unittest.main()
