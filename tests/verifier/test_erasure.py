"""Erasures: which are complete, what they name, and what is reported of it (section 8, "Erasure")."""

import unittest

from makers import (BREACH, DEPUTY, DPO, HEAD, Bundles, Maker, appointment, base_specs, note, spec, stated)

EMPTY = {"occurred": None, "decided-by": None}
GONE = ["file", "text"]                                     # in stored order
BASE = base_specs()[:3]


def erasure(entries, by=HEAD, role="headteacher", links=(), ground="retention", **more):
    first = [("erases", entries[0][0])] if isinstance(entries, list) and entries else [("erases", 3)]
    return spec("erasure", by, role, {"entries": entries, "ground": ground}, dict(EMPTY), links=first + list(links),
                **more)


def advice(*targets, by=DPO, role="dpo", recommendation="proceed", **more):
    return spec("dpo-advice", by, role, {}, {"recommendation": recommendation, **EMPTY},
                links=[("advises", target) for target in targets], **more)


def rule(by=HEAD, role="headteacher"):
    return spec("retention-rule", by, role, {}, {"action": "destroy", **EMPTY})


def bare(fields=GONE):
    return note(withhold=["decided-by", *fields])


def made(*more, first=None):
    return Maker(BASE + [first or bare()] + list(more))


