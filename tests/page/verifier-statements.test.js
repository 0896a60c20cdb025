// Statements: what somebody signed elsewhere, and every way in which an entry may not carry one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleOf } from '../../src/page/verifier/shown.js';
import { verdictOn } from '../../src/page/verifier/report.js';
import { Book } from './verifier-book.js';
import { KINDS, browser, inOneLine, verify } from './verifier-support.js';

function school() {
  const book = new Book();
  return { book, dpo: book.person('A Dpo', ['dpo']), office: book.person('An Office', ['administrator']) };
}

const NOTE = { fields: { text: 'seen on a visit' } };

test('a statement counts as what its author signed, entered by somebody else', async () => {
  const { book, dpo, office } = school();
  const dpia = book.add('dpia', { by: book.head, sub: 'dpia-2026-001' });
  const approved = [{ rel: 'approves', entry: dpia }];
  const advice = book.statement('dpo-advice', {
    by: dpo, sub: 'dpia-2026-001', links: [{ rel: 'advises', entry: dpia }], fields: { recommendation: 'proceed', advice: 'go on' },
    after: 2, iat: 1789000000,
  });
  book.enter(advice, { by: office });
  book.add('dpia-approval', { by: book.head, sub: 'dpia-2026-001', links: approved, clear: { decision: 'approved' } });
  for (const zip of [book.zip(), book.zip(() => false)]) {
    const own = await verify(zip);
    assert.equal(inOneLine(own), 'intact');
    if (own.entries === book.entries.length) assert.deepEqual(own.incomplete, []);
  }
  const bytes = book.zip();
  const own = await verify(bytes);
  const hex = (kid) => Buffer.from(kid).toString('hex');
  assert.deepEqual(own.stated, [{ entry: 5, by: hex(dpo.kid), entered_by: hex(office.kid), after: 2 }]);
  const keys = new Map(own.keys.map((key) => [key.kid, key]));
  assert.deepEqual([keys.get(hex(dpo.kid)).roles, keys.get(hex(office.kid)).roles], [['dpo'], ['administrator']]);
  // The clock is that of whoever entered it: a statement signed long before is no step back.
  assert.deepEqual(own.clock, []);
  assert.deepEqual(own.withheld, []);
  const { verdict, verification } = await verdictOn(bytes, { kinds: KINDS, browser });
  const shown = bundleOf(verification, verdict).entries[5];
  assert.deepEqual([shown.kind, shown.role, shown.kid], ['dpo-advice', 'dpo', hex(dpo.kid)]);
  assert.deepEqual([shown.entered.kid, shown.entered.role, shown.entered.after], [hex(office.kid), 'administrator', 2]);
  assert.ok(shown.disclosed.some(([name, value]) => name === 'advice' && value === 'go on'));
  assert.ok(shown.sound);
  const alone = await verify(bytes, { browser: null });
  assert.deepEqual(alone, own);
});

test('an acceptance, a correction and a document come as statements too', async () => {
  const { book, dpo, office } = school();
  book.enter(book.statement('acceptance', { by: dpo, links: [{ rel: 'accepts', entry: dpo.appointment }] }), { by: office });
  const first = book.add('note', { by: book.head, sub: 'other-2026-001', fields: { text: 'wrong' } });
  book.enter(book.statement('correction', { by: dpo, sub: 'other-2026-001', links: [{ rel: 'corrects', entry: first }] }), { by: dpo });
  const file = book.document('paper', true);
  book.enter(book.statement('note', { by: dpo, fields: { text: 'a file', documents: [file] }, withheld: ['text'] }), { by: office });
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'intact');
  assert.ok(own.keys.find(({ kid }) => kid === Buffer.from(dpo.kid).toString('hex')).accepted);
  assert.deepEqual(own.withheld, [{ entry: 7, fields: ['text'], bare: false }]);
  assert.deepEqual(own.cases, [{ case: 'other-2026-001', entries: 2, newest: 6, whole: true }]);
});

