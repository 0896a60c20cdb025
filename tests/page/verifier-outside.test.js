// Evidence from outside: cosignatures and tokens under data/times/, whom a reader trusts, and what follows from it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Book, sha256, witness } from './verifier-book.js';
import { authority, pem, timestamp } from './support/authority.js';
import { readGiven, summaryOf } from '../../src/page/verifier/given.js';
import { KINDS, binaryVerdict, inOneLine, verify } from './verifier-support.js';

const [ALICE, BOB, CAROL] = ['witness.example/alice', 'witness.example/bob', 'carol'].map((name) => witness(name));
const TSA = authority({ name: 'Example TSA' });
const ROOTS = Buffer.from(pem(TSA.root));
const NOW = 1790000000;

const policy = (...lines) => Buffer.from(`${lines.join('\n')}\n`);
const witnesses = (...all) => all.map((one, i) => `witness w${i} ${one.vkey}`);
const anyOf = (...all) => policy(...witnesses(...all), 'quorum none');

async function judged(zip, given = {}) {
  return verify(zip, { given: await readGiven(given, { kinds: KINDS }) });
}

// A book of ten entries.
function book() {
  const made = new Book();
  while (made.entries.length < 10) made.add('note', { by: made.head, fields: { text: `note ${made.entries.length}` } });
  return made;
}

const made = book();
const head = (m) => made.headAt(m);
// The files for a head: its text, its proof, and what else is given by ending.
function times(m, more = {}, { text = head(m).text, proof = made.consistency(m), of = made } = {}) {
  const files = { [`data/times/${m}.txt`]: text };
  if (m !== of.entries.length && proof !== null) files[`data/times/${m}.consistency`] = proof;
  for (const [ending, content] of Object.entries(more)) files[`data/times/${m}.${ending}`] = content;
  return files;
}
const zip = (files, lines = '') => made.zip(() => true, lines, files);
const noteOf = (m, ...lines) => made.headAt(m, lines.join('')).note;
const tokenAt = (m, time, tsa = TSA) => timestamp(Buffer.from(head(m).text), tsa, { time });

test('heads of every size are proven to the checkpoint', async () => {
  for (let m = 2; m <= 10; m++) assert.equal(inOneLine(await verify(zip(times(m)))), 'intact', `${m}`);
  assert.equal(inOneLine(await verify(zip({ ...times(3), ...times(7), ...times(10) }))), 'intact');
});

