"""Reading a bundle, zip or folder, by the rules "Container", "Files" and "Bag" of section 13."""

import hashlib
import os
import re
import stat
import struct
import unicodedata
import zlib
from dataclasses import dataclass

from .fault import Fault, InputError
from .values import MAX_INT

MOST_MEMBERS = 100_000
MOST_TOTAL = 4 << 30
MOST_KEPT, MOST_DIRECTORY = 512 << 20, 48 << 20
MOST_ENTRY, MOST_BODY, MOST_TEXT, MOST_PROOF = 65535, 1 << 20, 1 << 20, (1 << 20) + 4096
MOST_TRANSPARENT = MOST_ENTRY + 4096
MOST_MANIFEST, MOST_FILE = 32 << 20, 256 << 20
TAG_FILES = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt")
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

NUMBER = r"(?P<n>[0-9]{8}|[1-9][0-9]{8,15})"
HEAD, PIECE = "(?P<m>0|[1-9][0-9]{0,15})", "(?P<k>[1-9][0-9]{0,15})"
FORMS = [(kind, re.compile(form)) for kind, form in (
    ("tag", "|".join(map(re.escape, TAG_FILES))),
    ("read", r"data/(?:checkpoint|policy\.txt|entries\.jsonl)"),
    ("copy", r"data/(?:entries\.csv|schedule\.csv|index\.html|checking-by-hand\.md)"),
    ("entry", rf"data/entries/{NUMBER}\.cose"),
    ("proof", rf"data/proofs/{NUMBER}\.tlog-proof"),
    ("body", rf"data/bodies/{NUMBER}\.cbor"),
    ("transparent", rf"data/transparent/{NUMBER}\.cose"),
    ("document", r"data/documents/(?P<sha>[0-9a-f]{64})/file\.[a-z0-9]{1,8}"),
    ("time", rf"data/times/{HEAD}\.(?:txt|consistency|{PIECE}\.(?:tsr|note))"),
)]


@dataclass
class File:
    form: str
    sha256: bytes
    size: int
    data: bytes | None      # kept only for files that a later step reads


class Bag:
    def __init__(self):
        self.files, self.documents = {}, {}
        self.entries, self.proofs, self.bodies, self.transparent = {}, {}, {}, {}
        self.total = self.kept = 0

    def read(self, path, chunks):
        """Take in one file from the bytes it really yields, stopping at the bounds."""
        form, match = classify(path)
        if form == "document" and match["sha"] in self.documents:
            raise wrong("two files in one document folder", path)
        bound = bound_of(path, form)
        numbered = {"entry": self.entries, "proof": self.proofs, "body": self.bodies, "transparent": self.transparent}
        keep = form in ("tag", "read", "time") or form in numbered
        digest, size, kept = hashlib.sha256(), 0, []
        for chunk in chunks:
            size += len(chunk)
            self.total += len(chunk)
            self.kept += len(chunk) if keep else 0
            if size > bound or self.total > MOST_TOTAL or self.kept > MOST_KEPT:
                raise wrong("more bytes than allowed", path,
                            f"at most {bound}, and 4 GiB together, 512 MiB without documents and copies")
            digest.update(chunk)
            if keep:
                kept.append(chunk)
        file = self.files[path] = File(form, digest.digest(), size, b"".join(kept) if keep else None)
        if form == "document":
            self.documents[match["sha"]] = file
        elif form in numbered:
            numbered[form][int(match["n"])] = file

    def finish(self):
        for what, numbers in (("a proof", self.proofs), ("a body", self.bodies),
                              ("a transparent statement", self.transparent)):
            for number in sorted(set(numbers) - set(self.entries)):
                raise wrong(f"{what} without an entry", f"{number:08}")
        return self


def wrong(what, found=None, expected=None):
    return Fault("container", what, found, expected)


