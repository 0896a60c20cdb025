"""Step 12: what the reader kept of this ledger, a checkpoint or a bundle."""

import os

from . import bundle, checkpoint, container, tree
from .fault import Fault, InputError

CODE = "does-not-continue"


class Checkpoint:
    """A bare checkpoint."""

    def __init__(self, note):
        self.checkpoint, self.entries = note, {}


def respelled(raw):
    """A text file without the byte order mark and the carriage returns that some programs add, and with a last
    newline: what was signed decides whether that is right."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    return raw if not raw or raw.endswith(b"\n") else raw + b"\n"


def read(path, table):
    """An older bundle, itself intact, or a checkpoint; anything else is an error of input."""
    try:
        if os.path.isdir(path) or container.is_zip(path):
            older = bundle.Verification(path, table).run()
            if older.verdict != "intact":
                raise InputError(f"the older bundle is not intact: {older.verdict}")
            return older
        with open(path, "rb") as file:
            note = checkpoint.parse(respelled(file.read()))
    except (OSError, Fault) as error:
        raise InputError(f"the older checkpoint cannot be read: {getattr(error, 'what', error)}") from None
    if note.size < 2:
        raise InputError("the older checkpoint's size is below 2")
    return Checkpoint(note)


def compare(run):
    """What to report of an older head; the fault `does-not-continue`."""
    if run.older is None:
        return None
    old, new = run.older.checkpoint, run.checkpoint
    run.need(old.origin == new.origin, CODE, None, "the origin", new.origin, old.origin)
    if run.older.entries:
        run.need(run.older.entries[0].hash == run.entries[0].hash, CODE, 0, "the fingerprint",
                 run.entries[0].hash, run.older.entries[0].hash)
        for seq in sorted(set(run.entries) & set(run.older.entries)):
            found, kept = run.entries[seq].hash, run.older.entries[seq].hash
            run.need(found == kept, CODE, seq, "an entry differs from the older bundle", found, kept)
    same_size = old.size == new.size
    run.need(not same_size or old.root == new.root, CODE, None, "equal sizes, different roots", new.root, old.root)
    first = [run.entries[seq].hash for seq in range(min(old.size, len(run.entries))) if seq in run.entries]
    whole = len(first) == old.size
    run.need(not whole or tree.root(first) == old.root, CODE, None,
             f"the root of the first {old.size} entries", whole and tree.root(first), old.root)
    head = next((head for head in run.heads if head.size == old.size), None)
    run.need(head is None or head.root == old.root, CODE, None,
             f"the root in data/times/{old.size}.txt", head and head.root, old.root)
    vkey = run.authority.log_at(old.size)
    return {
        "size": old.size,
        "outcome": "the same head" if same_size else "continues it" if whole or head
                   else "continuation cannot be checked from this bundle",
        "older_signature_verifies": bool(vkey) and checkpoint.check_signature(old, vkey) is None}
