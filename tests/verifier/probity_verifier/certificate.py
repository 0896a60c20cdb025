"""Certificates (RFC 5280), as far as section 15 reads them."""

import base64
import binascii
import hashlib
import re
from functools import lru_cache

from . import der, signature

BASIC, KEY_USAGE, EXTENDED_USAGE = "2.5.29.19", "2.5.29.15", "2.5.29.37"
POLICIES, ALTERNATIVE_NAME, KEY_IDENTIFIER = "2.5.29.32", "2.5.29.17", "2.5.29.14"
UNDERSTOOD = {BASIC, KEY_USAGE, EXTENDED_USAGE, POLICIES, ALTERNATIVE_NAME}
TIME_STAMPING, COMMON_NAME = "1.3.6.1.5.5.7.3.8", "2.5.4.3"
DIGITAL_SIGNATURE, NON_REPUDIATION, SIGNS_CERTIFICATES = 0, 1, 5
TEXTS = {0x0C: "utf-8", 0x12: "ascii", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1C: "utf-32-be",
         0x1E: "utf-16-be"}


class Certificate:
    """One certificate; raises DerError where it is none."""

    def __init__(self, raw):
        self.raw = bytes(raw)
        body, algorithm, bits = der.one(raw).take(der.SEQUENCE, der.SEQUENCE, der.BITS)
        self.signed, self.algorithm, self.signature = body.raw, algorithm, der.whole_bytes(bits)
        walk = der.Walk(body)
        walk.maybe(0xA0)
        self.serial = walk.next(der.INTEGER).raw
        if walk.next(der.SEQUENCE).raw != algorithm.raw:
            raise der.DerError("two algorithms")
        self.issuer = walk.next(der.SEQUENCE).raw
        self.start, self.end = period(walk.next(der.SEQUENCE))
        subject = walk.next(der.SEQUENCE)
        self.subject, self.name = subject.raw, common_name(subject)
        self.key = walk.next(der.SEQUENCE)
        walk.maybe(0x81), walk.maybe(0x82)
        extensions = walk.maybe(0xA3)
        walk.end()
        self.extensions = {}
        for item in extensions.take(der.SEQUENCE)[0].parts if extensions else ():
            inner = der.Walk(item)
            name, critical = der.oid(inner.next(der.OID)), inner.maybe(der.BOOLEAN)
            value = inner.next(der.OCTETS).value
            inner.end()
            if name in self.extensions:
                raise der.DerError("an extension that occurs twice")
            self.extensions[name] = (critical is not None and der.boolean(critical), value)
        self.basic = self.read(BASIC, basic_constraints)
        self.usage = self.read(KEY_USAGE, lambda raw: named_bits(der.one(raw, der.BITS)))
        self.purposes = self.read(EXTENDED_USAGE, lambda raw: [der.oid(item) for item in der.one(raw).parts])
        self.key_identifier = self.read(KEY_IDENTIFIER, lambda raw: der.one(raw, der.OCTETS).value)

    def read(self, name, reader):
        return reader(self.extensions[name][1]) if name in self.extensions else None

    def understood(self):
        return all(name in UNDERSTOOD for name, (critical, _) in self.extensions.items() if critical)

    def stamps_times(self):
        """Item 4: what this certificate's key may be used for."""
        return (self.purposes == [TIME_STAMPING] and self.extensions[EXTENDED_USAGE][0]
                and (self.usage is None or bool(self.usage & {DIGITAL_SIGNATURE, NON_REPUDIATION})))

    def may_sign(self, between):
        """Whether it may sign a certificate with so many others between that one and the signer's."""
        return (self.basic is not None and self.basic[0] and (self.basic[1] is None or between <= self.basic[1])
                and (self.usage is None or SIGNS_CERTIFICATES in self.usage))


def period(item):
    if len(item.parts) != 2:
        raise der.DerError("not a period")
    return der.time(item.parts[0]), der.time(item.parts[1])


def basic_constraints(raw):
    """(is an authority, path length or None)"""
    walk = der.Walk(der.one(raw))
    authority, length = walk.maybe(der.BOOLEAN), walk.maybe(der.INTEGER)
    walk.end()
    length = None if length is None else der.integer(length)
    return authority is not None and der.boolean(authority), length


def named_bits(item):
    raw, _ = der.bits(item)
    return {8 * at + bit for at, byte in enumerate(raw) for bit in range(8) if byte & 128 >> bit}


def common_name(subject):
    """The last common name in a subject, or empty."""
    name = ""
    for group in subject.parts:
        for pair in group.parts:
            sort, value = pair.parts if len(pair.parts) == 2 else (None, None)
            if sort is not None and sort.tag == der.OID and der.oid(sort) == COMMON_NAME:
                try:
                    name = value.value.decode(TEXTS[value.tag])
                except (KeyError, UnicodeDecodeError):
                    name = ""
    return name


@lru_cache(maxsize=4096)
def signed_by(certificate, issuer):
    """Item 6 but for the length of the path: names agree as bytes, and the signature is the issuer's."""
    return certificate.issuer == issuer.subject and signature.is_valid(
        issuer.key, signature.scheme_of(certificate.algorithm), certificate.signed, certificate.signature)


def read_pem(text):
    """The certificates of a PEM file; raises DerError or ValueError where one can't be read, or there is none."""
    blocks = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", text, re.DOTALL)
    if len(text.encode("utf-8")) > 4 << 20 or len(blocks) > 1000:
        raise ValueError("more than 4 MiB or 1,000 certificates")
    try:
        found = [Certificate(base64.b64decode("".join(block.split()), validate=True)) for block in blocks]
    except binascii.Error:
        raise ValueError("a certificate that is not base64") from None
    if not found:
        raise ValueError("no certificate")
    return found


def sha1(raw):
    """Only for the older signing certificate attribute, which knows no other."""
    return hashlib.sha1(raw, usedforsecurity=False).digest()
