"""Step 9c: the form of what stands under `data/times` (section 15)."""

from dataclasses import dataclass, field

from . import checkpoint, tree
from .fault import Fault
from .values import unbase64


MOST_LINES = 100_000    # of signatures, in all notes together


@dataclass
class Head:
    """A head of a smaller or equal size, with the evidence over it."""

    size: int
    text: bytes
    root: bytes
    notes: list = field(default_factory=list)       # (path, Checkpoint)
    tokens: list = field(default_factory=list)      # (path, bytes)


def wrong(what, found=None, expected=None):
    return Fault("times", what, found, expected)


def collect(files):
    """{m: {k or "txt" or "consistency": {path: bytes}}} of a bag's files."""
    found = {}
    for path, file in files.items():
        if file.form == "time":
            m, _, rest = path.removeprefix("data/times/").partition(".")
            found.setdefault(int(m), {})[rest] = (path, file.data)
    return found


def read_text(raw, origin, size):
    """The root in `<m>.txt`."""
    lines = raw.split(b"\n")
    root = unbase64(lines[2].decode("ascii", "replace"), 32) if len(lines) == 4 else None
    if root is None or lines[3] or lines[:2] != [origin.encode("ascii"), str(size).encode("ascii")]:
        raise wrong(f"data/times/{size}.txt", raw.decode("utf-8", "replace"), "origin, size and root")
    return root


def read_hashes(raw, size):
    """The hashes in `<m>.consistency`."""
    lines = raw.split(b"\n")
    hashes = [unbase64(line.decode("ascii", "replace"), 32) for line in lines[:-1]]
    if lines[-1] or None in hashes or len(hashes) > 63:
        raise wrong(f"data/times/{size}.consistency", None, "at most 63 lines of 32 bytes in base64")
    return hashes


def check(files, note, log_at, fail):
    """The heads, ascending. `fail` takes a fault of the log's signature, which may be marked C."""
    # The text of a note has three lines, and an empty one.
    lines = sum(max(0, file.data.count(b"\n") - 4) for path, file in files.items()
                if file.form == "time" and path.endswith(".note"))
    if lines > MOST_LINES:
        raise wrong("signature lines of all notes", lines, f"at most {MOST_LINES}")
    heads = []
    for size, found in sorted(collect(files).items()):
        if not 2 <= size <= note.size:
            raise wrong("a head of a size", size, f"2 to {note.size}")
        if "txt" not in found:
            raise wrong(f"data/times/{size}.txt is missing")
        head = Head(size, found["txt"][1], read_text(found["txt"][1], note.origin, size))
        check_extends(head, found.get("consistency"), note)
        for name in sorted(found, key=lambda name: int(name.split(".")[0]) if name[0].isdigit() else 0):
            path, raw = found[name]
            if name.endswith(".note"):
                head.notes.append((path, check_note(head, path, raw, log_at(size), fail)))
            elif name.endswith(".tsr"):
                head.tokens.append((path, raw))
        heads.append(head)
    return heads


def check_extends(head, consistency, note):
    if head.size == note.size:
        if head.root != note.root:
            raise wrong(f"the root in data/times/{head.size}.txt", head.root, note.root)
        if consistency:
            raise wrong(f"{consistency[0]} is there", None, "no proof that a head extends itself")
        return
    if consistency is None:
        raise wrong(f"data/times/{head.size}.consistency is missing")
    if not tree.consistency(head.size, note.size, head.root, note.root, read_hashes(consistency[1], head.size)):
        raise wrong("the consistency proof does not lead to the root", consistency[0], note.root)


def check_note(head, path, raw, vkey, fail):
    try:
        note = checkpoint.parse(raw)
    except Fault as fault:
        raise wrong(f"{path}: {fault.what}", fault.found, fault.expected) from None
    if note.text != head.text:
        raise wrong(f"the head in {path}", note.text.decode("utf-8"), head.text.decode("utf-8"))
    problem = checkpoint.check_signature(note, vkey) if vkey else ("no log key is known",)
    if problem:
        fail("times", None, f"{path}: {problem[0]}", *problem[1:])
    return note