const other = made.headAt(5).text.replace(/\n5\n.*/, (found) => found.replace(/\n.*$/, `\n${Buffer.alloc(32).toString('base64')}`));
const REFUSED = {
  'no text': { 'data/times/5.consistency': made.consistency(5) },
  'a token alone': { 'data/times/5.1.tsr': 'x' },
  'no proof': times(5, {}, { proof: null }),
  'an empty proof': times(5, {}, { proof: '' }),
  'the proof of another head': times(5, {}, { proof: made.consistency(6) }),
  'a proof with a line more': times(5, {}, { proof: `${made.consistency(5)}${Buffer.alloc(32).toString('base64')}\n` }),
  'a proof without its last line end': times(5, {}, { proof: made.consistency(5).slice(0, -1) }),
  'a proof of short hashes': times(5, {}, { proof: `${Buffer.alloc(31).toString('base64')}\n` }),
  'a proof with an empty line': times(5, {}, { proof: `${made.consistency(5)}\n` }),
  'a proof of 64 lines': times(5, {}, { proof: `${Buffer.alloc(32).toString('base64')}\n`.repeat(64) }),
  'a proof for the checkpoint itself': { ...times(10), 'data/times/10.consistency': '' },
  'another root at the checkpoint\'s size': times(10, {}, { text: made.headAt(10).text.replace(/\n.*\n$/, `\n${Buffer.alloc(32).toString('base64')}\n`) }),
  'another root': times(5, {}, { text: other }),
  'another origin': times(5, {}, { text: head(5).text.replace('school', 'skool') }),
  'another size': times(5, {}, { text: head(6).text }),
  'a text without its last line end': times(5, {}, { text: head(5).text.slice(0, -1) }),
  'a text with a line more': times(5, {}, { text: `${head(5).text}more\n` }),
  'a size with a zero before it': times(5, {}, { text: head(5).text.replace('\n5\n', '\n05\n') }),
  'a size of 1': { 'data/times/1.txt': made.headAt(2).text.replace('\n2\n', '\n1\n'), 'data/times/1.consistency': '' },
  'a size of 0': { 'data/times/0.txt': 'x' },
  'a size above the checkpoint\'s': { 'data/times/11.txt': head(10).text.replace('\n10\n', '\n11\n') },
  'a note that is none': times(5, { '1.note': 'hello' }),
  'a note on another head': times(5, { '1.note': noteOf(6) }),
  'a note without the log\'s signature': times(5, { '1.note': `${head(5).text}\n${ALICE.line(head(5).text, NOW)}` }),
  'a note signed by another log key': times(5, { '1.note': made.headAt(5, '', ALICE).note }),
  'a bad note behind a good one': times(5, { '1.note': noteOf(5), '2.note': 'hello' }),
};
for (const [name, files] of Object.entries(REFUSED)) {
  test(`times: ${name}`, async () => {
    const own = await verify(zip(files));
    assert.equal(inOneLine(own), 'not-genuine times -', JSON.stringify(own.fault));
    for (const key of ['outside', 'witnessed', 'existed_by', 'not_before']) assert.deepEqual(own[key], []);
  });
}

for (const path of ['5.0.tsr', '5.01.tsr', '05.txt', '5.1.txt', '5.1.consistency', '5.tsr', '5.note', '5.1.2.tsr', '5.1.pem', 'x.txt']) {
  test(`times: no file of the name ${path}`, async () => {
    assert.equal(inOneLine(await verify(zip({ ...times(5), [`data/times/${path}`]: 'x' }))), 'not-genuine container -');
  });
}

test('times: a file of more than a mebibyte', async () => {
  const own = await verify(zip({ ...times(5), 'data/times/5.1.tsr': Buffer.alloc(1048577) }));
  assert.equal(inOneLine(own), 'not-genuine container -');
  assert.equal(inOneLine(await verify(zip({ ...times(5), 'data/times/5.1.tsr': Buffer.alloc(1048576) }))), 'intact');
});

test('a log key of an earlier time signs the heads of that time', async () => {
  const changing = book();
  const later = witness('later');
  const id = sha256(Buffer.concat([Buffer.from('example.org/school\n\u0001'), later.key])).subarray(0, 4);
  const vkey = `example.org/school+${Buffer.from(id).toString('hex')}+${Buffer.concat([Uint8Array.of(1), later.key]).toString('base64')}`;
  changing.add('log-key', { by: changing.head, clear: { log: vkey }, fields: { reason: 'lost' } });
  changing.add('note', { by: changing.head });
  const files = (m, log, logId) => ({
    'data/times/10.txt': changing.headAt(m).text, 'data/times/10.consistency': changing.consistency(m),
    'data/times/10.1.note': changing.headAt(m, '', log, logId).note,
  });
  const own = changing.log;
  const signed = (log, logId) => {
    const kept = [changing.log, changing.id, changing.vkey];
    [changing.log, changing.id, changing.vkey] = [later, id, vkey];
    const bytes = changing.zip(() => true, '', files(10, log, logId));
    [changing.log, changing.id, changing.vkey] = kept;
    return bytes;
  };
  assert.equal(inOneLine(await verify(signed(own, changing.id))), 'intact');
  assert.equal(inOneLine(await verify(signed(later, id))), 'not-genuine times -');
});

