"""Outside times: what stands under data/times (step 9c), and what cosignatures and tokens are worth to a reader."""

import base64
import hashlib
import unittest

from probity_verifier.fault import InputError
from probity_verifier.policy import parse

from makers import (DEPUTY, DPO, HEAD, LOG, LOG2, ORIGIN, OUTSIDER, ZERO, Bundles, Key, Maker, appointment, b64,
                    base_specs, cosignature, note, revocation, spec, vkey, witness_vkey)
import authorities
from authorities import NOW

ONE, TWO, THREE = Key(31), Key(32), Key(33)
NAMES = {ONE: "witness.example/one", TWO: "two.example", THREE: "three"}


def line(key, made, size, time, name=None):
    return cosignature(key, name or NAMES[key], head_text(made, size), time)


def head_text(made, size):
    return made.head(size).split(b"\n\n")[0] + b"\n"


def policy(*keys, quorum="none", log=None, more=""):
    lines = "".join(f"witness w{number} {witness_vkey(key, NAMES[key])}\n" for number, key in enumerate(keys, 1))
    return f"{f'log {log}' if log else '# no log'}\n{lines}{more}quorum {quorum}\n".encode()


def longer():
    return base_specs() + [note(), note(), note()]


class Outside(Bundles):
    def made(self, specs=None, own=None, **times):
        """A bundle with evidence: `own` makes the lines under its head, `t<m>` what stands over a smaller one."""
        def data(files):
            for name, make in times.items():
                files.update(made.times(int(name[1:]), **make(made)))
        made = Maker(longer() if specs is None else specs, data=data)
        if own:
            made.tweaks["checkpoint"] = lambda m: m.head(lines=lambda log: log + "".join(own(m)))
        return made

    def trusting(self, made, raw=None, roots=(), code=None, **options):
        if raw is not None:
            options["trusted_policy"] = self.write(raw, "policy")
        if roots:
            options["tsa_roots"] = self.write(b"".join(root.pem for root in roots), "roots.pem")
        return self.expect(made, code, **options)

    def states(self, result):
        return [(row["size"], row["file"].removeprefix("data/"), row["by"], row["time"], row["state"])
                for row in result["outside"]]


def blobs(count, key=ONE):
    """Lines of a witness that are none of its cosignatures, each another."""
    vkey_of = witness_vkey(key, NAMES[key]).split("+")[1]
    return "".join(f"\u2014 {NAMES[key]} {b64(bytes.fromhex(vkey_of) + number.to_bytes(3, 'big'))}\n"
                   for number in range(count))


def noted(size, *signers, log=LOG):
    """The files of a note with cosignatures over a head."""
    return lambda made: {"_1_note": made.head(size, log=log, lines=lambda own: own + "".join(
        line(key, made, size, time) for key, time in signers))}


