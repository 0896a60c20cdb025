// Erasures: which are complete, what they take out of "withheld", and what may not be one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Book } from './verifier-book.js';
import { inOneLine, verify } from './verifier-support.js';

function school() {
  const book = new Book();
  const people = {
    dpo: book.person('A Dpo', ['dpo']),
    both: book.person('Both', ['dpo', 'deputy-headteacher']),
    office: book.person('An Office', ['administrator']),
    staff: book.person('A Teacher', ['staff']),
  };
  const target = book.add('note', { by: book.head, fields: { text: 'about a pupil' }, withheld: ['text', 'decided-by'] });
  return { book, ...people, target, at: book.entries.length - 1 };
}

const erase = (book, at, { by = book.head, names = ['text'], links = [], ...more } = {}) => book.add('erasure', {
  by, clear: { entries: [[at, names]], ground: 'retention' }, links: [{ rel: 'erases', entry: book.entries[at].hash }, ...links], ...more,
});
const advise = (book, by, entry, more = {}) => book.add('dpo-advice', {
  by, role: 'dpo', links: [{ rel: 'advises', entry }], fields: { recommendation: 'proceed', ...more.fields }, withheld: more.withheld,
});
const rule = (book, by) => book.add('retention-rule', { by });

// What the report says is erased of the note, by which entry, and why the erasure isn't complete.
async function told({ book, at }) {
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'intact', JSON.stringify(own.fault));
  const gone = own.erased.filter(({ entry }) => entry === at).flatMap(({ fields }) => fields);
  const held = own.withheld.filter(({ entry }) => entry === at).flatMap(({ fields }) => fields);
  assert.deepEqual([...gone, ...held].sort(), ['decided-by', 'text'], 'every field that is not there is one or the other');
  const why = own.incomplete.filter(({ kind }) => kind === 'erasure').map((one) => one.why);
  return { gone, why: why.join(), own };
}