def bound_of(path, form):
    if form == "time" or path in ("data/checkpoint", "data/policy.txt", "bagit.txt", "bag-info.txt"):
        return MOST_TEXT
    return {"entry": MOST_ENTRY, "body": MOST_BODY, "proof": MOST_PROOF, "document": MOST_TOTAL,
            "transparent": MOST_TRANSPARENT, "tag": MOST_MANIFEST}.get(form, MOST_FILE)


def classify(path):
    for form, pattern in FORMS:
        match = pattern.fullmatch(path)
        if match and all(int(match[name]) <= MAX_INT for name in ("n", "m", "k") if match.groupdict().get(name)):
            return form, match
    raise wrong("a file that is not part of the format", path)


def fold(path):
    return re.sub("[A-Z]+", lambda m: m[0].lower(), path)


class Paths:
    """The path rules, over files and folder records together."""

    def __init__(self):
        self.folded = {}

    def check(self, path):
        if "\\" in path or ":" in path or any(unicodedata.category(c) == "Cc" for c in path):
            raise wrong("a path with a backslash, a colon or a control character", path)
        parts = path.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise wrong("a path that is absolute, climbs or has an empty component", path)
        folded = fold(path)
        if folded in self.folded:
            raise wrong("a path that occurs twice, or again in other letters", path, self.folded[folded])
        self.folded[folded] = path

    def check_folder(self, path, files):
        """Of a file and a folder below it, an unpacker would make only one. No file lies deeper than five components."""
        parts = fold(path).split("/", 5)[:5]
        for depth in range(1, len(parts) + 1):
            if "/".join(parts[:depth]) in files:
                raise wrong("a folder below a file", path)


def is_zip(path):
    """Is there an end-of-central-directory record?"""
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 65557))
        return b"PK\x05\x06" in file.read()


def open_bundle(path):
    try:
        if os.path.isdir(path):
            return read_folder(path)
        if not is_zip(path):
            raise InputError("neither a folder nor a zip file")
        with open(path, "rb") as file:
            return read_zip(file)
    except OSError as error:
        raise InputError(f"the bundle cannot be read: {error.strerror}") from None


def read_folder(top):
    bag, paths, found, count = Bag(), Paths(), [], 0

    folders = [(top, "")]
    while folders:
        folder, prefix = folders.pop()
        for item in sorted(os.scandir(folder), key=lambda item: item.name):
            path = prefix + item.name
            paths.check(path)
            count += 1
            if count > MOST_MEMBERS:
                raise wrong("more members than allowed", None, MOST_MEMBERS)
            info = item.stat(follow_symlinks=False)
            if stat.S_ISDIR(info.st_mode):
                folders.append((item.path, path + "/"))
            elif stat.S_ISREG(info.st_mode):
                found.append((path, item.path))
            else:
                raise wrong("neither a plain file nor a folder", path)

    for path, real in sorted(found):
        with open(real, "rb") as file:
            bag.read(path, iter(lambda: file.read(1 << 20), b""))
    return bag.finish()


def read_zip(file):
    length = file.seek(0, 2)
    members = read_list(file, *find_list(file, length))
    if members and all(member.flags & 1 for member in members):
        raise InputError("an encrypted zip: unpack it with its password, and check the zip in it")
    bag, paths, tops, wanted = Bag(), Paths(), set(), []
    for member in members:
        name = member.name
        is_folder = name.endswith("/")
        paths.check(name[:-1] if is_folder else name)
        top, _, rest = name.partition("/")
        tops.add(top)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", top) or len(tops) > 1 or not (rest or is_folder):
            raise wrong("everything lies in one top folder", name)
        kind = stat.S_IFMT(member.attributes >> 16)
        if kind not in (0, stat.S_IFDIR if is_folder else stat.S_IFREG):
            raise wrong("neither a plain file nor a folder", name)
        if member.flags & 1 or member.method not in (0, 8):
            raise wrong("encryption, or a method other than stored and deflate", name)
        if is_folder and member.size:
            raise wrong("a folder record with content", name)
        if not is_folder:
            classify(rest)
        wanted.append((None if is_folder else rest, member))
    files = {fold(member.name) for path, member in wanted if path is not None}
    room = [length]
    for path, member in wanted:
        if path is None:
            paths.check_folder(member.name, files)
        chunks = member_chunks(file, length, member, room)
        if path is not None:
            bag.read(path, chunks)
        elif any(chunks):       # a folder is a member without bytes
            raise wrong("a folder record with content", member.name)
    return bag.finish()


FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF


def part_of(file, at, length):
    file.seek(at)
    part = file.read(length)
    if len(part) < length:
        raise wrong("a part that lies beyond the end of the zip file")
    return part


def find_list(file, length):
    """Where the list of members begins, how long it is and how many it holds. One record that the file can end with,
    and none behind it: readers differ in which of several they believe."""
    base = max(0, length - 65557)
    tail = part_of(file, base, length - base)
    starts = [match.start() for match in re.finditer(b"PK\x05\x06", tail) if match.start() + 22 <= len(tail)]
    ending = [at for at in starts if at + 22 + int.from_bytes(tail[at + 20:at + 22], "little") == len(tail)]
    if len(ending) != 1 or ending != starts[-1:]:
        raise wrong("the end of the zip file", f"{len(ending)} of {len(starts)} end records end it", "the last, alone")
    said = struct.unpack("<4H2L", tail[ending[0] + 4:ending[0] + 20])
    at = base + ending[0]
    locator = part_of(file, at - 20, 20) if at >= 20 else b""
    if locator[:4] == b"PK\x06\x07":
        # The Zip64 record stands right before its locator, and says the same wherever the end says anything.
        disk, place, disks = struct.unpack("<LQL", locator[4:])
        at -= 76
        record = part_of(file, at, 56) if at >= 0 else b""
        if disk or disks > 1 or place != at or record[:12] != b"PK\x06\x06" + (44).to_bytes(8, "little"):
            raise wrong("the Zip64 record", place, at)
        large = struct.unpack("<2L4Q", record[16:])
        if any(short not in (full, FULL16 if which < 4 else FULL32)
               for which, (short, full) in enumerate(zip(said, large))):
            raise wrong("the numbers of the end and its Zip64 record", said, large)
        said = large
    disk, start_disk, here, count, size, start = said
    if disk or start_disk or here != count:
        raise wrong("the zip file", "several volumes", "one volume")
    if count > MOST_MEMBERS:
        raise wrong("more members than allowed", count, MOST_MEMBERS)
    if size > MOST_DIRECTORY:
        raise wrong("a list of members that is longer than allowed", size, MOST_DIRECTORY)
    if start + size != at:
        raise wrong("where the list of members begins", start, at - size)
    return start, size, count


@dataclass
class Member:
    name: str
    flags: int
    method: int
    crc: int
    size: int
    packed: int
    offset: int
    attributes: int


def read_list(file, start, size, count):
    """The members; the list holds them and nothing else."""
    data, at, members = part_of(file, start, size), 0, []
    while at < size:
        if len(members) == count:
            raise wrong("the list of members", "more than its end says", count)
        header = data[at:at + 46]
        if len(header) < 46 or header[:4] != b"PK\x01\x02":
            raise wrong("the list of members", f"{len(members)} members and something else", count)
        (flags, method, crc, packed, unpacked, name, extra, comment, attributes,
         offset) = struct.unpack("<8x2H4x3L3H4x2L", header)
        end = at + 46 + name + extra + comment
        if end > size:
            raise wrong("the list of members", "a member that is cut off")
        raw = data[at + 46:at + 46 + name]
        unpacked, packed, offset = extras(data[at + 46 + name:end - comment], raw, [unpacked, packed, offset])
        try:
            members.append(Member(raw.decode("utf-8"), flags, method, crc, unpacked, packed, offset, attributes))
        except UnicodeDecodeError:
            raise wrong("a name that is not UTF-8", repr(raw)) from None
        at = end
    if len(members) != count:
        raise wrong("members in the central directory", len(members), count)
    return members


