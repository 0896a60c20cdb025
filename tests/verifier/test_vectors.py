"""The vectors of the single formats (`tests/vectors/{cbor,tree,checkpoint,proof,policy}`): each file
begins with its own verdict, and this verifier comes to the same one."""

import unittest
from pathlib import Path

from probity_verifier import cbor, certificate, checkpoint, policy, proof, timestamp, tree
from probity_verifier.fault import Fault

VECTORS = Path(__file__).resolve().parent.parent / "vectors"


def read(path):
    """Whether it is to be accepted, its fields, its content."""
    rest = path.read_bytes()
    first, rest = rest.split(b"\n", 1)
    fields, content = {}, b""
    while rest:
        line, _, rest = rest.partition(b"\n")
        if line == b"text:":
            content = rest
            break
        if not line.startswith(b"# "):
            label, value = line.decode().split(":", 1)
            fields[label] = value.strip()
    if "bytes" in fields:
        content = bytes.fromhex(fields["bytes"])
    return first == b"expect: accept", fields, content


def taken(judge, *fault):
    try:
        return judge() is not False
    except fault:
        return False


class Vectors(unittest.TestCase):
    def paths(self, folder, least):
        if not (VECTORS / folder).is_dir():
            self.skipTest(f"there are no vectors in {folder} yet")
        paths = sorted((VECTORS / folder).glob("*.txt"))
        self.assertGreaterEqual(len(paths), least)
        return paths

    def compare(self, folder, least, judge):
        for path in self.paths(folder, least):
            expected, fields, content = read(path)
            with self.subTest(path.name):
                self.assertEqual(judge(path.name, fields, content), expected)

    def test_cbor(self):
        def judge(name, fields, content):
            ints = cbor.HEADER if name.startswith("header") else None
            return taken(lambda: (cbor.decode(content, ints),), cbor.CborError)
        self.compare("cbor", 200, judge)

    def test_tree(self):
        def judge(name, fields, _):
            number = lambda label: int(fields[label])
            raw = lambda label: bytes.fromhex(fields[label])
            path = [bytes.fromhex(word) for word in fields["path"].replace(",", " ").split()]
            if name.startswith("inclusion"):
                return tree.inclusion(number("index"), number("size"), raw("leaf"), path, raw("root"))
            return tree.consistency(number("old"), number("new"), raw("old-root"), raw("new-root"), path)
        self.compare("tree", 150, judge)

    def test_checkpoint(self):
        def judge(_, fields, content):
            vkey = checkpoint.parse_vkey(fields["vkey"])
            return taken(lambda: checkpoint.check_signature(checkpoint.parse(content), vkey) is None, Fault)
        self.compare("checkpoint", 80, judge)

    def test_proof(self):
        self.compare("proof", 30, lambda _, fields, content: taken(lambda: proof.parse(content), Fault))

    def test_cosignature(self):
        def judge(_, fields, content):
            vkey, note = checkpoint.parse_vkey(fields["vkey"], checkpoint.WITNESS), checkpoint.parse(content)
            if vkey is None or policy.witness(fields["vkey"]) is None:
                return False
            found = [checkpoint.cosignature(note.text, blob, vkey.key) for name, blob in note.lines
                     if name == vkey.name and blob[:4] == vkey.key_id]
            if "times" in fields:
                self.assertEqual([time for time in found if time is not None], list(map(int, fields["times"].split())))
            return None not in found
        self.compare("cosignature", 30, judge)

    def test_timestamp(self):
        for path in self.paths("timestamp", 80):
            lines = [line.split(":", 1) for line in path.read_text().splitlines() if not line.startswith("#")]
            fields = {label: value.strip() for label, value in lines}
            roots = bytes.fromhex(fields["roots"]).decode()
            judged = timestamp.judge(bytes.fromhex(fields["bytes"]), bytes.fromhex(fields["over"]),
                                     certificate.read_pem(roots) if roots else [])
            found = judged.state if judged.state == "invalid" else f"{judged.state} {judged.time} {judged.by}".strip()
            with self.subTest(path.name):
                self.assertEqual(found, fields["expect"])

    def test_policy(self):
        def judge(_, fields, content):
            words = content.decode("utf-8", "replace").split()
            logs = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "log"]
            if not logs:
                # A policy without logs has its form; only a bundle must name its own.
                return taken(lambda: policy.check(content, None), Fault) or "log key" in self.why(content)
            return taken(lambda: policy.check(content, logs[0]), Fault)
        self.compare("policy", 50, judge)

    @staticmethod
    def why(content):
        try:
            policy.check(content, None)
        except Fault as fault:
            return str(vars(fault).get("what", fault))
        return ""


if __name__ == "__main__":
    unittest.main()