const CASES = {
  'with the officer\'s advice': [(s) => advise(s.book, s.dpo, erase(s.book, s.at)), ['text'], /^$/],
  'of every field': [(s) => advise(s.book, s.dpo, erase(s.book, s.at, { names: null })), ['text', 'decided-by'], /^$/],
  'without advice': [(s) => erase(s.book, s.at), [], /DPO's advice/],
  'with advice against it': [(s) => advise(s.book, s.dpo, erase(s.book, s.at), { fields: { recommendation: 'do-not-proceed' } }), [], /DPO's advice/],
  'with advice that says nothing': [(s) => advise(s.book, s.dpo, erase(s.book, s.at), { fields: { recommendation: null } }), [], /DPO's advice/],
  'with advice that is not disclosed': [(s) => advise(s.book, s.dpo, erase(s.book, s.at), { withheld: ['recommendation'] }), ['text'], /^$/],
  'with advice to go on with changes': [(s) => advise(s.book, s.dpo, erase(s.book, s.at), { fields: { recommendation: 'proceed-with-changes' } }), ['text'], /^$/],
  'with its author\'s own advice': [(s) => advise(s.book, s.both, erase(s.book, s.at, { by: s.both, role: 'deputy-headteacher' })), [], /DPO's advice/],
  'with advice in another role': [(s) => s.book.add('dpo-advice', {
    by: s.staff, links: [{ rel: 'advises', entry: erase(s.book, s.at) }], fields: { recommendation: 'proceed' },
  }), [], /DPO's advice/],
  'under a rule that has the advice': [(s) => {
    const kept = rule(s.book, s.book.head);
    advise(s.book, s.dpo, kept);
    erase(s.book, s.at, { links: [{ rel: 'about', entry: kept }] });
  }, ['text'], /^$/],
  'by an administrator under such a rule': [(s) => {
    const kept = rule(s.book, s.book.head);
    advise(s.book, s.dpo, kept);
    erase(s.book, s.at, { by: s.office, links: [{ rel: 'about', entry: kept }] });
  }, ['text'], /^$/],
  'by an administrator without a rule': [(s) => advise(s.book, s.dpo, erase(s.book, s.at, { by: s.office })), [], /retention rule by another person/],
  'by an administrator under a rule that nobody could decide': [(s) => {
    const kept = rule(s.book, s.staff);
    advise(s.book, s.dpo, erase(s.book, s.at, { by: s.office, links: [{ rel: 'about', entry: kept }] }));
  }, [], /retention rule by another person/],
  'about something that is no rule': [(s) => {
    const note = s.book.add('note', { by: s.book.head });
    advise(s.book, s.dpo, note);
    erase(s.book, s.at, { links: [{ rel: 'about', entry: note }] });
  }, [], /DPO's advice/],
  'with a statement of the officer\'s': [(s) => {
    const entry = erase(s.book, s.at);
    const advice = s.book.statement('dpo-advice', { by: s.dpo, links: [{ rel: 'advises', entry }], fields: { recommendation: 'proceed' } });
    s.book.enter(advice, { by: s.office });
  }, ['text'], /^$/],
};

for (const [name, [make, fields, why]] of Object.entries(CASES)) {
  test(`an erasure ${name}: ${fields.length ? `erased: ${fields}` : 'not complete'}`, async () => {
    const made = school();
    make(made);
    const { gone, why: found, own } = await told(made);
    assert.deepEqual([...gone].sort(), [...fields].sort());
    assert.match(found, why);
    for (const one of own.erased) {
      assert.equal(made.book.entries[one.by].kind, 'erasure');
      assert.deepEqual([one.entry, one.ground], [made.at, 'retention']);
    }
  });
}

test('what is shown is not erased, whatever an erasure says', async () => {
  const made = school();
  const { book } = made;
  book.add('note', { by: book.head, fields: { text: 'kept by somebody' } });
  advise(book, made.dpo, erase(book, book.entries.length - 1, { names: null }));
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'intact');
  assert.deepEqual(own.erased, []);
});

test('of two erasures of one record the first that names a field is told', async () => {
  const made = school();
  const { book, dpo, at } = made;
  const [first, second] = [erase(book, at), erase(book, at, { names: null })];
  advise(book, dpo, first);
  advise(book, dpo, second);
  const own = await verify(book.zip());
  const by = own.erased.map((one) => [one.by, one.fields]);
  assert.deepEqual(by, [[at + 1, ['text']], [at + 2, ['decided-by']]]);
  assert.deepEqual(own.withheld.filter(({ entry }) => entry === at), []);
});

const REFUSED = {
  'a role that may not': ['role', (s) => erase(s.book, s.at, { by: s.staff })],
  'no link': ['links', (s) => s.book.add('erasure', { by: s.book.head, clear: { entries: [[s.at, null]], ground: 'court' } })],
  'no entries': ['clear', (s) => erase(s.book, s.at, { clear: { entries: [], ground: 'court' } })],
  'a field that isn\'t there': ['clear', (s) => erase(s.book, s.at, { names: ['subject'] })],
  'a field of a statement that isn\'t there': ['clear', (s) => {
    s.book.enter(s.book.statement('note', { by: s.dpo }), { by: s.office });
    erase(s.book, s.at + 1, { names: ['subject'] });
  }],
  'no field': ['clear', (s) => erase(s.book, s.at, { names: [] })],
  'a field twice': ['clear', (s) => erase(s.book, s.at, { names: ['text', 'text'] })],
  'fields in another order': ['clear', (s) => erase(s.book, s.at, { names: ['text', 'occurred'] })],
  'itself': ['clear', (s) => erase(s.book, s.at, { clear: { entries: [[s.at + 1, null]], ground: 'court' } })],
  'entries in another order': ['clear', (s) => erase(s.book, s.at, { clear: { entries: [[s.at, null], [2, null]], ground: 'court' } })],
  'an entry twice': ['clear', (s) => erase(s.book, s.at, { clear: { entries: [[s.at, null], [s.at, null]], ground: 'court' } })],
  'more than 256 entries': ['clear', (s) => {
    while (s.book.entries.length < 300) s.book.add('note', { by: s.book.head });
    const entries = Array.from({ length: 257 }, (_, i) => [i + 1, null]);
    erase(s.book, s.at, { clear: { entries, ground: 'court' } });
  }],
  'another ground': ['clear', (s) => erase(s.book, s.at, { clear: { entries: [[s.at, null]], ground: 'whim' } })],
  'a pair of three': ['clear', (s) => erase(s.book, s.at, { clear: { entries: [[s.at, null, 1]], ground: 'court' } })],
};

for (const [name, [code, make]] of Object.entries(REFUSED)) {
  test(`no erasure: ${name}`, async () => {
    const made = school();
    make(made);
    const own = await verify(made.book.zip());
    assert.equal(inOneLine(own), `not-genuine ${code} ${made.book.entries.length - 1}`, JSON.stringify(own.fault));
  });
}

test('an erasure names fields of statements, and entries that are not in the bundle', async () => {
  const made = school();
  const { book, dpo, office, at } = made;
  book.enter(book.statement('note', { by: dpo, fields: { text: 'stated' }, withheld: ['text'] }), { by: office });
  advise(book, dpo, erase(book, at + 1));
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'intact');
  assert.deepEqual(own.erased, [{ entry: at + 1, fields: ['text'], by: at + 2, ground: 'retention' }]);
  // Not in the bundle: its fields can't be looked at.
  const without = await verify(book.zip((entry) => entry.seq !== at + 1));
  assert.equal(inOneLine(without), 'intact');
  assert.deepEqual(without.erased, []);
});

test('one erasure names 256 fields of an entry at most, and 4,096 in all', async () => {
  const named = async (...counts) => {
    const made = school();
    const { book } = made;
    const [first, names] = [book.entries.length, Array.from({ length: 257 }, (_, i) => `f-${String(i).padStart(3, '0')}`)];
    for (const _ of counts) book.add('note', { by: book.head });
    const entries = counts.map((count, i) => [first + i, names.slice(0, count)]);
    erase(book, made.at, { clear: { entries, ground: 'court' } });
    // Of entries that are not there nobody can tell what they have.
    const own = await verify(book.zip(({ seq }) => seq < first || seq === book.entries.length - 1));
    return inOneLine(own).replace(/ \d+$/, '');
  };
  assert.equal(await named(256), 'intact');
  assert.equal(await named(257), 'not-genuine clear');
  assert.equal(await named(...Array(16).fill(256)), 'intact');
  assert.equal(await named(...Array(16).fill(256), 1), 'not-genuine clear');
});

test('of many erasures of one entry each field is told once, by the first that names it', async () => {
  const made = school();
  const { book, dpo, at } = made;
  const on = rule(book, book.head);
  advise(book, dpo, on);
  for (let i = 0; i < 60; i += 1) {
    erase(book, at, { names: i % 2 ? null : ['text'], links: [{ rel: 'about', entry: on }] });
  }
  const own = await verify(book.zip());
  assert.equal(inOneLine(own), 'intact');
  assert.deepEqual(own.erased.map(({ by, fields }) => [by, fields]), [[at + 3, ['text']], [at + 4, ['decided-by']]]);
  assert.deepEqual(own.incomplete.filter(({ kind }) => kind === 'erasure'), []);
});
