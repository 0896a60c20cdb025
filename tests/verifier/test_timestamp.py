"""RFC 3161 tokens by the seven items of section 15, held against two other implementations."""

import hashlib
import pathlib
import subprocess
import tempfile
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.name import _ASN1Type as texts
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from probity_verifier import certificate, der, signature, timestamp

import authorities as made
from authorities import NOW, Holder, attribute, certified, info, octets, oid, root, seq, signer, token

try:
    import rfc3161_client
except ImportError:
    rfc3161_client = None

TEXT = b"example.org/school\n4\nroot\n"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.root, cls.rsa_root = root(), root("rsa2048", "An RSA Root")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def judge(self, raw, *roots, text=TEXT):
        return timestamp.judge(raw, text, [certificate.Certificate(holder.der) for holder in roots])

    def openssl(self, raw, *roots, text=TEXT, time=NOW):
        (self.folder / "text").write_bytes(text)
        (self.folder / "token.tsr").write_bytes(raw)
        (self.folder / "roots.pem").write_bytes(b"".join(holder.pem for holder in roots))
        command = ["openssl", "ts", "-verify", "-data", "text", "-in", "token.tsr", "-CAfile", "roots.pem",
                   "-attime", str(time)]
        return subprocess.run(command, cwd=self.folder, capture_output=True).returncode == 0

    def client(self, raw, *roots, text=TEXT):
        builder = rfc3161_client.VerifierBuilder(roots=[x509.load_der_x509_certificate(holder.der) for holder in roots])
        try:
            return builder.build().verify_message(rfc3161_client.decode_timestamp_response(raw), text)
        except (ValueError, rfc3161_client.VerificationError):
            return False

    def expect(self, state, raw, *roots, others=None, client=None, text=TEXT, time=NOW):
        """What this verifier makes of a token, and whether the others accept it: as this one does, or as said."""
        found = self.judge(raw, *roots, text=text)
        self.assertEqual(found.state, state)
        accepted = state == "trusted"
        self.assertEqual(self.openssl(raw, *roots, text=text, time=time), accepted if others is None else others)
        if rfc3161_client and roots:
            expected = (accepted if others is None else others) if client is None else client
            self.assertEqual(self.client(raw, *roots, text=text), expected, "rfc3161-client")
        return found


