"""The kinds of Appendix A, read from the page itself, and the clear fields of section 7."""

import pathlib
import re
from dataclasses import dataclass

from .checkpoint import parse_vkey
from .fault import InputError
from .values import MAX_INT, NAME, is_bytes, is_int, is_text

BEGIN, END = "<!-- appendix-a:begin -->", "<!-- appendix-a:end -->"
GOVERNANCE = ("genesis", "appointment", "revocation", "log-key", "anchor")
RELATIONS = frozenset("corrects accepts approves advises ratifies excepts withdraws removes decides signs-off "
                      "answers erases continues about".split())
REPRESENTATIVES = frozenset("headteacher acting-headteacher deputy-headteacher chair-of-governors "
                            "vice-chair-of-governors trust-executive trust-chair interim-board-chair".split())


@dataclass
class Kind:
    name: str
    version: int
    fields: frozenset
    clear: frozenset
    roles: frozenset | None     # None: whoever is in force
    appointee: bool             # signed by the person appointed
    links: list                 # each a set of relations, one of which is required
    signatures: str


def names_in(cell):
    """Names in back quotes; without any, the words between commas."""
    quoted = re.findall(r"`([a-z][a-z0-9-]{0,63})`", cell)
    if quoted:
        return quoted
    words = [word.strip() for word in re.split(r",|;|\band\b|\bor\b", cell)]
    return [word for word in words if NAME.fullmatch(word) and word not in ("none", "any")]


def link_groups(cell):
    groups = []
    for part in re.split(r";|\band\b", cell):
        names = [name for name in names_in(part) if name in RELATIONS]
        if re.search(r"\bor\b", part):
            groups.append(frozenset(names))
        else:
            groups.extend(frozenset([name]) for name in names)
    return [group for group in groups if group]


def column(title):
    title = title.strip().strip("*").lower()
    for word in ("clear", "link", "signature", "role", "field", "class", "version", "kind"):
        if word in title:
            return word
    return "version" if title == "v" else title


def read_row(row):
    names = names_in(row["kind"])
    digits = re.search(r"[0-9]+", row["version"])
    if len(names) != 1 or not digits:
        raise InputError(f"a row of the table of kinds cannot be read: {row}")
    roles = row["role"]
    listed = set(names_in(roles))
    if "representative" in roles.lower():
        listed |= REPRESENTATIVES
    is_any = not listed and re.search(r"\bany\b|\beveryone\b", roles.lower())
    kind = Kind(names[0], int(digits[0]), frozenset(names_in(row["field"])), frozenset(names_in(row["clear"])),
                None if is_any else frozenset(listed - {"appointee"}), bool(re.search("appointee|linked appointment", roles.lower())),
                link_groups(row["link"]), row.get("signature", ""))
    if kind.clear != set(CLEAR.get(kind.name, ())) or not kind.clear <= kind.fields:
        raise InputError(f"the clear fields of {kind.name} in Appendix A are not those of section 7")
    return kind


def load(page):
    """The table between the two marks: {(kind, version): Kind}."""
    try:
        text = pathlib.Path(page).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the format page cannot be read: {error}") from None
    table = text.partition(BEGIN)[2].partition(END)[0]
    kinds, header = {}, None
    for line in table.splitlines():
        line = line.strip()
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            continue
        titles = [column(cell) for cell in cells]
        if {"kind", "version", "field", "clear", "role", "link"} <= set(titles):
            header = titles
        elif header is None or len(cells) != len(header):
            raise InputError(f"a row of the table of kinds cannot be read: {line}")
        else:
            kind = read_row(dict(zip(header, cells)))
            kinds[kind.name, kind.version] = kind
    if not kinds:
        raise InputError("the format page has no table of kinds")
    return kinds


# Section 7: for each clear field, a test of (value, entry).

def _key32(value, entry):
    return is_bytes(value, 32)


def _person(value, entry):
    return is_bytes(value, 16)


def _text(value, entry):
    return is_text(value) and value != ""


def _time(value, entry):
    return is_int(value, 0)


def _time_or_null(value, entry):
    return value is None or is_int(value, 0)


def _log(value, entry):
    vkey = parse_vkey(value)
    return vkey is not None and vkey.name == entry.iss


def _roles(value, entry):
    return _names(value)


def _continues(value, entry):
    return value is None or (isinstance(value, dict) and set(value) == {"fingerprint", "size", "root"}
                             and is_bytes(value["fingerprint"], 32) and is_bytes(value["root"], 32)
                             and is_int(value["size"], 2))


def _until(value, entry):
    return value is None or (is_int(value, 0) and is_int(entry.clear.get("from"), 0, MAX_INT)
                             and entry.clear["from"] < value)


def _names(value):
    return (isinstance(value, list) and len(value) > 0 and all(is_text(name, NAME) for name in value)
            and all(a < b for a, b in zip(value, value[1:])))


def _erased(value, entry):
    return (isinstance(value, list) and 1 <= len(value) <= 256
            and all(isinstance(item, list) and len(item) == 2 and is_int(item[0], 0, entry.seq - 1)
                    and (item[1] is None or (_names(item[1]) and len(item[1]) <= 256)) for item in value)
            and all(a[0] < b[0] for a, b in zip(value, value[1:]))
            and sum(len(names or ()) for _, names in value) <= 4096)


def _ground(value, entry):
    return is_text(value) and value in ("retention", "request", "withdrawal", "court")


def _statement(value, entry):
    return isinstance(value, bytes) and 1 <= len(value) <= 60_000


def _decision(value, entry):
    return is_text(value) and value in ("approved", "approved-with-conditions", "refused")


CLEAR = {
    "genesis": {"format": lambda value, entry: is_int(value, 1, 1), "school": _text, "log": _log, "key": _key32,
                "person": _person, "roles": _roles, "continues": _continues},
    "appointment": {"person": _person, "key": _key32, "roles": _roles, "from": _time, "until": _until},
    "revocation": {"kid": _key32, "suspect-since": _time_or_null},
    "log-key": {"log": _log},
    "anchor": {"size": lambda value, entry: is_int(value, 2, entry.seq), "evidence": _key32},
    "approval": {"decision": _decision},
    "dpia-approval": {"decision": _decision},
    "erasure": {"entries": _erased, "ground": _ground},
    "statement": {"statement": _statement},
    "clock-correction": {"entry": lambda value, entry: is_int(value, 0, entry.seq - 1), "reason": _text},
}


def clear_fault(entry):
    """None if `clear` is as section 7 says for this kind, otherwise (what, found, expected)."""
    rules = CLEAR.get(entry.kind, {})
    if set(entry.clear) != set(rules):
        return "keys of clear", sorted(entry.clear), sorted(rules)
    for name, rule in rules.items():
        if not rule(entry.clear[name], entry):
            return f"clear field {name}", entry.clear[name], "a value by section 7"
    return None
