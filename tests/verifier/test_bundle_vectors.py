"""Every bundle kept as a vector has, for this verifier too, the verdict that it begins with.

The vectors are `tests/vectors/bundle/*.txt`; the first line of each is the verdict, the fault
code and the entry. Manifests that are not among the files are made to fit.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent / "vectors" / "bundle"


def read(text):
    """The expectation, the fingerprint that the reader brings, and the files."""
    expected, fingerprint, files, path = None, None, {}, None
    for line in text.splitlines():
        if expected is None:
            expected = line.removeprefix("expect: ")
        elif line.startswith("== "):
            path = line[3:]
            files[path] = bytearray()
        elif path is None and line.startswith("fingerprint: "):
            fingerprint = line.removeprefix("fingerprint: ")
        elif path is not None:
            files[path] += bytes.fromhex(line)
    return expected, fingerprint, files


def manifest(files, below):
    chosen = sorted(path for path in files if path.startswith("data/") == below)
    return "".join(f"{hashlib.sha256(files[p]).hexdigest()}  {p}\n" for p in chosen).encode()


def verdict(path):
    expected, fingerprint, files = read(path.read_text())
    files["manifest-sha256.txt"] = manifest(files, True)
    files["tagmanifest-sha256.txt"] = manifest(files, False)
    with tempfile.TemporaryDirectory() as folder:
        # A zip, never a folder: some vectors have paths that climb.
        bundle = Path(folder) / "bundle.zip"
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(f"bundle/{name}", bytes(content))
        command = [sys.executable, "-m", "probity_verifier", str(bundle)]
        if fingerprint:
            command += ["--fingerprint", fingerprint]
        env = dict(os.environ, PYTHONPATH=str(HERE))
        out = subprocess.run(command, capture_output=True, text=True, env=env)
    if not out.stdout:
        return path.name, expected, f"no verdict: {out.stderr.strip().splitlines()[-1:]}"
    result = json.loads(out.stdout)
    fault = result.get("fault")
    found = result["verdict"]
    if fault:
        entry = "-" if fault.get("entry") is None else fault["entry"]
        found += f" {fault['code']} {entry}"
    return path.name, expected, found


class BundleVectors(unittest.TestCase):
    def test_every_kept_bundle(self):
        paths = sorted(VECTORS.glob("*.txt"))
        self.assertGreaterEqual(len(paths), 50)
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(verdict, paths))
        wrong = [f"{name}: expected {e}, found {f}" for name, e, f in results if e != f]
        self.assertEqual(wrong, [], "\n".join(wrong))


if __name__ == "__main__":
    unittest.main()