const change = (key, value) => (said) => { said[key] = value; };
// Each: what is expected, and how the statement or its entry is changed.
const TWISTS = {
  'another typ': ['statement', { statement: change('typ', 'application/vnd.probity.entry+cose') }],
  'another algorithm': ['statement', { statement: change('alg', -8) }],
  'another ledger': ['statement', { statement: change('iss', 'example.org/another') }],
  'another case': ['statement', { statement: change('sub', 'other-2026-009') }],
  'a governance kind': ['statement', { statement: change('kind', 'revocation') }],
  'an erasure': ['statement', { statement: change('kind', 'erasure') }],
  'a statement in a statement': ['statement', { statement: change('kind', 'statement') }],
  'an entry that its author can\'t have known': ['statement', { statement: change('after', [5, new Uint8Array(32)]) }],
  'the entry itself as known': ['statement', { statement: change('after', [4, new Uint8Array(32)]) }],
  'another hash of the entry known': ['statement', { statement: change('after', [2, new Uint8Array(32)]) }],
  'an `after` of three': ['statement', { statement: (said) => said.after.push(1) }],
  'an `after` with a short hash': ['statement', { statement: change('after', [2, new Uint8Array(31)]) }],
  'an end that is over': ['statement', { statement: change('expires', 1790000240) }],
  'an end that is no time': ['statement', { statement: change('expires', -1) }],
  'a key more': ['statement', { statement: change('more', { zzzzzzzzzz: 1 }) }],
  'a link of another form': ['statement', { statement: change('links', [{ rel: 'about' }]) }],
  'a version of 0': ['statement', { statement: change('v', 0) }],
  'a signature by somebody else': ['signature', { statement: (said, book) => { said.signer = book.head; } }],
  'a key that nobody was appointed to use': ['unknown-key', { statement: change('kid', new Uint8Array(32)) }],
  'a role that its author has not': ['not-in-force', { statement: change('role', 'headteacher') }],
  'a field too many': ['fields', { statement: (said) => said.body.set('zzzzzzzzzzzzzzzzzzz', new Uint8Array(32)) }],
  'a clear field': ['clear', { statement: (said) => said.clear.set('zzz', 1) }],
  'a relation that isn\'t one': ['links', { statement: change('links', [{ rel: 'likes', entry: new Uint8Array(32) }]) }],
  'another commitment': ['commitment', { statement: (said) => said.body.set('text', new Uint8Array(32)) }],
  'a link of the entry itself': ['links', { entry: (entry, book) => { entry.links = [{ rel: 'about', entry: book.entries[0].hash }]; } }],
  'a commitment of the entry itself': ['fields', { entry: (entry) => { entry.body = new Map([['text', new Uint8Array(32)]]); } }],
  'an entry without a statement': ['clear', { entry: (entry) => { entry.clear = new Map(); } }],
  'an empty statement': ['clear', { entry: (entry) => { entry.clear = new Map([['statement', new Uint8Array(0)]]); } }],
  'bytes that are no statement': ['statement', { entry: (entry) => { entry.clear = new Map([['statement', Uint8Array.of(1, 2, 3)]]); } }],
  'an entry in place of a statement': ['statement', { entry: (entry, book) => { entry.clear = new Map([['statement', new Uint8Array(book.entries[2].bytes)]]); } }],
  'a role that whoever enters it has not': ['not-in-force', { entry: (entry) => { entry.role = 'dpo'; } }],
  'an opening of a field that isn\'t there': ['body', { entry: (entry) => {
    entry.open = new Map([['zzz', { salt: new Uint8Array(32), value: null, bytes: Uint8Array.of(0xf6) }]]);
  } }],
};

for (const [name, [code, { statement: twist, entry }]] of Object.entries(TWISTS)) {
  test(`refused: ${name}`, async () => {
    const { book, dpo, office } = school();
    const seq = book.entries.length;
    book.enter(book.statement('note', { by: dpo, ...NOTE, twist }), { by: office, twist: entry });
    const own = await verify(book.zip());
    assert.equal(inOneLine(own), `not-genuine ${code} ${seq}`, JSON.stringify(own.fault));
    assert.equal(inOneLine(await verify(book.zip(), { browser: null })), `not-genuine ${code} ${seq}`);
  });
}

