"""Reading a bundle, zip or folder, by the rules "Container", "Files" and "Bag" of section 13."""

import hashlib
import os
import re
import stat
import struct
import unicodedata
import zipfile
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
        counts = keep and form != "time"
        digest, size, kept = hashlib.sha256(), 0, []
        for chunk in chunks:
            size += len(chunk)
            self.total += len(chunk)
            self.kept += len(chunk) if counts else 0
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


class Paths:
    """The path rules, over files and folder records together."""

    def __init__(self):
        self.seen, self.folded = set(), {}

    def check(self, path):
        if "\\" in path or ":" in path or any(unicodedata.category(c) == "Cc" for c in path):
            raise wrong("a path with a backslash, a colon or a control character", path)
        parts = path.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise wrong("a path that is absolute, climbs or has an empty component", path)
        if path in self.seen:
            raise wrong("a path that occurs twice", path)
        self.seen.add(path)
        for count in range(1, len(parts) + 1):
            piece = "/".join(parts[:count])
            folded = re.sub("[A-Z]+", lambda m: m[0].lower(), piece)
            if self.folded.setdefault(folded, piece) != piece:
                raise wrong("two paths that differ only in the case of letters", path, self.folded[folded])


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
    check_end(file)
    directory = directory_size(file)
    if directory > MOST_DIRECTORY:
        raise wrong("a list of members that is longer than allowed", directory, MOST_DIRECTORY)
    try:
        archive = zipfile.ZipFile(file)
    except Exception as error:      # the reader of the standard library has many ways to refuse
        raise wrong("the zip file", str(error)) from None
    members = archive.infolist()
    if members and all(member.flag_bits & 1 for member in members):
        raise InputError("an encrypted zip: unpack it with its password, and check the zip in it")
    file.seek(-min(65557, file.seek(0, 2)), 2)
    tail = file.read()
    record = tail[tail.rfind(b"PK\x05\x06"):]
    disk, start, here, total = struct.unpack("<4H", record[4:12]) if len(record) >= 22 else (1, 1, 0, 0)
    if {disk, start} - {0, 0xFFFF}:
        raise wrong("the zip file", "several volumes", "one volume")
    if {here, total} - {0xFFFF, len(members)}:
        raise wrong("members in the central directory", len(members), total)
    if len(members) > MOST_MEMBERS:
        raise wrong("more members than allowed", len(members), MOST_MEMBERS)
    bag, paths, tops, wanted = Bag(), Paths(), set(), []
    for member in members:
        name = member.orig_filename
        try:
            name.encode("utf-8" if member.flag_bits & 0x800 else "cp437").decode()
        except UnicodeError:
            raise wrong("a name that is not UTF-8", name) from None
        is_folder = name.endswith("/")
        paths.check(name[:-1] if is_folder else name)
        top, _, rest = name.partition("/")
        tops.add(top)
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", top) or len(tops) > 1 or not (rest or is_folder):
            raise wrong("everything lies in one top folder", name)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR if is_folder else 0):
            raise wrong("neither a plain file nor a folder", name)
        if member.flag_bits & 1 or member.compress_type not in (0, 8):
            raise wrong("encryption, or a method other than stored and deflate", name)
        if is_folder and member.file_size:
            raise wrong("a folder record with content", name)
        if not is_folder:
            classify(rest)
            wanted.append((rest, member))
    for path, member in wanted:
        bag.read(path, member_chunks(file, member))
    return bag.finish()


def check_end(file):
    """One record that the file can end with, and none behind it: readers differ in which of several they believe."""
    file.seek(-min(65557, file.seek(0, 2)), 2)
    tail = file.read()
    starts = [match.start() for match in re.finditer(b"PK\x05\x06", tail) if match.start() + 22 <= len(tail)]
    ending = [at for at in starts if at + 22 + int.from_bytes(tail[at + 20:at + 22], "little") == len(tail)]
    if len(ending) != 1 or ending != starts[-1:]:
        raise wrong("the end of the zip file", f"{len(ending)} of {len(starts)} end records end it", "the last, alone")


def directory_size(file):
    """How long the end of the zip says that the central directory is: the library reads all of it at once. It has to
    begin where the end says, too: readers differ in what they take for the beginning of a zip behind other bytes."""
    length = file.seek(0, 2)
    base = max(0, length - 65557 - 20)
    file.seek(base)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    size, stated, end = (*struct.unpack("<LL", tail[at + 12:at + 20]), base + at) if len(tail) - at >= 22 else (0, 0, 0)
    locator = tail[at - 20:at] if at >= 20 else b""
    if locator[:4] == b"PK\x06\x07":
        place = struct.unpack("<Q", locator[8:16])[0]
        file.seek(min(place, length))
        record = file.read(56)
        if record[:4] == b"PK\x06\x06" and len(record) == 56:
            size, stated, end = (*struct.unpack("<QQ", record[40:56]), place)
    if size <= MOST_DIRECTORY and end - size != stated:
        raise wrong("where the list of members begins", end - size, stated)
    return size


def member_chunks(file, member):
    """The bytes of one member, as decompression yields them; CRC and size are checked at the end."""
    if not 0 <= member.header_offset < file.seek(0, 2):
        raise wrong("no local header", member.orig_filename)
    file.seek(member.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise wrong("no local header", member.orig_filename)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    coding = "utf-8" if member.flag_bits & 0x800 else "cp437"
    if file.read(name_length) != member.orig_filename.encode(coding):
        raise wrong("the local header names another file", member.orig_filename)
    flags, method, crc_there, packed, unpacked = struct.unpack("<6xHH4xLLL4x", header)
    if method != member.compress_type:
        raise wrong("the local header names another method", member.orig_filename)
    in_zip64 = 0xffffffff
    if not flags & 8 and (crc_there != member.CRC or packed not in (member.compress_size, in_zip64)
                          or unpacked not in (member.file_size, in_zip64)):
        raise wrong("the local header has another CRC or size", member.orig_filename)
    file.seek(extra_length, 1)
    left, crc, size = member.compress_size, 0, 0
    inflate = zlib.decompressobj(-15) if member.compress_type == 8 else None
    pending = b""
    while True:
        if not pending and left:
            pending = file.read(min(left, 1 << 16))
            left -= len(pending)
            if not pending:
                raise wrong("the data ends too early", member.orig_filename)
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
    if (inflate and not inflate.eof) or crc != member.CRC or size != member.file_size:
        raise wrong("CRC-32, size or end of the data", member.orig_filename)


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
