"""Zips in which readers of zips differ, made around one small bundle: `python tests/verifier/zips.py` writes them to
`tests/vectors/zip`. The first line of each is the verdict; the rest is the zip in hexadecimal."""

import pathlib
import struct
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent / "vectors" / "zip"
FULL32, FULL16 = 0xFFFFFFFF, 0xFFFF
GOOD, BAD, NONE = "intact", "not-genuine container -", "no bundle"


class Zip:
    """Headers and lists of members, each number as it is told."""

    def __init__(self, before=b""):
        self.out, self.listed = before, []

    def add(self, name, data, method=8, made=0x0314, attributes=0o100644 << 16, flags=0, needs=20, local=None,
            extra=b"", packed=None, shift=0, size=None, listed_packed=None):
        local, name = local or {}, name.encode()
        if packed is None:
            deflate = zlib.compressobj(6, 8, -15)
            packed = deflate.compress(data) + deflate.flush() if method == 8 else data
        crc, offset = zlib.crc32(data), len(self.out) - shift
        there = {"flags": flags, "method": method, "crc": crc, "packed": len(packed), "size": len(data), "name": name,
                 "extra": b"", **local}
        self.out += b"PK\3\4" + struct.pack(
            "<HHHHHLLLHH", needs, there["flags"], there["method"], 0, 0x21, there["crc"], there["packed"],
            there["size"], len(there["name"]), len(there["extra"])) + there["name"] + there["extra"] + packed
        self.listed.append(b"PK\1\2" + struct.pack(
            "<HHHHHHLLLHHHHHLL", made, needs, flags, method, 0, 0x21, crc,
            len(packed) if listed_packed is None else listed_packed, len(data) if size is None else size, len(name),
            len(extra), 0, 0, 0, attributes, offset) + name + extra)
        return self

    def place_of(self, which):
        return struct.unpack("<L", self.listed[which][42:46])[0]

    def finish(self, junk=b"", shift=0, **end):
        listed = b"".join(self.listed) + junk
        return self.out + listed + ended(len(self.listed), len(listed), len(self.out) - shift, **end)

    def large(self, record_size=44, shift=0, again=b"", locator=None, disks=1, **end):
        """The same with a Zip64 record and its locator."""
        listed = b"".join(self.listed)
        place = len(self.out) + len(listed)
        numbers = (len(self.listed), len(listed), len(self.out) - shift)
        record = record64(*numbers, size=record_size)
        told = {"count": FULL16, "size": FULL32, "start": FULL32, **end}
        return (self.out + listed + record + again
                + locator64(place if locator is None else locator, disks) + ended(**told))


def overlapping(made):
    """More folders, whose headers' extra fields reach to one stretch of empty deflate blocks for all."""
    names = [f"b/{number}/".encode() for number in range(4)]
    blocks = b"\0\0\0\xff\xff" * 400 + b"\1\0\0\xff\xff"
    start, length = len(made.out), sum(30 + len(name) for name in names)
    for number, name in enumerate(names):
        offset = len(made.out)
        extra = start + length - offset - 30 - len(name)
        made.out += b"PK\3\4" + struct.pack("<HHHHHLLLHH", 20, 8, 8, 0, 0x21, 0, 0, 0, len(name), extra) + name
        made.listed.append(b"PK\1\2" + struct.pack(
            "<HHHHHHLLLHHHHHLL", 0x0314, 20, 8, 8, 0, 0x21, 0, len(blocks), 0, len(name), 0, 0, 0, 0,
            0o40755 << 16, offset) + name)
    made.out += blocks
    return made.finish()


def record64(count, size_of_list, start, size=44):
    return b"PK\6\6" + struct.pack("<QHHLLQQQQ", size, 45, 45, 0, 0, count, count, size_of_list, start)


def locator64(place, disks=1):
    return b"PK\6\7" + struct.pack("<LQL", 0, place, disks)


def ended(count, size, start, disk=0, here=None):
    here = count if here is None else here
    return b"PK\5\6" + struct.pack("<HHHHLLH", disk, disk, here, count, size, start, 0)


def two_lists(one, other):
    """A Zip64 record in the middle of the file, which the locator names, and another one before the locator."""
    first = Zip()
    for path, raw in one:
        first.add(path, raw)
    listed = b"".join(first.listed)
    place = len(first.out) + len(listed)
    second = Zip(first.out + listed + bytes(56))
    for path, raw in other:
        second.add(path, raw)
    rest = b"".join(second.listed)
    whole = len(second.out) + len(rest) + 56
    # The first record is as long as all that follows it, so that by its length too it ends at the locator.
    hidden = record64(len(first.listed), len(listed), len(first.out), whole - place - 12)
    shown = record64(len(second.listed), len(rest), len(second.out))
    body = second.out[:place] + hidden + second.out[place + 56:] + rest + shown
    return body + locator64(place) + ended(FULL16, FULL32, FULL32)


