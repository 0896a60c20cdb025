"""Timestamp authorities for tests: certificates by the package cryptography, and tokens put together byte by byte, so
that each part of one can be wrong. (`openssl ts` makes good tokens too, and will not make most of the wrong ones.)"""

import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = 1_790_000_000
HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512(), "sha1": hashes.SHA1()}
HASH_OIDS = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2",
             "sha512": "2.16.840.1.101.3.4.2.3", "sha1": "1.3.14.3.2.26"}
RSA_OIDS = {None: "1.2.840.113549.1.1.1", "sha256": "1.2.840.113549.1.1.11", "sha384": "1.2.840.113549.1.1.12",
            "sha512": "1.2.840.113549.1.1.13", "sha1": "1.2.840.113549.1.1.5"}
EC_OIDS = {"sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
CERTIFIED, CERTIFIED_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
TIME_STAMPING = [ExtendedKeyUsageOID.TIME_STAMPING]
_KEYS = {}


def key(kind, label=""):
    """A key made once for all tests."""
    if (kind, label) not in _KEYS:
        curve = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1}.get(kind)
        _KEYS[kind, label] = (ec.generate_private_key(curve()) if curve
                              else rsa.generate_private_key(65537, int(kind[3:])))
    return _KEYS[kind, label]


def moment(time):
    return datetime.datetime.fromtimestamp(time, datetime.timezone.utc)


class Holder:
    """A key with a certificate."""

    def __init__(self, name, kind="p256", issuer=None, authority=False, start=NOW - 1000, end=NOW + 1000, length=None,
                 purposes=None, purposes_critical=True, usage=None, digest="sha256", more=(), identifier=False,
                 basic=True, label="", subject=None):
        self.key, self.issuer = key(kind, label or name), issuer or self
        self.subject = subject or x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "An Office"),
                                             x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = (x509.CertificateBuilder().subject_name(self.subject).issuer_name(self.issuer.subject)
                   .public_key(self.key.public_key()).serial_number(int.from_bytes(name.encode()[:15], "big"))
                   .not_valid_before(moment(start)).not_valid_after(moment(end)))
        if basic and (authority or length is not None):
            builder = builder.add_extension(x509.BasicConstraints(authority, length), True)
        if purposes is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), purposes_critical)
        if usage is not None:
            names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                     "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
            builder = builder.add_extension(x509.KeyUsage(**{name: name in usage for name in names}), True)
        if identifier:
            builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
        for extension, critical in more:
            builder = builder.add_extension(extension, critical)
        self.certificate = builder.sign(self.issuer.key, HASHES[digest])
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.pem = self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, message, digest, pss=False):
        if isinstance(self.key, rsa.RSAPrivateKey):
            way = padding.PSS(padding.MGF1(HASHES[digest]), 32) if pss else padding.PKCS1v15()
            return self.key.sign(message, way, HASHES[digest])
        return self.key.sign(message, ec.ECDSA(HASHES[digest]))


def root(kind="p256", name="A Root", **more):
    return Holder(name, kind, authority=True, **more)


def signer(issuer, kind="p256", name="A Clock", **more):
    return Holder(name, kind, issuer, **{"purposes": TIME_STAMPING, **more})


def tlv(tag, *parts):
    value = b"".join(parts)
    if len(value) < 128:
        return bytes([tag, len(value)]) + value
    length = len(value).to_bytes((len(value).bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(length)]) + length + value


def seq(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *sorted(parts))


def integer(number):
    return tlv(2, number.to_bytes((number if number >= 0 else ~number).bit_length() // 8 + 1, "big", signed=True))


def octets(raw):
    return tlv(4, raw)


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = b""
    for number in [40 * first + second, *rest]:
        piece = [number & 127]
        while number := number >> 7:
            piece.insert(0, number & 127 | 128)
        out += bytes(piece)
    return tlv(6, out)


def algorithm(name, parameters=b""):
    return seq(oid(name), parameters)


def info(text, digest="sha256", time=None, version=1, imprint=None, fraction="", more=b""):
    """A TSTInfo."""
    imprint = hashlib.new(digest, text).digest() if imprint is None else imprint
    stamp = time if isinstance(time, bytes) else moment(NOW if time is None else time).strftime(
        f"%Y%m%d%H%M%S{fraction}Z").encode()
    return seq(integer(version), oid("1.2.3.4.1"), seq(algorithm(HASH_OIDS[digest], b"\x05\x00"), octets(imprint)),
               integer(77), tlv(0x18, stamp), more)


def attribute(name, *values):
    return seq(oid(name), set_of(*values))


def certified(certificate, digest=None):
    """A signing certificate attribute; without a digest the older form, by SHA-1."""
    if digest is None:
        return attribute(CERTIFIED, seq(seq(seq(octets(hashlib.sha1(certificate).digest())))))
    named = b"" if digest == "sha256" else algorithm(HASH_OIDS[digest])
    return attribute(CERTIFIED_V2, seq(seq(seq(named, octets(hashlib.new(digest, certificate).digest())))))


def attributes(by, content, digest="sha256", **changed):
    """The signed attributes; those of a changed name are other ones, or none."""
    return [raw for name, raw in {
        "type": attribute(CONTENT_TYPE, oid(TST_INFO)),
        "message": attribute(MESSAGE_DIGEST, octets(hashlib.new(digest, content).digest())),
        "certified": certified(by.der, "sha256"), **changed}.items() if raw]


def signer_info(by, content, digest="sha256", signs=None, attrs=None, algorithm_name=None, identifier=None,
                order=sorted, signature=None, pss=False):
    attrs = attributes(by, content, digest) if attrs is None else attrs
    signs = signs or digest
    if algorithm_name is None:
        algorithm_name = (RSA_OIDS if isinstance(by.key, rsa.RSAPrivateKey) else EC_OIDS)[signs]
    null = b"\x05\x00" if isinstance(by.key, rsa.RSAPrivateKey) else b""
    identifier = identifier or seq(by.issuer.subject.public_bytes(), integer(by.certificate.serial_number))
    signature = signature or by.sign(set_of(*attrs), signs, pss)
    inside = tlv(0xA0, *order(attrs)) if attrs else b""
    return seq(integer(1), identifier, algorithm(HASH_OIDS[digest], b"\x05\x00"), inside,
               algorithm(algorithm_name, null), octets(signature))


def response(content, infos, certificates, status=0, sort=TST_INFO, token=True, digest="sha256"):
    """A TimeStampResp."""
    data = seq(integer(3), set_of(algorithm(HASH_OIDS[digest])), seq(oid(sort), tlv(0xA0, octets(content))),
               tlv(0xA0, *sorted(certificates)) if certificates is not None else b"", tlv(0x31, *infos))
    return seq(seq(integer(status)), seq(oid(SIGNED_DATA), tlv(0xA0, data)) if token else b"")


def token(text, by, chain=(), content=None, status=0, **options):
    """A whole token over a text, signed by a holder."""
    content = info(text) if content is None else content
    return response(content, [signer_info(by, content, **options)], [by.der, *(holder.der for holder in chain)], status,
                    digest=options.get("digest", "sha256"))