def extras(extra, name, numbers):
    """The numbers, where those of all ones are replaced by the Zip64 field, if there is one."""
    seen = False
    while len(extra) >= 4:
        kind, length = struct.unpack("<2H", extra[:4])
        content, extra = extra[4:4 + length], extra[4 + length:]
        if len(content) < length:
            raise wrong("an extra field that is cut off", repr(name))
        if kind == 0x7075 and (length < 5 or content[5:] != name):
            raise wrong("a second name", repr(name))
        if kind == 1:
            if seen:
                raise wrong("two Zip64 fields", repr(name))
            seen = True
            for which, number in enumerate(numbers):
                if number == FULL32:
                    if len(content) < 8:
                        raise wrong("a Zip64 field that is too short", repr(name))
                    numbers[which], content = int.from_bytes(content[:8], "little"), content[8:]
    return numbers


def member_chunks(file, length, member, room):
    """The bytes of one member, as decompression yields them; CRC and size are checked at the end. `room` is how many
    bytes of the zip are left to members: those that lie over each other would be unpacked any number of times."""
    if member.offset > length:
        raise wrong("no local header", member.name)
    header = part_of(file, member.offset, 30)
    if header[:4] != b"PK\x03\x04":
        raise wrong("no local header", member.name)
    flags, method, crc_there, packed, unpacked, name_length, extra_length = struct.unpack("<6xHH4xLLLHH", header)
    name = part_of(file, member.offset + 30, name_length)
    extra = part_of(file, member.offset + 30 + name_length, extra_length)
    if name != member.name.encode("utf-8"):
        raise wrong("the local header names another file", member.name)
    if method != member.method:
        raise wrong("the local header names another method", member.name)
    if not flags & 8:
        unpacked, packed = extras(extra, name, [unpacked, packed])
        if (crc_there, packed, unpacked) != (member.crc, member.packed, member.size):
            raise wrong("the local header has another CRC or size", member.name)
    whole = 30 + name_length + extra_length + member.packed
    room[0] -= whole
    if member.offset + whole > length or room[0] < 0:
        raise wrong("bytes beyond the end, or members that lie over each other", member.name)
    left, crc, size = member.packed, 0, 0
    inflate = zlib.decompressobj(-15) if member.method == 8 else None
    pending = b""
    while True:
        if not pending and left:
            pending = file.read(min(left, 1 << 16))
            left -= len(pending)
            if not pending:
                raise wrong("the data ends too early", member.name)
        if inflate is None:
            chunk, pending = pending, b""
        else:
            try:
                chunk = inflate.decompress(pending, 1 << 20)
            except zlib.error as error:
                raise wrong("the compressed data", str(error)) from None
            pending = inflate.unconsumed_tail
            if inflate.eof:
                left, pending = 0, b""      # what follows belongs to nothing
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        if chunk:
            yield chunk
        elif not left and not pending:
            break
    if (inflate and not inflate.eof) or crc != member.crc or size != member.size:
        raise wrong("CRC-32, size or end of the data", member.name)


def manifest_text(files, paths):
    return "".join(f"{files[p].sha256.hex()}  {p}\n" for p in sorted(paths)).encode("ascii")


def check_manifests(files):
    """Step 2. The files are known, so each manifest is derived and compared byte for byte."""
    def need(path, expected):
        if files[path].data == expected:
            return
        found, lines = files[path].data.split(b"\n"), expected.split(b"\n")
        pairs = [(a, b) for a, b in zip(found + [b""] * len(lines), lines + [b""] * len(found)) if a != b]
        # Without such a pair, one side only has more empty lines at its end.
        a, b = (side.decode("utf-8", "replace") for side in (pairs or [(b"another end", b"its end")])[0])
        raise Fault("manifest", path, a, b)

    for path in TAG_FILES:
        if path not in files:
            raise Fault("manifest", "a tag file is missing", None, path)
    need("bagit.txt", BAGIT)
    need("tagmanifest-sha256.txt", manifest_text(files, TAG_FILES[:3]))
    need("manifest-sha256.txt", manifest_text(files, [p for p in files if p.startswith("data/")]))