class TestAccepted(Tokens):
    def test_keys_and_hashes(self):
        for kind in ("rsa2048", "rsa3072", "p256", "p384"):
            for digest in ("sha256", "sha384", "sha512"):
                with self.subTest(kind, digest=digest):
                    above = root(kind, f"{kind} Root", digest=digest)
                    by = signer(above, kind, digest=digest)
                    raw = token(TEXT, by, content=info(TEXT, digest), digest=digest)
                    found = self.expect("trusted", raw, above)
                    self.assertEqual((found.by, found.time), ("A Clock", NOW))

    def test_openssl_makes_them(self):
        for kind, digest in (("rsa2048", "sha256"), ("rsa2048", "sha512"), ("p256", "sha256"), ("p384", "sha384")):
            for bare in (False, True):
                with self.subTest(kind, digest=digest, bare=bare):
                    above = root(kind, f"{kind} Root")
                    middle = Holder("A Middle", kind, above, authority=True)
                    by = signer(middle, kind)
                    raw, now = self.reply(by, [middle, above], digest, bare)
                    found = self.judge(raw, above)
                    # Without a request for certificates the token has none, and its signer can't be found.
                    wanted = ("invalid", "") if bare else ("trusted", "A Clock")
                    self.assertEqual((found.state, found.by), wanted)
                    if not bare:
                        self.assertLess(abs(found.time - now), 100)
                        self.assertTrue(self.openssl(raw, above, time=found.time))

    def reply(self, by, chain, digest, bare):
        """What `openssl ts` makes; its clock is the machine's, so that the certificates must be valid now."""
        now = int(time.time())
        for holder in [*reversed(chain), by]:
            self.renew(holder, now)
        files = {"key.pem": by.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                 serialization.NoEncryption()),
                 "signer.pem": by.pem, "chain.pem": b"".join(holder.pem for holder in chain[:-1]), "text": TEXT,
                 "serial": b"01\n",
                 "ts.cnf": f"[tsa]\nserial = serial\ndefault_policy = 1.2.3.4.1\ndigests = {digest}\naccuracy = secs:1\n"
                           f"signer_digest = {digest}\ness_cert_id_alg = {digest}\nordering = yes\ntsa_name = yes\n"
                           .encode()}
        for name, raw in files.items():
            (self.folder / name).write_bytes(raw)
        run = lambda *words: subprocess.run(["openssl", "ts", *words], cwd=self.folder, check=True, capture_output=True)
        run("-query", "-data", "text", f"-{digest}", "-out", "query", *([] if bare else ["-cert"]))
        run("-reply", "-config", "ts.cnf", "-section", "tsa", "-queryfile", "query", "-inkey", "key.pem",
            "-signer", "signer.pem", "-chain", "chain.pem", "-out", "reply")
        return (self.folder / "reply").read_bytes(), now

    @staticmethod
    def renew(holder, now):
        builder = x509.CertificateBuilder().subject_name(holder.subject).issuer_name(holder.issuer.subject).public_key(
            holder.key.public_key()).serial_number(5 + len(holder.subject.rfc4514_string()))
        builder = builder.not_valid_before(made.moment(now - 1000)).not_valid_after(made.moment(now + 1000))
        for extension in holder.certificate.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        holder.certificate = builder.sign(holder.issuer.key, made.HASHES["sha256"])
        holder.der = holder.certificate.public_bytes(serialization.Encoding.DER)
        holder.pem = holder.certificate.public_bytes(serialization.Encoding.PEM)

    def test_forms(self):
        by, rsa = signer(self.root), signer(self.rsa_root, "rsa2048")
        content = info(TEXT)
        for title, raw, above, options in [
            ("granted with changes", token(TEXT, by, status=1), self.root, {"client": False}),
            ("the older attribute", token(TEXT, by, attrs=made.attributes(by, content, certified=certified(by.der))),
             self.root, {}),
            ("both", token(TEXT, by, attrs=made.attributes(by, content, older=certified(by.der))), self.root, {}),
            ("the newer by SHA-512",
             token(TEXT, by, attrs=made.attributes(by, content, certified=certified(by.der, "sha512"))), self.root, {}),
            ("RSA by name alone", token(TEXT, rsa, algorithm_name=made.RSA_OIDS[None]), self.rsa_root, {}),
            ("a fraction", token(TEXT, by, content=info(TEXT, fraction=".25")), self.root, {}),
            ("with accuracy, order, nonce and name", token(TEXT, by, content=info(TEXT, more=b"".join((
                seq(made.integer(1)), b"\x01\x01\xff", made.integer(2**70),
                made.tlv(0xA0, made.tlv(0xA4, by.subject.public_bytes())))))), self.root, {}),
            ("one more attribute", token(TEXT, by, attrs=made.attributes(
                by, content, more=attribute("1.2.3.4", octets(b"x")))), self.root, {}),
        ]:
            with self.subTest(title):
                self.assertEqual(self.expect("trusted", raw, above, **options).time, NOW)

    def test_found_by_key_identifier(self):
        by = signer(self.root, identifier=True)
        named = by.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        # Both others read PKCS #7, which knows issuer and serial number only.
        self.expect("trusted", token(TEXT, by, identifier=made.tlv(0x80, named)), self.root, others=False)
        self.expect("invalid", token(TEXT, by, identifier=made.tlv(0x80, named[1:])), self.root)

    def test_chains(self):
        middle = Holder("A Middle", "p384", self.root, authority=True, length=0, usage=["key_cert_sign"])
        by = signer(middle, usage=["digital_signature"])
        self.expect("trusted", token(TEXT, by, [middle]), self.root)
        self.expect("trusted", token(TEXT, by, [self.root, middle]), self.root, self.rsa_root)
        self.expect("claimed", token(TEXT, by), self.root)              # the one between is missing
        # Whom the reader trusts may stand anywhere above, or be the signer's certificate itself.
        self.expect("trusted", token(TEXT, by, [middle]), middle, others=False, client=False)
        self.expect("trusted", token(TEXT, by), by, others=False, client=False)
        self.expect("trusted", token(TEXT, signer(self.root, usage=["content_commitment"])), self.root)

    def test_a_chain_of_eight(self):
        for more, state in ((6, "trusted"), (7, "claimed")):
            above, chain = self.root, []
            for number in range(more):
                above = Holder(f"Middle {number}", issuer=above, authority=True)
                chain.append(above)
            self.expect(state, token(TEXT, signer(above), chain), self.root, others=True, client=True)