class TestErasure(Bundles):
    def rows(self, *more, **options):
        result = self.expect(made(*more, **options), None)
        self.assertEqual(result["incomplete"] == [], bool(result["erased"]), result["incomplete"])
        return [(row["entry"], row["fields"], row["by"], row["ground"]) for row in result["erased"]]

    def test_complete(self):
        self.assertEqual(self.rows(erasure([[3, GONE]]), advice(4)), [(3, GONE, 4, "retention")])
        result = self.expect(made(erasure([[3, ["text"]]], ground="court"), advice(4)), None)
        self.assertEqual(result["erased"], [{"entry": 3, "fields": ["text"], "by": 4, "ground": "court"}])
        self.assertEqual(result["withheld"]["3"], ["file", "decided-by"])       # not named: withheld, not erased

    def test_every_field(self):
        self.assertEqual(self.rows(erasure([[3, None]]), advice(4)), [(3, [*GONE, "decided-by"], 4, "retention")])
        # What somebody still holds stays proven, and is not erased.
        self.assertEqual(self.rows(erasure([[3, None]]), advice(4), first=note()),
                         [(3, ["decided-by"], 4, "retention")])

    def test_several(self):
        rows = self.rows(erasure([[1, ["name"]], [3, GONE]]), advice(4), erasure([[3, None]]), advice(6))
        self.assertEqual(rows, [(3, GONE, 4, "retention"), (3, ["decided-by"], 6, "retention")])

    def test_an_entry_outside_the_bundle(self):
        specs = BASE + [bare(), erasure([[3, ["anything"]]]), advice(4)]
        self.assertEqual(self.expect(Maker(specs, include={0, 1, 2, 4, 5}), None)["erased"], [])

    def test_how_much_one_erasure_names(self):
        names = [f"f-{at:03}" for at in range(257)]
        for counts, code in (([256], None), ([257], "clear"), ([256] * 16, None), ([256] * 16 + [1], "clear")):
            specs = BASE + [bare() for _ in counts]
            end = len(specs)
            specs.append(erasure([[3 + at, names[:count]] for at, count in enumerate(counts)]))
            # Of entries that are not in the bundle nobody can tell what fields they have.
            made = Maker(specs, include={0, 1, 2, end})
            self.expect(made, code, *([end] if code else []))

    def test_many_erasures_of_one_entry(self):
        about = [("about", 4)]
        acts = [erasure([[3, GONE if at % 2 else ["text"]]], links=about) for at in range(40)]
        self.assertEqual(self.rows(rule(), advice(4), *acts),
                         [(3, ["text"], 6, "retention"), (3, ["file"], 7, "retention")])

    def test_advice(self):
        """Without it, or with advice that does not count, the fields are only withheld."""
        one = erasure([[3, GONE]])
        deputy = appointment(DEPUTY, ["deputy-headteacher", "dpo-nominee"])
        self.assertEqual(self.rows(one), [])
        for recommendation, counts in (("proceed-with-changes", True), ("stop", False), (None, False)):
            self.assertEqual(bool(self.rows(one, advice(4, recommendation=recommendation))), counts)
        self.assertTrue(self.rows(one, advice(4, recommendation="stop", withhold=["recommendation"])))
        self.assertTrue(self.rows(deputy, erasure([[3, GONE]]), advice(5, by=DEPUTY, role="dpo-nominee")))
        # Advice in another role, on something else, or by the author of the erasure.
        self.assertFalse(self.rows(deputy, erasure([[3, GONE]]), advice(5, by=DEPUTY, role="deputy-headteacher")))
        self.assertFalse(self.rows(one, advice(3)))
        self.assertFalse(self.rows(one, {**advice(4), "links": [("about", 4)]}))
        own = erasure([[3, GONE]], by=DEPUTY, role="deputy-headteacher")
        self.assertFalse(self.rows(deputy, own, advice(5, by=DEPUTY, role="dpo-nominee")))
        self.assertTrue(self.rows(deputy, own, advice(5)))
        # Signed elsewhere, it is advice all the same.
        self.assertTrue(self.rows(one, stated(advice(4))))

    def test_advice_on_a_retention_rule(self):
        self.assertTrue(self.rows(rule(), advice(4), erasure([[3, GONE]], links=[("about", 4)])))
        self.assertFalse(self.rows(rule(), advice(4), erasure([[3, GONE]])))
        odd = rule(DPO, "dpo")      # in a role that may not sign it, it is no rule
        self.assertFalse(self.rows(odd, advice(4), erasure([[3, GONE]], links=[("about", 4)])))
        self.assertFalse(self.rows(note(), advice(4), erasure([[3, GONE]], links=[("about", 4)])))

    def test_an_administrator_needs_somebody_elses_rule(self):
        clerk = appointment(DEPUTY, ["administrator", "deputy-headteacher"])
        by = {"by": DEPUTY, "role": "administrator"}
        self.assertFalse(self.rows(clerk, erasure([[3, GONE]], **by), advice(5)))
        self.assertTrue(self.rows(clerk, rule(), erasure([[3, GONE]], links=[("about", 5)], **by), advice(6)))
        self.assertTrue(self.rows(clerk, rule(), advice(5), erasure([[3, GONE]], links=[("about", 5)], **by)))
        own = rule(DEPUTY, "deputy-headteacher")
        self.assertFalse(self.rows(clerk, own, erasure([[3, GONE]], links=[("about", 5)], **by), advice(6)))
        # A representative may go by a rule of their own.
        self.assertTrue(self.rows(rule(), erasure([[3, GONE]], links=[("about", 4)]), advice(4)))

    def test_of_what_a_statement_commits_to(self):
        carried = stated(bare())
        self.assertEqual(self.rows(erasure([[3, GONE]]), advice(4), first=carried), [(3, GONE, 4, "retention")])
        self.expect(made(erasure([[3, ["statement"]]]), first=carried), "clear", 4)

    def test_refused(self):
        for title, code, one in [
            ("role", "role", erasure([[3, GONE]], by=DPO, role="dpo")),
            ("role, under an exception", "role", erasure([[3, GONE]], by=DPO, role="dpo", links=[("excepts", 2)])),
            ("a field that is not there", "clear", erasure([[3, ["name"]]])),
            ("a clear field", "clear", erasure([[2, ["key"]]])),
            ("no entries", "clear", erasure([])),
            ("257 entries", "clear", erasure([[3, None]] * 257)),
            ("no field", "clear", erasure([[3, []]])),
            ("fields in no order", "clear", erasure([[3, ["text", "file"]]])),
            ("a field twice", "clear", erasure([[3, ["file", "file"]]])),
            ("a field of no name", "clear", erasure([[3, ["File"]]])),
            ("entries in no order", "clear", erasure([[3, None], [2, None]])),
            ("an entry twice", "clear", erasure([[3, None], [3, None]])),
            ("itself", "clear", erasure([[4, None]], links=[("erases", 3)])),
            ("three in one", "clear", erasure([[3, None, None]])),
            ("no list", "clear", erasure("all")),
            ("ground", "clear", {**erasure([[3, GONE]]), "clear": {"entries": [[3, GONE]], "ground": "tidiness"}}),
            ("a link missing", "links", {**erasure([[3, GONE]]), "links": []}),
            ("another version", "kind-unknown", erasure([[3, ["name"]]], v=2)),
        ]:
            with self.subTest(title):
                one = {**one, "links": [(rel, 3 if at == 4 else at) for rel, at in one["links"]]}
                self.expect(made(one), code, 4)

    def test_of_an_entry_whose_form_is_not_known(self):
        unknown = note(kind="nonsense")
        self.expect(made(erasure([[3, ["name"]]]), first=unknown), "kind-unknown", 3)

    def test_what_an_erasure_does_not_reach(self):
        """The wrong opening of an erased field is as wrong as any."""
        bundle = made(erasure([[3, None]]), advice(4), first=note())
        bundle.bodies[3] = bundle.bodies[3].replace(b"quoted", b"spoken")
        self.expect(bundle, "commitment", 3)
        self.assertEqual(self.expect(made(erasure([[3, None]]), advice(4)), None)["cases"], {BREACH: "whole"})


if __name__ == "__main__":
    unittest.main()
