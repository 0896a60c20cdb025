// What somebody may not do isn't only left out of their pages: it is refused where they ask for it by
// hand.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OPEN, PARTS, acts, walk } from './support/addresses.mjs';
import { Client, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, log, newPath, probity } from './support/program.mjs';

const { made, server } = await opening();
const head = await unlocked(server.url, 'amina-okafor');
const joe = await unlocked(server.url, 'joe-marsh');
const pages = await walk(head);

const lines = () => log(made.home);

test('the caretaker sees the kinds that caretakers sign, and what is their own', async () => {
  const all = lines();
  const kinds = JSON.parse(probity(made.home, '--json', 'kinds'));
  const may = ({ signers }) => Array.isArray(signers) && signers.includes('cctv-caretaker');
  let shown = 0;
  for (const line of all) {
    const { status, text } = await joe.get(`/entry/${line.entry}`);
    const own = line.signer === 'Joe Marsh' || may(kinds.find(({ name }) => name === line.kind));
    if (own) { assert.equal(status, 200, `${line.entry} ${line.kind}`); shown += 1; continue; }
    assert.equal(status, 422, `entry ${line.entry}, ${line.kind}, is shown to the caretaker`);
    assert.match(text, /is not shown to you as Caretaker at the CCTV desk/);
  }
  assert.ok(shown > 1 && shown < all.length, `${shown} of ${all.length}`);
});