test('cosignatures: trusted by the reader\'s policy, claimed by the bundle\'s, else ignored', async () => {
  const text = made.headAt(10).text;
  const lines = ALICE.line(text, NOW) + BOB.line(text, NOW + 5) + CAROL.line(text, NOW + 9);
  const own = policy(`log ${made.vkey}`, ...witnesses(ALICE, BOB), 'quorum none');
  const bytes = zip({ 'data/policy.txt': own }, lines);
  const bare = await judged(bytes);
  assert.equal(inOneLine(bare), 'intact');
  const row = (by, time, state, size = 10, file = 'data/checkpoint') => ({ size, file, by, time, state });
  assert.deepEqual(bare.outside, [row(ALICE.name, NOW, 'claimed'), row(BOB.name, NOW + 5, 'claimed')]);
  assert.deepEqual([bare.witnessed, bare.existed_by], [[], []]);
  assert.deepEqual(bare.unjudged, ['1 signature lines by keys that no policy names']);
  const read = await judged(bytes, { policy: anyOf(BOB) });
  assert.deepEqual(read.outside, [row(ALICE.name, NOW, 'claimed'), row(BOB.name, NOW + 5, 'trusted')]);
  assert.deepEqual(read.witnessed, [{ size: 10, time: NOW + 5 }]);
  assert.deepEqual(read.existed_by, [{ below: 10, time: NOW + 5 }]);
  const all = await judged(bytes, { policy: anyOf(CAROL, ALICE, BOB) });
  assert.deepEqual(all.outside.map(({ state }) => state), ['trusted', 'trusted', 'trusted']);
  assert.deepEqual(all.witnessed, [{ size: 10, time: NOW }]);
  assert.deepEqual(all.unjudged, []);
});

test('equal lines are one, and no more is judged than there is room for', async () => {
  const own = policy(`log ${made.vkey}`, ...witnesses(ALICE), 'quorum none');
  const blob = (_, number) => {
    return `\u2014 ${ALICE.name} ${Buffer.concat([ALICE.id, Buffer.of(number >> 8, number & 255)]).toString('base64')}\n`;
  };
  const line = ALICE.line(head(5).text, NOW);
  const of = (more) => zip({ ...times(5, more), 'data/policy.txt': own });
  const equalOnes = await judged(of({ '1.note': noteOf(5, line.repeat(7000)) }));
  assert.deepEqual(equalOnes.outside.map(({ state }) => state), ['claimed']);
  assert.deepEqual(equalOnes.unjudged, []);
  const many = await judged(of({ '1.note': noteOf(5, ...Array.from({ length: 1030 }, blob), line) }));
  assert.equal(many.outside.length, 1024);
  assert.deepEqual(many.unjudged, ['7 pieces of outside evidence, more than are judged']);
  const note = noteOf(5, ...Array.from({ length: 1000 }, blob));
  const notes = Object.fromEntries(Array.from({ length: 11 }, (_, k) => [`${k + 1}.note`, note]));
  const all = await judged(of({ ...notes, '1.tsr': 'x' }));
  assert.equal(all.outside.length, 10000);
  assert.deepEqual(all.unjudged, ['1001 pieces of outside evidence, more than are judged']);
});

// Thousands of signature lines by nobody known would be hours of work from a small file.
test('all notes together have no more signature lines than are read', async () => {
  const line = '\u2014 x AAAAAAA=\n';
  // The log's own line stands in each of the two notes.
  const of = (more) => zip(times(5, { '1.note': noteOf(5, line.repeat(50000)), '2.note': noteOf(5, line.repeat(49998 + more)) }));
  const most = await judged(of(0));
  assert.deepEqual([inOneLine(most), most.unjudged], ['intact', ['99998 signature lines by keys that no policy names']]);
  assert.deepEqual(most, binaryVerdict(of(0)));
  assert.equal(inOneLine(await judged(of(1))), 'not-genuine times -');
  assert.equal(inOneLine(binaryVerdict(of(1))), 'not-genuine times -');
});

