// Whole bundles: every kept vector, and equality with the program's own verifier.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { numberedPath } from '../../src/page/verifier/container.js';
import { sigStructure } from '../../src/page/verifier/entry.js';
import { readGiven } from '../../src/page/verifier/given.js';
import { Statements } from '../../src/page/verifier/proof.js';
import { bundleOf } from '../../src/page/verifier/shown.js';
import { verdictOn } from '../../src/page/verifier/report.js';
import { unhex } from '../../src/page/verifier/bytes.js';
import { bundleNames, readBundle, saidErased, saidOutside } from './support/corpus.js';
import { Book } from './verifier-book.js';
import * as support from './verifier-support.js';

const { KINDS, binary, binaryVerdict, browser, inFolder, inOneLine, verify } = support;

// Code, entry and all facts must be equal; how a fault is put in words may differ.
function assertSame(own, other, name) {
  for (const key of ['what', 'found', 'expected']) {
    if (own.fault) assert.ok(own.fault[key].length > 0, `${name}: ${key}`);
    if (own.fault && other.fault) other.fault[key] = own.fault[key];
  }
  assert.deepEqual(own, other, name);
}

// The zip of a kept bundle, and what the page's verifier says with all that its reader brings.
async function judged({ fingerprint, given, files }, options = {}) {
  const bytes = support.zipOf(support.withManifests(files));
  const brought = { fingerprint: fingerprint && unhex(fingerprint), given: await readGiven(given, { kinds: KINDS }) };
  return { bytes, own: await verify(bytes, { ...brought, ...options }) };
}

function assertExpected(own, { name, expected, erased, report }) {
  assert.equal(inOneLine(own), expected, name);
  assert.deepEqual(saidErased(own), erased, name);
  assert.deepEqual(saidOutside(own), report, name);
}

// What the program says of it with the same.
function ofProgram(bytes, { fingerprint, given }) {
  const options = { policy: '--policy', roots: '--tsa-roots', older: '--since' };
  return inFolder((folder) => {
    const files = Object.entries(given).flatMap(([which, content]) => {
      const path = join(folder, which);
      writeFileSync(path, content);
      return [options[which], path];
    });
    return binaryVerdict(bytes, ...(fingerprint ? ['--fingerprint', fingerprint] : []), ...files);
  });
}

test('every kept bundle has the verdict that it begins with, and the facts that the program reports', async () => {
  const vectors = bundleNames().map(readBundle);
  assert.ok(vectors.length >= 400);
  for (const vector of vectors) {
    const { bytes, own } = await judged(vector);
    assertExpected(own, vector);
    assertSame(own, ofProgram(bytes, vector), vector.name);
  }
});

test('some of them are seen by what the reader brings, and some tell what was erased', () => {
  const vectors = bundleNames().map(readBundle);
  for (const which of ['policy', 'roots', 'older']) assert.ok(vectors.some(({ given }) => given[which]), which);
  assert.ok(vectors.some(({ report }) => report?.witnessed.length > 0));
  assert.ok(vectors.some(({ erased }) => erased.length > 0));
});

test('without the browser\'s Ed25519 the verdicts are the same', async () => {
  for (const name of bundleNames().filter((one, i) => i % 8 === 0 || one.includes('signature'))) {
    const vector = readBundle(name);
    const { own } = await judged(vector, { browser: null });
    assertExpected(own, vector);
  }
});

// The practice ledger, made anew by the program.
function tour() {
  return inFolder((folder) => {
    execFileSync(binary(), ['tour', '--dir', join(folder, 'tour')], { stdio: 'pipe' });
    const files = readdirSync(join(folder, 'tour'), { recursive: true });
    return readFileSync(join(folder, 'tour', files.find((file) => file.endsWith('.zip'))));
  });
}

test('the tour\'s bundle: the same verdict, and everything to show', async () => {
  const bytes = tour();
  const own = await verify(bytes);
  assert.equal(own.verdict, 'intact');
  assert.deepEqual(own, binaryVerdict(bytes));
  const { verdict, verification } = await verdictOn(bytes, { kinds: KINDS, browser });
  const shown = bundleOf(verification, verdict);
  assert.equal(shown.entries.length, own.entries);
  assert.equal(shown.schedule.length, own.entries + 1);
  assert.equal(shown.schedule[0][0], 'number');
  const other = 'a'.repeat(64);
  const compared = await verify(bytes, { fingerprint: unhex(other) });
  assert.equal(inOneLine(compared), 'not-genuine genesis 0');
});

