// Acts, papers, exceptions, doubt, selections: books made by chance, and the same report as the program's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOVERNANCE } from '../../src/page/verifier/entry.js';
import { Book, sha256 } from './verifier-book.js';
import { KINDS, binaryVerdict, inOneLine, verify } from './verifier-support.js';

// Numbers that are the same at every run (a linear congruence; the high bits of it).
function chance(seed) {
  let state = BigInt(seed) + 1n;
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

const BOOKS = Number(process.env.PROBITY_BOOKS ?? 40);
const ROLES = ['dpo', 'chair-of-governors', 'administrator', 'leadership-group', 'deputy-headteacher', 'headteacher'];
const KINDS_DRAWN = [
  'approval', 'approval', 'dpia-approval', 'dpo-advice', 'dpo-advice', 'breach-investigation', 'breach-signoff',
  'breach-signoff', 'covert-authorisation', 'dpia-screening', 'exception', 'ratification', 'paper-signature',
  'paper-signature', 'paper-signature', 'note', 'policy', 'request', 'acceptance', 'clock-correction', 'correction',
  'dpia',
];
const ACTS = new Set(KINDS.kinds.filter((kind) => kind.also.length > 0).map((kind) => kind.name));
const CASES = ['ledger', 'dpia-2026-001', 'breach-2026-002', 'cctv-2026-003'];

// `twist` is given to one of the records that are drawn.
function bookByChance(seed, { twist, most = 45 } = {}) {
  const roll = chance(seed);
  const some = (list) => list[roll(list.length)];
  const book = new Book();
  const people = [book.head];
  for (const [i, role] of ROLES.entries()) {
    const more = i % 2 ? role : some(['dpo', 'asset-owner']);
    people.push(book.person(`Person ${i}`, [...new Set([role, more])]));
  }
  const documents = [0, 1, 2].map((i) => book.document(`paper ${i}`, i > 0));
  const revoked = new Set();
  book.people = people;
  book.revoked = revoked;
  const twisted = roll(most);
  for (let i = 0; i < most; i++) {
    const able = people.filter((one) => !revoked.has(one));
    const by = some(able);
    const links = [];
    const link = (rel, among = book.entries) => links.push({ rel, entry: some(among).hash });
    const governs = by.roles.find((role) => ['headteacher', 'deputy-headteacher', 'chair-of-governors'].includes(role));
    if (roll(14) === 0 && governs && able.length > 3) {
      const other = some(able.filter((one) => one !== by));
      const since = roll(2) ? 1790000000 + 60 * roll(50) : null;
      revoked.add(other);
      const clear = { kid: other.kid, 'suspect-since': since };
      book.add('revocation', { by, role: governs, clear, fields: { reason: 'left' } });
      continue;
    }
    if (roll(16) === 0 && governs) {
      const other = some(able.filter((one) => one !== by));
      book.appoint(other, 'A Later Name', { by, role: governs });
      continue;
    }
    const name = some(KINDS_DRAWN);
    const kind = KINDS.kinds.find((one) => one.name === name);
    const role = some(by.roles);
    const acts = book.entries.filter((entry) => ACTS.has(entry.kind));
    const exceptions = book.entries.filter((entry) => entry.kind === 'exception');
    let sub = some(CASES);
    for (const anyOf of kind.required_links) {
      const rel = some(anyOf);
      if (rel === 'corrects') {
        const target = some(book.entries);
        links.push({ rel, entry: target.hash });
        sub = target.sub;
      } else if (rel === 'accepts') links.push({ rel, entry: roll(2) ? by.appointment : some(book.entries).hash });
      else if (rel === 'ratifies' && exceptions.length > 0) link(rel, exceptions);
      else link(rel, rel === 'signs-off' && acts.length > 0 && roll(4) ? acts : book.entries);
    }
    const usual = { 'dpo-advice': 'advises', 'breach-signoff': 'signs-off' }[name] ?? 'approves';
    if (roll(3)) link(usual, roll(3) && acts.length > 0 ? acts : book.entries);
    if (roll(4) === 0 && exceptions.length > 0) link('excepts', roll(5) ? exceptions : book.entries);
    const clear = {};
    const decisions = ['approved', 'approved', 'approved-with-conditions', 'refused'];
    if (kind.clear.includes('decision')) clear.decision = some(decisions);
    if (name === 'clock-correction') clear.reason = 'a wrong clock';
    if (name === 'clock-correction') clear.entry = roll(book.entries.length);
    const fields = {};
    if (kind.fields.some((field) => field.name === 'documents') && roll(2)) {
      fields.documents = [some(documents), some(documents)].slice(roll(2));
    }
    if (name === 'exception' && roll(3)) fields['ratify-role'] = some([...ROLES, 'no-such-role']);
    if (name === 'paper-signature') {
      fields.role = some(ROLES);
      if (roll(3)) fields.person = `Somebody ${i}`;
      const id = Buffer.from(some(people).person).toString('hex');
      if (roll(3)) fields['person-id'] = some([id, id, id.toUpperCase(), 'nobody', 'f'.repeat(32)]);
    }
    const withheld = roll(5) ? [] : roll(2) ? true : ['documents', 'ratify-role', 'person'];
    const iat = 1790000000 + 60 * book.entries.length - (roll(6) ? 0 : 500);
    book.add(name, { by, role, sub, links, clear, fields, withheld, iat, twist: i === twisted ? twist : undefined });
  }
  return { book, roll };
}

// Whoever is appointed only later can't have been one of two people who signed before.
test('a signature on paper by somebody who is appointed later shows no second person', async () => {
  for (const before of [true, false]) {
    const book = new Book();
    const lead = book.person('A Lead', ['leadership-group']);
    const dpo = book.person('A Dpo', ['dpo']);
    const later = Buffer.from(sha256(Buffer.from('A Deputy')).subarray(0, 16)).toString('hex');
    if (before) book.person('A Deputy', ['deputy-headteacher']);
    const act = book.add('covert-authorisation', { by: lead, sub: 'cctv-2026-001' });
    book.add('paper-signature', {
      by: dpo, sub: 'cctv-2026-001', links: [{ rel: 'approves', entry: act }],
      fields: { person: 'A Deputy', 'person-id': later, role: 'headteacher' },
    });
    if (!before) book.person('A Deputy', ['deputy-headteacher']);
    const bytes = book.zip();
    const own = await verify(bytes);
    assert.equal(inOneLine(own), 'intact');
    assert.deepEqual([own.incomplete.length, own.on_paper.length], before ? [0, 1] : [1, 0]);
    assert.deepEqual(own, binaryVerdict(bytes));
    const [{ why }] = before ? own.on_paper : own.incomplete;
    assert.match(why, /signed on paper by “A Deputy”, recorded by entry/);
  }
});

test('an act that names its exception twice lacks its ratification once', async () => {
  const book = new Book();
  const exception = book.add('exception', { by: book.head, sub: 'cctv-2026-001' });
  const links = [{ rel: 'excepts', entry: exception }, { rel: 'excepts', entry: exception }];
  book.add('note', { by: book.head, sub: 'cctv-2026-001', links });
  const own = await verify(book.zip());
  assert.equal(own.incomplete.length, 1);
  assert.deepEqual(own, binaryVerdict(book.zip()));
});

test('books made by chance: intact, and every fact reported is the program\'s', async () => {
  const told = { incomplete: 0, on_paper: 0, doubtful: 0, clock: 0, absent_documents: 0, withheld: 0 };
  const why = new Set();
  for (let seed = 0; seed < BOOKS; seed++) {
    const { book, roll } = bookByChance(seed);
    const most = 1 + (seed % 4);
    const witness = seed % 5 ? '' : '\u2014 witness.example YWJjZGVmZ2g=\n';
    const bytes = book.zip(() => most === 4 || roll(5) < most + 1, witness);
    const own = await verify(bytes);
    assert.equal(inOneLine(own), 'intact', `seed ${seed}: ${JSON.stringify(own.fault)}`);
    assert.deepEqual(own, binaryVerdict(bytes), `seed ${seed}`);
    for (const key of Object.keys(told)) told[key] += own[key].length;
    for (const one of own.incomplete) why.add(one.why.replace(/by entry \d+|by Somebody \d+/g, ''));
  }
  for (const [key, count] of Object.entries(told)) assert.ok(count > 1, `${key}: ${count}`);
  for (const words of [/may not sign this/, /appointment names/, /not one that is here/, /not disclosed/, /is missing/,
    /can't be shown that two people signed/, /names neither/, /^missing/]) {
    assert.ok([...why].some((one) => words.test(one)), `${words}`);
  }
});

test('one person can\'t give two of the signatures that an act requires', async () => {
  for (const [second, expected] of [['both', ['one person gave two']], ['other', []]]) {
    const book = new Book();
    const both = book.person('Both', ['headteacher', 'dpo']);
    const other = book.person('Other', ['dpo']);
    const chair = book.person('Chair', ['chair-of-governors']);
    const entry = book.add('breach-investigation', { by: both });
    const links = [{ rel: 'signs-off', entry }];
    book.add('breach-signoff', { by: both, role: 'headteacher', links });
    book.add('breach-signoff', { by: { both, other }[second], role: 'dpo', links });
    book.add('breach-signoff', { by: chair, links });
    const bytes = book.zip();
    const own = await verify(bytes);
    assert.deepEqual(own, binaryVerdict(bytes));
    assert.equal(own.incomplete.length, expected.length);
    expected.forEach((words, i) => assert.ok(own.incomplete[i].why.startsWith(words)));
  }
});

const some = (list, roll) => list[roll(list.length)];
const NONE = new Uint8Array(32);
const hashOf = (roll) => new Uint8Array(32).fill(roll(256));
// What may be wrong with one entry. Each draws what it needs.
const TWISTS = {
  prev: (roll) => (entry) => (entry.prev = hashOf(roll)),
  gov: (roll) => (entry, book) => (entry.gov = roll(2) ? hashOf(roll) : some(book.entries, roll).hash),
  case: (roll) => (entry, book) => (entry.caseHash = [null, hashOf(roll), some(book.entries, roll).hash][roll(3)]),
  sub: (roll) => (entry) => (entry.sub = CASES[roll(CASES.length)]),
  iss: () => (entry) => (entry.iss = 'example.org/another'),
  typ: () => (entry) => (entry.typ = 'application/vnd.probity.entry2+cose'),
  version: () => (entry) => (entry.v = 2),
  kind: () => (entry) => (entry.kind = 'a-new-kind'),
  governanceVersion: (roll) => (entry) => Object.assign(entry, { kind: some([...GOVERNANCE], roll), v: 7 }),
  governance: (roll) => (entry) => (entry.kind = some([...GOVERNANCE], roll)),
  role: (roll) => (entry) => (entry.role = ['dpo', 'staff', 'headteacher', 'none-such'][roll(4)]),
  key: (roll) => (entry, book) => (entry.kid = book.people[roll(book.people.length)].kid),
  unknownKey: (roll) => (entry) => (entry.kid = hashOf(roll)),
  early: () => (entry) => (entry.iat = 0),
  seq: (roll) => (entry) => (entry.seq += 1 + roll(3)),
  field: () => (entry) => (entry.body = new Map([...entry.body].slice(1))),
  moreFields: () => (entry) => entry.body.set('zzzzzzzzzzzzzzzzzzzzzzzzzzz', NONE),
  clear: () => (entry) => entry.clear.set('zzzzzzzzz', 1),
  relation: () => (entry) => entry.links.push({ rel: 'likes', entry: hashOf(() => 7) }),
  noLinks: () => (entry) => (entry.links = []),
  commitment: () => (entry) => entry.body.set([...entry.body.keys()].at(-1), NONE),
  emptyText: () => (entry) => entry.open.forEach((pair) => (pair.bytes = Uint8Array.of(0x60))),
  otherBytes: () => (entry) => entry.open.forEach((pair) => (pair.bytes = Uint8Array.of(0x05))),
  salt: () => (entry) => entry.open.forEach((pair) => (pair.salt = pair.salt.subarray(1))),
  strange: () => (entry) => {
    entry.open.set('zzzzzzzzzzzzzzzzz', { salt: NONE, value: null, bytes: Uint8Array.of(0xf6) });
  },
};

test('books made by chance with one thing wrong: the same verdict, code and entry as the program\'s', async () => {
  const names = Object.keys(TWISTS);
  const codes = new Set();
  for (let seed = 0; seed < 2 * BOOKS; seed++) {
    const name = names[seed % names.length];
    const { book } = bookByChance(1000 + seed, { twist: TWISTS[name](chance(seed)), most: 12 });
    const bytes = book.zip();
    const own = await verify(bytes);
    const what = `${name}, seed ${seed}: ${JSON.stringify(own.fault)}`;
    assert.equal(inOneLine(own), inOneLine(binaryVerdict(bytes)), what);
    codes.add(own.fault?.code);
  }
  assert.ok(codes.size > 12, [...codes].join());
});
