"""What a verdict reports, as one JSON object."""

from . import erasure, kinds
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


def accepted(acts, by_hash):
    """kids with an acceptance signed by the same key, linked to an appointment of that key."""
    return {act.kid for act in acts if act.kind == "acceptance" and accepts_own(act, by_hash)}


def accepts_own(act, by_hash):
    targets = [by_hash.get(link["entry"]) for link in act.links if link["rel"] == "accepts"]
    return any(t and t.kind == "appointment" and isinstance(t.clear.get("key"), bytes)
               and thumbprint(t.clear["key"]) == act.kid for t in targets)


def under_exception(act, by_hash):
    targets = [by_hash.get(link["entry"]) for link in act.links if link["rel"] == "excepts"]
    return any(target and target.said.kind == "exception" for target in targets)


def incomplete(run, acts, erasures):
    """Acts signed in a role that does not complete their kind, and under no exception; and erasures that lack
    what section 8 says of them. (Signatures that other kinds require are left to the other verifier.)"""
    seqs = []
    for act in acts:
        kind = run.kind_of(act)
        if kind is None or act.kind in kinds.GOVERNANCE:
            continue
        if act.kind == "erasure":
            complete = act.seq in erasures.complete
        else:
            complete = (kind.roles is None or act.role in kind.roles or under_exception(act, run.by_hash)
                        or (kind.appointee and accepts_own(act, run.by_hash)))
        if not complete:
            seqs.append(act.seq)
    return seqs


def keys(run, entries):
    """By key that signed; of an entry of kind statement, those of its author and of whoever entered it."""
    found, taken = {}, accepted([e.said for e in entries], run.by_hash)
    for kid in [kid for e in entries for kid in (e.kid, e.said.kid)]:
        person = run.authority.people.get(kid)
        if person:
            newest = person.appointments[-1]
            found[kid.hex()] = {"person": person.person.hex(), "roles": newest.roles, "appointed": newest.seq,
                                "revoked": person.revoked, "accepted": kid in taken}
    return found


def fields(run, acts, erasures):
    """Withheld fields and erased ones: without their openings, both."""
    erased = erasures.erased() if run.judged else []
    gone = {(row["entry"], name) for row in erased for name in row["fields"]}
    withheld = {str(act.seq): [name for name in act.body
                               if name not in run.pairs.get(act.seq, {}) and (act.seq, name) not in gone]
                for act in acts}
    return {seq: names for seq, names in withheld.items() if names}, erased


def build(run):
    """The report of one finished Verification."""
    note, entries, evidence = run.checkpoint, run.ascending(), run.evidence
    acts = [e.said for e in entries]
    fault = run.fault or run.kept
    erasures = erasure.Erasures(run)
    withheld, erased = fields(run, acts, erasures)
    absent = [{"entry": seq, "field": name, "name": doc["name"], "sha256": doc["sha256"].hex()}
              for seq, name, doc in run.documents() if doc["sha256"].hex() not in run.bag.documents]
    marks = run.authority.doubtful(entries, evidence.existed_by) if evidence else {}
    anchors = [e for e in entries if e.kind == "anchor" and run.kind_of(e)]
    return {
        "verdict": run.verdict,
        "fault": fault.as_dict() if fault else None,
        "size": note.size if note else None,
        "root": note.root.hex() if note else None,
        "origin": note.origin if note else None,
        "fingerprint": run.entries[0].hash.hex() if 0 in run.entries else None,
        "fingerprint_compared": run.given is not None,
        "entries": len(entries),
        "withheld": withheld,
        "erased": erased,
        "absent_documents": absent,
        "doubtful": sorted(marks),
        "cases": cases(entries, run.by_hash),
        "keys": keys(run, entries),
        "incomplete": incomplete(run, acts, erasures),
        "clock": [e.seq for before, e in zip(entries, entries[1:]) if e.iat < before.iat],
        "outside": evidence.rows if evidence else [],
        "witnessed": evidence.witnessed if evidence else [],
        "existed_by": evidence.existed_by() if evidence else [],
        "not_before": evidence.not_before(anchors) if evidence else [],
        "passed_over": evidence.passed_over if evidence else 0,
        "unjudged": [e.seq for e in entries if run.kind_of(e) is None or run.kind_of(e.said) is None],
        "not_checked": sorted(path for path, file in run.bag.files.items() if file.form == "copy") if run.bag else [],
        "since": run.since,
        "caveat": CAVEAT,
    }