// Four bytes of a hash collide for whoever looks for a minute: a line may be either's, and is whose key it verifies under.
test('two witnesses of one name and key id', async () => {
  const twins = [25876, 34652].map((seed) => witness('twin.example', `twin ${seed}`));
  assert.deepEqual(...twins.map(({ id }) => id));
  const own = policy(`log ${made.vkey}`, ...witnesses(...twins), 'quorum none');
  const lines = twins.map((twin, later) => twin.line(made.headAt(10).text, NOW + later)).join('');
  const bytes = zip({ 'data/policy.txt': own }, lines);
  const verdict = await judged(bytes);
  assert.deepEqual(verdict.outside.map(({ time, state }) => [time, state]), [[NOW, 'claimed'], [NOW + 1, 'claimed']]);
  assert.deepEqual(verdict, binaryVerdict(bytes));
  const second = await judged(bytes, { policy: anyOf(twins[1]) });
  assert.deepEqual(second.outside.map(({ state }) => state), ['invalid', 'trusted']);
});

test('what fails after step 9 takes nothing from what was said outside, and what fails before does', async () => {
  const line = ALICE.line(made.headAt(10).text, NOW);
  const given = { policy: anyOf(ALICE) };
  const late = await judged(zip({ 'data/entries.jsonl': 'x' }, line), given);
  assert.equal(inOneLine(late), 'not-genuine jsonl 0');
  assert.deepEqual([late.outside.length, late.witnessed], [1, [{ size: 10, time: NOW }]]);
  const policyless = await judged(zip({ 'data/policy.txt': 'quorum none\n' }, line), given);
  assert.equal(inOneLine(policyless), 'not-genuine policy -');
  assert.deepEqual(policyless.witnessed, [{ size: 10, time: NOW }]);
  const early = await judged(zip({ 'data/times/4.txt': 'x' }, line), given);
  assert.deepEqual([early.outside, early.witnessed, early.existed_by], [[], [], []]);
  const others = await judged(zip(times(5, { '1.note': noteOf(5, BOB.line(made.headAt(5).text, NOW)) }), CAROL.line(made.headAt(10).text, NOW)));
  assert.deepEqual(others.unjudged, ['2 signature lines by keys that no policy names']);
});

test('cosignatures that are not valid', async () => {
  const text = made.headAt(10).text;
  const raw = (bytes) => `\u2014 ${ALICE.name} ${Buffer.concat([ALICE.id, ...bytes]).toString('base64')}\n`;
  const clock = (time) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(time);
    return bytes;
  };
  for (const [name, line] of [
    ['over another head', ALICE.line(made.headAt(9).text, NOW)],
    ['by another key', ALICE.line(text, NOW, BOB.sign)],
    ['of another time than signed', (() => {
      const bytes = Buffer.from(ALICE.line(text, NOW).split(' ')[2], 'base64');
      bytes[11] ^= 1;
      return `\u2014 ${ALICE.name} ${bytes.toString('base64')}\n`;
    })()],
    ['of a log\'s form', raw([ALICE.sign(Buffer.from(text))])],
    ['too short', raw([clock(5n), Buffer.alloc(63)])],
    ['too long', raw([clock(5n), Buffer.alloc(65)])],
    ['at a time beyond 2^53 - 1', raw([clock(9007199254740992n), Buffer.alloc(64)])],
    ['of zeros', raw([clock(9007199254740991n), Buffer.alloc(64)])],
  ]) {
    const own = await judged(zip({}, line), { policy: anyOf(ALICE) });
    assert.equal(inOneLine(own), 'intact', name);
    assert.deepEqual(own.outside, [{ size: 10, file: 'data/checkpoint', by: ALICE.name, time: null, state: 'invalid' }], name);
    assert.deepEqual([own.witnessed, own.existed_by], [[], []], name);
  }
});

