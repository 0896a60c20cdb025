"""What a verdict reports, as one JSON object."""

from . import kinds
from .ed25519 import thumbprint

CAVEAT = ("shows whether records are as signed, not whether they are true or complete or the decisions right; "
          "newer entries cannot be excluded")


def cases(entries, by_hash):
    """For each sub but ledger: whole, if every predecessor is there down to null."""
    result = {}
    for e in entries:
        if e.sub != "ledger":
            whole = e.case is None or (e.case in by_hash and result.get(e.sub) == "whole")
            result[e.sub] = "whole" if whole else "selection"
    return result


def accepted(entries, by_hash):
    """kids with an acceptance signed by the same key, linked to an appointment of that key."""
    return {e.kid for e in entries if e.kind == "acceptance" and accepts_own(e, by_hash)}


def accepts_own(e, by_hash):
    targets = [by_hash.get(link["entry"]) for link in e.links if link["rel"] == "accepts"]
    return any(t and t.kind == "appointment" and isinstance(t.clear.get("key"), bytes)
               and thumbprint(t.clear["key"]) == e.kid for t in targets)


def incomplete(entries, table, by_hash):
    """Acts signed in a role that does not complete their kind, and under no exception."""
    seqs = []
    for e in entries:
        kind = table.get((e.kind, e.v))
        if kind is None or e.kind in kinds.GOVERNANCE or kind.roles is None:
            continue
        if any(link["rel"] == "excepts" and getattr(by_hash.get(link["entry"]), "kind", "") == "exception"
               for link in e.links):
            continue
        if e.role not in kind.roles and not (kind.appointee and accepts_own(e, by_hash)):
            seqs.append(e.seq)
    return seqs


def build(run):
    """The report of one finished Verification."""
    note, entries = run.checkpoint, run.ascending()
    fault = run.fault or run.kept
    people, taken = run.authority.people, accepted(entries, run.by_hash)
    keys = {}
    for e in entries:
        person = people.get(e.kid)
        if person:
            newest = person.appointments[-1]
            keys[e.kid.hex()] = {"person": person.person.hex(), "roles": newest.roles, "appointed": newest.seq,
                                 "revoked": person.revoked, "accepted": e.kid in taken}
    withheld = {str(e.seq): [name for name in e.body if name not in run.pairs.get(e.seq, {})] for e in entries}
    absent = [{"entry": seq, "field": name, "name": doc["name"], "sha256": doc["sha256"].hex()}
              for seq, name, doc in run.documents() if doc["sha256"].hex() not in run.bag.documents]
    marks = run.authority.doubtful(entries) if run.finished else {}
    return {
        "verdict": run.verdict,
        "fault": fault.as_dict() if fault else None,
        "size": note.size if note else None,
        "root": note.root.hex() if note else None,
        "origin": note.origin if note else None,
        "fingerprint": run.entries[0].hash.hex() if 0 in run.entries else None,
        "fingerprint_compared": run.given is not None,
        "entries": len(entries),
        "withheld": {seq: names for seq, names in withheld.items() if names},
        "absent_documents": absent,
        "doubtful": sorted(marks),
        "cases": cases(entries, run.by_hash),
        "keys": keys,
        "incomplete": incomplete(entries, run.table, run.by_hash),
        "clock": [e.seq for before, e in zip(entries, entries[1:]) if e.iat < before.iat],
        "unjudged": [e.seq for e in entries if run.kind_of(e) is None],
        "not_checked": sorted(p for p, f in run.bag.files.items() if f.form in ("copy", "time")) if run.bag else [],
        "since": run.since,
        "caveat": CAVEAT,
    }
