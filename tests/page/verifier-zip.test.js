// Hostile zips and bags: each refused with its code and a clear text, and by the program with the same code.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { Verification } from '../../src/page/verifier/bundle.js';
import { partOf, readFile } from '../../src/page/verifier/container.js';
import { Kinds } from '../../src/page/verifier/kinds.js';
import { Source } from '../../src/page/verifier/zip.js';
import { readBundle } from './support/corpus.js';
import * as support from './verifier-support.js';

const { KINDS, binaryVerdict, browser, inOneLine, sha256hex, verify, withManifests, zip } = support;

const GOOD = readBundle('bundles-a-case-entry-left-out-makes-a-selection-1.txt').files;
const files = (change = () => {}) => {
  const some = new Map(GOOD);
  change(some);
  return withManifests(some);
};
const members = (some = files()) => [...some].map(([path, content]) => ({ name: `b/${path}`, content }));
const some = (path, more) => members().map((member) => (member.name === `b/${path}` ? { ...member, ...more } : member));
const text = (words) => Buffer.from(words);
const CHECKPOINT = 'data/checkpoint';

async function refused(bytes, code, found) {
  const own = await verify(bytes);
  assert.equal(inOneLine(own), `not-genuine ${code} -`);
  const { fault } = own;
  assert.match(`${fault.what}: ${fault.found}, not ${fault.expected}`, found);
  assert.equal(inOneLine(binaryVerdict(bytes)), `not-genuine ${code} -`);
}

async function accepted(bytes) {
  const own = await verify(bytes);
  assert.equal(inOneLine(own), 'intact');
  assert.deepEqual(own, binaryVerdict(bytes));
}

async function unreadable(bytes) {
  assert.match((await verify(bytes)).unreadable, /zip/);
  assert.throws(() => binaryVerdict(bytes));
}

test('stored and deflated members, folder records and sizes that follow are good', async () => {
  await accepted(zip(members()));
  await accepted(zip(members().map((member) => ({ ...member, method: 8 }))));
  await accepted(zip([{ name: 'b/' }, { name: 'b/data/', mode: 0o040755 }, { name: 'b/empty/' }, ...members()]));
  await accepted(zip(members().map((member) => ({ ...member, mode: 0o100644 }))));
  await accepted(zip(members(), { comment: 'a comment' }));
  await accepted(zip(members(), { comment: 'too short a record: PK\x05\x06' }));
  await accepted(zip(members(), { before: text('what belongs to no member') }));
  const follows = { flags: 8, header: { flags: 8, crc: 0, size: 0, packed: 0 } };
  await accepted(zip(members().map((member) => ({ ...member, method: 8, ...follows }))));
});

// Moves what the end record says to Zip64 records before it.
function large(bytes, members) {
  const end = bytes.length - 22;
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(members), 24);
  record.writeBigUInt64LE(BigInt(members), 32);
  record.writeBigUInt64LE(BigInt(bytes.readUInt32LE(end + 12)), 40);
  record.writeBigUInt64LE(BigInt(bytes.readUInt32LE(end + 16)), 48);
  record.writeUInt32LE(0x07064b50, 56);
  record.writeBigUInt64LE(BigInt(end), 64);
  record.writeUInt32LE(1, 72);
  const tail = Buffer.from(bytes.subarray(end));
  tail.fill(0xff, 8, 20);
  return { start: bytes.subarray(0, end), record, tail };
}

test('a file that is too large for one go is read piece by piece', async () => {
  const bytes = zip(members().map((member, i) => ({ ...member, method: i % 2 ? 8 : 0 })));
  const source = new Source(new Blob([bytes]));
  await source.load(bytes.length - 1);
  assert.equal(source.bytes, null);
  const verification = new Verification(source, { kinds: new Kinds(KINDS), browser });
  await verification.run();
  assert.equal(verification.fault, null);
  const [document] = verification.documents.values();
  assert.ok(Buffer.from(await readFile(source, document)).equals(GOOD.get(document.path)));
});

test('Zip64 records are read', async () => {
  const { start, record, tail } = large(zip(members()), members().length);
  await accepted(Buffer.concat([start, record, tail]));
  const wrong = Buffer.from(record);
  for (const place of [5n, 1n << 60n]) {
    wrong.writeBigUInt64LE(place, 64);
    await refused(Buffer.concat([start, wrong, tail]), 'container', /Zip64|beyond/);
  }
});

