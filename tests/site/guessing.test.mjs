// Guessing a passphrase takes long, also where the server is started anew in between.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, log, school, serve } from './support/program.mjs';

test('the sixth try has to wait, for that one key alone, and after a new start, too', async () => {
  const { home } = school();
  let server = await serve(home);
  const tries = async (passphrase, key = 'joe-marsh') => {
    const client = new Client(server.url);
    return client.unlock(key, passphrase);
  };
  for (let at = 1; at <= 5; at += 1) {
    const { status, text } = await tries(`wrong ${at}`);
    assert.notEqual(status, 303);
    assert.doesNotMatch(text, /wrong passphrases were typed/, `try ${at}`);
  }
  const began = Date.now();
  const { status, text } = await tries(PASSPHRASE);
  assert.notEqual(status, 303, 'even the right passphrase waits');
  assert.match(text, /5 wrong passphrases were typed: the next try is possible in \d+ seconds/);
  assert.ok(Date.now() - began < 2000, 'no passphrase was tried');
  assert.equal((await tries(PASSPHRASE, 'ruth-bell')).status, 303, 'nobody else waits');
  assert.equal(await server.end(), 0);

  server = await serve(home);
  const again = await tries(PASSPHRASE);
  assert.notEqual(again.status, 303);
  assert.match(again.text, /wrong passphrases were typed/);
  assert.equal(await server.end(), 0);
});

test('guesses that come at once count one by one', async () => {
  const { server } = await opening();
  const clients = await Promise.all(Array.from({ length: 12 }, async () => {
    const client = new Client(server.url);
    return [client, await client.token()];
  }));
  const answers = await Promise.all(clients.map(([client, token], at) =>
    client.post('/unlock', { key: 'joe-marsh', passphrase: `wrong ${at}`, next: '/' }, { token })));
  const waiting = answers.filter(({ text }) => /wrong passphrases were typed/.test(text)).length;
  assert.equal(waiting, 7, 'five are looked at, and no more');
});

test('the passphrase of a signature is guessed no faster', async () => {
  const { made, server } = await opening();
  const before = log(made.home).length;
  const joe = await unlocked(server.url, 'joe-marsh');
  const begun = await joe.post('/record/note', { 'a.text': 'PRACTICE: a note', about: '1', case: 'none' });
  const draft = begun.headers.location;
  assert.match(draft ?? '', /^\/draft\/[0-9a-f]+$/, begun.text.slice(0, 2000));
  const sign = async (passphrase) => {
    const [, shown] = /name="shown" value="([^"]*)"/.exec((await joe.get(draft)).text) ?? [];
    assert.ok(shown, 'what is signed is shown first');
    return joe.post(draft, { shown, passphrase });
  };
  for (let at = 1; at <= 5; at += 1) assert.equal((await sign(`wrong ${at}`)).status, 422);
  const { status, text } = await sign(PASSPHRASE);
  assert.equal(status, 422, 'even the right one waits');
  assert.match(text, /5 wrong passphrases were typed/);
  assert.equal(log(made.home).length, before, 'nothing is signed');
  assert.equal((await joe.get('/')).status, 200, 'who is in stays in');
});
