"""RFC 3161 timestamps, judged by the seven items of section 15."""

import hashlib
from dataclasses import dataclass

from . import der, signature
from .certificate import Certificate, sha1, signed_by

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
MOST_CERTIFICATES = 8


@dataclass
class Judged:
    """What is reported of a token."""

    by: str = ""
    time: int | None = None
    state: str = "invalid"


class Token:
    """Item 1: the one token of a TimeStampResp taken apart; raises DerError."""

    def __init__(self, raw):
        response = der.Walk(der.one(raw))
        status = der.Walk(response.next(der.SEQUENCE))
        if der.integer(status.next(der.INTEGER)) not in (0, 1):
            raise der.DerError("a request that was not granted")
        status.maybe(der.SEQUENCE), status.maybe(der.BITS)
        status.end()
        sort, content = response.next(der.SEQUENCE).take(der.OID, 0xA0)
        response.end()
        if der.oid(sort) != SIGNED_DATA:
            raise der.DerError("not signed data")
        data = der.Walk(content.take(der.SEQUENCE)[0])
        der.integer(data.next(der.INTEGER))
        data.next(der.SET)
        sort, content = data.next(der.SEQUENCE).take(der.OID, 0xA0)
        if der.oid(sort) != TST_INFO:
            raise der.DerError("not a timestamp")
        self.content = content.take(der.OCTETS)[0].value
        certificates = data.maybe(0xA0)
        data.maybe(0xA1)
        signers = data.next(der.SET)
        data.end()
        self.read_signer(signers.take(der.SEQUENCE)[0])
        self.read_info(der.one(self.content))
        self.certificates = []
        for item in certificates.parts if certificates else ():
            try:
                self.certificates.append(Certificate(item.raw))
            except der.DerError:
                pass        # of another sort, or none at all: it can't be the one that is looked for

    def read_signer(self, item):
        walk = der.Walk(item)
        der.integer(walk.next(der.INTEGER))
        self.identifier = walk.next(der.SEQUENCE, 0x80)
        if self.identifier.tag == der.SEQUENCE:
            self.issuer, serial = self.identifier.take(der.SEQUENCE, der.INTEGER)
            self.serial = der.integer(serial)
        self.digest = signature.hash_of(walk.next(der.SEQUENCE))
        self.attributes = walk.maybe(0xA0)
        self.scheme = signature.scheme_of(walk.next(der.SEQUENCE), self.digest)
        self.signature = walk.next(der.OCTETS).value
        walk.maybe(0xA1)
        walk.end()

    def read_info(self, item):
        walk = der.Walk(item)
        if der.integer(walk.next(der.INTEGER)) != 1:
            raise der.DerError("a timestamp of another version")
        der.oid(walk.next(der.OID))
        sort, imprint = walk.next(der.SEQUENCE).take(der.SEQUENCE, der.OCTETS)
        self.imprint = (signature.hash_of(sort), imprint.value)
        der.integer(walk.next(der.INTEGER))
        self.time = der.time(walk.next(der.GENERALIZED_TIME))
        walk.maybe(der.SEQUENCE)
        ordering = walk.maybe(der.BOOLEAN)
        nonce = walk.maybe(der.INTEGER)
        if ordering:
            der.boolean(ordering)
        if nonce:
            der.integer(nonce)
        walk.maybe(0xA0), walk.maybe(0xA1)
        walk.end()

    def signer(self):
        """The first certificate in the token that the SignerInfo names, or None."""
        for certificate in self.certificates:
            if self.identifier.tag == 0x80:
                if certificate.key_identifier == self.identifier.value:
                    return certificate
            elif (certificate.issuer, certificate.serial) == (self.issuer.raw, self.serial):
                return certificate
        return None

    def named(self):
        """The signed attributes: {name: [values, one a attribute]}; raises DerError."""
        found = {}
        for item in self.attributes.parts if self.attributes else ():
            name, values = item.take(der.OID, der.SET)
            found.setdefault(der.oid(name), []).append(values.parts)
        return found

    def attributes_hold(self, signer):
        """Item 3."""
        named = self.named()
        types, digests = named.get(CONTENT_TYPE, []), named.get(MESSAGE_DIGEST, [])
        if [len(values) for values in types + digests] != [1, 1] or len(types) != 1 or self.digest is None:
            return False
        digest = digests[0][0]
        if der.oid(types[0][0]) != TST_INFO or digest.tag != der.OCTETS \
                or digest.value != hashlib.new(self.digest, self.content).digest():
            return False
        certified = [names_certificate(name, values, signer)
                     for name in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2) for values in named.get(name, [])]
        return bool(certified) and all(certified)

    def signature_holds(self, signer):
        """Item 5, over the attributes as a SET OF."""
        inside = b"".join(sorted(item.raw for item in self.attributes.parts))
        header = self.attributes.raw[1:len(self.attributes.raw) - len(self.attributes.value)]
        return signature.is_valid(signer.key, self.scheme, b"\x31" + header + inside, self.signature)


def names_certificate(name, values, signer):
    """Whether the first hash of a signing certificate attribute is the signer's certificate's."""
    if len(values) != 1 or values[0].tag != der.SEQUENCE or not values[0].parts:
        return False
    hashes = values[0].parts[0]
    first = der.Walk(hashes.parts[0] if hashes.tag == der.SEQUENCE and hashes.parts else hashes)
    if name == SIGNING_CERTIFICATE:
        return first.next(der.OCTETS).value == sha1(signer.raw)
    named = first.maybe(der.SEQUENCE)
    algorithm = signature.hash_of(named) if named else "sha256"
    return algorithm is not None and first.next(der.OCTETS).value == hashlib.new(algorithm, signer.raw).digest()


def leads_to_root(signer, certificates, roots, time):
    """Items 6 and 7: a chain of certificates, valid at that time, from the signer's to a root."""
    known = {}
    for certificate in [signer, *roots, *certificates]:
        if certificate.understood() and certificate.start <= time <= certificate.end:
            known.setdefault(certificate.raw, certificate)
    trusted = {root.raw for root in roots}
    if signer.raw not in known:
        return False
    # Each step adds one certificate. `between` is how many stand between the last and the signer's; those
    # that issued themselves don't count (RFC 5280, 6.1.4).
    reached = {(signer.raw, 0)}
    for _ in range(MOST_CERTIFICATES):
        if any(raw in trusted for raw, _ in reached):
            return True
        further = set()
        for raw, between in reached:
            last = known[raw]
            counted = between + (raw != signer.raw and last.subject != last.issuer)
            further.update((other.raw, counted) for other in known.values()
                           if other.subject == last.issuer and other.may_sign(counted) and signed_by(last, other))
        reached = further
    return False


def judge(raw, text, roots):
    """What a token over a text is worth to a reader who trusts these roots."""
    try:
        token = Token(raw)
    except der.DerError:
        return Judged()
    signer = token.signer()
    judged = Judged(signer.name if signer else "", token.time)
    algorithm, imprint = token.imprint
    try:
        if (signer and algorithm and hashlib.new(algorithm, text).digest() == imprint
                and token.attributes_hold(signer) and signer.stamps_times() and token.signature_holds(signer)):
            judged.state = "claimed"
            if leads_to_root(signer, token.certificates, roots, token.time):
                judged.state = "trusted"
    except der.DerError:
        pass
    return judged
