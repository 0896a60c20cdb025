// A record book that is too long to be read while somebody waits: what is old says so, what was just
// signed is there at once, and whoever sees a part sees all of that part.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { log, probity, school } from './support/program.mjs';

/** More than the page reads at once (SMALL in src/web/site/cache.rs), and than it lists. */
const MANY = 2200;

const made = school();
const note = (...args) => probity(made.home, 'record', 'note', '--by', 'Ruth Bell', ...args, '--confirm-date', '--yes');
const mine = log(made.home).filter(({ signer }) => signer === 'Joe Marsh');
const file = join(made.folder, 'notes.jsonl');
const notes = Array.from({ length: MANY }, (_, at) => JSON.stringify({ text: `the office looked at shelf ${at}` }));
writeFileSync(file, `${notes.join('\n')}\n`);
note('--from-jsonl', file);
const { server } = await opening({ made });
const head = await unlocked(server.url, 'amina-okafor');
const joe = await unlocked(server.url, 'joe-marsh');

/** The page once nothing on it waits to be worked out. */
async function whole(client, path) {
  for (let at = 0; at < 300; at += 1) {
    const answer = await client.get(path);
    assert.equal(answer.status, 200, path);
    if (!answer.text.includes('Look again')) return answer.text;
    await wait(200);
  }
  throw new Error(`${path} is never whole`);
}

test('whoever sees a part finds all of it, however long ago', { timeout: 120_000 }, async () => {
  assert.ok(mine.length > 1);
  const front = await whole(joe, '/');
  const newest = mine.at(-1);
  assert.ok(front.includes(`href="/entry/${newest.entry}"`), 'on the front page');
  const cases = await whole(joe, '/cases');
  for (const { case: name } of mine.filter(({ case: name }) => name)) assert.ok(cases.includes(`href="/case/${name}"`), name);
  for (const { entry, kind } of mine) {
    assert.ok((await whole(joe, `/search?kind=${kind}`)).includes(`href="/entry/${entry}"`), `${kind} ${entry}`);
  }
  const found = await whole(joe, '/search?since=2000-01-01');
  for (const { entry } of mine) assert.ok(found.includes(`href="/entry/${entry}"`), `${entry}`);
  assert.doesNotMatch(await whole(joe, '/search?text=shelf'), /href="\/entry\//, 'and nobody else’s');
});

test('all that is found can be reached, a page at a time', { timeout: 120_000 }, async () => {
  const entries = (text) => [...text.matchAll(/href="\/entry\/(\d+)"/g)].map(([, entry]) => Number(entry));
  const first = await whole(head, '/search?text=shelf');
  assert.match(first, new RegExp(`${MANY} records`));
  assert.match(first, /href="\/search\?text=shelf&amp;page=2"/);
  const [newest, next, oldest] = [first, await whole(head, '/search?text=shelf&page=2'), await whole(head, `/search?text=shelf&page=${MANY / 25}`)].map(entries);
  const last = log(made.home).at(-1).entry;
  assert.deepEqual([newest.length, newest[0], next[0], oldest.at(-1)], [25, last, last - 25, last - MANY + 1]);
  // By kind alone, and with words: the index or the words know how many there are.
  assert.match(await whole(head, '/search?kind=note&text=shelf'), new RegExp(`${MANY} records`));
});

test('what was just signed is found at once, and what is older says so', { timeout: 120_000 }, async () => {
  for (const path of ['/', '/cases', '/due', '/search?text=shelf', '/registers/breaches', '/waiting']) await whole(head, path);
  note('--text', 'a zebra stood in the yard');
  const { entry } = log(made.home).at(-1);
  const link = `href="/entry/${entry}"`;
  assert.ok((await head.get('/')).text.includes(link), 'on the front page');
  assert.ok((await head.get('/search?text=zebra')).text.includes(link), 'in the search');
  for (const path of ['/due', '/registers/breaches']) {
    const { text } = await head.get(path);
    // Either all of it is counted, or it says what isn't.
    assert.ok(!text.includes('Look again') || (/before the newest record/.test(text) && text.includes(link)), path);
    assert.doesNotMatch(await whole(head, path), /before the newest record/, path);
  }
});

test('nothing that is older is handed out as a file', { timeout: 120_000 }, async () => {
  for (const path of ['/due.ics', '/registers/breaches.csv']) {
    note('--text', 'another look');
    const { status, text } = await head.get(path);
    assert.ok(status === 200 || (status === 422 && /still being taken into account/.test(text)), `${status} ${path}`);
    await whole(head, path.replace(/\.\w+$/, ''));
    assert.equal((await head.get(path)).status, 200, path);
  }
});