def cases(files, other):
    """Name, verdict and bytes of each, around the files of one bundle and those of another."""
    first = [("b/" + path, raw) for path, raw in sorted(files.items())]
    second = [("b/" + path, raw) for path, raw in sorted(other.items())]
    name = first[3][0].encode()

    def zip_of(more=(), shift=0, before=b"", **third):
        made = Zip(before)
        for at, (path, raw) in enumerate(first):
            made.add(path, raw, shift=shift, **(third if at == 3 else {}))
        for path, raw, options in more:
            made.add(path, raw, **options)
        return made

    folder = {"method": 0, "attributes": 0o40755 << 16 | 0x10}
    second_name = lambda raw: struct.pack("<HHBL", 0x7075, 5 + len(raw), 1, zlib.crc32(name)) + raw
    large = lambda *numbers: struct.pack(f"<HH{len(numbers)}Q", 1, 8 * len(numbers), *numbers)
    raw = first[3][1]
    deflate = zlib.compressobj(6, 8, -15)
    unended = deflate.compress(raw) + deflate.flush(zlib.Z_SYNC_FLUSH)
    size, packed = len(raw), zip_of().listed[3][20:24]
    packed = struct.unpack("<L", packed)[0]
    count = len(first)
    listed = len(b"".join(zip_of().listed))
    begins = len(zip_of().out)
    dos = {"made": 0x0014}
    yield "as-writers-make-it", GOOD, zip_of().finish()
    # The end and its Zip64 record.
    yield "zip64", GOOD, zip_of().large()
    yield "zip64-that-is-not-needed", GOOD, zip_of().large(count=count, size=listed, start=begins)
    yield "zip64-beside-another-number", BAD, zip_of().large(count=count - 1)
    yield "zip64-with-disks-of-all-ones", GOOD, zip_of().large(disk=FULL16, here=FULL16)
    yield "zip64-of-two-disks", BAD, zip_of().large(disks=2)
    yield "zip64-record-of-another-length", BAD, zip_of().large(record_size=4400)
    yield "zip64-record-elsewhere-1", BAD, two_lists(first, second)
    yield "zip64-record-elsewhere-2", BAD, zip_of().large(locator=5)
    yield "zip64-record-elsewhere-3", BAD, zip_of().large(locator=1 << 63)
    moved = zip_of(before=bytes(56), shift=56)
    parts = (len(moved.listed), len(b"".join(moved.listed)), len(moved.out) - 56)
    yield "zip64-records-two", BAD, moved.large(record_size=4400, again=record64(*parts))
    yield "offsets-that-count-from-later", BAD, zip_of(before=bytes(56), shift=56).finish(shift=56)
    yield "disk-of-all-ones-without-zip64", BAD, zip_of().finish(disk=FULL16)
    yield "other-numbers-of-members", BAD, zip_of().finish(here=1)
    yield "list-with-bytes-behind-its-members", BAD, zip_of().finish(junk=b"JUNKJUNKJUNK")
    yield "end-that-is-cut-off", BAD, zip_of().finish()[:-1]
    yield "no-end", NONE, zip_of().out
    # What a member is.
    yield "dos-file", GOOD, zip_of(**dos, attributes=0x20).finish()
    yield "dos-file-with-the-bit-of-a-folder", GOOD, zip_of(**dos, attributes=0x10).finish()
    yield "dos-folder-without-the-bit-of-a-folder", GOOD, zip_of(
        [("b/data/", b"", {"method": 0, "attributes": 0x20, **dos})]).finish()
    yield "dos-symbolic-link", BAD, zip_of(**dos, attributes=0o120777 << 16 | 0x20).finish()
    yield "dos-socket", BAD, zip_of(**dos, attributes=0o140777 << 16).finish()
    yield "ntfs-symbolic-link", BAD, zip_of(made=0x0A14, attributes=0o120777 << 16).finish()
    yield "file-that-is-a-folder", BAD, zip_of(attributes=0o40755 << 16).finish()
    yield "folder-in-other-letters", GOOD, zip_of([("b/DATA/", b"", folder)]).finish()
    yield "folder-twice-in-other-letters", BAD, zip_of(
        [("b/DATA/", b"", folder), ("b/data/", b"", folder)]).finish()
    yield "folder-with-packed-bytes", BAD, zip_of([("b/data/", b"", {**folder, "packed": b"12345"})]).finish()
    yield "folder-of-another-name-in-its-header", BAD, zip_of(
        [("b/data/", b"", {**folder, "local": {"name": b"zzzz/"}})]).finish()
    yield "folder-that-is-deflated", GOOD, zip_of([("b/data/", b"", {**folder, "method": 8})]).finish()
    yield "made-for-a-later-version", GOOD, zip_of(needs=100).finish()
    # Sizes, and what else stands in an extra field.
    yield "sizes-in-a-zip64-field", GOOD, zip_of(
        local={"size": FULL32, "packed": FULL32, "extra": large(size, packed)}).finish()
    yield "sizes-in-the-list-s-zip64-field", GOOD, zip_of(
        size=FULL32, listed_packed=FULL32, extra=large(size, packed)).finish()
    yield "sizes-in-a-zip64-field-that-is-too-short", BAD, zip_of(
        size=FULL32, listed_packed=FULL32, extra=large(size)).finish()
    yield "sizes-in-two-zip64-fields", BAD, zip_of(size=FULL32, extra=large(size) + large(size)).finish()
    yield "sizes-of-all-ones-without-a-field", BAD, zip_of(local={"size": FULL32, "packed": FULL32}).finish()
    yield "sizes-that-differ-in-a-zip64-field", BAD, zip_of(
        local={"size": FULL32, "packed": FULL32, "extra": large(1, 1)}).finish()
    yield "sizes-that-follow", GOOD, zip_of(flags=8, local={"crc": 0, "size": 0, "packed": 0}).finish()
    yield "extra-field-that-is-cut-off", BAD, zip_of(extra=b"\x99\x99\xff\0").finish()
    yield "extra-field-with-bytes-behind", GOOD, zip_of(extra=b"\x55\x54\x01").finish()
    yield "extra-field-of-times", GOOD, zip_of(extra=struct.pack("<HH", 0x5455, 1) + b"\7").finish()
    yield "extra-field-with-the-name", GOOD, zip_of(extra=second_name(name)).finish()
    yield "extra-field-with-another-name", BAD, zip_of(extra=second_name(b"b/data/other")).finish()
    yield "deflate-without-its-end", BAD, zip_of(packed=unended).finish()
    yield "deflate-with-bytes-behind", GOOD, zip_of(
        packed=zlib.compress(raw, 6)[2:-4] + b"more").finish()
    yield "encrypted-in-part", BAD, zip_of(flags=1).finish()
    # Where members lie. The bytes of one end where its deflate stream does, and it says that they go on.
    follow = {"flags": 8, "local": {"crc": 0, "size": 0, "packed": 0}}
    whole = len(zip_of().finish())
    inner = zip_of().place_of(3) + 30 + len(name)
    yield "packed-to-the-end-of-the-file", BAD, zip_of(**follow, listed_packed=whole - inner).finish()
    yield "packed-beyond-the-end-of-the-file", BAD, zip_of(**follow, listed_packed=1 << 30).finish()
    yield "packed-beyond-by-less-than-its-header", BAD, zip_of(**follow, listed_packed=whole - inner + 1).finish()
    yield "folders-that-lie-over-each-other", BAD, overlapping(zip_of())
    # Folders and files.
    yield "folder-below-a-file", BAD, zip_of([("b/data/checkpoint/x/", b"", folder)]).finish()
    yield "folder-below-a-file-in-other-letters", BAD, zip_of([("b/data/CHECKPOINT/x/y/", b"", folder)]).finish()
    yield "folder-where-a-file-is", BAD, zip_of([("b/data/checkpoint/", b"", folder)]).finish()
    yield "folder-beside-a-file", GOOD, zip_of([("b/data/checkpoint.x/", b"", folder)]).finish()
    yield "folder-that-is-deep", GOOD, zip_of([("b/1/2/3/4/5/6/7/", b"", folder)]).finish()


def main():
    sys.path.insert(0, str(HERE))
    import makers
    from probity_verifier import kinds

    table = kinds.load(HERE.parent.parent / "docs" / "format.md")

    def whole(spec):
        """Every field of the kind as the format page has it."""
        kind = table[spec["kind"], spec["v"]]
        fields = {name: spec["fields"].get(name) for name in kind.fields - kind.clear}
        spec["fields"] = {name: fields[name] for name in sorted(fields, key=lambda name: (len(name), name))}
        return spec

    def bundle(*more):
        return makers.Maker([whole(spec) for spec in (
            makers.genesis(), makers.appointment(makers.HEAD, ["headteacher"]), *more)]).files()

    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, verdict, raw in cases(bundle(), bundle(makers.appointment(makers.DPO, ["dpo"]))):
        digits = raw.hex()
        lines = [digits[at:at + 120] for at in range(0, len(digits), 120)]
        (FOLDER / f"{name}.txt").write_text("\n".join([f"expect: {verdict}", *lines]) + "\n")


if __name__ == "__main__":
    main()
