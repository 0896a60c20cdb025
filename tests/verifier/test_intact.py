"""Bundles that are as they should be, and what is reported of them."""

import os
import pathlib
import tempfile
import unittest

from probity_verifier import __main__ as command
from probity_verifier import tree
from probity_verifier.fault import InputError

from makers import (BREACH, DEPUTY, DOC, DPO, HEAD, LOG, LOG2, ORIGIN, OUTSIDER, ZERO, Bundles, Maker, appointment, b64,
                    base_specs, clear, drop, edit, note, put, resign, revocation, spec, vkey)

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

    def test_lines_by_nobody_known_and_reading_copies_are_ignored(self):
        witness = "\u2014 witness.example/w " + b64(b"abcdefgh") + "\n"
        other = f"\u2014 {ORIGIN} " + b64(b"abcdefgh") + "\n"
        made = Maker(checkpoint=lambda m: m.head(lines=lambda own: witness + own + other),
                     data=put("data/entries.csv", b"anything"))
        result = self.expect(made, None)
        self.assertEqual((result["not_checked"], result["outside"]), (["data/entries.csv", "data/index.html"], []))

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


if __name__ == "__main__":
    unittest.main()
