// Signatures of timestamp authorities and of certificates: RSA PKCS #1 v1.5 (RFC 8017 §8.2.2) and ECDSA on P-256 and
// P-384 (FIPS 186-5). Verification only; nothing here is secret, so nothing is timed.

import { equal, hex, join, unhex } from './bytes.js';
import { BIT_STRING, INTEGER, OID, SEQUENCE, algorithmOf, bytesOfBits, ifDer, inside, only, unsigned } from './der.js';
import { sha256, sha384, sha512 } from './sha2.js';

// The hash functions that may be used, each with the DER of a DigestInfo up to its digest.
const SHA256 = { hash: sha256, info: '3031300d060960864801650304020105000420' };
const SHA384 = { hash: sha384, info: '3041300d060960864801650304020205000430' };
const SHA512 = { hash: sha512, info: '3051300d060960864801650304020305000440' };
// By object identifier: 2.16.840.1.101.3.4.2.1 to .3
const HASHES = new Map([
  ['608648016503040201', SHA256],
  ['608648016503040202', SHA384],
  ['608648016503040203', SHA512],
]);
// rsaEncryption and id-ecPublicKey
const RSA = '2a864886f70d010101';
const EC = '2a8648ce3d0201';
// Algorithms of signatures: which sort of key, which hash. Plain RSA takes the hash that is named beside it.
const SIGNATURES = new Map([
  [RSA, { sort: RSA, digest: null }],
  ['2a864886f70d01010b', { sort: RSA, digest: SHA256 }],
  ['2a864886f70d01010c', { sort: RSA, digest: SHA384 }],
  ['2a864886f70d01010d', { sort: RSA, digest: SHA512 }],
  ['2a8648ce3d040302', { sort: EC, digest: SHA256 }],
  ['2a8648ce3d040303', { sort: EC, digest: SHA384 }],
  ['2a8648ce3d040304', { sort: EC, digest: SHA512 }],
]);

