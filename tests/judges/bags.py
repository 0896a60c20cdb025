"""Each folder given is a valid bag for the BagIt library of the Library of Congress, and none once it was changed."""

import pathlib
import sys

try:
    import bagit
except ImportError:
    sys.exit("the package bagit is missing: pip install -r tests/requirements.txt")



def refused(folder, change, undo):
    change()
    try:
        bagit.Bag(folder).validate()
    except bagit.BagError:
        undo()
        return
    sys.exit(f"{folder}: a bag that was changed is taken")


for folder in sys.argv[1:]:
    bag = bagit.Bag(folder)
    bag.validate()
    assert bag.has_oxum() and bag.version == "1.0", folder
    assert not list(bag.payload_files()) == [], folder
    for name in ("Source-Organization", "Bagging-Date", "Payload-Oxum", "External-Identifier"):
        assert bag.info.get(name), (folder, name)
    for name in ("data/entries", "data/proofs", "data/transparent", "data/checking-by-hand.md", "data/index.html"):
        assert any(path.startswith(name) for path in bag.payload_files()), (folder, name)
    for name in ("data/checkpoint", "data/transparent/00000001.cose", "data/checking-by-hand.md", "bag-info.txt"):
        path = pathlib.Path(folder, name)
        good = path.read_bytes()
        refused(folder, lambda: path.write_bytes(good[:-1] + bytes([good[-1] ^ 1])), lambda: path.write_bytes(good))
    path = pathlib.Path(folder, "data/proofs/00000001.tlog-proof")
    good = path.read_bytes()
    refused(folder, path.unlink, lambda: path.write_bytes(good))
    path = pathlib.Path(folder, "data/more.txt")
    refused(folder, lambda: path.write_bytes(b"more"), path.unlink)
    bagit.Bag(folder).validate()
