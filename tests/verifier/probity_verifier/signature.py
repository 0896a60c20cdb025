"""Signatures of certificates and timestamps (section 15, item 5): RSA PKCS #1 v1.5, and ECDSA on P-256 and P-384.

Everything here is public, so nothing needs to take the same time.
"""

import hashlib

from . import der

RSA, EC = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
HASHES = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
NAMED = {"1.2.840.113549.1.1.11": (RSA, "sha256"), "1.2.840.113549.1.1.12": (RSA, "sha384"),
         "1.2.840.113549.1.1.13": (RSA, "sha512"), "1.2.840.10045.4.3.2": (EC, "sha256"),
         "1.2.840.10045.4.3.3": (EC, "sha384"), "1.2.840.10045.4.3.4": (EC, "sha512")}
DIGEST_INFO = {"sha256": "3031300d060960864801650304020105000420", "sha384": "3041300d060960864801650304020205000430",
               "sha512": "3051300d060960864801650304020305000440"}


class Curve:
    """y² = x³ − 3x + b over the prime p, with the base point (x, y) of the prime order n."""

    def __init__(self, p, b, x, y, n):
        self.p, self.b, self.base, self.order = p, b, (x, y), n
        self.width = (p.bit_length() + 7) // 8

    def holds(self, point):
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x * x - 3 * x + self.b)) % self.p == 0

    def point(self, raw):
        """A point from its uncompressed encoding, or None."""
        if len(raw) != 1 + 2 * self.width or raw[0] != 4:
            return None
        point = (int.from_bytes(raw[1:1 + self.width], "big"), int.from_bytes(raw[1 + self.width:], "big"))
        return point if self.holds(point) else None

    def add(self, a, b):
        if a is None or b is None:
            return a or b
        if a[0] == b[0]:
            if (a[1] + b[1]) % self.p == 0:
                return None
            slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, self.p)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, self.p)
        x = (slope * slope - a[0] - b[0]) % self.p
        return x, (slope * (a[0] - x) - a[1]) % self.p

    def combine(self, u, point, v, other):
        """[u]point + [v]other, None being the point at infinity."""
        both, result = self.add(point, other), None
        for bit in range(max(u.bit_length(), v.bit_length()) - 1, -1, -1):
            result = self.add(result, result)
            chosen = (None, point, other, both)[(u >> bit & 1) + 2 * (v >> bit & 1)]
            result = self.add(result, chosen)
        return result


CURVES = {
    "1.2.840.10045.3.1.7": Curve(
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b,
        0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
        0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5,
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551),
    "1.3.132.0.34": Curve(
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef,
        0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
        0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f,
        0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973),
}


def hash_of(item):
    """The hash that an AlgorithmIdentifier names, or None where it is not one of the three."""
    return HASHES.get(der.algorithm(item)[0])


def scheme_of(item, digest=None):
    """(RSA or EC, the hash) that a signature's AlgorithmIdentifier names, or None.

    Where it names RSA alone, the hash is `digest`, if there is one."""
    name, _ = der.algorithm(item)
    return (RSA, digest) if name == RSA and digest else NAMED.get(name)


def is_valid(key, scheme, message, signature):
    """Whether a SubjectPublicKeyInfo's key made this signature by a scheme of `scheme_of`."""
    try:
        sort, raw = key.take(der.SEQUENCE, der.BITS)
        name, parameters = der.algorithm(sort)
        raw = der.whole_bytes(raw)
        if scheme is None or name != scheme[0]:
            return False
        if name == RSA:
            return rsa(raw, scheme[1], message, signature)
        curve = CURVES.get(der.oid(parameters)) if parameters else None
        return curve is not None and ecdsa(curve, raw, scheme[1], message, signature)
    except der.DerError:
        return False


def rsa(raw, name, message, signature):
    modulus, exponent = map(der.integer, der.one(raw).take(der.INTEGER, der.INTEGER))
    width = (modulus.bit_length() + 7) // 8
    if not 2048 <= modulus.bit_length() <= 8192 or not 3 <= exponent < 2**33 or not exponent & 1:
        return False
    number = int.from_bytes(signature, "big")
    if len(signature) != width or number >= modulus:
        return False
    info = bytes.fromhex(DIGEST_INFO[name]) + hashlib.new(name, message).digest()
    padded = b"\x00\x01" + b"\xff" * (width - len(info) - 3) + b"\x00" + info
    return pow(number, exponent, modulus).to_bytes(width, "big") == padded


def ecdsa(curve, raw, name, message, signature):
    r, s = map(der.integer, der.one(signature).take(der.INTEGER, der.INTEGER))
    point = curve.point(raw)
    if point is None or not (0 < r < curve.order and 0 < s < curve.order):
        return False
    digest = hashlib.new(name, message).digest()
    z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - curve.order.bit_length())
    w = pow(s, -1, curve.order)
    found = curve.combine(z * w % curve.order, curve.base, r * w % curve.order, point)
    return found is not None and found[0] % curve.order == r
