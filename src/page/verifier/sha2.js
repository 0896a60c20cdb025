// SHA-256, SHA-384 and SHA-512 (FIPS 180-4), synchronous. The constants are computed as the standard defines them:
// the first bits of the fractional parts of square and cube roots of the first primes.

const PRIMES = (() => {
  const primes = [];
  for (let n = 2; primes.length < 80; n++) {
    if (primes.every((p) => n % p !== 0)) primes.push(n);
  }
  return primes;
})();

// 64 fractional bits of the root of n, by Newton's method on whole numbers.
function fractionOfRoot(n, degree) {
  const wanted = BigInt(n) << BigInt(64 * degree);
  const power = BigInt(degree);
  let root = 1n << 70n;
  for (;;) {
    const next = ((power - 1n) * root + wanted / root ** (power - 1n)) / power;
    if (next >= root) return root & 0xffffffffffffffffn;
    root = next;
  }
}

// Words of 64 bits as two places each: high, low.
function halves(words) {
  return Int32Array.from(words.flatMap((word) => [Number(word >> 32n), Number(word & 0xffffffffn)]));
}

const SQUARE_ROOTS = PRIMES.slice(0, 8).map((n) => fractionOfRoot(n, 2));
const CUBE_ROOTS = PRIMES.map((n) => fractionOfRoot(n, 3));
const K256 = Int32Array.from(CUBE_ROOTS.slice(0, 64), (root) => Number(root >> 32n));
const K512 = halves(CUBE_ROOTS);
const START256 = Int32Array.from(SQUARE_ROOTS, (root) => Number(root >> 32n));
const START512 = halves(SQUARE_ROOTS);
const START384 = halves(PRIMES.slice(8, 16).map((n) => fractionOfRoot(n, 2)));
const W256 = new Int32Array(64);
const W512 = new Int32Array(160);

// A hash in progress. Bytes are taken piece by piece.
export class Sha256 {
  constructor() {
    this.state = START256.slice();
    this.block = new Uint8Array(64);
    this.filled = 0;
    this.length = 0;
  }

  update(bytes) {
    let at = 0;
    this.length += bytes.length;
    if (this.filled > 0) {
      at = Math.min(64 - this.filled, bytes.length);
      this.block.set(bytes.subarray(0, at), this.filled);
      this.filled += at;
      if (this.filled < 64) return this;
      this.compress(this.block, 0);
      this.filled = 0;
    }
    for (; at + 64 <= bytes.length; at += 64) this.compress(bytes, at);
    this.block.set(bytes.subarray(at));
    this.filled = bytes.length - at;
    return this;
  }

  digest() {
    const bits = [Math.floor(this.length / 0x20000000), this.length * 8];
    this.block[this.filled] = 0x80;
    this.block.fill(0, this.filled + 1);
    if (this.filled >= 56) {
      this.compress(this.block, 0);
      this.block.fill(0);
    }
    const end = new DataView(this.block.buffer);
    bits.forEach((half, i) => end.setUint32(56 + 4 * i, half));
    this.compress(this.block, 0);
    const digest = new Uint8Array(32);
    const out = new DataView(digest.buffer);
    this.state.forEach((word, i) => out.setInt32(4 * i, word));
    return digest;
  }

  compress(bytes, at) {
    for (let i = 0; i < 16; i++, at += 4) {
      W256[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = W256[i - 15];
      const y = W256[i - 2];
      const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W256[i] = (W256[i - 16] + low + W256[i - 7] + high) | 0;
    }
    const state = this.state;
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K256[i] + W256[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
  }
}

export function sha256(...parts) {
  const hash = new Sha256();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

// SHA-512 of a short message (what is signed). A 64-bit word stands in two places of an Int32Array: high, low.
export function sha512(message, start = START512) {
  const padded = new Uint8Array(Math.ceil((message.length + 17) / 128) * 128);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n);
  const state = start.slice();
  for (let at = 0; at < padded.length; at += 128) compress512(state, view, at);
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  state.forEach((half, i) => out.setInt32(4 * i, half));
  return digest;
}

// SHA-384 is SHA-512 from another start, cut off.
export function sha384(message) {
  return sha512(message, START384).slice(0, 48);
}

// The high half of the word h:l turned right by `by` bits (1 to 63); its low half is turned(l, h, by).
function turned(h, l, by) {
  if (by >= 32) [h, l, by] = [l, h, by - 32];
  return by === 0 ? h : (h >>> by) | (l << (32 - by));
}

// Adds words given as halves, one after another, into the two places of `into` from `place` on.
function add64(into, place, h1, l1, h2, l2) {
  const low = (l1 >>> 0) + (l2 >>> 0);
  into[place + 1] = low;
  into[place] = h1 + h2 + (low > 0xffffffff ? 1 : 0);
}

function compress512(state, view, at) {
  const w = W512;
  for (let i = 0; i < 32; i++) w[i] = view.getInt32(at + 4 * i);
  for (let i = 32; i < 160; i += 2) {
    const [xh, xl, yh, yl] = [w[i - 30], w[i - 29], w[i - 4], w[i - 3]];
    const lowH = turned(xh, xl, 1) ^ turned(xh, xl, 8) ^ (xh >>> 7);
    const lowL = turned(xl, xh, 1) ^ turned(xl, xh, 8) ^ ((xl >>> 7) | (xh << 25));
    const highH = turned(yh, yl, 19) ^ turned(yh, yl, 61) ^ (yh >>> 6);
    const highL = turned(yl, yh, 19) ^ turned(yl, yh, 61) ^ ((yl >>> 6) | (yh << 26));
    add64(w, i, w[i - 32], w[i - 31], lowH, lowL);
    add64(w, i, w[i], w[i + 1], w[i - 14], w[i - 13]);
    add64(w, i, w[i], w[i + 1], highH, highL);
  }
  // v holds a to h; t and u are the two sums of a round.
  const v = state.slice();
  const t = new Int32Array(2);
  const u = new Int32Array(2);
  for (let i = 0; i < 160; i += 2) {
    const [ah, al, eh, el] = [v[0], v[1], v[8], v[9]];
    const s1H = turned(eh, el, 14) ^ turned(eh, el, 18) ^ turned(eh, el, 41);
    const s1L = turned(el, eh, 14) ^ turned(el, eh, 18) ^ turned(el, eh, 41);
    add64(t, 0, v[14], v[15], s1H, s1L);
    add64(t, 0, t[0], t[1], (eh & v[10]) ^ (~eh & v[12]), (el & v[11]) ^ (~el & v[13]));
    add64(t, 0, t[0], t[1], K512[i], K512[i + 1]);
    add64(t, 0, t[0], t[1], w[i], w[i + 1]);
    const s0H = turned(ah, al, 28) ^ turned(ah, al, 34) ^ turned(ah, al, 39);
    const s0L = turned(al, ah, 28) ^ turned(al, ah, 34) ^ turned(al, ah, 39);
    add64(u, 0, s0H, s0L, (ah & v[2]) ^ (ah & v[4]) ^ (v[2] & v[4]), (al & v[3]) ^ (al & v[5]) ^ (v[3] & v[5]));
    v.copyWithin(2, 0, 14);
    add64(v, 8, v[8], v[9], t[0], t[1]);
    add64(v, 0, t[0], t[1], u[0], u[1]);
  }
  for (let i = 0; i < 16; i += 2) add64(state, i, state[i], state[i + 1], v[i], v[i + 1]);
}