class TestRefused(Tokens):
    def test_chain(self):
        other = root(name="Another Root")
        cases = {
            "no root": ([], signer(self.root), []),
            "another root": ([other], signer(self.root), []),
            "a root of the same name": ([root(name="A Root", label="other")], signer(self.root), []),
            "the root's key under another name": ([root(name="Another", label="A Root")], signer(self.root), []),
            "expired": ([self.root], signer(self.root, end=NOW - 1), []),
            "not yet valid": ([self.root], signer(self.root, start=NOW + 1), []),
            "a critical extension": ([self.root], signer(self.root, more=[(x509.UnrecognizedExtension(
                x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True)]), []),
        }
        for title, options in {
            "no authority": {}, "an authority in no extension": {"authority": True, "basic": False},
            "an authority that may not sign": {"authority": True, "usage": ["digital_signature"]},
            "an expired authority": {"authority": True, "end": NOW - 1},
        }.items():
            middle = Holder("A Middle", issuer=self.root, **options)
            cases[title] = ([self.root], signer(middle), [middle])
        short = root(name="A Short Root", length=0)
        middle = Holder("A Middle", issuer=short, authority=True)
        cases["too long for the root"] = ([short], signer(middle), [middle])
        old = root(name="An Old Root", end=NOW - 1)
        cases["an expired root"] = ([old], signer(old), [])
        more = [root(name=f"Root {number}") for number in range(16)]
        self.expect("invalid", token(TEXT, signer(self.root), more), self.root, others=True)
        for title, (roots, by, chain) in cases.items():
            with self.subTest(title):
                self.expect("claimed", token(TEXT, by, chain), *roots)
        weak, odd = root("rsa1024", "A Weak Root"), root("p521", "An Odd Root")
        self.expect("claimed", token(TEXT, signer(weak)), weak, others=True)
        self.expect("claimed", token(TEXT, signer(odd)), odd, others=True)

    def test_the_last_second(self):
        # To OpenSSL a certificate has expired in its last second; RFC 5280 (4.1.2.5) includes it.
        self.expect("trusted", token(TEXT, signer(self.root, end=NOW, start=NOW)), self.root, others=False)
        by = signer(self.root, end=NOW)
        self.expect("claimed", token(TEXT, by, content=info(TEXT, time=NOW + 1)), self.root, time=NOW + 1)

    def test_what_it_is_over(self):
        by = signer(self.root)
        self.expect("invalid", token(TEXT, by), self.root, text=TEXT + b"\n")
        self.expect("invalid", token(TEXT, by, content=info(TEXT, "sha1")), self.root, others=True, client=False)
        self.expect("invalid", token(TEXT, by, content=info(TEXT, imprint=hashlib.sha256(TEXT).digest()[1:])), self.root)

    def test_certificate(self):
        both = [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]
        for title, options in [
            ("no purpose", {"purposes": None}),
            ("another purpose", {"purposes": [ExtendedKeyUsageOID.CODE_SIGNING]}),
            ("two purposes", {"purposes": both}),
            ("a purpose that is not critical", {"purposes_critical": False}),
            ("a usage for something else", {"usage": ["key_encipherment"]}),
        ]:
            with self.subTest(title):
                raw = token(TEXT, signer(self.root, **options))
                found = self.judge(raw, self.root)
                self.assertEqual(found.state, "invalid")
                self.assertFalse(self.openssl(raw, self.root))
        by = signer(self.root)
        content = info(TEXT)
        self.expect("invalid", made.response(content, [made.signer_info(by, content)], [self.root.der]), self.root)
        self.expect("invalid", made.response(content, [made.signer_info(by, content)], None), self.root)

    def test_attributes(self):
        by, other, content = signer(self.root), signer(self.root, name="Another Clock"), info(TEXT)
        types = attribute(made.CONTENT_TYPE, oid(made.TST_INFO))
        digest = attribute(made.MESSAGE_DIGEST, octets(hashlib.sha256(content).digest()))
        for title, changed in [
            ("none", None),
            ("no type", {"type": b""}),
            ("another type", {"type": attribute(made.CONTENT_TYPE, oid(made.SIGNED_DATA))}),
            ("two types", {"again": types}),
            ("no digest", {"message": b""}),
            ("another digest", {"message": attribute(made.MESSAGE_DIGEST, octets(bytes(32)))}),
            ("two digests", {"again": digest}),
            ("two digests in one", {"message": attribute(made.MESSAGE_DIGEST, octets(bytes(32)), octets(
                hashlib.sha256(content).digest()))}),
            ("no certificate", {"certified": b""}),
            ("another certificate", {"certified": certified(other.der, "sha256")}),
            ("another certificate in the older form", {"certified": certified(other.der)}),
            ("another certificate in one of two", {"more": certified(other.der)}),
            ("the newer twice", {"more": certified(by.der, "sha512")}),
        ]:
            with self.subTest(title):
                attrs = [] if changed is None else made.attributes(by, content, **changed)
                raw = token(TEXT, by, attrs=attrs)
                self.assertEqual(self.judge(raw, self.root).state, "invalid")

    def test_signature(self):
        by, rsa = signer(self.root), signer(self.rsa_root, "rsa2048")
        content = info(TEXT)
        weak = signer(self.root, "rsa1024", "A Weak Clock")
        odd = signer(self.root, "p521", "An Odd Clock")
        def turned(attrs):
            return sorted(attrs, reverse=True)

        pss = token(TEXT, rsa, pss=True)
        # Whichever order they stand in, so they are signed.
        signature = by.sign(made.tlv(0x31, *turned(made.attributes(by, content))), "sha256")
        self.assertEqual(self.judge(token(TEXT, by, order=turned, signature=signature), self.root).state, "trusted")
        raw = token(TEXT, by)
        for title, altered, above in [
            ("altered", raw[:-1] + bytes([raw[-1] ^ 1]), self.root),
            ("by another key", token(TEXT, by, signature=signer(self.root, name="B").sign(b"x", "sha256")), self.root),
            ("over the attributes in another order", token(TEXT, by, order=turned), self.root),
            ("by another hash", token(TEXT, rsa, signs="sha512"), self.rsa_root),
            ("PSS", pss, self.rsa_root),
            ("a weak key", token(TEXT, weak), self.root),
            ("a curve that is not taken", token(TEXT, odd, digest="sha512"), self.root),
            ("ECDSA by the key's name", token(TEXT, by, algorithm_name="1.2.840.10045.2.1"), self.root),
            ("RSA named for ECDSA", token(TEXT, by, algorithm_name=made.RSA_OIDS["sha256"]), self.root),
        ]:
            with self.subTest(title):
                self.assertEqual(self.judge(altered, above).state, "invalid")

    def test_shape(self):
        by, content = signer(self.root), info(TEXT)
        one = made.signer_info(by, content)
        raw = token(TEXT, by)
        self.expect("trusted", raw, self.root)
        for title, wrong in [
            ("nothing", b""), ("trailing bytes", raw + b"\0"), ("cut", raw[:-1]), ("text", b"hello"),
            ("two signers", made.response(content, [one, one], [by.der])),
            ("no signer", made.response(content, [], [by.der])),
            ("not granted", token(TEXT, by, status=2)),
            ("no token", made.response(content, [one], [by.der], token=False)),
            ("the token alone", raw[raw.index(b"\x30", 4 + 5):]),
            ("another content", made.response(content, [one], [by.der], sort="1.2.840.113549.1.7.1")),
            ("another version", token(TEXT, by, content=info(TEXT, version=2))),
            ("bytes behind the content", token(TEXT, by, content=content + b"\0")),
            ("no seconds", token(TEXT, by, content=info(TEXT, time=b"202609211333Z"))),
            ("an offset", token(TEXT, by, content=info(TEXT, time=b"20260921133320+0000"))),
            ("a fraction of nothing", token(TEXT, by, content=info(TEXT, fraction="."))),
            ("before 1970", token(TEXT, by, content=info(TEXT, time=b"19691231235959Z"))),
            ("the 61st second", token(TEXT, by, content=info(TEXT, time=b"20260921133360Z"))),
        ]:
            with self.subTest(title):
                found = self.judge(wrong, self.root)
                self.assertEqual((found.state, found.time, found.by), ("invalid", None, ""))

    def test_every_byte(self):
        """No change of one bit of what a token signs, of its signature or of its certificate goes unseen."""
        by = signer(self.root)
        raw = token(TEXT, by)
        covered = [raw.index(info(TEXT)), raw.index(by.der)]
        for start, length in zip(covered, (len(info(TEXT)), len(by.der))):
            for at in range(start, start + length, 3):
                wrong = raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1:]
                self.assertNotEqual(self.judge(wrong, self.root).state, "trusted", at)


