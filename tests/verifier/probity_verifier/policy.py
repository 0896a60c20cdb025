"""The policy file (section 12). Nothing in a verdict rests on it; only its form and the log line count."""

import unicodedata

from . import ed25519
from .checkpoint import parse_vkey
from .fault import Fault
from .values import decimal

MOST = 256


def check(raw, vkey_text):
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Fault("policy", "the policy is not well-formed UTF-8") from None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in text):
        raise Fault("policy", "a control character in the policy")
    logs, names, quorums = {}, set(), 0

    def define(name, line):
        if name == "none" or name in names:
            raise Fault("policy", "a name that is taken or reserved", line)
        if len(names) == MOST:
            raise Fault("policy", "witnesses and groups", "more than 256", "at most 256")
        names.add(name)

    for line in text.split("\n"):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log" and len(words) in (2, 3):
            vkey = parse_vkey(words[1])
            if vkey is None or vkey.key in logs:
                raise Fault("policy", "a log line", line, "a vkey whose key is not listed already")
            try:
                ed25519.check_key(vkey.key)
            except ed25519.Refused as why:
                raise Fault("policy", "the key of a log line", str(why)) from None
            logs[vkey.key] = vkey.text
            if len(logs) > MOST:
                raise Fault("policy", "log lines", len(logs), "at most 256")
        elif words[0] == "witness" and len(words) in (3, 4):
            define(words[1], line)
        elif words[0] == "group" and len(words) >= 4:
            members = words[3:]
            count = {"any": 1, "all": len(members)}.get(words[2]) or decimal(words[2])
            if not count or count > len(members) or not set(members) <= names:
                raise Fault("policy", "a group line", line)
            define(words[1], line)
        elif words[0] == "quorum" and len(words) == 2:
            quorums += 1
            if words[1] != "none" and words[1] not in names:
                raise Fault("policy", "the quorum names nothing defined above", line)
        else:
            raise Fault("policy", "a line of the policy", line)
    if quorums != 1:
        raise Fault("policy", "quorum lines", quorums, 1)
    if vkey_text not in logs.values():
        raise Fault("policy", "the log key of this checkpoint in the policy", sorted(logs.values()), vkey_text)
