"""Who may sign, as of an index (section 8)."""

from dataclasses import dataclass, field

from . import ed25519
from .checkpoint import parse_vkey
from .kinds import clear_fault


@dataclass
class Appointment:
    seq: int
    roles: list
    start: int
    until: int | None


@dataclass
class Person:
    key: bytes
    person: bytes
    appointments: list = field(default_factory=list)
    revoked: int | None = None

    def newest(self, index):
        """The newest appointment below an index (for entry 0: genesis itself)."""
        below = [a for a in self.appointments if a.seq < max(index, 1)]
        return below[-1] if below else None


class Authority:
    """What stands below the entry now looked at."""

    def __init__(self):
        self.people = {}            # kid -> Person
        self.logs = []              # (seq, Vkey)
        self.revocations = []       # (seq, kid, suspect-since)

    def in_force(self, entry):
        """None, or (what, found, expected). The key is known."""
        person = self.people[entry.kid]
        if person.revoked is not None:
            return "the key is revoked", f"revoked by entry {person.revoked}", "a key in force"
        newest = person.newest(entry.seq)
        if entry.role not in newest.roles:
            return "the role is not one of the appointment", entry.role, newest.roles
        if entry.iat < newest.start or (newest.until is not None and entry.iat >= newest.until):
            return "the time lies outside the appointment", entry.iat, f"{newest.start} to {newest.until}"
        return None

    def governance_fault(self, entry):
        """Rules for governance entries: None, or (what, found, expected)."""
        clear = entry.clear
        author = self.people.get(entry.kid)
        if entry.seq == 1:
            problem = self._entry_one(entry)
            if problem:
                return problem
        if entry.kind == "genesis" and entry.seq > 0:
            return "a second genesis", entry.seq, "genesis at 0 only"
        if entry.kind in ("appointment", "genesis") and any(v.key == clear["key"] for v in self._logs_at(entry)):
            return "a log key is appointed to a person", clear["key"], "a key of its own"
        if entry.kind == "appointment":
            known = self.people.get(ed25519.thumbprint(clear["key"]))
            if entry.seq > 1 and author and author.person == clear["person"]:
                return "an appointment of oneself", clear["person"], "another person"
            if known and known.person != clear["person"]:
                return "a key known under another person", clear["person"], known.person
            if known and known.revoked is not None:
                return "a revoked key is appointed again", clear["key"], "a new key"
        if entry.kind == "revocation":
            target = self.people.get(clear["kid"])
            if target is None or target.revoked is not None:
                return "the key revoked", clear["kid"], "a key known and not revoked"
            if author and author.person == target.person:
                return "a revocation of one's own key", target.person, "another person"
        if entry.kind == "log-key":
            key = parse_vkey(clear["log"]).key
            if any(person.key == key for person in self.people.values()):
                return "a person's key is declared as log key", key, "a key of its own"
        return None

    def _entry_one(self, entry):
        genesis = next((p for p in self.people.values() if p.appointments[0].seq == 0), None)
        if genesis is None or entry.kind != "appointment":
            return "entry 1", entry.kind, "an appointment of the genesis key"
        clear = entry.clear
        found = (clear["key"], clear["person"], clear["roles"], entry.kid)
        if found != (genesis.key, genesis.person, genesis.appointments[0].roles, ed25519.thumbprint(genesis.key)):
            return "entry 1", clear["key"], "the genesis key, its person and exactly its roles, signed by it"
        return None

    def _logs_at(self, entry):
        own = [parse_vkey(entry.clear["log"])] if entry.kind == "genesis" else []
        return [vkey for _, vkey in self.logs] + own

    def apply(self, entry):
        """The effects of a governance entry that passed all its checks."""
        clear = entry.clear
        if entry.kind in ("genesis", "appointment"):
            kid = ed25519.thumbprint(clear["key"])
            person = self.people.setdefault(kid, Person(clear["key"], clear["person"]))
            person.appointments.append(
                Appointment(entry.seq, clear["roles"], clear.get("from", 0), clear.get("until")))
        if entry.kind in ("genesis", "log-key"):
            self.logs.append((entry.seq, parse_vkey(clear["log"])))
        if entry.kind == "revocation":
            self.people[clear["kid"]].revoked = entry.seq
            self.revocations.append((entry.seq, clear["kid"], clear["suspect-since"]))

    def log_at(self, size):
        """The log key at a size, or None if none is known."""
        below = [vkey for seq, vkey in self.logs if seq < size]
        return below[-1] if below else None

    def doubtful(self, entries, existed_by):
        """{seq: (T, seq of the revocation)} for entries ascending; the earliest T counts.

        `existed_by` gives the least outside time over an entry, or None."""
        marks = {}
        for entry in entries:
            said, outside = entry.said, existed_by(entry.seq)
            bearing = [(since, seq) for seq, kid, since in self.revocations
                       if since is not None and kid == said.kid and entry.seq < seq]
            person = self.people.get(said.kid)
            deciding = person.newest(entry.seq) if person and entry.seq > 0 else None
            if deciding and deciding.seq in marks:
                bearing.append(marks[deciding.seq])
            bearing = [mark for mark in bearing if outside is None or outside > mark[0]]
            if bearing:
                marks[entry.seq] = min(bearing)
        return marks


def declared_keys(entry):
    """The keys an entry declares, as (field, 32 bytes); none unless its clear is as section 7 says."""
    if clear_fault(entry):
        return []
    keys = []
    if entry.kind in ("genesis", "appointment"):
        keys.append(("key", entry.clear["key"]))
    if entry.kind in ("genesis", "log-key"):
        keys.append(("log", parse_vkey(entry.clear["log"]).key))
    return keys
