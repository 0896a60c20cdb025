"""The single formats: encoding, signatures, tree, texts and the table of kinds."""

import pathlib
import tempfile
import time
import unittest

from probity_verifier import __main__ as command
from probity_verifier import body, cbor, checkpoint, ed25519, jsonl, kinds, policy, proof, tree
from probity_verifier.fault import Fault, InputError

from makers import (DOC, DPO, HEAD, LOG, LOG2, ORIGIN, PAGE, ZERO, b64, consistency_path, path_to, vkey)

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "ed25519"


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
                     f"{log}\nwitness w1 x\nwitness w2 y url\ngroup g 2 w1 w2\ngroup h any g\nquorum h\n"):
            policy.check(good.encode(), vkey(LOG))
        for bad in ("", log, f"{log}\nquorum none\nquorum none\n", f"{log}\nquorum w\n", f"{log}\r\nquorum none\n",
                    f"{log}\n{log}\nquorum none\n", f"{log} a b\nquorum none\n", "quorum none\n",
                    f"log {vkey(LOG2)}\nquorum none\n", f"{log}\nwitness none x\nquorum none\n",
                    f"{log}\nwitness w x\nwitness w y\nquorum none\n", f"{log}\nwitness w x\ngroup g 2 w\nquorum g\n",
                    f"{log}\nwitness w x\ngroup g 0 w\nquorum g\n", f"{log}\nwitness w x\ngroup g 01 w\nquorum g\n",
                    f"{log}\ngroup g any w\nwitness w x\nquorum g\n", f"{log}\ngroup g any\nquorum none\n",
                    f"{log}\nquorum w\nwitness w x\n", f"{log}\nother\nquorum none\n",
                    f"{log}\nquorum none\n" + "".join(f"witness w{i} x\n" for i in range(257)),
                    f"{log}\nwitness w x\ngroup g any{' w' * 300_000}\nquorum none\n"):
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
        """Reading it holds its clear fields against those that this verifier knows; none of these is without a kind."""
        table = kinds.load(command.PAGE)
        self.assertLessEqual(set(kinds.CLEAR), {name for name, _ in table})


if __name__ == "__main__":
    unittest.main()
