"""Ed25519 by the one rule of section 4: canonical, cofactorless, compared byte for byte."""

import hashlib
from functools import lru_cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
D2 = 2 * D % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
IDENTITY = (0, 1, 1, 0)
IDENTITY_BYTES = b"\x01" + bytes(31)


class Refused(Exception):
    """Why a key or a signature is refused; the text begins with "key" or "signature"."""


def add(p, q):
    x1, y1, z1, t1 = p
    x2, y2, z2, t2 = q
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = t1 * D2 % P * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(p):
    x1, y1, z1, _ = p
    a = x1 * x1 % P
    b = y1 * y1 % P
    h = a + b
    e = h - (x1 + y1) ** 2
    g = a - b
    f = 2 * z1 * z1 + g
    e, f = e % P, f % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(p):
    return -p[0] % P, p[1], p[2], -p[3] % P


def odd_multiples(p, width):
    """[1]p, [3]p … for a signed window of `width` bits."""
    twice, table = double(p), [p]
    for _ in range((1 << (width - 2)) - 1):
        table.append(add(table[-1], twice))
    return table


def signed_windows(k, width):
    """The non-adjacent form of k: pairs of (bit, odd digit)."""
    bit, digits = 0, []
    while k:
        zeros = (k & -k).bit_length() - 1
        bit, k = bit + zeros, k >> zeros
        digit = k & ((1 << width) - 1)
        if digit >> (width - 1):
            digit -= 1 << width
        digits.append((bit, digit))
        k -= digit
    return digits


def combine(*terms):
    """The sum of [k]p over terms (k, table of p, width), doubling once for all of them."""
    steps = {}
    for k, table, width in terms:
        for bit, digit in signed_windows(k, width):
            point = table[abs(digit) >> 1]
            steps.setdefault(bit, []).append(point if digit > 0 else negate(point))
    result = IDENTITY
    for bit in range(max(steps, default=-1), -1, -1):
        result = double(result)
        for point in steps.get(bit, ()):
            result = add(result, point)
    return result


def encode_point(p):
    inverse = pow(p[2], -1, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def is_identity(p):
    return p[0] % P == 0 and (p[1] - p[2]) % P == 0


def decode_point(raw):
    """Items 1 to 3 of the key rule."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        raise Refused("key refused: y is not below p")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * SQRT_M1 % P
    if (v * x * x - u) % P:
        raise Refused("key refused: not a point of the curve")
    if x == 0 and sign:
        raise Refused("key refused: sign bit at x = 0")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
BASE_TABLE = odd_multiples(BASE, 8)


@lru_cache(maxsize=4096)
def _negated_table(key):
    """The table of −A, or the reason why A is refused (kept, so that a bad key is judged once)."""
    try:
        point = decode_point(key)
    except Refused as why:
        return None, str(why)
    if is_identity(double(double(double(point)))):
        return None, "key refused: small order"
    table = odd_multiples(negate(point), 5)
    if not is_identity(combine((L, table, 5))):
        return None, "key refused: mixed order"
    return table, None


def check_key(key):
    """The key rule; returns the table used by `check`."""
    if len(key) != 32:
        raise Refused("key refused: not 32 bytes")
    table, why = _negated_table(bytes(key))
    if why:
        raise Refused(why)
    return table


def check(key, message, signature):
    """The key rule and the signature rule; raises Refused."""
    table = check_key(key)
    if len(signature) != 64:
        raise Refused("signature refused: not 64 bytes")
    r, s = bytes(signature[:32]), int.from_bytes(signature[32:], "little")
    if s >= L:
        raise Refused("signature refused: S is not below L")
    if r == IDENTITY_BYTES:
        raise Refused("signature refused: R is the identity")
    k = int.from_bytes(hashlib.sha512(r + bytes(key) + message).digest(), "little") % L
    if encode_point(combine((s, BASE_TABLE, 8), (k, table, 5))) != r:
        raise Refused("signature refused: R differs from the encoding of [S]B - [k]A")


def thumbprint(key):
    """kid: the COSE key thumbprint."""
    return hashlib.sha256(bytes.fromhex("a301012006215820") + key).digest()
