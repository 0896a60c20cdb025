// A form that is sent when the page has locked, as happens without JavaScript: nothing is done with
// it, and who had typed it gets it back once. With JavaScript the page keeps it by itself. One that
// takes longer to come in than a session waits is use of it meanwhile.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, multipart, unlocked } from './support/http.mjs';
import { opening, visit } from './support/opening.mjs';
import { PASSPHRASE, log, newPath } from './support/program.mjs';
import { onward, through } from './support/recording.mjs';

/** The session locks after so many seconds, and a form comes after so many milliseconds. */
const PATIENCE = 12;
const LATE = PATIENCE * 1000 + 300;

const { made, server, page } = await opening({ args: ['--lock-after', String(PATIENCE)], page: { javascript: false } });

/** Types a note as the head, and sends it too late. */
async function tooLate(text) {
  await page.unlock('amina-okafor');
  await page.go('/record/note');
  const file = newPath('letter.txt');
  writeFileSync(file, 'PRACTICE: a letter');
  await page.type('a.text', text);
  await page.attach('a.documents', file);
  await wait(LATE);
  await page.press(await onward(page));
  assert.match(await page.path(), /^\/unlock\?next=%2Fheld/);
  assert.doesNotMatch(await page.text(), new RegExp(text), 'nobody is shown it who has not unlocked');
}
const unlock = async (key) => {
  await page.choose('key', key);
  await page.type('passphrase', PASSPHRASE);
  await page.press('Unlock');
};

test('whoever had typed it unlocks, and sends it', async () => {
  const { length } = log(made.home);
  await tooLate('PRACTICE: typed before the kettle boiled');
  assert.equal(log(made.home).length, length);
  await unlock('amina-okafor');
  assert.equal(await page.heading(), 'You had typed something');
  assert.match(await page.text(), /typed before the kettle boiled/);
  await page.press('Send it now');
  await through(page, {});
  assert.equal(log(made.home).length, length + 1);
  assert.equal(log(made.home).at(-1).kind, 'note');
  // Given once.
  await page.go('/held');
  assert.equal(await page.path(), '/');
});

test('somebody else who unlocks at the same browser is not shown it, and afterwards it is gone', async () => {
  await page.press('Lock');
  await tooLate('PRACTICE: for no other eyes');
  await unlock('ruth-bell');
  assert.equal(await page.path(), '/');
  assert.doesNotMatch(await page.text(), /other eyes/);
  await page.press('Lock');
  await page.unlock('amina-okafor');
  await page.go('/held');
  assert.equal(await page.path(), '/');
});

test('what another site sends, what is long, and a passphrase are not held', async () => {
  const cases = [
    [[['a.text', 'PRACTICE: short']], true],
    [[['a.text', 'PRACTICE: short'], ['token', 'f'.repeat(64)]], false],
    [[['a.text', `PRACTICE: ${'x'.repeat(70_000)}`]], false],
    [[['passphrase', PASSPHRASE]], false],
  ];
  // Each waits as long, and so all of them do at once.
  await Promise.all(cases.map(async ([fields, held]) => {
    const head = await unlocked(server.url, 'amina-okafor');
    const token = await head.token();
    await wait(LATE);
    const all = fields.some(([name]) => name === 'token') ? fields : [['token', token], ...fields];
    const { status, headers } = await head.ask('/record/note', { method: 'POST', ...multipart(all) });
    assert.equal(status, 303);
    assert.equal(headers.location.startsWith('/unlock?next=%2Fheld'), held, JSON.stringify(fields).slice(0, 80));
    head.unlocked = false;
    await head.unlock('amina-okafor');
    const { text } = await head.get('/held');
    assert.equal(text.includes('PRACTICE: short'), held);
    assert.ok(!text.includes(PASSPHRASE));
  }));
});

/** A form by which a document is looked for, with a file of a MiB. */
const letter = async (client) =>
  multipart([['token', await client.token()], ['what', 'document'], ['documents', 'letter.txt', Buffer.alloc(1 << 20, 0x61)]]);

/** Sends such a form in pieces, for so many seconds, and gives back what came. */
function slowly(client, { headers, body }, seconds) {
  const pieces = seconds * 4;
  const size = Math.ceil(body.length / pieces);
  return new Promise((done, fail) => {
    const all = { ...headers, cookie: client.cookie, 'content-length': body.length };
    const sent = request(`${server.url}/verify`, { method: 'POST', headers: all, agent: false }, (answer) => {
      answer.on('end', () => done(answer)).resume();
    });
    sent.on('error', fail);
    const next = async () => {
      for (let at = 0; at < pieces; at += 1) {
        sent.write(body.subarray(at * size, (at + 1) * size));
        await wait(250);
      }
      sent.end();
    };
    next().catch(fail);
  });
}

test('a file may come in for longer than the session waits: that is use of it', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const { statusCode, headers } = await slowly(head, await letter(head), PATIENCE + 3);
  assert.equal(statusCode, 303);
  assert.match(headers.location, /^\/task\//, 'it was taken');
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
  await wait(LATE);
  assert.equal((await head.get('/')).status, 303, 'and then not for ever');
});

