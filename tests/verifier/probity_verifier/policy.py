"""Policies (section 12): a bundle's, of which the form and the log line count, and a reader's own."""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from . import ed25519
from .checkpoint import WITNESS, parse_vkey
from .fault import Fault
from .values import decimal

MOST = 256


@dataclass
class Policy:
    logs: dict = field(default_factory=dict)        # public key -> vkey as text
    members: dict = field(default_factory=dict)     # name -> Vkey of a witness, None (never met), or (k, names)
    quorum: str = "none"

    def witnesses(self):
        """The witnesses that can cosign, by their names in the policy."""
        return {name: vkey for name, vkey in self.members.items() if vkey and not isinstance(vkey, tuple)}

    def is_met(self, cosigned):
        """Whether the quorum is met by the witnesses of these names."""
        if self.quorum == "none":
            return bool(set(self.witnesses()) & set(cosigned))
        met = {}
        for name, member in self.members.items():       # a group stands below all that it names
            if isinstance(member, tuple):
                met[name] = sum(met[inner] for inner in member[1]) >= member[0]
            else:
                met[name] = member is not None and name in cosigned
        return met[self.quorum]


def witness(text):
    """A witness's vkey, or None: such a witness never cosigns."""
    vkey = parse_vkey(text, WITNESS)
    try:
        if vkey:
            ed25519.check_key(vkey.key)
    except ed25519.Refused:
        return None
    return vkey


def parse(raw):
    """A Policy; raises the fault `policy`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("policy", "the policy is not well-formed UTF-8") from None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in text):
        raise Fault("policy", "a control character in the policy")
    policy, quorums = Policy(), 0

    def define(name, line, member):
        if name == "none" or name in policy.members:
            raise Fault("policy", "a name that is taken or reserved", line)
        if len(policy.members) == MOST:
            raise Fault("policy", "witnesses and groups", "more than 256", "at most 256")
        policy.members[name] = member

    for line in text.split("\n"):
        words = [word for word in line.replace("\t", " ").split(" ") if word]
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            read_log(policy, words[1], line)
        elif words[0] == "witness" and len(words) in (3, 4):
            vkey = witness(words[2])
            if vkey and any(other.key == vkey.key for other in policy.witnesses().values()):
                raise Fault("policy", "a witness line", line, "a key that is not listed already")
            define(words[1], line, vkey)
        elif words[0] == "group" and len(words) >= 4:
            names = words[3:]
            count = {"any": 1, "all": len(names)}.get(words[2]) or decimal(words[2])
            if not count or count > len(names) or not set(names) <= set(policy.members):
                raise Fault("policy", "a group line", line)
            define(words[1], line, (count, names))
        elif words[0] == "quorum" and len(words) == 2:
            quorums += 1
            policy.quorum = words[1]
            if words[1] != "none" and words[1] not in policy.members:
                raise Fault("policy", "the quorum names nothing defined above", line)
        else:
            raise Fault("policy", "a line of the policy", line)
    if quorums != 1:
        raise Fault("policy", "quorum lines", quorums, 1)
    taken = Counter(name for member in policy.members.values() if isinstance(member, tuple) for name in member[1])
    again = sorted(name for name, count in taken.items() if count > 1)
    if again:
        raise Fault("policy", "a name that is a member more than once", again)
    return policy


def read_log(policy, text, line):
    vkey = parse_vkey(text)
    if vkey is None or vkey.key in policy.logs:
        raise Fault("policy", "a log line", line, "a vkey whose key is not listed already")
    try:
        ed25519.check_key(vkey.key)
    except ed25519.Refused as why:
        raise Fault("policy", "the key of a log line", str(why)) from None
    policy.logs[vkey.key] = vkey.text
    if len(policy.logs) > MOST:
        raise Fault("policy", "log lines", len(policy.logs), "at most 256")


def check(raw, vkey_text):
    """A bundle's policy: its form, and that it names the log key (given as text) at the checkpoint's size."""
    policy = parse(raw)
    if vkey_text not in policy.logs.values():
        raise Fault("policy", "the log key of this checkpoint in the policy", sorted(policy.logs.values()), vkey_text)
    return policy