test('one byte changed anywhere: the same verdict, code and entry as the program', async () => {
  const bytes = tour();
  let faults = 0;
  for (let at = 7; at < bytes.length; at += 709) {
    const changed = Buffer.from(bytes);
    changed[at] ^= 1 << (at % 8);
    const own = await verify(changed);
    if (own.unreadable !== undefined) {
      assert.throws(() => binaryVerdict(changed), new RegExp('.'), `byte ${at}`);
      continue;
    }
    assert.equal(inOneLine(own), inOneLine(binaryVerdict(changed)), `byte ${at}`);
    faults += own.verdict === 'intact' ? 0 : 1;
  }
  assert.ok(faults > 25);
});

// Changes within members, packed again with manifests that fit, so that the deeper steps have to find them.
test('one byte changed in a file that is packed anew: the same verdict, code and entry as the program', async () => {
  const { verification } = await verdictOn(tour(), { kinds: KINDS, browser });
  const files = new Map();
  for (const [path, { bytes }] of verification.files) if (bytes) files.set(path, Buffer.from(bytes));
  const codes = new Set();
  const paths = [...files.keys()].filter((path) => path.startsWith('data/'));
  for (const [i, path] of paths.entries()) {
    for (const part of [0.11, 0.47, 0.83]) {
      const changed = new Map(files);
      const content = Buffer.from(files.get(path));
      const place = Math.floor(content.length * part);
      content[place] ^= 1 << ((place + i) % 8);
      changed.set(path, content);
      const bytes = support.zipOf(support.withManifests(changed));
      const own = await verify(bytes);
      assert.equal(inOneLine(own), inOneLine(binaryVerdict(bytes)), `${path} at ${place}`);
      codes.add(own.fault?.code);
    }
  }
  assert.ok(codes.size >= 6, [...codes].join());
});

test('transparent statements: every byte counts, the log\'s signature among them', async () => {
  const book = new Book();
  book.add('note', { by: book.head, fields: { text: 'a record' } });
  book.add('note', { by: book.head, fields: { text: 'another' } });
  const { verification } = await verdictOn(book.zip(), { kinds: KINDS, browser });
  const files = new Map();
  for (const [name, { bytes }] of verification.files) files.set(name, Buffer.from(bytes));
  const { checkpoint, entries, paths } = verification;
  const statements = new Statements(checkpoint, book.log.key);
  const signed = book.log.sign(sigStructure(statements.head, checkpoint.root));
  for (const entry of entries) {
    const [front, back] = statements.around(entry, paths.get(entry.seq));
    files.set(numberedPath('transparent', entry.seq), Buffer.concat([front, signed, back]));
  }
  const zipped = (changed) => support.zipOf(support.withManifests(new Map([...files, ...changed])));
  assert.equal(inOneLine(await verify(zipped([]))), 'intact');
  const path = 'data/transparent/00000003.cose';
  const statement = files.get(path);
  const [before] = statements.around(entries[3], paths.get(3));
  const flipped = (at) => Buffer.from(statement.map((byte, i) => (i === at ? byte ^ 1 : byte)));
  const changes = [
    [flipped(before.length + 5), /signature of the log/],
    [flipped(before.length + 63), /signature of the log/],
    [flipped(before.length - 1), /other bytes/],
    [flipped(before.length + 64), /other bytes/],
    [flipped(statement.length - 1), /other bytes/],
    [statement.subarray(0, -1), /other bytes/],
    [Buffer.concat([statement, Buffer.alloc(1)]), /other bytes/],
    [files.get('data/transparent/00000002.cose'), /other bytes/],
    [files.get('data/entries/00000003.cose'), /other bytes/],
  ];
  for (const [changed, found] of changes) {
    const own = await verify(zipped([[path, changed]]));
    assert.equal(inOneLine(own), 'not-genuine transparent 3');
    assert.match(own.fault.found, found);
  }
  files.delete(path);
  assert.equal(inOneLine(await verify(zipped([]))), 'intact');
  const lone = [['data/transparent/00000099.cose', statement]];
  assert.equal(inOneLine(await verify(zipped(lone))), 'not-genuine container -');
});
