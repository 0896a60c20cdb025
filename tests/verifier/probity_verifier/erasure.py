"""Erasures (section 8, "Erasure"): which are complete, and what they name."""

DPO = ("dpo", "dpo-nominee")
IN_FAVOUR = ("proceed", "proceed-with-changes")


def linked(e, rel):
    return {link["entry"] for link in e.links if link["rel"] == rel}


def judged(run, kind):
    """Entries of a kind that can be judged, as what they say."""
    return [e.said for e in run.ascending() if e.said.kind == kind and run.kind_of(e) and run.kind_of(e.said)]


def may_sign(run, e):
    roles = run.kind_of(e).roles
    return roles is None or e.role in roles


def is_hushed(run, advice):
    """Whether an erasure names what this advice recommends."""
    return any(seq == advice.seq and (names is None or "recommendation" in names)
               for e in judged(run, "erasure") for seq, names in e.clear["entries"])


def favours(run, advice):
    """Whether advice counts: what it recommends may be withheld, but not erased; what is disclosed decides."""
    pair = run.pairs.get(advice.seq, {}).get("recommendation")
    return not is_hushed(run, advice) if pair is None else pair.value in IN_FAVOUR


def is_complete(run, e):
    """Whether an erasure that can be judged is complete."""
    author = run.person(e)
    if author is None or not may_sign(run, e):
        return False
    rules = [rule for rule in judged(run, "retention-rule")
             if rule.hash in linked(e, "about") and may_sign(run, rule) and run.person(rule)]
    if e.role == "administrator" and all(run.person(rule) == author for rule in rules):
        return False
    targets = {e.hash, *(rule.hash for rule in rules)}
    return any(advice.role in DPO and run.person(advice) not in (None, author) and favours(run, advice)
               and targets & linked(advice, "advises") for advice in judged(run, "dpo-advice"))


def erased(run):
    """Per entry and complete erasure, the fields that it is the first to name and whose openings are not here."""
    rows, told = [], {}
    for e in judged(run, "erasure"):
        if not is_complete(run, e):
            continue
        for seq, names in e.clear["entries"]:
            target = run.entries.get(seq)
            fields = [name for name in target.said.body if names is None or name in names] if target else []
            seen = told.setdefault(seq, set())
            gone = [name for name in fields if name not in run.pairs.get(seq, {}) and name not in seen]
            seen.update(gone)
            if gone:
                rows.append({"entry": seq, "fields": gone, "by": e.seq, "ground": e.clear["ground"]})
    return sorted(rows, key=lambda row: (row["entry"], row["by"]))


def names_fault(run, e):
    """Step 8, item 9: None, or (what, found, expected) of a field that the entry it names doesn't commit to."""
    for seq, names in e.clear["entries"]:
        target = run.entries.get(seq)
        if target is None or run.kind_of(target) is None or run.kind_of(target.said) is None:
            continue
        for name in names or ():
            if name not in target.said.body:
                return f"a field that entry {seq} doesn't commit to", name, sorted(target.said.body)
    return None
