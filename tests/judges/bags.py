"""Each folder given is a valid bag for the BagIt library of the Library of Congress."""

import sys

try:
    import bagit
except ImportError:
    sys.exit("the package bagit is missing: pip install -r tests/requirements.txt")

for folder in sys.argv[1:]:
    bag = bagit.Bag(folder)
    bag.validate()
    assert bag.has_oxum() and bag.version == "1.0", folder
    assert not list(bag.payload_files()) == [], folder
    for name in ("Source-Organization", "Bagging-Date", "Payload-Oxum", "External-Identifier"):
        assert bag.info.get(name), (folder, name)
