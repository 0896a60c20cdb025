"""A register as CSV, read by Python's own reader, against the same register as JSON lines.

Arguments: the CSV file, the file of JSON lines. Each cell has to be what JSON says of it, but that
one which a spreadsheet would calculate has an apostrophe before it, and that control characters
and those that turn or hide text are spelt out."""

import csv
import json
import sys
import unicodedata

FORMULA = tuple("=+-@＝＋－＠")


def hides(c):
    return unicodedata.category(c) in ("Cf", "Zl", "Zp") and c not in "\u200c\u200d" or c == "\u180e"


def expected(text):
    first = text
    while first and (first[0].isspace() or hides(first[0])):
        first = first[1:]
    acts = first.startswith(FORMULA) or text[:1] in ("\t", "\r", "\n")
    spelt = "".join(
        f"\\u{{{ord(c):x}}}"
        if hides(c) or unicodedata.category(c) == "Cc" and c not in "\t\r\n"
        else c
        for c in text
    )
    return "'" + spelt if acts else spelt


raw = open(sys.argv[1], "rb").read()
assert raw.startswith(b"\xef\xbb\xbf"), "no byte-order mark"
assert raw.endswith(b"\r\n"), "the last line doesn't end"
with open(sys.argv[1], encoding="utf-8-sig", newline="") as file:
    head, *rows = csv.reader(file, strict=True)
with open(sys.argv[2], encoding="utf-8") as file:
    lines = [json.loads(line) for line in file]

assert head[:2] == ["entries", "case"] and head[-2:] == ["marks", "as at"], head
assert len(rows) == len(lines), (len(rows), len(lines))
for row, line in zip(rows, lines):
    assert len(row) == len(head), row
    cells = line["cells"]
    assert [name.replace("-", " ").lower() for name in cells] == [n.lower() for n in head[2:-2]], head
    wanted = [
        " ".join(str(entry) for entry in line["entries"]),
        line["case"] or "",
        *(text or "" for text in cells.values()),
        "; ".join(line["marks"]),
        line["at"],
    ]
    assert row == [expected(text) for text in wanted], (row, wanted)
    for cell in row:
        assert not cell.lstrip().startswith(FORMULA) and cell[:1] not in ("\t", "\r", "\n"), cell
        assert not any(hides(c) for c in cell), cell
# A line ends in CRLF; a line end within a text stays as it was written, within quotes.
outside = "".join(part for at, part in enumerate(raw.decode("utf-8-sig").split('"')) if at % 2 == 0)
assert outside.count("\n") == outside.count("\r\n") == len(rows) + 1, "line ends"
print(len(rows), "rows")