test('refused: the same statement twice, and not when the first one is left out', async () => {
  const { book, dpo, office } = school();
  const statement = book.statement('note', { by: dpo, ...NOTE });
  book.enter(statement, { by: office });
  book.enter(statement, { by: dpo });
  assert.equal(inOneLine(await verify(book.zip())), 'not-genuine duplicate 5');
  assert.equal(inOneLine(await verify(book.zip((entry) => entry.seq !== 4))), 'intact');
  const other = school();
  for (const words of ['one', 'two']) {
    other.book.enter(other.book.statement('note', { by: other.dpo, fields: { text: words } }), { by: other.office });
  }
  assert.equal(inOneLine(await verify(other.book.zip())), 'intact');
});

test('refused: a statement of more than 60,000 bytes', async () => {
  const { book, dpo, office } = school();
  for (const [links, expected] of [[250, 'intact'], [256, 'intact']]) {
    const many = Array.from({ length: links }, () => ({ rel: 'about', entry: book.entries[0].hash }));
    book.enter(book.statement('note', { by: dpo, links: many, ...NOTE, clear: {} }), { by: office });
    assert.equal(inOneLine(await verify(book.zip())), expected);
  }
  const padded = { 'a-very-long-value': 'x'.repeat(60000 - 600) };
  const statement = book.statement('a-new-kind', { by: dpo, clear: padded });
  assert.ok(statement.bytes.length < 60001 && statement.bytes.length > 59700, `${statement.bytes.length}`);
  book.enter(statement, { by: office });
  assert.equal(inOneLine(await verify(book.zip())), 'cannot-check kind-unknown 6');
  book.enter(book.statement('a-new-kind', { by: dpo, clear: { long: 'x'.repeat(60000) } }), { by: office });
  assert.equal(inOneLine(await verify(book.zip())), 'not-genuine clear 7');
});

test('a kind that isn\'t known can be stated, and can\'t be checked', async () => {
  const { book, dpo, office } = school();
  book.enter(book.statement('note', { by: dpo, ...NOTE, twist: (said) => { said.v = 9; } }), { by: office });
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'cannot-check kind-unknown 4');
  assert.deepEqual(own.unjudged, ['note version 9 (kind-unknown)']);
  book.add('statement', { by: office, clear: { statement: Uint8Array.of(1) }, twist: (entry) => { entry.v = 2; } });
  const two = await verify(book.zip());
  assert.equal(inOneLine(two), 'cannot-check kind-unknown 4');
  assert.ok(two.unjudged.includes('statement version 2 (kind-unknown)'));
});

test('what the openings of a statement open that can\'t be read is no fault, if they are a body', async () => {
  for (const [open, expected] of [
    [null, 'cannot-check kind-unknown 4'],
    [(pairs) => new Map([...pairs].map(([name, pair]) => [name.toUpperCase(), pair])), 'not-genuine body 4'],
  ]) {
    const { book, dpo, office } = school();
    const statement = book.statement('note', { by: dpo, ...NOTE });
    if (open !== null) statement.open = open(statement.open);
    book.enter(statement, { by: office, twist: (entry) => { entry.v = 2; } });
    const own = await verify(book.zip());
    assert.equal(inOneLine(own), expected, JSON.stringify(own.fault));
    if (open === null) assert.deepEqual(own.withheld.filter(({ entry }) => entry === 4), []);
  }
});

test('an author is judged where it is entered: revoked before, and appointed until then', async () => {
  const { book, dpo, office } = school();
  const statement = book.statement('note', { by: dpo, ...NOTE });
  book.add('revocation', { by: book.head, clear: { kid: dpo.kid, 'suspect-since': null }, fields: { reason: 'left' } });
  book.enter(statement, { by: office });
  assert.equal(inOneLine(await verify(book.zip())), 'not-genuine not-in-force 5');
});

test('doubt falls on what a suspect key stated, and not on who entered it', async () => {
  const { book, dpo, office } = school();
  book.enter(book.statement('note', { by: dpo, ...NOTE }), { by: office });
  book.enter(book.statement('note', { by: office, fields: { text: 'ours' } }), { by: dpo });
  book.add('revocation', { by: book.head, clear: { kid: dpo.kid, 'suspect-since': 1790000000 }, fields: { reason: 'lost' } });
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'intact');
  assert.deepEqual(own.doubtful.map(({ entry }) => entry), [4]);
});
