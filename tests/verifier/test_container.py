"""The zip or folder around a bundle (section 13, "Container")."""

import random
import stat
import unittest
import zipfile

from probity_verifier import container

from makers import DOCUMENT, Bundles, Maker, zipped

# Most bytes of a file (section 13, "Container"); tests/bounds.rs has the same for the other verifier.
BOUNDS = [
    ("data/entries/00000000.cose", 65_535), ("data/bodies/00000000.cbor", 1 << 20),
    ("data/proofs/00000000.tlog-proof", (1 << 20) + 4096), ("data/checkpoint", 1 << 20),
    ("data/policy.txt", 1 << 20), ("bagit.txt", 1 << 20), ("bag-info.txt", 1 << 20),
    ("manifest-sha256.txt", 32 << 20), ("tagmanifest-sha256.txt", 32 << 20), ("data/entries.jsonl", 256 << 20),
    ("data/times/7.txt", 1 << 20), ("data/times/7.1.tsr", 1 << 20), ("data/index.html", 256 << 20),
]


class TestContainer(Bundles):
    def members(self):
        return [("bundle/" + path, raw) for path, raw in sorted(Maker().files().items())]

    def test_paths(self):
        for name in ("/etc/x", "bundle/../x", "../x", "bundle//x", "bundle/./x", "bundle/data\\x", "bundle/c:x",
                     "bundle/data/\x01", "other/data/x", "bundle/data/Checkpoint", "x", "bundle/data/checkpoint",
                     "bundle/data/checkpoint/", "/"):
            with self.subTest(name):
                self.expect(zipped(self.members() + [(name, b"")]), "container")

    def test_folder_records(self):
        self.expect(zipped([("bundle/", b""), ("bundle/data/", b"")] + self.members()), None)
        self.expect(zipped(self.members(), zipfile.ZIP_STORED), None)
        self.expect(zipped([("bundle/DATA/", b"")] + self.members()), None)        # a path of its own
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
        # What was confirmed outside counts too.
        bag = container.Bag()
        for number in range(1, 513):
            bag.read(f"data/times/2.{number}.tsr", [bytes(1 << 20)])
        with self.assertRaises(container.Fault):
            bag.read("data/times/2.513.tsr", [b"x"])

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


if __name__ == "__main__":
    unittest.main()