const big = (digits) => BigInt(`0x${digits.replaceAll(' ', '')}`);
// y² = x³ − 3x + b over the field of p elements; base point and its order.
const CURVES = new Map([
  ['2a8648ce3d030107', {
    size: 32,
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: big('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b'),
    n: big('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
    x: big('6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296'),
    y: big('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5'),
  }],
  ['2b81040022', {
    size: 48,
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: big('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef'),
    n: big('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
    x: big('aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7'),
    y: big('3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f'),
  }],
]);

const numberOf = (bytes) => (bytes.length === 0 ? 0n : big(hex(bytes)));

// The hash that an AlgorithmIdentifier names, or null.
export function digestNamed(element) {
  return HASHES.get(algorithmOf(element)) ?? null;
}

// The signature algorithm that an AlgorithmIdentifier names, or null.
export function signatureNamed(element) {
  return SIGNATURES.get(algorithmOf(element)) ?? null;
}

// The key of a SubjectPublicKeyInfo; null where it is of another sort or size, so that nothing verifies by it.
export function publicKeyOf(element) {
  const parts = inside(element);
  const algorithm = inside(parts.take(SEQUENCE));
  const bits = bytesOfBits(parts.take(BIT_STRING));
  parts.end();
  const sort = hex(algorithm.take(OID).content);
  if (sort === RSA) return ifDer(() => rsaKey(bits));
  return sort === EC ? ifDer(() => curveKey(CURVES.get(hex(algorithm.take(OID).content)), bits)) : null;
}

function rsaKey(bits) {
  const numbers = inside(only(bits, SEQUENCE));
  const [modulus, exponent] = [unsigned(numbers.take(INTEGER)), unsigned(numbers.take(INTEGER))];
  numbers.end();
  const length = modulus.toString(2).length;
  const good = length >= 2048 && length <= 8192 && modulus % 2n === 1n && exponent % 2n === 1n;
  if (!good || exponent < 3n || exponent >= 2n ** 33n) return null;
  return { sort: RSA, modulus, exponent, size: Math.ceil(length / 8) };
}

function curveKey(curve, bits) {
  if (curve === undefined || bits.length !== 1 + 2 * curve.size || bits[0] !== 0x04) return null;
  const [x, y] = [numberOf(bits.subarray(1, 1 + curve.size)), numberOf(bits.subarray(1 + curve.size))];
  const onCurve = x < curve.p && y < curve.p && (y * y - (x * x * x - 3n * x + curve.b)) % curve.p === 0n;
  return onCurve ? { sort: EC, curve, x, y } : null;
}

// Whether a signature of that sort, by a hash, is valid under a key (null: never).
export function isSigned(key, { sort }, digest, message, signature) {
  if (key === null || digest === null || key.sort !== sort) return false;
  return sort === RSA ? rsaSigned(key, digest, message, signature) : curveSigned(key, digest, message, signature);
}

function rsaSigned({ modulus, exponent, size }, { hash, info }, message, signature) {
  const s = numberOf(signature);
  if (signature.length !== size || s >= modulus) return false;
  const digits = powerOf(s, exponent, modulus).toString(16).padStart(2 * size, '0');
  const tail = join(unhex(info), hash(message));
  const padding = new Uint8Array(size - 3 - tail.length).fill(0xff);
  return equal(unhex(digits), join(Uint8Array.of(0x00, 0x01), padding, Uint8Array.of(0x00), tail));
}

function powerOf(base, exponent, modulus) {
  let result = 1n;
  for (let e = exponent, b = base; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % modulus;
    b = (b * b) % modulus;
  }
  return result;
}

function curveSigned({ curve, x, y }, { hash }, message, signature) {
  const numbers = ifDer(() => rAndS(signature));
  if (numbers === null || numbers.some((number) => number < 1n || number >= curve.n)) return false;
  const [r, s] = numbers;
  const e = numberOf(hash(message).subarray(0, curve.size));
  const w = powerOf(s, curve.n - 2n, curve.n);
  const [X, , Z] = sumOn(curve, (e * w) % curve.n, [curve.x, curve.y, 1n], (r * w) % curve.n, [x, y, 1n]);
  if (Z === 0n) return false;
  const inverse = powerOf(Z, curve.p - 2n, curve.p);
  return ((X * inverse * inverse) % curve.p) % curve.n === r;
}

function rAndS(signature) {
  const parts = inside(only(signature, SEQUENCE));
  const numbers = [unsigned(parts.take(INTEGER)), unsigned(parts.take(INTEGER))];
  parts.end();
  return numbers;
}

// [a]P + [b]Q, bit by bit from the top. A point is [X, Y, Z] with x = X/Z², y = Y/Z³; Z is 0 at infinity.
function sumOn({ p }, a, first, b, second) {
  const mod = (number) => ((number % p) + p) % p;
  const twice = ([x, y, z]) => {
    if (z === 0n || y === 0n) return [1n, 1n, 0n];
    const [zz, yy] = [mod(z * z), mod(y * y)];
    const [m, s] = [mod(3n * (x - zz) * (x + zz)), mod(4n * x * yy)];
    const x3 = mod(m * m - 2n * s);
    return [x3, mod(m * (s - x3) - 8n * yy * yy), mod(2n * y * z)];
  };
  const plus = (left, right) => {
    if (left[2] === 0n) return right;
    if (right[2] === 0n) return left;
    const [zz1, zz2] = [mod(left[2] * left[2]), mod(right[2] * right[2])];
    const [u1, u2] = [mod(left[0] * zz2), mod(right[0] * zz1)];
    const [s1, s2] = [mod(left[1] * right[2] * zz2), mod(right[1] * left[2] * zz1)];
    if (u1 === u2) return s1 === s2 ? twice(left) : [1n, 1n, 0n];
    const [h, d] = [mod(u2 - u1), mod(s2 - s1)];
    const [hh, v] = [mod(h * h), mod(u1 * h * h)];
    const x3 = mod(d * d - h * hh - 2n * v);
    return [x3, mod(d * (v - x3) - s1 * h * hh), mod(h * left[2] * right[2])];
  };
  const both = plus(first, second);
  let sum = [1n, 1n, 0n];
  for (let bit = BigInt(Math.max(a.toString(2).length, b.toString(2).length)) - 1n; bit >= 0n; bit--) {
    sum = twice(sum);
    const [inA, inB] = [(a >> bit) & 1n, (b >> bit) & 1n];
    if (inA || inB) sum = plus(sum, inA && inB ? both : inA ? first : second);
  }
  return sum;
}