class TestDer(unittest.TestCase):
    def test_refused(self):
        for text in ("", "30", "3001", "30800000", "308100", "308180", "30820010", "3000ff", "1f0100", "0500" "0500"):
            with self.subTest(text), self.assertRaises(der.DerError):
                der.one(bytes.fromhex(text), int(text[:2] or "30", 16))
        for text in ("0200", "02020001", "0202ff80"):
            with self.subTest(text), self.assertRaises(der.DerError):
                der.integer(der.one(bytes.fromhex(text), der.INTEGER))
        for text, tag, reader in (("010101", 1, der.boolean), ("0600", 6, der.oid), ("060180", 6, der.oid),
                                  ("06028001", 6, der.oid), ("0300", 3, der.bits), ("03020801", 3, der.bits),
                                  ("03020101", 3, der.bits), ("030107", 3, der.bits)):
            with self.subTest(text), self.assertRaises(der.DerError):
                reader(der.one(bytes.fromhex(text), tag))

    def test_numbers(self):
        for number in (-1, -128):
            with self.assertRaises(der.DerError):
                der.integer(der.one(made.integer(number), der.INTEGER))
        for number in (0, 1, 127, 128, 255, 256, 2**70):
            self.assertEqual(der.integer(der.one(made.integer(number), der.INTEGER)), number)
        for text in ("2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "0.9.1", "2.999.3"):
            self.assertEqual(der.oid(der.one(oid(text), der.OID)), text)


class TestCertificates(Tokens):
    def test_common_names(self):
        def named(*names):
            return x509.Name([x509.NameAttribute(sort, text, kind) for sort, text, kind in names])
        for subject, name in [
            (named((NameOID.COMMON_NAME, "First", texts.UTF8String), (NameOID.COMMON_NAME, "Zeitgeber Süd",
                                                                       texts.UTF8String)), "Zeitgeber Süd"),
            (named((NameOID.COMMON_NAME, "Süd", texts.BMPString)), "Süd"),
            (named((NameOID.COMMON_NAME, "A Printable", texts.PrintableString)), "A Printable"),
            (named((NameOID.ORGANIZATION_NAME, "No Name", texts.UTF8String)), ""),
        ]:
            by = signer(self.root, subject=subject)
            self.assertEqual(self.expect("trusted", token(TEXT, by), self.root).by, name)

    def test_pem(self):
        pem = (b"a remark\n" + self.root.pem + b"\n\n" + self.rsa_root.pem).decode()
        self.assertEqual([one.raw for one in certificate.read_pem(pem)], [self.root.der, self.rsa_root.der])
        for wrong in ("", "x", pem.replace("MII", "M!I", 1), pem.replace("\nMI", "\nMJ", 1)):
            with self.assertRaises((ValueError, der.DerError)):
                certificate.read_pem(wrong)

    def test_arithmetic(self):
        """Compressed points, and what is no point at all, verify nothing."""
        for name, curve in signature.CURVES.items():
            x, y = curve.base
            whole = b"\4" + x.to_bytes(curve.width, "big") + y.to_bytes(curve.width, "big")
            self.assertEqual(curve.point(whole), curve.base)
            self.assertIsNone(curve.point(bytes([2 + (y & 1)]) + x.to_bytes(curve.width, "big")))
            self.assertIsNone(curve.combine(curve.order, curve.base, 0, curve.base))
            self.assertIsNone(curve.point(b"\4" + bytes(2 * curve.width - 1) + b"\1"))
            self.assertIsNone(curve.point(b""))


if __name__ == "__main__":
    unittest.main()
