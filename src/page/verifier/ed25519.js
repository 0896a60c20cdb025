// Ed25519, verification only, by the one rule of section 4: compute the point [S]B - [k]A and compare its encoding
// with R byte for byte. Curve and encodings are those of RFC 8032 §5.1. Nothing here is secret, so nothing is timed.

import { equal, hex, join } from './bytes.js';
import { sha512 } from './sha2.js';

const P = 2n ** 255n - 19n;
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = modP(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_1 = power(2n, (P - 1n) / 4n);

// A point as X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z (extended twisted Edwards coordinates).
const IDENTITY = { X: 0n, Y: 1n, Z: 1n, T: 0n };
const BASE = decodePoint(
  Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0x58 : 0x66)),
);

function modP(a) {
  const rest = a % P;
  return rest < 0n ? rest + P : rest;
}

function power(base, exponent) {
  let result = 1n;
  for (let e = exponent, b = base; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % P;
    b = (b * b) % P;
  }
  return result;
}

export function littleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

// Complete for this curve: it holds for all pairs of points, equal ones and the identity too.
function addPoints(p, q) {
  const a = (p.Y - p.X) * (q.Y - q.X);
  const b = (p.Y + p.X) * (q.Y + q.X);
  const c = ((2n * p.T * q.T) % P) * D;
  const d = 2n * p.Z * q.Z;
  const [e, f, g, h] = [(b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P];
  return { X: (e * f) % P, Y: (g * h) % P, Z: (f * g) % P, T: (e * h) % P };
}

function doublePoint({ X, Y, Z }) {
  const a = X * X;
  const b = Y * Y;
  const e = (2n * X * Y) % P;
  const g = (b - a) % P;
  const f = (g - 2n * Z * Z) % P;
  const h = (-a - b) % P;
  return { X: (e * f) % P, Y: (g * h) % P, Z: (f * g) % P, T: (e * h) % P };
}

function negatePoint({ X, Y, Z, T }) {
  return { X: -X, Y, Z, T: -T };
}

function isIdentity({ X, Y, Z }) {
  return modP(X) === 0n && modP(Y - Z) === 0n;
}

// [a]p + [b]q, bit by bit from the top.
function sumOfMultiples(a, p, b, q) {
  const both = addPoints(p, q);
  let sum = IDENTITY;
  for (let bit = 255n; bit >= 0n; bit--) {
    sum = doublePoint(sum);
    const inA = (a >> bit) & 1n;
    const inB = (b >> bit) & 1n;
    if (inA && inB) sum = addPoints(sum, both);
    else if (inA) sum = addPoints(sum, p);
    else if (inB) sum = addPoints(sum, q);
  }
  return sum;
}

function encodePoint({ X, Y, Z }) {
  const inverse = power(modP(Z), P - 2n);
  const x = modP(X * inverse);
  let y = modP(Y * inverse);
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i++, y >>= 8n) bytes[i] = Number(y & 0xffn);
  if (x & 1n) bytes[31] |= 0x80;
  return bytes;
}

// Rules 1 to 3 for keys: y below p, on the curve, no sign bit at x = 0. Null where one is broken.
export function decodePoint(bytes) {
  const encoded = littleEndian(bytes);
  const sign = encoded >> 255n;
  const y = encoded & (2n ** 255n - 1n);
  if (y >= P) return null;
  // x^2 = u/v; the candidate is u v^3 (u v^7)^((p-5)/8), or that times a root of -1.
  const u = modP(y * y - 1n);
  const v = modP(D * y * y + 1n);
  let x = modP(u * v ** 3n * power(modP(u * v ** 7n), (P - 5n) / 8n));
  if (modP(v * x * x - u) !== 0n) x = modP(x * ROOT_OF_MINUS_1);
  if (modP(v * x * x - u) !== 0n) return null;
  if (x === 0n && sign === 1n) return null;
  if ((x & 1n) !== sign) x = P - x;
  return { X: x, Y: y, Z: 1n, T: modP(x * y) };
}

const pointsOfKeys = new Map();

// The key rule. Returns the point, or null.
export function keyPoint(key) {
  const name = hex(key);
  if (!pointsOfKeys.has(name)) pointsOfKeys.set(name, judgedPoint(key));
  return pointsOfKeys.get(name);
}

function judgedPoint(key) {
  const point = key.length === 32 ? decodePoint(key) : null;
  if (point === null) return null;
  if (isIdentity(doublePoint(doublePoint(doublePoint(point))))) return null;
  if (!isIdentity(sumOfMultiples(ORDER, point, 0n, IDENTITY))) return null;
  return point;
}

// The signature rule, with the key rule.
export function verifyEd25519(key, message, signature) {
  if (signature.length !== 64) return false;
  const point = keyPoint(key);
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (point === null || s >= ORDER) return false;
  if (r[0] === 1 && r.subarray(1).every((byte) => byte === 0)) return false;
  const k = littleEndian(sha512(join(r, key, message))) % ORDER;
  return equal(encodePoint(sumOfMultiples(s, BASE, k, negatePoint(point))), r);
}
