// The browser's own Ed25519 (WebCrypto) as the fast way. It is asked only where its "yes" can't widen the rule of
// section 4, and its "no" counts for nothing: then verifyEd25519 decides.
//
// Why a "yes" is enough. Take a key A, a signature R || S and k = SHA-512(R || A || M) mod L. Before the browser is
// asked, our own code has found that A is canonical, not of small order and in the subgroup of order L (the whole key
// rule), that S < L, and that R is none of the 14 small-order encodings and has y < p, so that R is the only spelling
// of its point. What implementations of Ed25519 can then still differ in is the equation they check:
//   (a) encoding of [S]B - [k]A is R, byte for byte: our rule itself;
//   (b) R decodes to [S]B - [k]A: the same as (a), R having one spelling only;
//   (c) [8]R = [8]([S]B - [k]A), with the cofactor: wider than (a), for R = [S]B - [k]A + T with [8]T = 0.
// Only (c) has to be excluded, and selfTest() does: a checker of form (c) would accept its signatures whose R has a
// component of order 2, 4 or 8 (they fulfil (c) and not (a)). A browser that accepts any of them, or S + L, or refuses
// what is valid, is not used at all. On the path of this file, then, "yes" means (a).

import { hex, unhex } from './bytes.js';
import { ORDER, keyPoint, littleEndian } from './ed25519.js';

// The encodings that can be read as points of small order: these seven, each with and without the top bit.
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

// One key and message: a valid signature, then ones that must be refused.
const TEST_KEY = '0f7608783489684c04726001595638e5258c2ed0bdb3d18d9e3453ea8bb458ad';
const TEST_MESSAGE =
  '61207265636f726420746861742061207363686f6f6c206d7573742062652061626c6520746f206163636f756e7420666f72';
const TEST_VALID =
  'b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b2304c896f5589e4cc7f22b6fff3304006f46e10acfcc296d868923dce1e3c13f0b';
const TEST_REFUSED = [
  // R with a component of order 2, of order 4, of order 8: the equation holds with the cofactor
  '3ae4df0afbd9dbdaeb27e4c7cab7426f218d02f4730dc7d577060ad31af894dc13ce1e7a673c7f3c605270912387d5d4667fb0b4ef8102c72fca768972317405',
  '0bc5eed08660611267ff1c8c425418d2ebd6458bbaa4e5dd53effe2b339f544440f89ff1bd05069b6b130e967e84d9587262750f50328094a11575b443a1f001',
  '186ed2bdbd1a36f6437c5168b0221914018ea4f32a1c3fcd1c1794d64fbd596e91ad57b58986810b13da3fc7397f7c6379c85cfe43fc5fd449024baf96fec406',
  // S + L
  'b31b20f50426242514d81b383548bd90de72fd0b8cf2382a88f9f52ce5076b23f19b8c5273015f1fc9c866a212fede8346e10acfcc296d868923dce1e3c13f1b',
  // R with y = p + 2
  'efffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f04c896f5589e4cc7f22b6fff3304006f46e10acfcc296d868923dce1e3c13f0b',
];

// Whether the rules that must hold before the browser is asked do hold.
export function mayAskBrowser(key, signature) {
  if (signature.length !== 64 || keyPoint(key) === null) return false;
  if (littleEndian(signature.subarray(32)) >= ORDER) return false;
  const y = signature.slice(0, 32);
  y[31] &= 0x7f;
  if (SMALL_ORDER.has(hex(y))) return false;
  // y < p = 2^255 - 19: not 31 times ff (7f at the top) above a last byte of ed or more
  return !(y[31] === 0x7f && y[0] >= 0xed && y.subarray(1, 31).every((byte) => byte === 0xff));
}

// The browser's checker: `yes(key, message, signature)` resolves to true only for what the rule accepts.
export class BrowserCheck {
  constructor(subtle) {
    this.subtle = subtle;
    this.imported = new Map();
  }

  // Null where the browser has no Ed25519, or fails the self-test.
  static async begin(subtle = globalThis.crypto?.subtle) {
    if (!subtle) return null;
    const check = new BrowserCheck(subtle);
    return (await check.selfTest()) ? check : null;
  }

  async selfTest() {
    const [key, message] = [unhex(TEST_KEY), unhex(TEST_MESSAGE)];
    if (!(await this.ask(key, message, unhex(TEST_VALID)))) return false;
    for (const refused of TEST_REFUSED) {
      if (await this.ask(key, message, unhex(refused))) return false;
    }
    return true;
  }

  async yes(key, message, signature) {
    return mayAskBrowser(key, signature) && this.ask(key, message, signature);
  }

  async ask(key, message, signature) {
    const name = hex(key);
    if (!this.imported.has(name)) {
      this.imported.set(name, this.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']));
    }
    try {
      const imported = await this.imported.get(name);
      return (await this.subtle.verify({ name: 'Ed25519' }, imported, signature, message)) === true;
    } catch {
      return false;
    }
  }
}
