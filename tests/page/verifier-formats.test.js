// The single formats: every kept vector, hashes and unpacking against Node's own, the table of kinds against the page.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { base64, decimal, hex, unhex, utf8 } from '../../src/page/verifier/bytes.js';
import { CborError, decodeCbor } from '../../src/page/verifier/cbor.js';
import { keyPoint } from '../../src/page/verifier/ed25519.js';
import { Fault } from '../../src/page/verifier/fault.js';
import { InflateError, inflated } from '../../src/page/verifier/inflate.js';
import { cosignature, linesOf, logSignatureFault, parseCheckpoint, parseVkey, parseWitness } from '../../src/page/verifier/note.js';
import { Policy } from '../../src/page/verifier/policy.js';
import { parseProof } from '../../src/page/verifier/proof.js';
import { sha256, sha512 } from '../../src/page/verifier/sha2.js';
import { includes, isConsistent } from '../../src/page/verifier/tree.js';
import { byCodePoints } from '../../src/page/verifier/values.js';
import { KINDS, ROOT, readVector, vectorNames } from './verifier-support.js';

function taken(judge, ...refusals) {
  try {
    return judge() !== false;
  } catch (error) {
    if (refusals.some((refusal) => error instanceof refusal)) return false;
    throw error;
  }
}

function judgeAll(folder, least, judge) {
  test(`the vectors of ${folder}`, () => {
    const names = vectorNames(folder);
    assert.ok(names.length >= least);
    for (const name of names) {
      const { accept, fields, content } = readVector(folder, name);
      assert.equal(judge(name, fields, content), accept, name);
    }
  });
}

judgeAll('cbor', 240, (name, _, content) =>
  taken(() => void decodeCbor(content, name.startsWith('header')), CborError));
judgeAll('checkpoint', 86, (_, { vkey }, content) =>
  taken(() => logSignatureFault(parseCheckpoint(content), parseVkey(vkey)) === null, Fault));
// Every line of the witness is valid; the times are those that the vector gives.
judgeAll('cosignature', 39, (_, { vkey, times }, content) => {
  const witness = parseWitness(vkey);
  if (witness === null || keyPoint(witness.key) === null) return false;
  const note = parseCheckpoint(content);
  const found = linesOf(note, witness).map((line) => cosignature(line, note, witness.key));
  return !found.includes(null) && found.join(' ') === (times ?? '');
});
judgeAll('proof', 38, (_, __, content) => taken(() => void parseProof(content), Fault));
judgeAll('policy', 74, (_, __, content) => taken(() => void new Policy(content), Fault));
judgeAll('tree', 170, (name, fields) => {
  const path = fields.path.split(/[ ,]+/).filter(Boolean).map(unhex);
  if (name.startsWith('inclusion')) {
    return includes(Number(fields.index), Number(fields.size), unhex(fields.leaf), path, unhex(fields.root));
  }
  const roots = [unhex(fields['old-root']), unhex(fields['new-root'])];
  return isConsistent(Number(fields.old), Number(fields.new), ...roots, path);
});

