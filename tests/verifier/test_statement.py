"""Statements: signed elsewhere, entered by whoever is in force (section 5 and Appendix B, step 8)."""

import unittest

from probity_verifier import entry

from makers import (BREACH, DEPUTY, DOC, DPO, HEAD, OUTSIDER, ZERO, Bundles, Maker, appointment, base_specs, note,
                    resign, revocation, spec, stated)

BARE = ["file", "text", "occurred", "decided-by"]      # in stored order
EMPTY = {"occurred": None, "decided-by": None}


def acceptance(**more):
    return spec("acceptance", DPO, "dpo", {}, {"words": "yes", **EMPTY}, links=[("accepts", 2)], **more)


def approval(**more):
    return spec("approval", DPO, "dpo", {"decision": "approved"}, {"text": None, **EMPTY}, sub=BREACH,
                **{"links": [("approves", 3)], **more})


def then(*more):
    return Maker(base_specs() + list(more))


class TestStatement(Bundles):
    def test_it_counts_as_what_it_says(self):
        result = self.expect(then(stated(acceptance()), stated(approval()), stated(note())), None)
        self.assertTrue(result["keys"][DPO.kid.hex()]["accepted"])
        self.assertEqual(result["incomplete"], [5])         # a data protection officer's approval does not do
        self.assertEqual(result["withheld"], {"3": ["decided-by"], "6": ["decided-by"]})
        self.assertEqual(result["cases"], {BREACH: "whole"})
        self.assertEqual(result["clock"], [])               # it was signed earlier, which is as it should be

    def test_the_body_file_opens_the_statement(self):
        made = then(stated(note()))
        made.tweaks["data"] = lambda files: files.pop(f"data/documents/{DOC['sha256'].hex()}/file.pdf")
        result = self.expect(made, None)
        self.assertEqual([absent["entry"] for absent in result["absent_documents"]], [3, 4])
        result = self.expect(then(stated(note(withhold=BARE))), None)
        self.assertEqual(result["withheld"]["4"], BARE)

    def test_two_keys_signed(self):
        more = [appointment(DEPUTY, ["staff"]), appointment(OUTSIDER, ["staff"]),
                stated(note(by=OUTSIDER, role="staff"), by=DEPUTY, role="staff")]
        self.assertEqual(set(self.expect(then(*more), None)["keys"]),
                         {key.kid.hex() for key in (HEAD, DPO, DEPUTY, OUTSIDER)})

    def test_doubt_is_cast_by_the_key_of_the_statement(self):
        more = [appointment(DEPUTY, ["deputy-headteacher"]),
                stated(note(by=DEPUTY, role="deputy-headteacher"), by=DPO, role="dpo"),
                stated(note(), by=DEPUTY, role="deputy-headteacher"), revocation(DEPUTY, HEAD, since=1)]
        self.assertEqual(self.expect(then(*more), None)["doubtful"], [5])

    def test_refused(self):
        inner = note
        cases = [
            ("not strict", "statement", stated(inner(mangle=lambda raw: raw + b"\0"))),
            ("not tagged", "statement", stated(inner(mangle=lambda raw: raw[1:]))),
            ("nothing", "clear", stated(inner(raw=b""))),
            ("no bytes", "clear", stated(inner(raw="text"))),
            ("too long", "clear", stated(inner(raw=bytes(60_001)))),
            ("long, and no statement", "statement", stated(inner(raw=bytes(60_000)))),
            ("an entry", "statement", stated(inner(header={16: "application/vnd.probity.entry+cose"}))),
            ("typ is no text", "statement", stated(inner(header={16: 1}))),
            ("a key of entries", "statement", stated(inner(payload={"seq": 4}))),
            ("after of three", "statement", stated(inner(payload={"after": [0, ZERO, 0]}))),
            ("after is no seq", "statement", stated(inner(payload={"after": [-1, ZERO]}))),
            ("after itself", "statement", stated(inner(payload={"after": [4, ZERO]}))),
            ("after another ledger", "statement", stated(inner(payload={"after": [0, ZERO]}))),
            ("another iss", "statement", stated(inner(header={15: {1: "other.example"}}))),
            ("another sub", "statement", stated(inner(), entered="cctv-2026-001")),
            ("at its end", "statement", stated(inner(payload={"expires": 1004}))),
            ("no end", "statement", stated(inner(payload={"expires": None}))),
            ("a governance kind", "statement", stated(appointment(DEPUTY, ["staff"]))),
            ("a statement", "statement", stated(inner(kind="statement"))),
            ("an erasure", "statement", stated(inner(kind="erasure"))),
            ("an unknown author", "unknown-key", stated(inner(by=OUTSIDER))),
            ("an author's signature", "signature", stated(inner(mangle=resign))),
            ("an author in another role", "not-in-force", stated(inner(role="staff"))),
            ("an author before the appointment", "not-in-force",
             [appointment(DPO, ["dpo"], start=950), stated(inner())]),
            ("an author who was revoked since", "not-in-force", [revocation(DPO, HEAD), stated(inner())]),
            ("by an unknown key", "unknown-key", stated(inner(), by=OUTSIDER)),
            ("signature of the entry", "signature", stated(inner(), mangle=resign)),
            ("entered in another role", "not-in-force", stated(inner(), role="staff")),
            ("an unknown kind", "kind-unknown", stated(inner(kind="nonsense"))),
            ("an unknown version", "kind-unknown", stated(inner(v=2))),
            ("an unknown version of statements", "kind-unknown", stated(inner(withhold=BARE), v=2)),
            ("an unknown version, with openings", "kind-unknown", stated(inner(), v=2)),
            ("an unknown version, with a body of another form", "body", stated(inner(), v=2, body=b"\xa0")),
            ("fields of the entry", "fields", stated(inner(), payload={"body": {"text": ZERO}})),
            ("a field missing", "fields", stated(inner(fields={"text": "x"}))),
            ("clear fields", "clear", stated(inner(clear={"x": 1}))),
            ("a link of the entry", "links", stated(inner(), payload={"links": [{"rel": "about", "entry": ZERO}]})),
            ("an unknown relation", "links", stated(inner(links=[("befriends", 0)]))),
            ("a link missing", "links", stated(approval(links=[]))),
            ("a correction of another case", "links", stated(spec(
                "correction", DPO, "dpo", {}, {"text": "x", **EMPTY}, links=[("corrects", 3), ("about", 3)],
                sub="cctv-2026-001"))),
            ("a body of another", "body", stated(inner(), body=b"\xa0")),
        ]
        for title, code, more in cases:
            with self.subTest(title):
                more = more if isinstance(more, list) else [more]
                self.expect(then(*more), code, 3 + len(more))

    def test_the_last_second(self):
        self.expect(then(stated(note(payload={"expires": 1005}))), None)

    def test_commitment_and_document(self):
        made = then(stated(note()))
        made.bodies[4] = made.bodies[3]
        self.expect(made, "commitment", 4)

    def test_after_may_lie_outside(self):
        specs = base_specs() + [stated(note(payload={"after": [3, ZERO]})), note()]
        self.expect(Maker(specs, include={0, 1, 2, 4, 5}), None)
        self.expect(Maker(specs), "statement", 4)

    def test_entered_twice(self):
        once = stated(note())
        raw = entry.parse(then(once).raws[4]).clear["statement"]
        again = stated(note(raw=raw, withhold=BARE))
        self.expect(then(once, again), "duplicate", 5)
        self.expect(then(once, stated(note())), None)       # the same words, signed anew
        self.expect(Maker(base_specs() + [once, again, note()], include={0, 1, 2, 3, 5, 6}), None)

    def test_unjudged_governance(self):
        newer = appointment(DEPUTY, ["staff"], v=2)
        self.expect(then(newer, stated(note(by=OUTSIDER, role="staff"))), "kind-unknown", 4)
        self.expect(then(newer, stated(note(mangle=resign))), "signature", 5)


if __name__ == "__main__":
    unittest.main()
