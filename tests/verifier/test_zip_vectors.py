"""Zips in which readers of zips differ (tests/vectors/zip, written by zips.py): the same verdict by every verifier."""

import pathlib

from probity_verifier import __main__ as command
from probity_verifier import container

import zips
from makers import Bundles

FORMAT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "format.md"


class TestZips(Bundles):
    def test_each_has_its_verdict(self):
        vectors = sorted(zips.FOLDER.glob("*.txt"))
        self.assertGreater(len(vectors), 50)
        for vector in vectors:
            first, *lines = vector.read_text().splitlines()
            with self.subTest(vector.stem):
                path = self.write(bytes.fromhex("".join(lines)))
                try:
                    result = command.verify(path, str(FORMAT))
                    fault = result.get("fault")
                    found = result["verdict"] + (f" {fault['code']} -" if fault else "")
                except container.InputError:
                    found = zips.NONE
                self.assertEqual(f"expect: {found}", first)