test('SHA-2 is that of others, at every length around a block', () => {
  const lengths = [...Array.from({ length: 300 }, (_, i) => i), 1000, 65535, 1000003];
  for (const length of lengths) {
    const bytes = randomBytes(length);
    assert.equal(hex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex'));
    if (length < 70000) assert.equal(hex(sha512(bytes)), createHash('sha512').update(bytes).digest('hex'));
    const cut = Math.floor(length / 3);
    assert.equal(hex(sha256(bytes.subarray(0, cut), bytes.subarray(cut))), hex(sha256(bytes)));
  }
});

function unpacked(packed) {
  const pieces = [];
  for (const piece of inflated(packed)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

const OPTIONS = [{}, { level: 1 }, { level: 9 }, { level: 0 }, { memLevel: 1 }, { strategy: constants.Z_FIXED },
  { strategy: constants.Z_HUFFMAN_ONLY }, { strategy: constants.Z_RLE }];

test('what zlib packs is unpacked', () => {
  for (let i = 0; i < 60; i++) {
    const length = [0, 1, 300, 40000, 131072, 131073, 500000][i % 7];
    const random = randomBytes(Math.ceil(length / 2)).toString('hex').slice(0, length);
    const texts = [random, 'ab'.repeat(length / 2), random.slice(0, 9000).repeat(3)];
    const bytes = Buffer.from(texts[i % 3]);
    for (const options of OPTIONS) assert.ok(unpacked(deflateRawSync(bytes, options)).equals(bytes));
  }
});

test('changed deflate data: taken or refused as by zlib', () => {
  let refused = 0;
  for (let i = 0; i < 4000; i++) {
    const bytes = Buffer.from(randomBytes(60).toString('hex').repeat(1 + (i % 3)));
    const packed = deflateRawSync(bytes, OPTIONS[i % OPTIONS.length]);
    packed[Math.floor(Math.random() * packed.length)] ^= 1 << i % 8;
    let expected = null;
    try {
      expected = inflateRawSync(packed);
    } catch {
      refused += 1;
    }
    const what = packed.toString('hex');
    if (expected === null) assert.throws(() => unpacked(packed), InflateError, what);
    else assert.ok(unpacked(packed).equals(expected), what);
  }
  assert.ok(refused > 100);
});

test('texts are ordered as their bytes are', () => {
  const texts = ['', 'a', 'ab', 'b', '\u{e9}', '\u{ff21}', '\u{ff21}a', '\u{1f600}', '\u{1f600}b', '\u{1f601}', '\u{10ffff}'];
  for (const a of texts) {
    for (const b of texts) {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      assert.equal(Math.sign(byCodePoints(a, b)), bytes, `${a} ${b}`);
    }
  }
});

test('written forms have one spelling', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = randomBytes(length);
    assert.deepEqual(base64(bytes.toString('base64')), new Uint8Array(bytes));
    assert.deepEqual(unhex(hex(bytes)), new Uint8Array(bytes));
  }
  for (const wrong of ['QQ', 'QQ=', 'QR==', 'QUJ=', 'QQ==\n', ' QQ==', 'QQ==QQ==', '====', 'Q===', '-_==']) {
    assert.equal(base64(wrong), null, wrong);
  }
  for (const wrong of ['0A', 'a', 'gg', '0x', ' 00', '00\n']) assert.equal(unhex(wrong), null, wrong);
  for (const wrong of ['', '01', '+1', '-1', '1 ', '1\n', '9007199254740992', '1e3', '\u0661']) {
    assert.equal(decimal(wrong), null, wrong);
  }
  assert.equal(decimal('9007199254740991'), 2 ** 53 - 1);
  assert.equal(decimal('0'), 0);
  for (const wrong of ['c080', 'eda080', 'f4908080', 'ff', 'c3', 'e28094c3']) {
    assert.equal(utf8(unhex(wrong)), null, wrong);
  }
  assert.equal(utf8(unhex('efbbbf61')), '\ufeffa');
});

// Appendix A of the format page, read as it stands there.
function appendixA() {
  const page = readFileSync(`${ROOT}/docs/format.md`, 'utf8');
  const table = page.slice(page.indexOf('<!-- appendix-a:begin -->'), page.indexOf('<!-- appendix-a:end -->'));
  return table.split('\n').filter((line) => line.startsWith('| `')).map((line) => {
    const cells = line.split('|').slice(1, -1).map((cell) => cell.trim());
    const names = (cell) => (cell === 'none' ? [] : [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    const [kind, version, group, fields, clear, roles, links, signatures] = cells;
    const signers = roles === 'any appointed person' ? 'any' : roles.startsWith('the key') ? 'appointee' : names(roles);
    return {
      name: names(kind)[0],
      version: Number(version),
      class: group,
      clear: names(clear),
      fields: names(fields).filter((name) => !names(clear).includes(name)),
      signers,
      required_links: links === 'none' ? [] : links.split(', ').map(names),
      also: signatures === 'none' ? [] : signatures.split('; and ').map((one) => ({
        kind: names(one)[0],
        roles: names(one.slice(one.indexOf('signed as'))),
        on: ['on the same content', 'on this entry or on a `retention-rule`', 'on this entry']
          .map((words, i) => one.includes(words) && ['content', 'itself-or-rule', 'itself'][i]).find(Boolean) ?? null,
        by_author: one.includes('also by its author'),
      })),
    };
  });
}

test('kinds.json says of authority what Appendix A says', () => {
  const own = KINDS.kinds.map((kind) => ({
    name: kind.name,
    version: kind.version,
    class: kind.class,
    clear: kind.clear,
    fields: kind.fields.map((field) => field.name),
    signers: kind.signers,
    required_links: kind.required_links,
    also: kind.also.map(({ what, ...facts }) => facts),
  }));
  const table = appendixA();
  assert.ok(table.length >= 68);
  assert.deepEqual(own, table);
});
