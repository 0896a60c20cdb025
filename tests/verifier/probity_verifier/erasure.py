"""Erasures (section 8, "Erasure"): which are complete, and what they name."""

DPO = ("dpo", "dpo-nominee")
IN_FAVOUR = ("proceed", "proceed-with-changes")


def linked(e, rel):
    return {link["entry"] for link in e.links if link["rel"] == rel}


class Erasures:
    """What the entries of one run say of erasing, once step 8 has judged them all; each is gone through once."""

    def __init__(self, run):
        self.run = run
        self.acts = self.judged("erasure")
        # Whose recommendation an erasure names.
        self.hushed = {seq for e in self.acts for seq, names in e.clear["entries"]
                       if names is None or "recommendation" in names}
        self.rules = {rule.hash: run.person(rule) for rule in self.judged("retention-rule")
                      if self.may_sign(rule) and run.person(rule)}
        # By what is advised on: whose advice counts. Two people tell whether another than one of them gave it.
        self.advised = {}
        for advice in self.judged("dpo-advice"):
            person = run.person(advice)
            if advice.role not in DPO or person is None or not self.favours(advice):
                continue
            for target in linked(advice, "advises"):
                people = self.advised.setdefault(target, set())
                if len(people) < 2:
                    people.add(person)
        self.complete = {e.seq for e in self.acts if self.is_complete(e)}

    def judged(self, kind):
        """Entries of a kind that can be judged, as what they say."""
        return [e.said for e in self.run.ascending()
                if self.run.judged and e.said.kind == kind and self.run.kind_of(e) and self.run.kind_of(e.said)]

    def may_sign(self, e):
        roles = self.run.kind_of(e).roles
        return roles is None or e.role in roles

    def favours(self, advice):
        """Whether advice counts: what it recommends may be withheld, but not erased; what is disclosed decides."""
        pair = self.run.pairs.get(advice.seq, {}).get("recommendation")
        return advice.seq not in self.hushed if pair is None else pair.value in IN_FAVOUR

    def is_complete(self, e):
        """Whether an erasure that can be judged is complete."""
        author = self.run.person(e)
        if author is None or not self.may_sign(e):
            return False
        rules = linked(e, "about") & self.rules.keys()
        if e.role == "administrator" and all(self.rules[rule] == author for rule in rules):
            return False
        return any(self.advised.get(target, set()) - {author} for target in {e.hash, *rules})

    def erased(self):
        """Per entry and complete erasure, the fields that it is the first to name and whose openings are not here."""
        rows, left = [], {}
        for e in self.acts:
            if e.seq not in self.complete:
                continue
            for seq, names in e.clear["entries"]:
                if seq not in left:
                    left[seq] = self.missing(seq)
                gone = sorted((left[seq][name], name) for name in (list(left[seq]) if names is None else names)
                              if name in left[seq])
                for _, name in gone:
                    del left[seq][name]
                if gone:
                    rows.append({"entry": seq, "fields": [name for _, name in gone], "by": e.seq,
                                 "ground": e.clear["ground"]})
        return sorted(rows, key=lambda row: (row["entry"], row["by"]))

    def missing(self, seq):
        """The fields whose openings are not here, each with its place."""
        target, pairs = self.run.entries.get(seq), self.run.pairs.get(seq, {})
        names = target.said.body if target else ()
        return {name: place for place, name in enumerate(names) if name not in pairs}


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
