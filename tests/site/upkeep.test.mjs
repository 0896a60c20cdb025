// What is needed now and then: people and keys, confirmation from outside, erasure, backup.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, asked, log, newPath, probity } from './support/program.mjs';
import { Client, forms, unlocked } from './support/http.mjs';

const { made, server, page, last } = await opening({ page: { as: 'amina-okafor' } });
const as = async (key) => {
  await page.press('Lock');
  await page.unlock(key);
};

test('everybody with a key is listed, with what they may', async () => {
  await page.go('/people');
  const text = await page.text();
  for (const name of ['Amina Okafor', 'Gareth Lloyd', 'Priya Raman', 'Tom Fielding', 'Joe Marsh', 'Ruth Bell']) assert.ok(text.includes(name), name);
});

test('a passphrase is changed; the old one opens nothing any more, nor does another session', async () => {
  const other = await unlocked(server.url, 'amina-okafor');
  await page.go('/people/passphrase');
  await page.type('old', PASSPHRASE);
  await page.type('passphrase', 'eleven brown bears below the mill');
  await page.type('again', 'eleven brown bears below the mill');
  await page.press('Change it');
  assert.match(await page.text(), /Your passphrase is changed/);
  assert.equal((await other.get('/')).status, 303, 'her other session is locked');
  const old = new Client(server.url);
  assert.notEqual((await old.unlock('amina-okafor')).status, 303);
  await page.go('/people/passphrase');
  await page.type('old', 'eleven brown bears below the mill');
  await page.type('passphrase', PASSPHRASE);
  await page.type('again', PASSPHRASE);
  await page.press('Change it');
  assert.match(await page.text(), /Your passphrase is changed/);
});

test('a key is revoked, and its holder is out', async () => {
  const tom = await unlocked(server.url, 'tom-fielding');
  await page.go('/people');
  const links = await page.all('main a[href^="/people/revoke/"]');
  let link;
  for (const one of links) if (/Tom Fielding/.test(await one.getAttribute('textContent'))) link = one;
  assert.ok(link, 'his key can be revoked');
  await page.click(link);
  await page.until('the question', () => page.has('input[name=reason]'));
  await page.choose('reason', 'role-ended');
  await page.press('Continue');
  await page.type('passphrase', PASSPHRASE);
  await page.press('Sign and revoke');
  assert.equal(last().kind, 'revocation');
  assert.notEqual((await tom.get('/')).status, 200);
});

test('a confirmation is handed over, and a half page for the minutes is there', async () => {
  await page.go('/outside');
  const note = await page.download(() => page.click('Download a confirmation'));
  assert.match(readFileSync(note, 'utf8'), /\n\n— /, 'it is signed');
  await page.go('/outside/minute');
  assert.match(await page.text(), /Northfield/);
  assert.doesNotMatch(await page.text(), /attendance|homework/, 'it tells nothing of what records say');
});

test('an outside confirmer is taken on, asked, and heard', async () => {
  await page.go('/outside');
  const open = async (words) => { if (!await (await page.one('input[name=line]')).isDisplayed()) await page.click(words, ['summary']); };
  await open('Use another outside confirmer');
  await page.type('line', 'nonsense');
  await page.press('Use them');
  assert.match(await page.driver.getTitle(), /^Error: /);

  const folder = newPath('confirmer');
  const said = probity(undefined, '--json', 'witness', 'new', '--dir', folder, 'council.northshire.example');
  const line = JSON.parse(said).line ?? JSON.parse(said).vkey;
  await page.go('/outside');
  await open('Use another outside confirmer');
  const own = (await page.text()).match(/^log .*$/m)?.[0] ?? (await (await page.one('details code')).getText());
  await page.type('line', line);
  await page.press('Use them');
  assert.match(await page.text(), /council\.northshire\.example/);
  probity(undefined, 'witness', 'add', '--dir', folder, own);
  const request = await page.download(() => page.click('Download a request for council'));
  const answer = newPath('answer.txt');
  probity(undefined, 'witness', 'sign', '--dir', folder, request, '--output', answer);
  await page.attach('answer', answer);
  await page.press('Check and keep it');
  assert.match(await page.text(), /The answer holds and is kept/);
  assert.match(await page.text(), /Confirmed by council\.northshire\.example/);
});

