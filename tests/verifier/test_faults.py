"""Every fault over the same bundle gives the code that the page names."""

import unittest

from probity_verifier import cbor, checkpoint

from makers import (BREACH, DEPUTY, DOC, DPO, HEAD, LOG, LOG2, ORIGIN, OUTSIDER, SMALL_ORDER, ZERO, Bundles, Key, Maker,
                    appointment, b64, base_specs, clear, drop, edit, flip, genesis, note, put, resign, revocation, spec,
                    swap, vkey)

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


if __name__ == "__main__":
    unittest.main()