test('a person or the log is no witness of their own book', async () => {
  const text = made.headAt(10).text;
  for (const pair of [made.head, made.log]) {
    const name = 'inside';
    const id = sha256(Buffer.concat([Buffer.from(`${name}\n\u0004`), pair.key])).subarray(0, 4);
    const vkey = `${name}+${Buffer.from(id).toString('hex')}+${Buffer.concat([Uint8Array.of(4), pair.key]).toString('base64')}`;
    const clock = Buffer.alloc(8);
    clock.writeBigUInt64BE(BigInt(NOW));
    const signature = pair.sign(Buffer.from(`cosignature/v1\ntime ${NOW}\n${text}`));
    const line = `\u2014 ${name} ${Buffer.concat([id, clock, signature]).toString('base64')}\n`;
    const own = await judged(zip({}, line), { policy: policy(`witness w ${vkey}`, 'quorum w') });
    assert.deepEqual([own.outside[0].state, own.outside[0].time], ['invalid', null]);
    assert.deepEqual(own.witnessed, []);
  }
});

test('a quorum: the least time at which it is met, over all notes on one head', async () => {
  const text = made.headAt(5).text;
  const files = times(5, {
    '1.note': noteOf(5, BOB.line(text, NOW + 30), ALICE.line(text, NOW + 10)),
    '2.note': noteOf(5, CAROL.line(text, NOW + 20), ALICE.line(text, NOW + 50)),
  });
  const bytes = zip(files);
  const group = (k, ...more) => policy(...witnesses(ALICE, BOB, CAROL), `group g ${k} w0 w1 w2`, ...more, 'quorum g');
  for (const [k, time] of [['any', NOW + 10], ['1', NOW + 10], ['2', NOW + 20], ['3', NOW + 30], ['all', NOW + 30]]) {
    const own = await judged(bytes, { policy: group(k) });
    assert.deepEqual(own.witnessed, [{ size: 5, time }], k);
    assert.deepEqual(own.existed_by, [{ below: 5, time }]);
  }
  const nested = policy(...witnesses(ALICE, BOB, CAROL), 'group inner any w1 w2', 'group outer all w0 inner', 'quorum outer');
  assert.deepEqual((await judged(bytes, { policy: nested })).witnessed, [{ size: 5, time: NOW + 20 }]);
  // One that isn't a witness's key never cosigns: the group can't be met.
  const never = policy(...witnesses(ALICE, BOB), `witness w2 ${made.vkey}`, 'group g all w0 w1 w2', 'quorum g');
  assert.deepEqual((await judged(bytes, { policy: never })).witnessed, []);
  assert.deepEqual((await judged(bytes, { policy: group('any', `log ${made.vkey}`) })).witnessed, [{ size: 5, time: NOW + 10 }]);
});

test('a reader\'s policy that names other logs only makes nothing witnessed', async () => {
  const text = made.headAt(10).text;
  const id = sha256(Buffer.concat([Buffer.from('example.org/school\n\u0001'), BOB.key])).subarray(0, 4);
  const log = `example.org/school+${Buffer.from(id).toString('hex')}+${Buffer.concat([Uint8Array.of(1), BOB.key]).toString('base64')}`;
  const own = await judged(zip({}, ALICE.line(text, NOW)), { policy: policy(`log ${log}`, ...witnesses(ALICE), 'quorum none') });
  assert.equal(own.outside[0].state, 'trusted');
  assert.deepEqual([own.witnessed, own.existed_by], [[], []]);
});