test('an erasure is signed by the head, agreed to by the officer, and then done', async () => {
  await page.go('/record');
  const entry = log(made.home).find(({ kind }) => kind === 'consent').entry;
  const before = JSON.stringify(asked(made.home, 'show', String(entry)));
  assert.match(before, /paper form/);
  await page.go(`/erase/choose?entries=${entry}&ground=withdrawal`);
  await page.choose('field', 'method');
  await page.press('Continue');
  await page.type('passphrase', PASSPHRASE);
  await page.press('Sign the erasure');
  assert.match(await page.text(), /The erasure waits/);
  assert.match(JSON.stringify(asked(made.home, 'show', String(entry))), /paper form/, 'nothing is gone yet');
  await as('priya-raman');
  await page.go('/waiting');
  await page.click(await page.one('main a[href^="/erase/approve/"]'));
  await page.until('the passphrase', () => page.has('input[name=passphrase]'));
  await page.type('passphrase', PASSPHRASE);
  await page.press('Sign, and erase it now');
  assert.match(await page.text(), /It is erased/);
  assert.doesNotMatch(JSON.stringify(asked(made.home, 'show', String(entry))), /paper form/);
  await page.go(`/entry/${entry}`);
  assert.match(await page.text(), /erased/i);
  assert.doesNotMatch(await page.text(), /paper form/);
});

test('a backup is made and checked, and says where it lies', async () => {
  await as('amina-okafor');
  await page.go('/backup');
  await page.type('folder', 'not-a-whole-path');
  await page.press('Back up');
  assert.match(await page.driver.getTitle(), /^Error: /);
  const folder = newPath('medium');
  await page.type('folder', folder);
  // A backup takes everything along: an open page alone makes none.
  await page.type('passphrase', 'not the passphrase');
  await page.press('Back up');
  assert.match(await page.driver.getTitle(), /^Error: /);
  assert.ok(!existsSync(folder));
  await page.type('folder', folder);
  await page.type('passphrase', PASSPHRASE);
  await page.press('Back up');
  await page.words('The backup is made and checked', 60_000);
  assert.ok(readdirSync(folder).length > 0);
  const restored = newPath('restored');
  probity(restored, 'restore', folder);
  assert.deepEqual(log(restored), log(made.home), 'a record book is made from it again');
});

test('the log of looking is off, can be switched on, and then notes who looked', async () => {
  await page.go('/settings/looks');
  assert.match(await page.text(), /Off/);
  await page.press('Switch it on');
  const { length } = log(made.home);
  await as('priya-raman');
  const { entry } = log(made.home).find(({ kind }) => kind === 'breach-report');
  await page.go(`/entry/${entry}`);
  await page.go('/settings/looks');
  assert.match(await page.text(), /Priya Raman/);
  assert.equal(log(made.home).length, length, 'nothing of it is in the record book');
});

/** What a browser would send of the form that a page has for `action`, with the passphrase. */
const filled = (text, action) => {
  const form = forms(text).find((one) => one.action === action);
  assert.ok(form, `no form for ${action} in:\n${text}`);
  const { fields } = form;
  assert.ok(fields.some(([name]) => name === 'once'), text);
  return fields.filter(([name]) => name !== 'token').map(([name, value, type]) => [name, type === 'password' ? PASSPHRASE : value]);
};

test('a form that signs and is sent twice signs once', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const given = { name: 'Ruth Bell', role: 'administrator', key: 'known', qualifications: 'a course in records' };
  const to = '/people/appoint';
  const form = filled((await head.post(to, given)).text, to);
  const { length } = log(made.home);
  // A double click: the second comes while the first is at work.
  const answers = await Promise.all([head.post(to, form), head.post(to, form)]);
  for (const { status, headers } of answers) assert.deepEqual([status, headers.location], [303, answers[0].headers.location]);
  // And once more, from the way back.
  assert.equal((await head.post(to, form)).status, 303);
  assert.deepEqual(log(made.home).slice(length).map(({ kind }) => kind), ['appointment']);
});

test('a form sent again when what it signed stands says that it is signed', async () => {
  // Neither could be prepared a second time.
  const [head, ruth] = [await unlocked(server.url, 'amina-okafor'), await unlocked(server.url, 'ruth-bell')];
  const { length } = log(made.home);
  const [, revoke] = /Joe Marsh[\s\S]*?(\/people\/revoke\/[^"]+)"/.exec((await head.get('/people')).text);
  for (const [who, to, shown] of [
    [ruth, '/people/accept', await ruth.get('/people/accept')],
    [head, revoke, await head.post(revoke, { reason: 'role-ended' })],
  ]) {
    const form = filled(shown.text, to);
    const first = await who.post(to, form);
    const again = await who.post(to, form);
    assert.equal(first.status, 303, first.text);
    assert.deepEqual([again.status, again.headers.location], [303, first.headers.location], again.text);
  }
  assert.deepEqual(log(made.home).slice(length).map(({ kind }) => kind), ['acceptance', 'revocation']);
});
