// Requests of other schools that were read here and not signed: they hold answers, and lie on the
// disk no longer than a day.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { multipart, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { school } from './support/program.mjs';

const made = school();
const foreign = join(made.home, 'page', 'foreign');

/** A request that was read so many hours ago. */
function read(name, hours) {
  const folder = join(foreign, name.padStart(32, '0'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'request'), `PRACTICE: ${name}`);
  const at = new Date(Date.now() - hours * 3_600_000);
  utimesSync(folder, at, at);
  return folder;
}
const [old, young] = [read('a', 25), read('b', 23)];
const { server } = await opening({ made });
const head = await unlocked(server.url, 'amina-okafor');
const send = async (text) => {
  const form = multipart([['token', await head.token()], ['request', 'one.request', Buffer.from(text)]]);
  return head.ask('/sign-elsewhere', { method: 'POST', ...form });
};

test('what nobody signs goes after a day, also if nobody reads another one', async () => {
  for (let at = 0; at < 100 && existsSync(old); at += 1) await wait(100);
  assert.ok(!existsSync(old));
  assert.ok(existsSync(young));
});

test('what can’t be read is not kept', async () => {
  const { status } = await send('no request');
  assert.equal(status, 422);
  assert.equal(readdirSync(foreign).length, 1);
});

test('only so many wait', async () => {
  for (let at = 1; at < 20; at += 1) read(`c${at}`, 1);
  const { status, text } = await send('one too many');
  assert.equal(status, 422);
  assert.match(text, /at most 20 requests, and 256 MiB/);
  assert.match(text, /goes after a day/);
  assert.equal(readdirSync(foreign).length, 20);
});
