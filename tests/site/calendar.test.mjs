// What falls due, fetched by calendar programs: an address without a session, and what it must not open.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, probity } from './support/program.mjs';

const { made, server } = await opening();
const head = await unlocked(server.url, 'amina-okafor');

/** Makes an address anew: its path. */
async function make(client) {
  const { status, text } = await client.post('/due/feed', { do: 'make', passphrase: PASSPHRASE });
  assert.equal(status, 200);
  const [, origin, path] = /<code>(https?:\/\/[^/]+)(\/calendar\/[0-9a-f]{64}\.ics)<\/code>/.exec(text) ?? [];
  assert.equal(origin, server.url, text);
  return path;
}
const fetched = (path, headers) => ask(server.url + path, { headers });
const names = (text) => [...text.replace(/\r\n /g, '').matchAll(/^UID:(.*)\r$/gm)].map(([, uid]) => uid).sort();
const kept = () => JSON.parse(readFileSync(join(made.home, 'page', 'feeds.json'), 'utf8'));
const secret = (path) => /[0-9a-f]{64}/.exec(path)[0];

test('an address is shown once, kept as a hash, and gives what the file has, without a cookie', async () => {
  // It goes on working when the page is locked, so an open page alone gives none.
  const refused = await head.post('/due/feed', { do: 'make', passphrase: 'not the passphrase' });
  assert.equal(refused.status, 422);
  assert.doesNotMatch(refused.text, /\/calendar\//);
  const path = await make(head);
  assert.doesNotMatch((await head.get('/due/feed')).text, /\/calendar\//, 'it is shown once');
  for (const file of readdirSync(join(made.home, 'page'), { recursive: true, withFileTypes: true })) {
    if (file.isFile()) assert.ok(!readFileSync(join(file.parentPath, file.name), 'latin1').includes(secret(path)), file.name);
  }
  const { status, text, headers } = await fetched(path);
  assert.equal(status, 200, text);
  assert.match(headers['content-type'], /^text\/calendar/);
  assert.equal(headers['set-cookie'], undefined);
  assert.match(headers['cache-control'], /no-store/);
  const file = await head.get('/due.ics');
  assert.ok(names(text).length > 1);
  assert.deepEqual(names(text), names(file.text));
  const stamps = (all) => all.replace(/^DTSTAMP:.*$/gm, '');
  assert.equal(stamps(text), stamps(file.text));
});

test('under another name it is not reached, and its secret opens nothing else', async () => {
  const path = await make(head);
  assert.equal((await fetched(path, { host: 'evil.example' })).status, 403);
  assert.equal((await fetched(path, { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' })).status, 403);
  const [cookie] = [...head.jar.keys()].filter((name) => name.startsWith('probity-'));
  for (const to of ['/', '/due', '/due.ics', '/due/feed', '/cases', '/entry/0', '/registers']) {
    for (const answer of [
      await fetched(`${to}?secret=${secret(path)}`),
      await fetched(to, { cookie: `${cookie}=${secret(path)}` }),
      await fetched(to, { authorization: `Bearer ${secret(path)}` }),
    ]) {
      assert.equal(answer.status, 303, to);
      assert.match(answer.headers.location, /^\/unlock/, to);
    }
  }
  for (const to of ['/calendar/', `/calendar/${secret(path)}`, `${path}/`, `${path}/entry/0`, `/calendar/../page/feeds.json`, path.toUpperCase()]) {
    const { status, text } = await fetched(to);
    assert.notEqual(status, 200, to);
    assert.doesNotMatch(text, /VCALENDAR/, to);
  }
  const sent = await ask(server.url + path, { method: 'POST', body: { do: 'end' } });
  assert.notEqual(sent.status, 200);
  assert.equal((await fetched(path)).status, 200, 'and it is still there');
});

test('a new one ends the one before, and one that is ended gives nothing', async () => {
  const first = await make(head);
  const second = await make(head);
  assert.equal((await fetched(first)).status, 404);
  assert.equal((await fetched(second)).status, 200);
  assert.equal((await head.post('/due/feed', { do: 'end' }, { token: 'ab' })).status, 422, 'only from its own page');
  assert.equal((await fetched(second)).status, 200);
  await head.post('/due/feed', { do: 'end' });
  assert.equal((await fetched(second)).status, 404);
});

test('whoever sees a part gets the days of that part, and somebody else’s address is not theirs to end', async () => {
  const heads = await make(head);
  const joe = await unlocked(server.url, 'joe-marsh');
  const { text } = await fetched(await make(joe));
  assert.match(text, /^BEGIN:VCALENDAR\r\n/);
  const may = new Map();
  const due = probity(made.home, '--json', 'due').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  for (const one of due.filter(({ uid }) => uid)) {
    may.set(one.uid, may.get(one.uid) || (await joe.get(`/entry/${one.entry}`)).status === 200);
  }
  const all = names((await fetched(heads)).text);
  const sees = (name) => [...may].some(([uid, sees]) => sees && name.startsWith(`${uid}.`));
  assert.deepEqual(names(text), all.filter(sees));
  assert.ok(names(text).length < all.length);
  await joe.post('/due/feed', { do: 'end', key: 'amina-okafor' });
  assert.deepEqual(Object.keys(kept()), ['amina-okafor']);
  assert.equal((await fetched(heads)).status, 200);
});

test('an address ends with the appointment', async () => {
  const ruth = await unlocked(server.url, 'ruth-bell');
  const path = await make(ruth);
  assert.equal((await fetched(path)).status, 200);
  probity(made.home, 'revoke', 'Ruth Bell', '--by', 'Amina Okafor', '--reason', 'role-ended');
  assert.equal((await fetched(path)).status, 404);
  assert.ok(!('ruth-bell' in kept()), 'and is forgotten');
});

test('wrong addresses are soon refused unread, and the right one is not', async () => {
  const path = await make(head);
  const wrong = [];
  for (let at = 0; at < 8; at += 1) wrong.push((await fetched(`/calendar/${String(at).repeat(64)}.ics`)).status);
  assert.ok(wrong.every((status) => status === 404 || status === 429), String(wrong));
  assert.equal(wrong.at(-1), 429);
  assert.equal((await fetched(path)).status, 200);
  assert.equal((await head.get('/')).status, 200);
  assert.equal((await unlocked(server.url, 'amina-okafor')).unlocked, true, 'nobody is kept from unlocking');
});

test('a damaged record book empties no calendar and no register, and every page says so', async () => {
  const path = await make(head);
  const journal = join(made.home, 'ledger', 'journal');
  const whole = readFileSync(journal);
  const damaged = Buffer.from(whole);
  damaged[Math.floor(damaged.length * 0.9)] ^= 1;
  writeFileSync(journal, damaged);
  for (const to of ['/', '/due', '/cases', '/registers/breaches', '/record', '/search']) {
    assert.match((await head.get(to)).text, /This record book is damaged, or an older one/, to);
  }
  for (const to of ['/due.ics', '/registers/breaches.csv']) {
    const { status, text } = await head.get(to);
    assert.equal(status, 422, to);
    assert.match(text, /may be missing/, to);
  }
  const { status, text } = await fetched(path);
  assert.equal(status, 503);
  assert.doesNotMatch(text, /VCALENDAR/);
  assert.ok('amina-okafor' in kept(), 'the address stays');
  writeFileSync(journal, whole);
  assert.doesNotMatch((await head.get('/due')).text, /is damaged/);
  assert.equal((await fetched(path)).status, 200);
});