class TestForm(Outside):
    """Step 9c."""

    def refused(self, made, code="times"):
        self.expect(made, code)

    def test_heads_of_every_size(self):
        times = {f"t{size}": lambda made: {} for size in range(2, 8)}
        self.expect(self.made(**times), None)

    def test_refused(self):
        for title, size, change in [
            ("size 1", 1, {}), ("size 0", 0, {"_consistency": b""}), ("beyond", 8, {"_consistency": b""}),
            ("no text", 4, {"_txt": None}), ("no proof", 4, {"_consistency": None}),
            ("a proof that proves nothing", 4, {"_consistency": b""}),
            ("a proof that its own head needs none of", 7, {"_consistency": b""}),
            ("another proof", 4, {"_consistency": (b64(ZERO) + "\n").encode() * 2}),
            ("64 hashes", 4, {"_consistency": (b64(ZERO) + "\n").encode() * 64}),
            ("no end of line", 4, {"_consistency": b64(ZERO).encode()}),
            ("no hash", 4, {"_consistency": b"x\n"}),
            ("another root", 4, {"_txt": f"{ORIGIN}\n4\n{b64(ZERO)}\n".encode()}),
            ("another root of its own head", 7, {"_txt": f"{ORIGIN}\n7\n{b64(ZERO)}\n".encode()}),
        ]:
            with self.subTest(title):
                self.refused(self.made(**{f"t{size}": lambda made: change}))
        for title, change in [
            ("another origin", lambda raw: raw.replace(b"example", b"another")),
            ("another size", lambda raw: raw.replace(b"\n4\n", b"\n5\n")),
            ("a size with a zero", lambda raw: raw.replace(b"\n4\n", b"\n04\n")),
            ("one more line", lambda raw: raw + b"\n"), ("no end of line", lambda raw: raw[:-1]),
            ("other line ends", lambda raw: raw.replace(b"\n", b"\r\n")), ("nothing", lambda raw: b""),
        ]:
            with self.subTest(title):
                self.refused(self.made(t4=lambda made: {"_txt": change(head_text(made, 4))}))

    def test_notes(self):
        self.expect(self.made(t4=noted(4, (ONE, 5))), None)
        for title, note_of in [
            ("no note", lambda made: b"x"), ("another head", lambda made: made.head(5)),
            ("by another key", lambda made: made.head(4, log=LOG2)),
            ("twice", lambda made: made.head(4, lines=lambda own: own * 2)),
            ("by a witness alone", lambda made: made.head(4, lines=lambda own: line(ONE, made, 4, 5))),
        ]:
            with self.subTest(title):
                self.refused(self.made(t4=lambda made: {"_1_note": note_of(made)}))

    def test_the_log_key_is_the_one_of_that_size(self):
        specs = base_specs() + [spec("log-key", HEAD, "headteacher", {"log": vkey(LOG2)}, {"reason": None}), note()]
        for size, log, code in ((4, LOG, None), (4, LOG2, "times"), (5, LOG2, None), (5, LOG, "times")):
            made = self.made(specs, **{f"t{size}": noted(size, log=log)})
            made.log = LOG2
            with self.subTest(size=size, code=code):
                self.refused(made, code)

    def test_most_signature_lines(self):
        """Of all notes together, also by those whom nobody knows."""
        for more, code in (0, None), (1, "times"):
            note_of = lambda lines: lambda m: m.head(5, lines=lambda own: own + "\u2014 x AAAAAAA=\n" * lines)
            made = self.made(t5=lambda m: {"_1_note": note_of(50_000)(m), "_2_note": note_of(49_998 + more)(m)})
            with self.subTest(more):
                self.expect(made, code)

    def test_unjudged_governance(self):
        newer = appointment(DEPUTY, ["staff"], v=2)
        self.expect(self.made(base_specs() + [newer, note()], t5=noted(5, log=LOG2)), "kind-unknown", 4)
        self.expect(self.made(base_specs() + [newer, note()], t5=lambda made: {"_txt": b""}), "times")

    def test_names(self):
        """Files of other names are none of the format."""
        for name in ("07.txt", "7.0.tsr", "7.01.note", "7.note", "7.tsr", "x.txt", "7.1.txt", "7.1.x", "7.txt.txt",
                     "9007199254740992.txt", "7.9007199254740992.tsr"):
            made = self.made(t7=lambda made: {})
            made.tweaks["data"] = lambda files: files.update({f"data/times/{name}": b"x"})
            with self.subTest(name):
                self.refused(made, "container")

    def test_evidence_is_no_fault(self):
        made = self.made(own=lambda m: [line(ONE, m, 7, 5, "three")],
                         t7=lambda made: {"_1_tsr": b"x", "_2_note": made.head()})
        self.assertEqual(self.states(self.expect(made, None)), [(7, "times/7.1.tsr", "", None, "invalid")])