test('tokens: trusted by the reader\'s roots, claimed without, invalid where they don\'t hold', async () => {
  const files = times(5, { '1.tsr': tokenAt(5, NOW), '2.tsr': tokenAt(6, NOW), '10.tsr': 'no token' });
  const bytes = zip(files);
  const rows = (first) => [
    { size: 5, file: 'data/times/5.1.tsr', by: 'Example TSA', time: NOW, state: first },
    { size: 5, file: 'data/times/5.10.tsr', by: '', time: null, state: 'invalid' },
  ];
  const bare = await judged(bytes);
  assert.equal(inOneLine(bare), 'intact');
  assert.deepEqual(bare.outside.slice(0, 2), rows('claimed'));
  assert.deepEqual(bare.outside[2], { size: 5, file: 'data/times/5.2.tsr', by: '', time: null, state: 'invalid' });
  assert.deepEqual(bare.existed_by, []);
  const trusting = await judged(bytes, { roots: ROOTS });
  assert.deepEqual(trusting.outside.slice(0, 2), rows('trusted'));
  assert.deepEqual(trusting.existed_by, [{ below: 5, time: NOW }]);
  assert.deepEqual(trusting.witnessed, []);
  const others = await judged(bytes, { roots: Buffer.from(pem(authority({ name: 'Other' }).root)) });
  assert.deepEqual(others.outside.slice(0, 2), rows('claimed'));
});

test('existed by: only pairs that say more than another', async () => {
  const files = {
    ...times(3, { '1.tsr': tokenAt(3, NOW + 50) }), ...times(5, { '1.tsr': tokenAt(5, NOW + 20), '2.tsr': tokenAt(5, NOW + 10) }),
    ...times(7, { '1.tsr': tokenAt(7, NOW + 30) }), ...times(8, { '1.tsr': tokenAt(8, NOW + 30) }), ...times(10, { '1.tsr': tokenAt(10, NOW + 40) }),
  };
  const own = await judged(zip(files), { roots: ROOTS });
  assert.deepEqual(own.existed_by, [{ below: 5, time: NOW + 10 }, { below: 8, time: NOW + 30 }, { below: 10, time: NOW + 40 }]);
  assert.deepEqual(own.outside.map(({ size }) => size), [3, 5, 5, 7, 8, 10]);
});

test('not before: what an anchor names, and only if it is here, over that head, and counts', async () => {
  const anchored = book();
  const token = timestamp(Buffer.from(anchored.headAt(10).text), TSA, { time: NOW + 100 });
  const text = anchored.headAt(8).text;
  const note = anchored.headAt(8, ALICE.line(text, NOW + 5) + ALICE.line(text, NOW + 70) + BOB.line(text, NOW + 90)).note;
  const anchor = (size, evidence) => anchored.add('anchor', { by: anchored.head, clear: { size, evidence: sha256(evidence) } });
  anchor(10, token); // entry 10
  anchor(8, Buffer.from(note)); // entry 11
  anchor(9, token); // entry 12: over another head
  anchored.add('note', { by: anchored.head });
  const files = (m, more) => ({
    [`data/times/${m}.txt`]: anchored.headAt(m).text, [`data/times/${m}.consistency`]: anchored.consistency(m), ...more,
  });
  const evidence = { ...files(8, { 'data/times/8.1.note': note }), ...files(10, { 'data/times/10.1.tsr': token }) };
  const bytes = anchored.zip(() => true, '', evidence);
  assert.deepEqual((await judged(bytes)).not_before, []);
  assert.deepEqual((await judged(bytes, { roots: ROOTS })).not_before, [{ above: 10, time: NOW + 100 }]);
  assert.deepEqual((await judged(bytes, { policy: anyOf(ALICE) })).not_before, [{ above: 11, time: NOW + 70 }]);
  assert.deepEqual((await judged(bytes, { policy: anyOf(ALICE), roots: ROOTS })).not_before, [{ above: 10, time: NOW + 100 }]);
  assert.deepEqual((await judged(anchored.zip(() => true, '', files(8)), { policy: anyOf(ALICE), roots: ROOTS })).not_before, []);
});

