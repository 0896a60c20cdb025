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


BRINGS = {"policy": "--policy", "tsa-roots": "--tsa-roots", "older": "--since"}
TOLD = ("outside", "witnessed", "existed_by", "not_before", "doubtful")


def read(text):
    """What is expected (the verdict, the report on outside evidence, lines on what is erased), what
    the reader brings, and the files."""
    lines = text.splitlines()
    expected, brings, files, path = [lines[0].removeprefix("expect: "), None], {}, {}, None
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        if line.startswith("== "):
            path = line[3:]
            files[path] = bytearray()
        elif path is not None:
            files[path] += bytes.fromhex(line)
        elif name == "report":
            expected[1] = json.loads(value)
        elif name == "erased":
            expected.append(value)
        elif name == "fingerprint" or name in BRINGS:
            brings[name] = value
    return expected, brings, files


def manifest(files, below):
    chosen = sorted(path for path in files if path.startswith("data/") == below)
    return "".join(f"{hashlib.sha256(files[p]).hexdigest()}  {p}\n" for p in chosen).encode()


def verdict(path):
    expected, brings, files = read(path.read_text())
    files["manifest-sha256.txt"] = manifest(files, True)
    files["tagmanifest-sha256.txt"] = manifest(files, False)
    with tempfile.TemporaryDirectory() as folder:
        # A zip, never a folder: some vectors have paths that climb.
        bundle = Path(folder) / "bundle.zip"
        with zipfile.ZipFile(bundle, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(f"bundle/{name}", bytes(content))
        command = [sys.executable, "-m", "probity_verifier", str(bundle)]
        for name, value in brings.items():
            if name == "fingerprint":
                command += ["--fingerprint", value]
                continue
            brought = Path(folder) / name
            brought.write_bytes(bytes.fromhex(value))
            command += [BRINGS[name], str(brought)]
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
    told = {name: result.get(name) or [] for name in TOLD}
    erased = [f"{of['entry']} {' '.join(of['fields'])} by {of['by']} {of['ground']}" for of in result.get("erased") or []]
    return path.name, expected, [found, told if told["outside"] else None, *erased]


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
