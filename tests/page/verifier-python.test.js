// Books made by chance with statements, erasures, anchors and evidence from outside: the same report as that of the verifier
// in Python, which was written from the same page by somebody else.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readGiven } from '../../src/page/verifier/given.js';
import { authority, pem, timestamp } from './support/authority.js';
import { Book, sha256, witness } from './verifier-book.js';
import { KINDS, ROOT, inFolder, verify } from './verifier-support.js';

const BOOKS = Number(process.env.PROBITY_BOOKS ?? 25);
const PYTHON = process.env.PROBITY_PYTHON ?? 'python3';
const NOW = 1790000000;
const WITNESSES = ['alice', 'bob', 'carol'].map((name) => witness(name));
const TSAS = [authority({ name: 'First TSA', between: 1 }), authority({ name: 'Second TSA' })];

// Numbers that are the same at every run (a linear congruence; the high bits of it).
function chance(seed) {
  let state = BigInt(seed) + 77n;
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
}

function bookByChance(seed) {
  const roll = chance(seed);
  const some = (list) => list[roll(list.length)];
  const book = new Book();
  const people = [book.head];
  for (const roles of [['dpo'], ['deputy-headteacher', 'dpo'], ['administrator'], ['staff'], ['chair-of-governors']]) {
    people.push(book.person(`Person ${people.length}`, roles));
  }
  const evidence = new Map();
  const statements = [];
  const files = {};
  let revoked = null;
  const notesAt = (m) => {
    const { text } = book.headAt(m);
    const lines = WITNESSES.filter(() => roll(2)).map((one) => {
      const time = NOW + roll(4000);
      return roll(6) ? one.line(text, time) : some([one.line(text, time, WITNESSES[0].sign), one.line(`${text} `, time), one.line(text, time).repeat(2)]);
    });
    return book.headAt(m, lines.join('')).note;
  };
  const tokenAt = (m) => {
    const bytes = timestamp(Buffer.from(book.headAt(m).text), some(TSAS), { time: NOW + roll(4000) });
    if (roll(5) === 0) bytes[roll(bytes.length)] ^= 1 << roll(8);
    return bytes;
  };
  const outside = (m) => {
    if (!evidence.has(m)) evidence.set(m, []);
    const [ending, content] = roll(2) ? ['note', Buffer.from(notesAt(m))] : ['tsr', tokenAt(m)];
    evidence.get(m).push([ending, content]);
    return content;
  };
  const most = 14 + roll(12);
  while (book.entries.length < most) {
    const by = some(people.filter((one) => one !== revoked));
    const role = some(by.roles);
    const governs = by.roles.find((one) => ['headteacher', 'deputy-headteacher', 'chair-of-governors'].includes(one));
    const target = some(book.entries);
    const links = (rel) => [{ rel, entry: target.hash }];
    const withheld = some([[], [], true, ['text'], ['recommendation']]);
    const what = roll(12);
    const seq = book.entries.length;
    if (what === 0 && governs && revoked === null && seq > 10) {
      revoked = some(people.filter((one) => one !== by));
      book.add('revocation', { by, role: governs, clear: { kid: revoked.kid, 'suspect-since': roll(3) ? NOW + roll(4000) : null } });
    } else if (what === 1 && governs) book.appoint(some(people), 'A Later Name', { by, role: governs });
    else if (what <= 3) {
      const fields = (e) => [...e.body.keys()].sort();
      const hidden = book.entries.filter(({ open, body }) => open.size < body.size);
      const named = some(hidden.length ? hidden : book.entries.slice(1));
      const names = roll(3) || named.kind === 'statement' ? null : fields(named).slice(0, 1 + roll(2));
      const rules = book.entries.filter(({ kind }) => kind === 'retention-rule');
      const about = roll(2) && rules.length ? [{ rel: 'about', entry: some(rules).hash }] : [];
      const eraser = some([book.head, people[3], people[2]].filter((one) => one !== revoked));
      const as = eraser === people[2] ? 'deputy-headteacher' : eraser.roles[0];
      const erasure = book.add('erasure', {
        by: eraser, role: as, clear: { entries: [[named.place, names]], ground: some(['retention', 'request', 'withdrawal', 'court']) },
        links: [{ rel: 'erases', entry: named.hash }, ...about],
      });
      const links = [{ rel: 'advises', entry: erasure }];
      if (roll(3) && revoked !== people[1]) book.add('dpo-advice', { by: people[1], links, fields: { recommendation: 'proceed' } });
    } else if (what === 4) book.add('retention-rule', { by, role });
    else if (what <= 6) {
      const on = book.entries.filter(({ kind }) => ['erasure', 'retention-rule'].includes(kind));
      const advised = on.length ? some(on).hash : target.hash;
      const fields = { recommendation: some(['proceed', 'proceed', 'proceed-with-changes', 'do-not-proceed', null]) };
      const dpo = some([people[1], people[2]].filter((one) => one !== revoked));
      const advice = { by: dpo, role: 'dpo', links: [{ rel: 'advises', entry: advised }], fields, withheld };
      if (roll(2)) book.add('dpo-advice', advice);
      else book.enter(book.statement('dpo-advice', advice), { by, role });
    } else if (what === 7 && seq > 3) {
      const size = 2 + roll(seq - 2);
      const content = roll(4) ? outside(size) : Buffer.from('something else');
      book.add('anchor', { by, role, clear: { size, evidence: sha256(content) } });
    } else if (what <= 9) {
      const author = some(people);
      const statement = book.statement(some(['note', 'note', 'acceptance']), {
        by: author, role: some(author.roles), links: links('accepts'), fields: { text: `stated ${seq}` }, withheld, iat: NOW + roll(4000),
        after: roll(book.entries.length), expires: NOW + 3600 * 24,
        twist: roll(25) ? undefined : some([(one) => { one.expires = NOW; }, (one) => { one.role = 'none-such'; }, (one) => { one.sub = 'other-2026-001'; },
          (one) => { one.kind = 'genesis'; }, (one) => { one.v = 3; }, (one) => { one.after = [0, new Uint8Array(32)]; }]),
      });
      statements.push(statement);
      if (author !== revoked) book.enter(roll(15) ? statement : some(statements), { by, role });
    } else book.add('note', { by, role, links: links('about'), fields: { text: `note ${seq}` }, withheld, sub: some(['ledger', 'other-2026-001']) });
  }
  const n = book.entries.length;
  for (let i = 0; i < 3; i++) outside(2 + roll(n - 1));
  for (const [m, all] of evidence) {
    files[`data/times/${m}.txt`] = book.headAt(m).text;
    if (m < n) files[`data/times/${m}.consistency`] = book.consistency(m);
    all.forEach(([ending, content], i) => { files[`data/times/${m}.${i + 1}.${ending}`] = content; });
  }
  if (roll(12) === 0) {
    const path = some(Object.keys(files));
    const content = Buffer.from(files[path]);
    content[roll(content.length)] ^= 1;
    files[path] = content;
  }
  files['data/policy.txt'] = `log ${book.vkey}\n${WITNESSES.slice(0, roll(3)).map((one, i) => `witness w${i} ${one.vkey}\n`).join('')}quorum none\n`;
  const text = book.headAt(n).text;
  const lines = WITNESSES.filter(() => roll(2)).map((one) => one.line(text, NOW + roll(9000))).join('');
  const share = roll(4);
  const zip = book.zip(() => share > 0 || roll(2), lines, files);
  const quorum = some(['none', 'w0', 'g']);
  const group = `group g ${some(['any', 'all', '2'])} w0 w1 w2\n`;
  const policy = `${roll(4) ? '' : `log ${book.vkey}\n`}${WITNESSES.map((one, i) => `witness w${i} ${one.vkey}\n`).join('')}${group}quorum ${quorum}\n`;
  const older = book.headAt(2 + roll(n - 1)).note;
  const given = {
    ...(roll(4) ? { policy } : {}), ...(roll(4) ? { roots: pem(...TSAS.slice(roll(2)).map(({ root }) => root)) } : {}),
    ...(seed % 4 > 1 ? { older: seed % 4 === 2 ? older : older.replace(/\n.{43}=\n/, `\n${Buffer.alloc(32).toString('base64')}\n`) } : {}),
  };
  return { zip, given };
}