test('doubt ends where an outside time stands over an entry', async () => {
  const doubted = new Book();
  const deputy = doubted.person('A Deputy', ['deputy-headteacher']); // entry 2
  const add = (by) => doubted.add('note', { by });
  const appointed = (name) => {
    const one = { ...doubted.head, ...witnessPerson(name) };
    doubted.appoint(one, name, { by: deputy });
    return one;
  };
  add(deputy); // 3
  const clerk = appointed('A Clerk'); // 4
  add(deputy); // 5
  doubted.add('note', { by: clerk, role: 'staff' }); // 6
  doubted.add('revocation', { by: doubted.head, clear: { kid: deputy.kid, 'suspect-since': NOW }, fields: { reason: 'lost' } }); // 7
  doubted.add('note', { by: clerk, role: 'staff' }); // 8
  const files = (m, time) => ({
    [`data/times/${m}.txt`]: doubted.headAt(m).text, [`data/times/${m}.consistency`]: doubted.consistency(m),
    [`data/times/${m}.1.tsr`]: timestamp(Buffer.from(doubted.headAt(m).text), TSA, { time }),
  });
  const doubtful = async (more, given) => (await judged(doubted.zip(() => true, '', more), given)).doubtful.map(({ entry }) => entry);
  assert.deepEqual(await doubtful({}, {}), [3, 4, 5, 6, 8]);
  assert.deepEqual(await doubtful(files(4, NOW), {}), [3, 4, 5, 6, 8], 'nobody is trusted');
  assert.deepEqual(await doubtful(files(4, NOW), { roots: ROOTS }), [4, 5, 6, 8]);
  assert.deepEqual(await doubtful(files(4, NOW + 1), { roots: ROOTS }), [3, 4, 5, 6, 8], 'a second too late');
  assert.deepEqual(await doubtful(files(5, NOW), { roots: ROOTS }), [5], 'the appointment is beyond doubt, and what rests on it');
  assert.deepEqual(await doubtful(files(7, NOW), { roots: ROOTS }), []);
});

function witnessPerson(name) {
  const pair = witness(name);
  return { key: pair.key, sign: pair.sign, kid: kidOf(pair.key), person: sha256(Buffer.from(name)).subarray(0, 16), roles: ['staff'] };
}
const kidOf = (key) => sha256(Buffer.concat([Buffer.from('a301012006215820', 'hex'), key]));

test('what a reader gives and can\'t be used is said, and is no fault of the bundle', async () => {
  const given = (kept) => readGiven(kept, { kinds: KINDS });
  for (const [which, content, words] of [
    ['policy', 'hello', /no policy/], ['policy', '', /no quorum/], ['policy', Buffer.from([0xff]), /UTF-8/],
    ['roots', 'hello', /no certificate/], ['older', 'hello', /neither a checkpoint nor/], ['older', '', /neither/],
    ['older', made.headAt(2).note.replace('\n2\n', '\n1\n'), /counts 1/],
    ['older', made.zip(() => true, '', { 'data/policy.txt': 'quorum none\n' }), /not intact/],
  ]) {
    await assert.rejects(given({ [which]: Buffer.from(content) }), (error) => error.which === which && words.test(error.message), `${which} ${words}`);
  }
  const all = summaryOf(await given({ policy: anyOf(ALICE), roots: ROOTS, older: Buffer.from(made.headAt(4).note) }));
  assert.deepEqual(all, {
    policy: { witnesses: [ALICE.name], quorum: 'none', logs: [] }, roots: ['Example TSA Root'],
    older: { size: 4, origin: 'example.org/school', isBundle: false },
  });
  assert.deepEqual(summaryOf(await given({})), { policy: null, roots: null, older: null });
});

// --- an older head

const since = (bytes, older) => judged(bytes, { older: Buffer.from(older) });
const facts = ({ root, ...rest }) => rest;

