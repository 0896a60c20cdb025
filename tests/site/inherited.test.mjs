// Whoever lost their passphrase goes on with a new key, and with what they had begun to write.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { probity } from './support/program.mjs';

test('what was begun under a lost key is there under the same person’s new one', async () => {
  const { made, server } = await opening();
  const joe = await unlocked(server.url, 'joe-marsh');
  const begun = await joe.post('/record/note', { 'a.text': 'PRACTICE: begun before', about: '1', case: 'none' });
  const draft = begun.headers.location;
  assert.match(draft ?? '', /^\/draft\/[0-9a-f]+$/, begun.text.slice(0, 2000));
  probity(made.home, 'key', 'new', 'Joe Marsh 2');
  probity(made.home, 'appoint', 'Joe Marsh 2', '--same-person-as', 'Joe Marsh', '--role', 'cctv-caretaker', '--by', 'Amina Okafor');
  const early = await unlocked(server.url, 'joe-marsh-2');
  assert.doesNotMatch((await early.get('/record')).text, /Not signed yet/, 'the old key is in force still');

  const keys = probity(made.home, '--json', 'key', 'list').trim().split('\n').map((line) => JSON.parse(line));
  const lost = keys.find((key) => key.file === 'joe-marsh').kid;
  probity(made.home, 'revoke', lost, '--by', 'Amina Okafor', '--reason', 'key-lost');
  const again = await unlocked(server.url, 'joe-marsh-2');
  assert.match((await again.get('/record')).text, new RegExp(`Not signed yet[^]*href="${draft}"`));
  const { status, text } = await again.get(draft);
  assert.equal(status, 200, text.slice(0, 2000));
  assert.match(text, /begun before/);

  // Nobody else has it, and nobody is told what became of it.
  const ruth = await unlocked(server.url, 'ruth-bell');
  const refused = await ruth.get(draft);
  assert.match(refused.text, /no such draft of yours/);
  assert.doesNotMatch(refused.text, /signed or thrown away|begun before/);
});
