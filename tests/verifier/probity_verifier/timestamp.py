"""RFC 3161 timestamps, judged by the seven items of section 15."""

import hashlib
from dataclasses import dataclass

from . import der, signature
from .certificate import Certificate, sha1, signed_by

SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
MOST_CERTIFICATES, LONGEST_CHAIN = 16, 8


@dataclass
class Judged:
    """What is reported of a token; of one that is invalid neither name nor time."""

    state: str = "invalid"
    by: str = ""
    time: int | None = None


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
        data.next(der.INTEGER), data.next(der.SET)
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
        self.held, self.certificates = certificates.parts if certificates else (), []
        for item in self.held:
            try:
                self.certificates.append(Certificate(item.raw))
            except der.DerError:
                pass        # of another sort, or none at all: passed over

    def read_signer(self, item):
        walk = der.Walk(item)
        walk.next(der.INTEGER)
        self.identifier = walk.next(der.SEQUENCE, 0x80)
        if self.identifier.tag == der.SEQUENCE:
            self.issuer, self.serial = self.identifier.take(der.SEQUENCE, der.INTEGER)
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
        walk.next(der.OID)
        sort, imprint = walk.next(der.SEQUENCE).take(der.SEQUENCE, der.OCTETS)
        self.imprint = (signature.hash_of(sort), imprint.value)
        walk.next(der.INTEGER)
        self.time = der.time(walk.next(der.GENERALIZED_TIME), r"(\.[0-9]+)?")
        if self.time < 0:
            raise der.DerError("a time before 1970")
        for tag in (der.SEQUENCE, der.BOOLEAN, der.INTEGER, 0xA0, 0xA1):
            walk.maybe(tag)
        walk.end()

    def signer(self):
        """The first certificate in the token that the SignerInfo names, or None."""
        for certificate in self.certificates:
            if self.identifier.tag == 0x80:
                if certificate.key_identifier == self.identifier.value:
                    return certificate
            elif (certificate.issuer, certificate.serial) == (self.issuer.raw, self.serial.raw):
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
        if max(len(named.get(name, [])) for name in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2)) > 1:
            return False
        digest = digests[0][0]
        if der.oid(types[0][0]) != TST_INFO or digest.tag != der.OCTETS \
                or digest.value != hashlib.new(self.digest, self.content).digest():
            return False
        certified = [names_certificate(name, values, signer)
                     for name in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2) for values in named.get(name, [])]
        return bool(certified) and all(certified)

    def signature_holds(self, signer):
        """Item 5, over the attributes as they stand, with the tag of a SET."""
        return (self.scheme is not None and self.scheme[1] == self.digest
                and signature.is_valid(signer.key, self.scheme, b"\x31" + self.attributes.raw[1:], self.signature))


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
    reached = {signer.raw}
    for between in range(LONGEST_CHAIN):        # how many stand between the next certificate and the signer's
        if reached & trusted:
            return True
        reached = {other.raw for raw in reached for other in known.values()
                   if other.may_sign(between) and signed_by(known[raw], other)}
    return False


def judge(raw, text, roots):
    """What a token over a text is worth to a reader who trusts these roots."""
    try:
        token = Token(raw)
        signer, (algorithm, imprint) = token.signer(), token.imprint
        holds = (signer is not None and len(token.held) <= MOST_CERTIFICATES and algorithm is not None
                 and hashlib.new(algorithm, text).digest() == imprint and token.attributes_hold(signer)
                 and signer.stamps_times() and token.signature_holds(signer))
    except der.DerError:
        return Judged()
    if not holds:
        return Judged()
    trusted = leads_to_root(signer, token.certificates, roots, token.time)
    return Judged("trusted" if trusted else "claimed", signer.name, token.time)