class TestCosignatures(Outside):
    def test_trusted(self):
        made = self.made(own=lambda m: [line(ONE, m, 7, 70), line(TWO, m, 7, 80)], t4=noted(4, (ONE, 40)))
        result = self.trusting(made, policy(ONE))
        self.assertEqual(self.states(result), [(4, "times/4.1.note", NAMES[ONE], 40, "trusted"),
                                               (7, "checkpoint", NAMES[ONE], 70, "trusted")])
        self.assertEqual(result["witnessed"], [{"size": 4, "time": 40}, {"size": 7, "time": 70}])
        self.assertEqual(result["existed_by"], [{"below": 4, "time": 40}, {"below": 7, "time": 70}])

    def test_only_what_says_more_is_reported(self):
        made = self.made(own=lambda m: [line(ONE, m, 7, 30)], t4=noted(4, (ONE, 40)), t5=noted(5, (ONE, 20)))
        self.assertEqual(self.trusting(made, policy(ONE))["existed_by"],
                         [{"below": 5, "time": 20}, {"below": 7, "time": 30}])

    def test_without_a_policy_of_the_readers(self):
        made = self.made(own=lambda m: [line(ONE, m, 7, 70)])
        self.assertEqual(self.expect(made, None)["outside"], [])
        made.tweaks["data"] = lambda files: files.update(
            {"data/policy.txt": policy(ONE, TWO, log=vkey(LOG), quorum="w2")})
        result = self.expect(made, None)
        self.assertEqual(self.states(result), [(7, "checkpoint", NAMES[ONE], 70, "claimed")])
        self.assertEqual((result["witnessed"], result["existed_by"]), ([], []))
        # The reader's own policy comes first, and only where it names nobody, the bundle's.
        made.tweaks["checkpoint"] = lambda m: m.head(lines=lambda own: own + line(TWO, m, 7, 60) + line(ONE, m, 7, 70))
        self.assertEqual(self.states(self.trusting(made, policy(ONE))), [
            (7, "checkpoint", NAMES[TWO], 60, "claimed"), (7, "checkpoint", NAMES[ONE], 70, "trusted")])

    def test_more_than_is_judged(self):
        """A bundle names its own witnesses, and could have any number of lines judged."""
        own = policy(ONE, log=vkey(LOG))
        made = self.made(t4=lambda m: {f"_{k}_note": m.head(4, lines=lambda own: own + blobs(1030) + line(ONE, m, 4, 40))
                                       for k in range(1, 12)})
        made.tweaks["data"] = (lambda more: lambda files: (more(files), files.update({"data/policy.txt": own})))(
            made.tweaks["data"])
        result = self.expect(made, None)
        self.assertEqual(len(result["outside"]), 10_000)
        self.assertEqual(result["passed_over"], 11 * 1031 - 10_000)
        self.assertEqual([row["file"] for row in result["outside"]].count("data/times/4.1.note"), 1024)
        made = self.made(t4=lambda m: {"_1_note": m.head(4, lines=lambda own: own + line(ONE, m, 4, 40) * 7000)})
        self.assertEqual(len(self.trusting(made, policy(ONE))["outside"]), 1)       # equal lines are one

    def test_what_is_not_valid(self):
        right = lambda m: line(ONE, m, 7, 70)

        def blob(m, change):
            name, raw = right(m).split(" ")[1:]
            return f"\u2014 {name} {b64(change(base64.b64decode(raw)))}\n"
        for title, change in [
            ("another time", lambda raw: raw[:11] + b"\x47" + raw[12:]),
            ("altered", lambda raw: raw[:-1] + bytes([raw[-1] ^ 1])),
            ("short", lambda raw: raw[:-1]), ("long", lambda raw: raw + b"\0"),
            ("a time too great", lambda raw: raw[:4] + (2**53).to_bytes(8, "big") + raw[12:]),
            ("signed like the log", lambda raw: raw[:4] + ONE.sign(b"x")),
        ]:
            with self.subTest(title):
                result = self.trusting(self.made(own=lambda m: [blob(m, change)]), policy(ONE))
                self.assertEqual(self.states(result), [(7, "checkpoint", NAMES[ONE], None, "invalid")])
                self.assertEqual(result["witnessed"], [])
        other = self.made(own=lambda m: [line(ONE, m, 5, 70)])
        self.assertEqual(self.states(self.trusting(other, policy(ONE)))[0][4], "invalid")
        # The same key under another name, and a key of the log's sort, match no witness.
        other = self.made(own=lambda m: [line(ONE, m, 7, 70, "three")])
        self.assertEqual(self.trusting(other, policy(ONE))["outside"], [])

    def test_a_witness_is_nobody_else(self):
        for key in (DPO, LOG):
            raw = f"witness w {witness_vkey(key, 'w.example')}\nquorum w\n".encode()
            result = self.trusting(self.made(own=lambda m: [line(key, m, 7, 70, "w.example")]), raw)
            self.assertEqual((result["outside"][0]["state"], result["witnessed"]), ("invalid", []))

    def test_quorum(self):
        made = self.made(own=lambda m: [line(TWO, m, 7, 90), line(ONE, m, 7, 70), line(TWO, m, 7, 80)])
        for title, raw, time in [
            ("none", policy(ONE, TWO), 70), ("one", policy(ONE, TWO, quorum="w2"), 80),
            ("all", policy(ONE, TWO, quorum="g", more="group g all w1 w2\n"), 80),
            ("any", policy(ONE, TWO, quorum="g", more="group g any w1 w2\n"), 70),
            ("two of three", policy(ONE, TWO, THREE, quorum="g", more="group g 2 w1 w2 w3\n"), 80),
            ("all of three", policy(ONE, TWO, THREE, quorum="g", more="group g all w1 w2 w3\n"), None),
            ("groups", policy(ONE, TWO, THREE, quorum="h", more="group g any w1 w3\ngroup h all g w2\n"), 80),
            ("one that never cosigns", policy(ONE, quorum="g", more="witness x y\ngroup g all w1 x\n"), None),
            ("nobody", policy(), None),
            ("this log", policy(ONE, log=vkey(LOG)), 70), ("another log", policy(ONE, log=vkey(LOG2)), None),
        ]:
            with self.subTest(title):
                witnessed = self.trusting(made, raw)["witnessed"]
                self.assertEqual(witnessed, [{"size": 7, "time": time}] if time else [])

    def test_a_quorum_over_several_files(self):
        made = self.made(t4=lambda m: {"_1_note": m.head(4, lines=lambda own: own + line(ONE, m, 4, 40)),
                                       "_10_note": m.head(4, lines=lambda own: own + line(TWO, m, 4, 50))})
        result = self.trusting(made, policy(ONE, TWO, quorum="g", more="group g all w1 w2\n"))
        self.assertEqual(result["witnessed"], [{"size": 4, "time": 50}])

    def test_the_readers_policy_is_read_first(self):
        for raw in (b"", b"quorum w\n", b"quorum none\nwitness none x\n", b"\xff"):
            with self.assertRaises(InputError):
                self.trusting(self.made(), raw)
        with self.assertRaises(InputError):
            self.verify(self.made(), trusted_policy="/nowhere/policy")