function byPython(zip, given) {
  return inFolder((folder) => {
    const file = (name, content) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const options = { policy: '--policy', roots: '--tsa-roots', older: '--since' };
    const args = Object.entries(given).flatMap(([which, content]) => [options[which], file(which, content)]);
    const run = ['-m', 'probity_verifier', '--format-page', join(ROOT, 'docs/format.md'), ...args, file('bundle.zip', zip)];
    const env = { ...process.env, PYTHONPATH: process.env.PROBITY_VERIFIER ?? join(ROOT, 'tests/verifier') };
    try {
      return JSON.parse(execFileSync(PYTHON, run, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 }));
    } catch (error) {
      return JSON.parse(error.stdout);
    }
  });
}

const byEntry = (all) => Object.fromEntries(all.map(({ entry, fields }) => [entry, [...fields].sort()]));

// What both report, in one form.
const ofPage = (own) => ({
  verdict: own.verdict,
  fault: own.fault && [own.fault.code, own.fault.entry],
  outside: own.outside, witnessed: own.witnessed, existed_by: own.existed_by, not_before: own.not_before,
  ...(own.verdict === 'not-genuine' ? {} : {
    erased: own.erased.map((one) => ({ ...one, fields: [...one.fields].sort() })),
    withheld: byEntry(own.withheld), doubtful: own.doubtful.map(({ entry }) => entry), clock: own.clock.map(({ entry }) => entry),
    keys: own.keys.map(({ kid }) => kid).sort(),
  }),
});
const ofPython = (report) => ({
  verdict: report.verdict,
  fault: report.fault && [report.fault.code, report.fault.entry ?? null],
  outside: report.outside, witnessed: report.witnessed, existed_by: report.existed_by, not_before: report.not_before,
  ...(report.verdict === 'not-genuine' ? {} : {
    erased: report.erased.map((one) => ({ ...one, fields: [...one.fields].sort() })),
    withheld: Object.fromEntries(Object.entries(report.withheld).map(([entry, names]) => [entry, [...names].sort()])),
    doubtful: report.doubtful, clock: report.clock, keys: Object.keys(report.keys).sort(),
  }),
});

test('books made by chance: the same report as that of the verifier in Python', async () => {
  const told = { erased: 0, doubtful: 0, outside: 0, witnessed: 0, existed_by: 0, not_before: 0, stated: 0 };
  const codes = new Set();
  for (let seed = 0; seed < BOOKS; seed++) {
    const { zip, given } = bookByChance(seed);
    const buffers = Object.fromEntries(Object.entries(given).map(([which, content]) => [which, Buffer.from(content)]));
    const own = await verify(zip, { given: await readGiven(buffers, { kinds: KINDS }) });
    const other = byPython(zip, given);
    assert.deepEqual(ofPage(own), ofPython(other), `seed ${seed}: ${JSON.stringify(own.fault)} ${JSON.stringify(other.fault)} ${other.error}`);
    for (const key of Object.keys(told)) told[key] += own[key].length;
    codes.add(own.fault?.code ?? own.continuity?.result ?? 'intact');
  }
  for (const [key, count] of Object.entries(told)) assert.ok(count > 1, `${key}: ${count}`);
  for (const code of ['intact', 'continues', 'does-not-continue']) assert.ok(codes.has(code), [...codes].join());
});