test('what still comes in opens nothing that was locked by hand meanwhile', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const { cookie } = head;
  const lock = async () => {
    await wait(2000);
    assert.equal((await head.post('/lock')).status, 303);
  };
  const [{ statusCode, headers }] = await Promise.all([slowly(head, await letter(head), 6), lock()]);
  assert.equal(statusCode, 303);
  assert.match(headers.location, /^\/unlock/, 'it was not taken');
  assert.equal((await ask(`${server.url}/`, { headers: { cookie } })).status, 303);
});

// With JavaScript the page locks by itself, and nobody has to send anything.

/** A browser with scripts, at which the head has begun to type; `at` is where. */
async function typing(at, name, text) {
  const own = await visit(server, { as: 'amina-okafor' });
  await own.go(at);
  await own.type(name, text);
  return own;
}
const locked = (own) => own.until('the locked page', async () => (await own.path()).startsWith('/unlock'), 30_000);
async function unlockAt(own, key) {
  await own.choose('key', key);
  await own.type('passphrase', PASSPHRASE);
  await own.press('Unlock');
}

test('what was typed of a record is a draft when the page has locked itself', async () => {
  const own = await typing('/record/note', 'a.text', 'PRACTICE: the bell rang');
  const { length } = log(made.home);
  await locked(own);
  assert.doesNotMatch(await own.text(), /the bell rang/, 'nobody is shown it who has not unlocked');
  assert.match(await own.text(), /What was typed is kept/);
  assert.equal(await own.run(() => localStorage.length + sessionStorage.length), 0);
  await unlockAt(own, 'amina-okafor');
  if ((await own.path()) === '/held') await own.press('Go on with it');
  assert.match(await own.path(), /^\/draft\/[0-9a-f]{32}\/answer\/all$/);
  assert.equal(await (await own.field('a.text')).getAttribute('value'), 'PRACTICE: the bell rang');
  assert.equal(await own.has('.summary'), false, 'nobody has asked yet whether it is good');
  assert.equal(log(made.home).length, length, 'nothing is signed');
  // Once more, further on: it is the same draft.
  await own.type('a.text', 'PRACTICE: the bell rang twice');
  const draft = await own.path();
  await locked(own);
  await unlockAt(own, 'ruth-bell');
  assert.equal(await own.path(), '/', 'somebody else begins at the front page');
  assert.doesNotMatch(await own.text(), /bell rang/);
  await own.go(draft);
  assert.doesNotMatch(await own.text(), /bell rang/);
  await own.press('Lock');
  await own.unlock('amina-okafor');
  await own.go('/record');
  assert.ok(await own.has(`a[href="${draft.split('/answer')[0]}"]`), 'it waits where records begin');
  assert.deepEqual(await own.complaints(), []);
});

test('what was typed into any other form is held without passphrases', async () => {
  const own = await typing('/people/appoint', 'name', 'Practice Newcomer');
  await own.run(() => document.querySelector('main form').insertAdjacentHTML('beforeend', '<input type="password" name="secret">'));
  await own.type('secret', 'never to be kept at all');
  await locked(own);
  assert.doesNotMatch(await own.text(), /Newcomer/);
  await unlockAt(own, 'amina-okafor');
  assert.equal(await own.heading(), 'You had typed something');
  assert.match(await own.text(), /Practice Newcomer/);
  assert.doesNotMatch(await own.run(() => document.documentElement.outerHTML), /never to be kept/);
  assert.deepEqual(await own.complaints(), []);
});

test('a page that sends a file does not lock itself meanwhile', async () => {
  const own = await visit(server, { as: 'amina-okafor' });
  const file = newPath('long.txt');
  writeFileSync(file, Buffer.alloc(2 << 20, 0x61));
  await own.go('/verify');
  const form = 'form:has(input[name=what][value=document])';
  await (await own.one(`${form} input[type=file][name=documents]`)).sendKeys(file);
  await own.driver.sendDevToolsCommand('Network.enable', {});
  // About twenty seconds, where the page would lock after fourteen.
  await own.driver.sendDevToolsCommand('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100 << 10 });
  const began = Date.now();
  await own.click(await own.one(`${form} button.button`));
  await own.until('what came of it', async () => (await own.path()).startsWith('/task/'), 60_000);
  assert.ok(Date.now() - began > (PATIENCE + 3) * 1000, `${Date.now() - began} ms: it came too fast to show anything`);
});

test('locking by hand keeps what was typed of a record, too', async () => {
  const own = await typing('/record/note', 'a.text', 'PRACTICE: away for a minute');
  await own.press('Lock');
  await unlockAt(own, 'amina-okafor');
  await own.go('/record');
  const drafts = await own.all('main a[href^="/draft/"]');
  await own.click(drafts[0]);
  assert.match(await own.text(), /away for a minute/);
});