test('an older checkpoint: continues, where the bundle holds what proves it', async () => {
  const whole = made.zip();
  for (let m = 2; m <= 10; m++) {
    const own = await since(whole, made.headAt(m).note);
    assert.equal(inOneLine(own), 'intact');
    assert.deepEqual(facts(own.continuity), { result: 'continues', size: m, signed: true });
    assert.equal(own.continuity.root, Buffer.from(made.headAt(m).text.split('\n')[2], 'base64').toString('hex'));
  }
  const chosen = made.zip((entry) => entry.seq < 3);
  assert.deepEqual(facts((await since(chosen, made.headAt(3).note)).continuity), { result: 'continues', size: 3, signed: true });
  assert.deepEqual((await since(chosen, made.headAt(5).note)).continuity, { result: 'cannot-tell', size: 5 });
  assert.equal((await since(chosen, made.headAt(5).note)).verdict, 'intact');
  // A head under data/times/ is proven without the entries.
  const proven = made.zip((entry) => entry.seq < 3, '', times(5));
  assert.deepEqual(facts((await since(proven, made.headAt(5).note)).continuity), { result: 'continues', size: 5, signed: true });
  const unsigned = await since(whole, made.headAt(5, '', ALICE).note);
  assert.deepEqual(facts(unsigned.continuity), { result: 'continues', size: 5, signed: false });
});

test('an older checkpoint that counts more than the bundle can\'t be told', async () => {
  const longer = book();
  while (longer.entries.length < 12) longer.add('note', { by: longer.head });
  const own = await since(book().zip(), longer.headAt(12).note);
  assert.deepEqual(own.continuity, { result: 'cannot-tell', size: 12 });
});

test('an older checkpoint: does not continue', async () => {
  const rewritten = new Book();
  while (rewritten.entries.length < 10) rewritten.add('note', { by: rewritten.head, fields: { text: `other ${rewritten.entries.length}` } });
  const zeros = Buffer.alloc(32).toString('base64');
  const at = (m) => made.headAt(m).note.replace(/\n([^\n]{43}=)\n/, `\n${zeros}\n`);
  for (const [name, bytes, older] of [
    ['another root at its size', made.zip(), at(10)],
    ['another root of the first entries', made.zip(), at(5)],
    ['a rewritten book, all of it', rewritten.zip(), made.headAt(5).note],
    ['a rewritten book, at the same size', rewritten.zip((entry) => entry.seq < 2), made.headAt(10).note],
    ['another root under data/times/', made.zip((entry) => entry.seq < 3, '', times(5)), at(5)],
    ['another origin', made.zip(), made.headAt(5).note.replaceAll('example.org/school', 'example.org/other')],
  ]) {
    const own = await since(bytes, older);
    assert.equal(inOneLine(own), 'not-genuine does-not-continue -', name);
    assert.equal(own.continuity.result, 'does-not-continue');
    assert.equal(own.continuity.other_ledger, name === 'another origin' ? 'example.org/other' : null);
  }
});

test('an older bundle: compared entry by entry', async () => {
  const rewritten = new Book();
  while (rewritten.entries.length < 10) {
    const seq = rewritten.entries.length;
    rewritten.add('note', { by: rewritten.head, fields: { text: seq < 6 ? `note ${seq}` : 'other' } });
  }
  const short = new Book();
  while (short.entries.length < 8) short.add('note', { by: short.head, fields: { text: `note ${short.entries.length}` } });
  const own = await since(rewritten.zip((entry) => entry.seq < 3 || entry.seq > 5), short.zip());
  assert.equal(inOneLine(own), 'not-genuine does-not-continue 6');
  assert.equal(own.continuity.first_difference, 6);
  const good = await since(made.zip(), short.zip());
  assert.deepEqual(facts(good.continuity), { result: 'continues', size: 8, signed: true });
  const part = await since(made.zip((entry) => entry.seq < 3), short.zip());
  assert.deepEqual(part.continuity, { result: 'cannot-tell', size: 8 });
  assert.deepEqual(facts((await since(made.zip(), made.zip())).continuity), { result: 'continues', size: 10, signed: true });
});

test('what is not genuine by itself is not compared', async () => {
  const own = await since(made.zip(() => true, '', { 'data/policy.txt': 'quorum none\n' }), made.headAt(5).note);
  assert.equal(inOneLine(own), 'not-genuine policy -');
  assert.equal(own.continuity, null);
});