test('no page tells the caretaker what other people wrote', async () => {
  const secrets = /attendance was posted|p-7f3a2c|Sharing outside the class|page of the summer fair|back unopened/;
  for (const path of pages.keys()) {
    if (path.startsWith('/search?')) continue;
    const answer = await joe.get(path);
    assert.ok(answer.status < 500, path);
    assert.doesNotMatch(answer.text, secrets, path);
  }
  for (const word of ['attendance', 'p-7f3a2c', 'summer', 'neighbour']) {
    const { text } = await joe.get(`/search?text=${word}`);
    // What was searched for stands in its field again.
    assert.doesNotMatch(text.replaceAll(`"${word}"`, ''), secrets, word);
    assert.doesNotMatch(text, /href="\/entry\//, word);
  }
  assert.ok([...pages.values()].some(({ text }) => secrets.test(text)), 'the head sees it, so that this shows something');
});

test('what waits, or is missing, in other people’s records is counted for the caretaker and not named', async () => {
  // An approval that lacks the officer's advice, in a case that is none of the caretaker's.
  const paper = newPath('plan.txt');
  writeFileSync(paper, 'the plan');
  const line = ['record', 'dpia-approval', '--by', 'Amina Okafor', '--case', 'dpia-new', '--attach', paper, '--decision', 'approved', '--yes'];
  const { entry } = JSON.parse(probity(made.home, '--json', ...line));
  const check = async (client) => {
    const begun = await client.post('/verify', { what: 'home' });
    const task = begun.headers.location;
    for (let at = 0; at < 300; at += 1) {
      const { text } = await client.get(task);
      if (/The verdict|For an inspector/.test(text)) return text;
      await new Promise((done) => { setTimeout(done, 100); });
    }
    throw new Error(`no verdict under ${task}`);
  };
  const named = new RegExp(`record ${entry} \\(dpia-approval\\)|DPO.s advice`);
  assert.match(await check(head), named);
  const text = await check(joe);
  assert.doesNotMatch(text, named);
  assert.match(text, /record is not complete yet|records are not complete yet/);
  assert.doesNotMatch((await joe.get('/')).text, named);
});

test('a draft of the caretaker’s tells nothing of a record that is not shown to them', async () => {
  const hidden = lines().find(({ kind, signer }) => kind === 'dpia-approval' && signer === 'Amina Okafor');
  const begun = await joe.post('/record/note', { about: '1', 'a.text': 'mine', 'link.about': String(hidden.entry) });
  const to = begun.headers.location.split('/answer/')[0];
  const { text } = await joe.get(to);
  assert.match(text, new RegExp(`[Rr]ecord ${hidden.entry} is not shown to you`));
  assert.doesNotMatch(text, /DPIA approval|Amina Okafor|dpia-2/);
  assert.match((await head.get(`/entry/${hidden.entry}`)).text, /DPIA approval/);
});

test('the files of a record that is not shown to the caretaker are not named, in a case of theirs either', async () => {
  const own = lines().find(({ signer, kind }) => signer === 'Joe Marsh' && kind === 'cctv-access').case;
  const letter = newPath('letter-about-joe.txt');
  writeFileSync(letter, 'a complaint');
  probity(made.home, 'record', 'note', '--by', 'Ruth Bell', '--case', own, '--text', 'a complaint about Joe', '--attach', letter);
  const look = (client) => client.post('/sign', { kind: 'approval', case: own, look: '1' });
  assert.match((await look(head)).text, /letter-about-joe\.txt/, 'so that this shows something');
  assert.doesNotMatch((await look(joe)).text, /letter-about-joe|attached to record/);
});

test('the caretaker is not told by addresses which records there are', async () => {
  const { case: hidden, kind } = lines().find((line) => line.case?.startsWith('breach-'));
  const there = await joe.get(`/entry/${encodeURIComponent(`${hidden}/${kind}`)}`);
  const not = await joe.get(`/entry/${encodeURIComponent('breach-2026-900/breach-report')}`);
  assert.deepEqual([there.status, not.status], [422, 422]);
  const main = ({ text }) => /<main[\s\S]*<\/main>/.exec(text)[0];
  assert.equal(main(there), main(not));
  assert.equal((await head.get(`/entry/${encodeURIComponent(`${hidden}/${kind}`)}`)).status, 200);
});

test('covert monitoring is not told to the caretaker by what can be recorded', async () => {
  const own = lines().find(({ signer, kind }) => signer === 'Joe Marsh' && kind === 'cctv-access').case;
  const page = `/case/${own}`;
  assert.match((await head.get(page)).text, /covert-end/);
  assert.doesNotMatch((await joe.get(page)).text, /covert-end/);
});

test('whole registers, cases, exports, erasures and settings are for those who read everything', async () => {
  for (const path of ['/registers', '/export', '/erase', '/backup']) {
    const { status, text } = await joe.get(path);
    assert.ok(status === 422 || status === 404, `${status} ${path}`);
    assert.match(text, /is not shown to you as Caretaker/, path);
  }
  for (const path of pages.keys()) {
    if (/^\/(registers\/|erase|export|backup)/.test(path)) assert.equal((await joe.get(path)).status, 422, path);
    // The case's own page shows them what they may see of it.
    if (path.startsWith('/breach/')) assert.equal((await joe.get(path)).headers.location, path.replace('/breach/', '/case/'));
    if (/^\/entry\/\d+\/document\//.test(path)) assert.equal((await joe.get(path)).headers['content-disposition'], undefined, path);
  }
});

test('no form of the head’s does anything for the caretaker that caretakers may not do', async () => {
  const before = lines();
  const around = () => [readFileSync(join(made.home, 'config.toml'), 'utf8'), ...readdirSync(join(made.home, 'keys'))];
  const standing = around();
  // A made-up school beside it is everybody's to open.
  const forms = acts(pages).filter(({ action }) => !['/lock', '/unlock', ...OPEN].includes(action) && !action.startsWith('/practice'));
  assert.ok(forms.length > 20, `only ${forms.length} forms`);
  for (const form of forms) {
    const fields = form.fields.filter(([name, , type]) => name !== 'token' && type !== 'file')
      .map(([name, value, type]) => [name, type === 'password' ? PASSPHRASE : value || 'x']);
    // As it would be sent at its last step, too.
    for (const extra of [[], [['step', 'sign'], ['passphrase', PASSPHRASE]], [['by', 'amina-okafor'], ['key', 'amina-okafor'], ['as', 'headteacher'], ['role', 'headteacher']]]) {
      const { status } = await joe.post(form.action, [...extra, ...fields]);
      assert.ok(status < 500, `${status} ${form.action}`);
    }
  }
  const now = lines();
  const added = now.slice(before.length);
  for (const line of added) {
    assert.equal(line.signer, 'Joe Marsh', `entry ${line.entry}, ${line.kind}`);
    assert.equal(line.role, 'cctv-caretaker');
  }
  assert.deepEqual(around(), standing, 'settings and keys are as they were');
  assert.equal((await head.get('/')).status, 200, 'the head is still unlocked');
});

test('a draft of somebody else’s is nobody else’s', async () => {
  const begun = await head.post('/record/note', { 'a.text': 'a draft that is the head’s own' });
  const to = begun.headers.location;
  if (!to || !to.startsWith('/draft/')) return;
  const { status, text } = await joe.get(to);
  assert.notEqual(status, 200, to);
  assert.doesNotMatch(text, /head’s own/);
  for (const action of [to, `${to}/sign`, `${to}/delete`]) {
    const answer = await joe.post(action, { passphrase: PASSPHRASE });
    assert.notEqual(answer.status, 200, action);
  }
  assert.match((await head.get(to)).text, /a draft that is the head/);
});

test('whoever is revoked is out at once', async () => {
  const ruth = await unlocked(server.url, 'ruth-bell');
  assert.equal((await ruth.get('/')).status, 200);
  probity(made.home, 'revoke', 'Ruth Bell', '--by', 'Amina Okafor', '--reason', 'role-ended');
  for (const path of PARTS) {
    const { status, text } = await ruth.get(path);
    assert.notEqual(status, 200, path);
    assert.doesNotMatch(text, /Newest records|attendance/, path);
  }
  assert.match((await ruth.get('/unlock')).text, /name="key"/, 'somebody else can unlock in that browser');
  assert.notEqual((await new Client(server.url).unlock('ruth-bell')).status, 303);
});