class TestPolicies(unittest.TestCase):
    def test_witnesses(self):
        one = witness_vkey(ONE, "one")
        for other in (vkey(ONE, "one"), one.replace("+", "+0", 1), witness_vkey(bytes(32), "one"), "x"):
            self.assertEqual(parse(f"witness w {other}\nquorum w\n".encode()).witnesses(), {})
        parse(f"witness w {one}\nwitness v {one[:-4]}\nquorum w\n".encode())
        for bad in (f"witness w {one}\nwitness v {witness_vkey(ONE, 'v')}\nquorum w\n",
                    f"witness w {one}\ngroup g any w w\nquorum g\n",
                    f"witness w {one}\ngroup g any w\ngroup h any w g\nquorum h\n"):
            with self.subTest(bad), self.assertRaises(Exception) as caught:
                parse(bad.encode())
            self.assertEqual(caught.exception.code, "policy")


class TestTokens(Outside):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = authorities.root()
        cls.signer = authorities.signer(cls.root)

    def token(self, made, size, time=NOW):
        text = head_text(made, size)
        return authorities.token(text, self.signer, content=authorities.info(text, time=time))

    def test_states(self):
        made = self.made(t4=lambda m: {"_2_tsr": self.token(m, 4), "_10_tsr": self.token(m, 5)})
        result = self.trusting(made, roots=[self.root])
        self.assertEqual(self.states(result), [(4, "times/4.10.tsr", "", None, "invalid"),
                                               (4, "times/4.2.tsr", "A Clock", NOW, "trusted")])
        self.assertEqual((result["existed_by"], result["witnessed"]), ([{"below": 4, "time": NOW}], []))
        result = self.expect(made, None)
        self.assertEqual([row["state"] for row in result["outside"]], ["invalid", "claimed"])
        self.assertEqual(result["existed_by"], [])

    def test_roots_that_cannot_be_read(self):
        for raw in (b"", b"x", self.root.pem[:-80]):
            with self.assertRaises(InputError):
                self.verify(self.made(), tsa_roots=self.write(raw, "roots.pem"))

    def anchored(self, evidence, size=4, stated_size=None):
        """A bundle in which entry 7 anchors evidence over the head of a size."""
        def specs():
            return longer() + [spec("anchor", HEAD, "headteacher", {
                "size": stated_size or size, "evidence": hashlib.sha256(found).digest()}, {"place": None}), note()]
        found = evidence(Maker(longer()))
        name = "_1_tsr" if found[0] == 0x30 else "_1_note"
        return self.made(specs(), **{f"t{size}": lambda m: {name: found}})

    def test_not_before(self):
        self.assertEqual(self.trusting(self.anchored(lambda m: self.token(m, 4)), roots=[self.root])["not_before"],
                         [{"above": 7, "time": NOW}])
        made = self.anchored(lambda m: noted(4, (ONE, 40), (TWO, 60), (ONE, 50))(m)["_1_note"])
        for raw, time in ((policy(ONE), 50), (policy(ONE, TWO), 60), (policy(ONE, THREE, quorum="w2"), 50)):
            self.assertEqual(self.trusting(made, raw)["not_before"], [{"above": 7, "time": time}])
        # Not trusted, of another size, or not here: no earliest time is claimed.
        self.assertEqual(self.expect(made, None)["not_before"], [])
        self.assertEqual(self.trusting(self.anchored(lambda m: self.token(m, 4), stated_size=5),
                                       roots=[self.root])["not_before"], [])
        gone = self.anchored(lambda m: self.token(m, 4))
        gone.tweaks["data"] = lambda files: None
        self.assertEqual(self.trusting(gone, roots=[self.root])["not_before"], [])

    def test_doubt_is_lifted_by_an_outside_time(self):
        """A revocation since T casts no doubt on what existed by T, nor on what rests on that."""
        # 5 is the deputy's appointment of another, 6 their note, 7 that other's.
        for since, doubtful in ((NOW, [6]), (NOW - 1, [5, 6, 7])):
            specs = base_specs() + [
                appointment(DEPUTY, ["deputy-headteacher"], by=HEAD),
                appointment(OUTSIDER, ["staff"], by=DEPUTY, role="deputy-headteacher"),
                note(by=DEPUTY, role="deputy-headteacher"), note(by=OUTSIDER, role="staff"),
                revocation(DEPUTY, HEAD, since=since), note()]
            made = self.made(specs, t6=lambda m: {"_1_tsr": self.token(m, 6)})
            with self.subTest(since=since):
                self.assertEqual(self.trusting(made, roots=[self.root])["doubtful"], doubtful)
                self.assertEqual(self.expect(made, None)["doubtful"], [5, 6, 7])


class TestOlder(Outside):
    def test_a_head_under_data_times_decides(self):
        old = self.write(Maker().head(), "old.checkpoint")
        chosen = {0, 1, 2, 4, 5, 6}

        def made(**times):
            result = self.made(**times)
            result.include = chosen
            return result
        self.assertIn("cannot be checked", self.expect(made(), None, since=old)["since"]["outcome"])
        self.assertEqual(self.expect(made(t4=lambda m: {}), None, since=old)["since"]["outcome"], "continues it")
        self.assertIn("cannot be checked", self.expect(made(t5=lambda m: {}), None, since=old)["since"]["outcome"])
        other = self.write(Maker().head(root=ZERO), "other.checkpoint")
        self.expect(made(t4=lambda m: {}), "does-not-continue", since=other)
        self.expect(made(t5=lambda m: {}), None, since=other)


if __name__ == "__main__":
    unittest.main()
