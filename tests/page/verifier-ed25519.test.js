// Ed25519: the vectors, and our arithmetic against the browser's way.

import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { test } from 'node:test';
import { unhex } from '../../src/page/verifier/bytes.js';
import { ORDER, keyPoint, littleEndian, verifyEd25519 } from '../../src/page/verifier/ed25519.js';
import { BrowserCheck, mayAskBrowser } from '../../src/page/verifier/fast.js';
import { browser, readVector, vectorNames } from './verifier-support.js';

const vectors = vectorNames('ed25519').map((name) => {
  const { accept, fields } = readVector('ed25519', name);
  const [key, message, signature] = ['key', 'message', 'signature'].map((part) => unhex(fields[part] ?? ''));
  return { name, accept, key, message, signature };
});

test('this browser has Ed25519 and passes the self-test', () => assert.ok(browser));

test('every vector is judged by the rule, by our arithmetic and with the browser', async () => {
  assert.ok(vectors.length >= 101);
  for (const { name, accept, key, message, signature } of vectors) {
    assert.equal(verifyEd25519(key, message, signature), accept, name);
    assert.equal(await browser.yes(key, message, signature), accept, `${name} (browser)`);
    assert.equal(accept || !name.startsWith('key-'), keyPoint(key) !== null, `${name} (key)`);
  }
});

function pair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
  return { key, sign: (message) => new Uint8Array(sign(null, message, privateKey)) };
}

// S + L, written anew.
function withS(signature, change) {
  let s = change(littleEndian(signature.subarray(32)));
  const changed = signature.slice();
  for (let i = 32; i < 64; i++, s >>= 8n) changed[i] = Number(s & 0xffn);
  return changed;
}

test('random signatures, good and changed: one decision', async () => {
  const bit = (bytes, at) => {
    const changed = bytes.slice();
    changed[at >> 3] ^= 1 << (at & 7);
    return changed;
  };
  const roll = (n) => Math.floor(Math.random() * n);
  let good = 0;
  for (let i = 0; i < 120; i++) {
    const { key, sign: signed } = pair();
    const message = new Uint8Array(randomBytes(roll(300)));
    const signature = signed(message);
    const changed = [
      [key, message, signature],
      [key, message, bit(signature, roll(256))],
      [key, message, bit(signature, 256 + roll(256))],
      [key, message, withS(signature, (s) => s + ORDER)],
      [key, message, withS(signature, (s) => ORDER - s)],
      [bit(key, roll(256)), message, signature],
      [key, new Uint8Array([...message, 0]), signature],
      [pair().key, message, signature],
    ];
    for (const [j, [k, m, s]] of changed.entries()) {
      const own = verifyEd25519(k, m, s);
      assert.equal(await browser.yes(k, m, s), own, [k, m, s].map((part) => Buffer.from(part).toString('hex')).join());
      assert.equal(own, j === 0);
      good += own ? 1 : 0;
    }
  }
  assert.equal(good, 120);
});

test('the browser is not asked about keys, S and R that break the rule', () => {
  const asked = vectors.filter(({ key, signature }) => mayAskBrowser(key, signature));
  for (const { name } of asked) assert.match(name, /^(accept|changed|r-mixed|r-not-on-curve|s-is-zero|s-is-l-minus)/);
  assert.ok(asked.length >= 15);
  const broken = /^(key-|r-small|r-identity|r-y-not|s-plus|s-is-l\.)/;
  for (const { name, key, signature } of vectors.filter((one) => broken.test(one.name))) {
    assert.ok(!mayAskBrowser(key, signature), name);
  }
});

// A WebCrypto that answers as told.
const subtleThat = (answer) => ({
  importKey: async (_, key) => key,
  verify: async (_, key, signature) => answer(signature),
});
const isVector = (signature, pattern) =>
  vectors.some((one) => pattern.test(one.name) && Buffer.compare(one.signature, signature) === 0);

test('a browser that checks with the cofactor, takes S + L or a foreign R, or refuses all, is not used', async () => {
  const honest = (signature) => isVector(signature, /^accept/);
  assert.ok(await BrowserCheck.begin(subtleThat(honest)));
  for (const order of [2, 4, 8]) {
    const lax = (signature) => honest(signature) || isVector(signature, new RegExp(`^r-mixed-order-${order}`));
    assert.equal(await BrowserCheck.begin(subtleThat(lax)), null, `order ${order}`);
  }
  for (const pattern of [/^s-plus-l\./, /^r-y-not-below-p/]) {
    const lax = (signature) => honest(signature) || isVector(signature, pattern);
    assert.equal(await BrowserCheck.begin(subtleThat(lax)), null, String(pattern));
  }
  assert.equal(await BrowserCheck.begin(subtleThat(() => false)), null);
  assert.equal(await BrowserCheck.begin(subtleThat(() => { throw new Error('none here'); })), null);
  assert.equal(await BrowserCheck.begin({ importKey: async () => { throw new Error('not supported'); } }), null);
  assert.equal(await BrowserCheck.begin(null), null);
});
