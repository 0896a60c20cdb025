"""The steps of Appendix B, "A bundle", in their order."""

from . import (authority, body, checkpoint, container, ed25519, entry, erasure, jsonl, kinds, older, outside, policy,
               proof, statement, times, transparent, tree)
from .fault import Fault

ZERO = bytes(32)
ALWAYS_C = ("typ", "kind-unknown")


class Verification:
    """One bundle, step by step. The first fault marked N is raised; the first marked C is kept."""

    def __init__(self, path, table, fingerprint=None, kept=None, trust=None):
        self.path, self.table, self.given, self.older = path, table, fingerprint, kept
        self.trust = trust or outside.Trust()
        self.bag = self.checkpoint = None
        self.entries, self.by_hash, self.pairs, self.carried = {}, {}, {}, {}
        self.chain = []             # seqs of the governance chain, ascending
        self.unjudged = None        # g: the lowest seq of a governance entry that cannot be judged
        self.authority = authority.Authority()
        self.fault = self.kept = self.since = self.policy = self.evidence = None
        self.heads, self.unsettled = [], set()
        self.judged = False         # step 8 has judged every entry
        self.timed = False          # step 9c found nothing wrong with what stands over heads

    def run(self):
        try:
            self.bag = container.open_bundle(self.path)                       # step 1
            container.check_manifests(self.bag.files)                         # step 2
            self.step3_checkpoint()
            self.step4a_entries()
            self.step4b_proofs()
            self.step5_ends()
            self.step6_governance_chain()
            self.step7_neighbours()
            self.step8_entries()
            self.judged = True
            self.step9a_checkpoint_signature()
            self.step9b_transparent()
            self.step9c_times()
            self.step10_policy()
            self.step11_jsonl()
            self.since = older.compare(self)                                  # step 12
        except Fault as fault:
            self.fault = fault
        if self.judged:
            self.evidence = self.outside()
        return self

    @property
    def verdict(self):
        return "not-genuine" if self.fault else "cannot-check" if self.kept else "intact"

    def fail(self, code, at, what, found=None, expected=None):
        """Raise a fault marked N, or keep one marked C. `at` is the entry's seq, if any."""
        fault = Fault(code, what, found, expected, at)
        g = self.unjudged
        unreadable = g is not None and (
            code in ("checkpoint-signature", "transparent", "policy", "times")
            or (code in ("unknown-key", "not-in-force", "governance") and (at > g or at == g == 0)))
        if code not in ALWAYS_C and not unreadable:
            raise fault
        self.kept = self.kept or fault

    def need(self, condition, *fault):
        if not condition:
            self.fail(*fault)
        return condition

    def kind_of(self, e):
        """The kind version, or None where the entry is one of unknown kind."""
        return self.table.get((e.kind, e.v)) if e.typ == entry.TYP else None

    def person(self, e):
        """Who signed in force, as far as the chain tells, or None."""
        known = self.authority.people.get(e.kid)
        return known.person if known and e.seq not in self.unsettled else None

    def ascending(self):
        return [self.entries[seq] for seq in sorted(self.entries)]

    def data(self, path):
        file = self.bag.files.get(path)
        return file.data if file else None

    def step3_checkpoint(self):
        raw = self.data("data/checkpoint")
        self.need(raw is not None, "checkpoint", None, "data/checkpoint is missing")
        note = checkpoint.parse(raw)
        self.need(note.size >= 2, "size", None, "the checkpoint's size", note.size, "at least 2")
        self.checkpoint = note

    def step4a_entries(self):
        for number in sorted(self.bag.entries):
            try:
                e = entry.parse(self.bag.entries[number].data)
            except Fault as fault:
                fault.entry = number
                raise
            self.need(e.typ == entry.TYP, "typ", number, "typ of the entry", e.typ, entry.TYP)
            self.need(e.seq == number, "name", number, "the number in the entry's file name", number, e.seq)
            self.need(e.iss == self.checkpoint.origin, "origin", number, "iss", e.iss, self.checkpoint.origin)
            self.entries[number], self.by_hash[e.hash] = e, e
        for e in self.ascending():
            if e.kind in kinds.GOVERNANCE and self.kind_of(e) is None and self.unjudged is None:
                self.unjudged = e.seq

    def step4b_proofs(self):
        for e in self.ascending():
            file = self.bag.proofs.get(e.seq)
            self.need(file is not None, "proof", e.seq, "the inclusion proof is missing")
            try:
                index, hashes, rest = proof.parse(file.data)
            except Fault as fault:
                fault.entry = e.seq
                raise
            self.need(index == str(e.seq), "name", e.seq, "the index in the proof file", index, e.seq)
            self.need(rest == self.checkpoint.raw, "copy-of-checkpoint", e.seq,
                      "the checkpoint in the proof file differs from data/checkpoint")
            self.need(tree.inclusion(e.seq, self.checkpoint.size, e.hash, hashes, self.checkpoint.root),
                      "proof", e.seq, "the inclusion proof does not lead to the root", None, self.checkpoint.root)

    def step5_ends(self):
        size = self.checkpoint.size
        self.need(0 in self.entries, "missing-genesis", 0, "entry 0 is not in the bundle")
        first = self.entries[0]
        self.need(first.kind == "genesis", "genesis", 0, "the kind of entry 0", first.kind, "genesis")
        problem = self.kind_of(first) and kinds.clear_fault(first)
        self.need(not problem, "genesis", 0, *(problem or ()))
        self.need(self.given in (None, first.hash), "genesis", 0, "the fingerprint", first.hash, self.given)
        self.need(size - 1 in self.entries, "missing-head", size - 1, f"entry {size - 1} is not in the bundle")

    def step6_governance_chain(self):
        code, head = "governance-chain", self.entries[self.checkpoint.size - 1]

        def follow(e):
            target = self.by_hash.get(e.gov)
            self.need(target is not None, code, e.seq, "the governance entry named is not in the bundle", e.gov)
            self.need(target.kind in kinds.GOVERNANCE, code, target.seq, "the kind of an entry of the chain",
                      target.kind, "a governance kind")
            self.need(target.seq < e.seq, code, e.seq, "seq along the chain", target.seq, f"below {e.seq}")
            return target

        at = head if head.kind in kinds.GOVERNANCE else follow(head)
        self.chain = [at.seq]
        while at.seq != 0:
            at = follow(at)
            self.chain.insert(0, at.seq)
        self.need(1 in self.chain, code, 1, "entry 1 is not part of the chain")
        for e in self.ascending():
            self.need(e.kind not in kinds.GOVERNANCE or e.seq in self.chain, code, e.seq,
                      "a governance entry that is not part of the chain")
        latest = ZERO
        for e in self.ascending():
            self.need(e.gov == latest, "gov", e.seq, "gov", e.gov, latest)
            if e.kind in kinds.GOVERNANCE:
                latest = e.hash

    def step7_neighbours(self):
        lower = {}                  # sub -> its entries of lower seq, ascending
        for e in self.ascending():
            before = self.entries.get(e.seq - 1)
            if e.seq == 0 or before:
                expected = before.hash if before else ZERO
                self.need(e.prev == expected, "prev", e.seq, "prev", e.prev, expected)
            same = lower.setdefault(e.sub, [])
            if e.sub == "ledger":
                self.need(e.case is None, "case", e.seq, "case where sub is ledger", e.case, "null")
            elif e.case is None:
                self.need(not same, "case", e.seq, "null, but the case has earlier entries", None,
                          same[-1].hash if same else None)
            elif e.case in self.by_hash:
                self.need(same and same[-1].hash == e.case, "case", e.seq, "case", e.case,
                          same[-1].hash if same else "an earlier entry of the same case")
            else:
                self.need(all(other.case != e.case for other in same), "case", e.seq,
                          "two entries of the case name the same predecessor", e.case)
            same.append(e)

    def step8_entries(self):
        for e in self.ascending():
            before = self.kept
            self.kept = None
            self.one_entry(e)
            passed = self.kept is None
            self.kept = before or self.kept
            if not passed:
                self.unsettled.add(e.seq)
            elif e.kind in kinds.GOVERNANCE:
                self.authority.apply(e)
        named = {doc["sha256"].hex() for _, _, doc in self.documents()}
        for folder in sorted(set(self.bag.documents) - named):
            raise Fault("container", "a document that no disclosed value names", folder)

    def one_entry(self, e):
        kind = self.kind_of(e)
        self.signed_by(e, kind)
        if self.need(kind, "kind-unknown", e.seq, "the kind and version", f"{e.kind} {e.v}"):
            self.form(e, kind)
            if e.kind == "statement":
                self.stated(e)
            else:
                self.links(e, kind)
            if e.kind in kinds.GOVERNANCE or e.kind == "erasure":
                self.acts(e, kind)
        self.body_file(e.said)

    def signed_by(self, e, kind):
        """Items 1 to 4, of an entry or of the statement in one."""
        at = e.seq
        if at == 0:
            key = e.clear["key"] if kind else None
            known = key is not None and ed25519.thumbprint(key) == e.kid
        else:
            known = e.kid in self.authority.people
            key = self.authority.people[e.kid].key if known else None
        # Of an entry 0 that can't be judged, `kind-unknown` or `typ` says it all.
        if at > 0 or kind:
            self.need(known, "unknown-key", at, "the key identifier", e.kid, "a key appointed before")
        for name, declared in authority.declared_keys(e) if kind else ():
            try:
                ed25519.check_key(declared)
            except ed25519.Refused as why:
                self.fail("key-rule", at, f"clear field {name}", str(why))
        if known:
            try:
                ed25519.check(key, e.signed, e.signature)
            except ed25519.Refused as why:
                self.fail("signature", at, "the signature", str(why), "a valid signature")
            if at == 0:
                self.need(e.role in e.clear["roles"], "not-in-force", at, "the role", e.role, e.clear["roles"])
            else:
                problem = self.authority.in_force(e)
                self.need(not problem, "not-in-force", at, *(problem or ()))

    def form(self, e, kind):
        """Items 6 and 7."""
        expected = kind.fields - kind.clear
        self.need(set(e.body) == expected, "fields", e.seq, "fields of the body", sorted(e.body), sorted(expected))
        problem = kinds.clear_fault(e)
        self.need(not problem, "clear", e.seq, *(problem or ()))

    def stated(self, e):
        """The statement in an entry: from here on it is what the entry says."""
        self.need(not e.links, "links", e.seq, "links of an entry of kind statement", len(e.links), "none")
        raw = e.clear["statement"]
        said = statement.said(e, self.entries)
        self.need(raw not in self.carried, "duplicate", e.seq, "a statement that was entered before",
                  f"by entry {self.carried.get(raw)}")
        self.carried[raw] = e.seq
        e.said = said
        kind = self.kind_of(said)
        self.signed_by(said, kind)
        if self.need(kind, "kind-unknown", e.seq, "the kind and version stated", f"{said.kind} {said.v}"):
            self.form(said, kind)
            self.links(said, kind)

    def links(self, e, kind):
        """Item 8."""
        at, rels = e.seq, [link["rel"] for link in e.links]
        self.need(set(rels) <= kinds.RELATIONS, "links", at, "relations", sorted(set(rels) - kinds.RELATIONS))
        for group in kind.links:
            self.need(group & set(rels), "links", at, "a required link", rels, " or ".join(sorted(group)))
        for link in e.links:
            target = self.by_hash.get(link["entry"])
            if target is None:
                continue
            self.need(target.seq < at, "links", at, "a link to a later entry", target.seq, f"below {at}")
            if e.kind == "correction" and link["rel"] == "corrects":
                self.need(target.sub == e.sub, "links", at, "the case of the entry corrected", target.sub, e.sub)

    def acts(self, e, kind):
        """Items 9 and 10."""
        at = e.seq
        self.need(kind.roles is None or e.role in kind.roles, "role", at, "the role", e.role,
                  sorted(kind.roles or ()))
        problem = erasure.names_fault(self, e) if e.kind == "erasure" else None
        self.need(not problem, "clear", at, *(problem or ()))
        problem = self.authority.governance_fault(e) if e.kind in kinds.GOVERNANCE else None
        self.need(not problem, "governance", at, *(problem or ()))

    def body_file(self, e):
        file = self.bag.bodies.get(e.seq)
        if file is None:
            return
        try:
            pairs = body.parse(file.data, e.body, e.kind == "statement" and self.kind_of(e) is None)
        except Fault as fault:
            fault.entry = e.seq
            raise
        for name, pair in pairs.items():
            if name not in e.body:
                continue
            computed = body.commitment(pair.salt, name, pair.raw)
            self.need(computed == e.body[name], "commitment", e.seq, f"field {name}", computed, e.body[name])
        self.pairs[e.seq] = pairs
        for seq, name, doc in self.documents(e.seq):
            held = self.bag.documents.get(doc["sha256"].hex())
            if held:
                self.need((held.sha256, held.size) == (doc["sha256"], doc["size"]), "document", seq,
                          f"document in field {name}", f"{held.sha256.hex()}, {held.size} bytes",
                          f"{doc['sha256'].hex()}, {doc['size']} bytes")

    def documents(self, only=None):
        """(seq, field, document value) for everything disclosed so far."""
        for seq in sorted(self.pairs) if only is None else (only,):
            for name, pair in self.pairs[seq].items():
                for doc in body.documents(pair.value):
                    yield seq, name, doc

    def step9a_checkpoint_signature(self):
        vkey = self.authority.log_at(self.checkpoint.size)
        problem = checkpoint.check_signature(self.checkpoint, vkey) if vkey else ("no log key is known",)
        self.need(not problem, "checkpoint-signature", None, *(problem or ()))

    def step9b_transparent(self):
        vkey = self.authority.log_at(self.checkpoint.size)
        receipts = transparent.Receipts(self.checkpoint, vkey.key) if vkey else None
        for seq, file in sorted(self.bag.transparent.items()):
            problem = ("no log key is known",)
            if receipts:
                _, hashes, _ = proof.parse(self.bag.proofs[seq].data)
                problem = receipts.problem(self.bag.entries[seq].data, seq, hashes, file.data)
            self.need(not problem, "transparent", seq, *(problem or ()))

    def step9c_times(self):
        self.heads = times.check(self.bag.files, self.checkpoint, self.authority.log_at, self.fail)
        self.timed = True

    def step10_policy(self):
        raw, vkey = self.data("data/policy.txt"), self.authority.log_at(self.checkpoint.size)
        try:
            if raw is None:
                raise Fault("policy", "data/policy.txt is missing")
            self.policy = policy.check(raw, vkey.text if vkey else None)
        except Fault as fault:
            self.fail("policy", None, fault.what, fault.found, fault.expected)

    def step11_jsonl(self):
        raw = self.data("data/entries.jsonl")
        self.need(raw is not None, "jsonl", None, "data/entries.jsonl is missing")
        if raw == jsonl.derive(self.ascending(), self.pairs):
            return
        lines = raw.split(b"\n")
        for number, e in enumerate(self.ascending()):
            expected = jsonl.line(e, self.pairs.get(e.seq, {})).encode("utf-8")
            found = lines[number] + b"\n" if number < len(lines) - 1 else b""
            self.need(found == expected, "jsonl", e.seq, f"line {number + 1} of data/entries.jsonl",
                      found.decode("utf-8", "replace"), expected.decode("utf-8"))
        self.fail("jsonl", None, "more lines than entries in data/entries.jsonl")

    def outside(self):
        """What outside evidence is worth to this reader: for the report alone, and nothing before step 9 has passed."""
        own = {person.key for person in self.authority.people.values()} | {v.key for _, v in self.authority.logs}
        return outside.Evidence(self.checkpoint if self.timed else None, self.heads, self.trust, self.policy,
                                self.authority.log_at, own)