// tests/verifier/zips.py made these; every verifier says the same of them.
test('a zip is read in one way', async () => {
  const folder = new URL('../vectors/zip/', import.meta.url);
  const names = readdirSync(folder);
  assert.ok(names.length > 50);
  for (const name of names) {
    const [first, ...lines] = readFileSync(new URL(name, folder), 'utf8').split('\n');
    const own = await verify(Buffer.from(lines.join(''), 'hex'));
    const found = own.unreadable === undefined ? inOneLine(own) : 'no bundle';
    assert.equal(`expect: ${found}`, first, name);
  }
});

test('no zip at all', async () => {
  await unreadable(text(''));
  // An end that is cut off is one of a zip, however short the file is.
  await refused(text('PK\x05\x06'), 'container', /cut off/);
  await refused(text('PK\x05\x06 and some more'), 'container', /cut off/);
  await unreadable(text('a page of text that is long enough to hold an end record, and holds none'));
});

test('bombs', async () => {
  const zeros = Buffer.alloc(80 * 1048576);
  const data = deflateRawSync(zeros);
  const bomb = { content: zeros, data, method: 8 };
  await refused(zip(some(CHECKPOINT, bomb)), 'container', /checkpoint`: more than 1048576/);
  // Declared small, swelling all the same.
  const small = { content: zeros, data, method: 8, size: 100, header: { size: 100 } };
  await refused(zip(some('data/entries/00000000.cose', small)), 'container', /more than 65535/);
  await refused(zip(some(CHECKPOINT, { content: Buffer.alloc(1048577) })), 'container', /more than 1048576/);
  const large = { content: Buffer.alloc(65536) };
  await refused(zip(some('data/entries/00000000.cose', large)), 'container', /more than 65535/);
  await refused(zip(some('manifest-sha256.txt', bomb)), 'container', /more than 33554432/);
});

test('more than 512 MiB in files that are small each', async () => {
  const zeros = Buffer.alloc(1048576);
  const shared = { content: zeros, data: deflateRawSync(zeros), method: 8 };
  const many = Array.from({ length: 514 }, (_, i) => String(i + 100).padStart(8, '0'));
  const bodies = many.flatMap((n) => [
    { name: `b/data/entries/${n}.cose` },
    { name: `b/data/bodies/${n}.cbor`, ...shared },
  ]);
  await refused(zip([...members(), ...bodies]), 'container', /more than 512 MiB/);
  // What was confirmed outside counts too.
  const times = many.map((n) => ({ name: `b/data/times/2.${Number(n)}.tsr`, ...shared }));
  await refused(zip([...members(), ...times]), 'container', /more than 512 MiB/);
});

test('more members than there may be', async () => {
  const many = Array.from({ length: 100001 }, (_, i) => ({ name: `b/${i}/` }));
  const { start, record, tail } = large(zip(many, { end: { members: 0, here: 0 } }), many.length);
  await refused(Buffer.concat([start, record, tail]), 'container', /100001 members/);
});

for (const [what, path, found] of [
  ['climbing', 'b/../data/x', /climbs/],
  ['climbing at the start', '../b/data/checkpoint', /climbs/],
  ['a dot', 'b/./data/checkpoint', /climbs/],
  ['absolute', '/b/data/checkpoint', /absolute/],
  ['a drive', 'C:/b/data/checkpoint', /colon/],
  ['a backslash', 'b\\data\\checkpoint', /backslash/],
  ['a control character', 'b/data/check\u0001point', /control character/],
  ['an empty component', 'b//data/checkpoint', /empty component/],
  ['a second top folder', 'c/data/checkpoint', /second top folder/],
  ['outside the top folder', 'checkpoint', /outside the top folder/],
  ['an unlisted name', 'b/data/notes.txt', /no part of a bundle/],
  ['fetch.txt', 'b/fetch.txt', /no part of a bundle/],
  ['an entry without padding', 'b/data/entries/17.cose', /no part of a bundle/],
  ['a document with a long ending', `b/data/documents/${'0'.repeat(64)}/file.abcdefghi`, /no part of a bundle/],
  ['a letter beyond ASCII', 'b/data/ch\u00c3\u00a9ckpoint', /no part of a bundle/],
  ['twice', 'b/data/checkpoint', /twice/],
  ['twice but for capitals', 'b/data/Checkpoint', /but for capitals/],
  ['a body without an entry', 'b/data/bodies/00000099.cbor', /no entry that it belongs to/],
  ['a proof without an entry', 'b/data/proofs/00000099.tlog-proof', /no entry that it belongs to/],
]) {
  test(`a path that is wrong: ${what}`, async () => {
    await refused(zip([...members(), { name: path, content: text('x') }]), 'container', found);
  });
}

test('folder records keep the rules for paths', async () => {
  await refused(zip([{ name: '../' }, ...members()]), 'container', /climbs/);
  await refused(zip([{ name: 'b/' }, { name: 'b/' }, ...members()]), 'container', /twice/);
  await refused(zip([{ name: 'b/' }, { name: 'B/' }, ...members()]), 'container', /but for capitals/);
  await refused(zip([{ name: 'elsewhere/' }, ...members()]), 'container', /second top folder|first/);
  await refused(zip([{ name: 'b/\xe9/' }, ...members()]), 'container', /not UTF-8/);
  await refused(zip([{ name: 'b/x/', content: text('abc') }, ...members()]), 'container', /folder with content/);
});

test('the name of the top folder', async () => {
  const under = (top) => zip([...files()].map(([path, content]) => ({ name: `${top}/${path}`, content })));
  await accepted(under('A-1_b.c'));
  await refused(under('a b'), 'container', /another name/);
  await refused(under('a'.repeat(256)), 'container', /another name/);
});

test('links and devices', async () => {
  await refused(zip(some(CHECKPOINT, { mode: 0o120777 })), 'container', /symbolic link/);
  for (const mode of [0o010644, 0o020644, 0o060644, 0o140644, 0o040755]) {
    await refused(zip(some(CHECKPOINT, { mode })), 'container', /neither a plain file nor a folder/);
  }
});

test('two documents in one folder', async () => {
  const folder = [...GOOD.keys()].find((path) => path.startsWith('data/documents/')).replace(/file\..*/, '');
  await refused(zip([...members(), { name: `b/${folder}file.txt`, content: text('x') }]), 'container', /two files/);
});

test('sizes, checksums, methods and headers that lie', async () => {
  const content = GOOD.get(CHECKPOINT);
  const packed = { method: 8 };
  const cases = [
    [{ size: content.length + 1, header: { size: content.length + 1 } }, /two sizes/],
    [{ ...packed, size: content.length + 1 }, /as the zip says/],
    [{ ...packed, size: content.length - 1 }, /as the zip says/],
    [{ crc: 1 }, /CRC-32/],
    [{ ...packed, crc: 1 }, /CRC-32/],
    [{ flags: 1 }, /encrypted/],
    [{ method: 12 }, /method 12/],
    [{ ...packed, data: text('\u0007 no deflate') }, /deflated bytes/],
    [{ ...packed, data: deflateRawSync(content).subarray(0, -4) }, /too early/],
    [{ header: { name: 'b/data/policy.txt' } }, /header that names/],
    [{ header: { method: 8 } }, /another method/],
    [{ header: { size: 3 } }, /other sizes/],
    [{ header: { crc: 3 } }, /another CRC/],
    [{ offset: 1 }, /no header/],
    [{ offset: 0x7fffffff }, /beyond its end|end where its end begins/],
  ];
  for (const [lie, found] of cases) await refused(zip(some(CHECKPOINT, lie)), 'container', found);
});

test('a zip that is encrypted as a whole is no bundle yet', async () => {
  await unreadable(zip(members().map((member) => ({ ...member, flags: 1 }))));
});

test('bytes after the end of the deflated data belong to nothing', async () => {
  const data = Buffer.concat([deflateRawSync(GOOD.get(CHECKPOINT)), text('more')]);
  await accepted(zip(some(CHECKPOINT, { method: 8, data })));
});

test('the end of the zip', async () => {
  await refused(zip(members(), { after: text('x') }), 'container', /other bytes after it/);
  // Another, empty list whose end could be the end too, by the length of its comment.
  const empty = zip([], { comment: 'c'.repeat(22) });
  const good = zip(members());
  const [start, end] = [good.subarray(0, good.length - 22), good.subarray(good.length - 22)];
  const both = Buffer.concat([start, empty.subarray(0, 22), end]);
  await refused(both, 'container', /two records/);
  const within = zip([], { end: { commentLength: good.length } });
  await refused(Buffer.concat([within, good]), 'container', /two records|beyond|header|members|list/);
  await refused(zip(members(), { end: { disk: 1 } }), 'container', /more than one volume/);
  await refused(zip(members(), { end: { members: 3, here: 3 } }), 'container', /after its last member/);
  await refused(zip(members(), { end: { members: 500, here: 500 } }), 'container', /members/);
  await refused(zip(members(), { end: { offset: 0x7fffffff } }), 'container', /beyond its end|end where its end begins/);
});

test('manifests', async () => {
  // A manifest that is changed after all fits; of the first, the other then tells the new hash.
  const manifest = (change, path = 'manifest-sha256.txt') => {
    const all = files();
    const old = all.get(path);
    const changed = text(change(old.toString()));
    all.set(path, changed);
    const tags = all.get('tagmanifest-sha256.txt').toString();
    all.set('tagmanifest-sha256.txt', text(tags.replace(sha256hex(old), sha256hex(changed))));
    return zip(members(all));
  };
  await accepted(manifest((words) => words));
  const first = (words) => words.slice(0, words.indexOf('\n') + 1);
  const cases = [
    [(words) => first(words) + words, /listed twice/],
    [(words) => words.replace(first(words), ''), /no line for/],
    [(words) => words + `${'0'.repeat(64)}  data/zzz\n`, /which is not there/],
    [(words) => words.split('\n').reverse().join('\n').slice(1) + '\n', /another order/],
    [(words) => words.replace('  ', ' *'), /another form/],
    [(words) => words.toUpperCase(), /another form/],
    [(words) => words.replaceAll('\n', '\r\n'), /another form|not there/],
    [(words) => words.slice(0, -1), /another form/],
    [(words) => words.replace(/^./, (digit) => (digit === '0' ? '1' : '0')), /SHA-256/],
    [() => '', /another form/],
  ];
  for (const [change, found] of cases) await refused(manifest(change), 'manifest', found);
  const tag = (change) => manifest(change, 'tagmanifest-sha256.txt');
  await refused(tag((words) => words.replace(first(words), '')), 'manifest', /no line for/);
  await refused(tag((words) => words.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))), 'manifest', /SHA-256/);
  const line = `${'0'.repeat(64)}  data/checkpoint\n`;
  await refused(tag((words) => words.replace(/(.*bagit\.txt\n)/, `$1${line}`)), 'manifest', /does not belong|order/);
});

for (const path of ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
  test(`a bag without ${path}`, async () => {
    const without = members().filter(({ name }) => name !== `b/${path}`);
    await refused(zip(without), 'manifest', /no such file/);
  });
}

test('another version of BagIt', async () => {
  const older = text('BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n');
  const other = files((some) => some.set('bagit.txt', older));
  await refused(zip(members(other)), 'manifest', /bagit\.txt`: another text/);
});

test('paths of a bundle, and what is close to one', () => {
  const hash = 'ab'.repeat(32);
  for (const path of [
    'data/entries/00000017.cose', 'data/bodies/99999999.cbor', 'data/proofs/100000000.tlog-proof',
    'data/entries/9007199254740991.cose', `data/documents/${hash}/file.pdf`, 'data/times/12.txt', 'data/times/12.3.tsr',
    'data/times/12.4.note', 'data/times/5.consistency', 'data/policy.txt', 'data/index.html',
  ]) assert.ok(partOf(path), path);
  for (const path of [
    'data/entries/0000017.cose', 'data/entries/000000017.cose', 'data/entries/9007199254740992.cose',
    'data/bodies/00000017.cose', `data/documents/${hash.toUpperCase()}/file.pdf`, `data/documents/${hash}/x.pdf`,
    `data/documents/${hash}/file.PDF`, 'data/times/012.txt', 'data/times/12.tsr', 'data/times/12.3.txt',
    'data/times/1.02.tsr', 'data/times/12.0.tsr', 'data/times/12.note', 'data/times/12.1.consistency', 'data/Policy.txt', 'policy.txt', 'data/',
  ]) assert.equal(partOf(path), null, path);
});
