"""What outside evidence is worth to a reader (section 15). It never changes a verdict."""

import hashlib
from dataclasses import dataclass, field

from . import checkpoint, timestamp


# Most lines of known witnesses that are judged in one note, and most cosignatures and tokens in one bundle.
MOST_LINES, MOST_PIECES = 1024, 10_000


@dataclass
class Trust:
    """Whom the reader trusts: their own policy, and root certificates of timestamp authorities."""

    policy: object = None
    roots: list = field(default_factory=list)


@dataclass
class Cosigned:
    """One line by a witness that a policy names."""

    name: str           # in the reader's policy, if it is named there
    row: dict


class Evidence:
    """All evidence in one bundle, judged."""

    def __init__(self, note, heads, trust, bundle_policy, log_at, own_keys):
        self.trust, self.bundle_policy, self.own_keys = trust, bundle_policy, own_keys
        self.rows, self.witnessed, self.existed, self.anchored = [], [], [], {}
        self.left, self.passed_over = MOST_PIECES, 0
        lines = {}          # size -> the lines over that head
        # The checkpoint, then head by head, notes before tokens: so it is the same pieces that are too many.
        own = [("data/checkpoint", note.size, note)] if note else []
        for notes, head in [(own, None)] + [([(path, head.size, n) for path, n in head.notes], head) for head in heads]:
            for path, size, found in notes:
                judged = self.lines(path, size, found)
                lines.setdefault(size, []).extend(judged)
                times = [line.row["time"] for line in judged if line.row["state"] == "trusted"]
                if path != "data/checkpoint" and times:
                    self.anchored[size, hashlib.sha256(found.raw).digest()] = max(times)
                self.rows += [line.row for line in judged]
            for path, raw in head.tokens if head else ():
                if self.takes_another():
                    self.token(path, head, raw)
        for size, found in sorted(lines.items()):
            time = self.witnessed_at(found, log_at(size))
            if time is not None:
                self.witnessed.append({"size": size, "time": time})
                self.existed.append((size, time))
        self.rows.sort(key=lambda row: (row["size"], row["file"].encode("utf-8")))     # stable: then by place

    def lines(self, path, size, note):
        """The cosignatures in a note by witnesses of the reader's policy, or else of the bundle's."""
        found, seen = [], set()
        for key_name, blob in note.lines:
            if (key_name, blob) in seen:
                continue            # equal lines are one
            for policy, state in ((self.trust.policy, "trusted"), (self.bundle_policy, "claimed")):
                named = [(name, vkey) for name, vkey in (policy.witnesses() if policy else {}).items()
                         if vkey.name == key_name and vkey.key_id == blob[:4]]
                if named:
                    if len(found) == MOST_LINES:
                        self.passed_over += 1
                    elif self.takes_another():
                        seen.add((key_name, blob))
                        found.append(self.line(path, size, note, key_name, blob, named, state))
                    break
        return found

    def takes_another(self):
        takes = self.left > 0
        self.left -= takes
        self.passed_over += not takes
        return takes

    def line(self, path, size, note, key_name, blob, named, state):
        for name, vkey in named:        # more than one only where four bytes of hash collide
            time = checkpoint.cosignature(note.text, blob, vkey.key)
            if time is not None and vkey.key not in self.own_keys:
                break
        else:
            time, state = None, "invalid"
        return Cosigned(name, {"size": size, "file": path, "by": key_name, "time": time, "state": state})

    def token(self, path, head, raw):
        judged = timestamp.judge(raw, head.text, self.trust.roots)
        self.rows.append({"size": head.size, "file": path, "by": judged.by, "time": judged.time,
                          "state": judged.state})
        if judged.state == "trusted":
            self.existed.append((head.size, judged.time))
            self.anchored[head.size, hashlib.sha256(raw).digest()] = judged.time

    def witnessed_at(self, lines, log):
        """The least time by which the reader's quorum is met, or None."""
        policy = self.trust.policy
        if policy is None or (policy.logs and (log is None or log.text not in policy.logs.values())):
            return None
        names = set()
        counted = [line for line in lines if line.row["state"] == "trusted"]
        for line in sorted(counted, key=lambda line: line.row["time"]):
            names.add(line.name)
            if policy.is_met(names):
                return line.row["time"]
        return None

    def existed_by(self, index=None):
        """The pairs that say more than another; or the least time over one entry, or None."""
        if index is not None:
            return min((time for size, time in self.existed if size > index), default=None)
        pairs = {(size, time) for size, time in self.existed
                 if not any(other != (size, time) and other[0] >= size and other[1] <= time for other in self.existed)}
        return [{"below": size, "time": time} for size, time in sorted(pairs)]

    def not_before(self, anchors):
        """The same for anchors: no entry above an index was signed before a time."""
        times = {(anchor.seq, self.anchored.get((anchor.clear["size"], anchor.clear["evidence"])))
                 for anchor in anchors}
        times = {(index, time) for index, time in times if time is not None}
        pairs = [pair for pair in times
                 if not any(other != pair and other[0] <= pair[0] and other[1] >= pair[1] for other in times)]
        return [{"above": index, "time": time} for index, time in sorted(pairs)]
