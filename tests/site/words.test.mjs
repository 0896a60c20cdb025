// Plain words: what the caretaker, the office and the head read is said as they would say it, and what
// an inspector compares stands where it is asked for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { log } from './support/program.mjs';

const { made, server } = await opening();
const head = await unlocked(server.url, 'amina-okafor');
const joe = await unlocked(server.url, 'joe-marsh');

/** What is read at a path, without what is folded away. */
async function read(client, path) {
  const { text } = await client.get(path);
  return plain(text.replace(/^[^]*<main/, '<main').replace(/<details>[^]*?<\/details>/g, '').replace(/<[^>]+>/g, ' ')).replace(/\s+/g, ' ');
}
/** The same once it is worked out. */
async function settled(client, path) {
  for (let at = 0; ; at += 1) {
    const words = await read(client, path);
    if (at > 100 || !/Look again/.test(words)) return words;
    await new Promise((done) => { setTimeout(done, 200); });
  }
}

test('the front page tells those who keep the records alone what to do outside the school', async () => {
  assert.match(await settled(head, '/'), /have somebody outside the school confirm the records/);
  const words = await settled(joe, '/');
  assert.match(words, /The records fit together/);
  assert.doesNotMatch(words, /Next: have somebody outside/);
});

test('what falls due says how it stands', async () => {
  const words = await settled(head, '/due');
  assert.match(words, /\d+ deadlines are still to be kept\./);
  assert.match(words, /Since \d+ \w+ \d{4}, \d\d:\d\d/, 'what law wants without delay');
  assert.match(words, /to do at once/);
  assert.match(await settled(head, '/due?text=nothing+has+these'), /No deadline is still to be kept, with these words\./);
});

test('registers have records and labels with capital letters', async () => {
  const { text } = await head.get('/registers/breaches');
  const labels = [...text.matchAll(/data-column="([^"]*)"/g)].map(([, label]) => label);
  assert.ok(labels.length > 3 && labels.includes('Recorded in'), labels.join(', '));
  assert.ok(labels.every((label) => /^[A-Z0-9]/.test(label)), labels.join(', '));
});

test('kinds are called by their titles, and choices are sentences', async () => {
  assert.doesNotMatch(await read(head, '/record'), /`|--/);
  assert.doesNotMatch(await read(head, '/record/action'), /`/);
  const { entry } = log(made.home).find(({ kind }) => kind === 'appointment');
  const words = await read(head, `/entry/${entry}`);
  assert.doesNotMatch(words, /made for holder|by holder/);
});

test('the page of people says what its words mean', async () => {
  const { text } = await head.get('/people');
  for (const word of ['Appointed', 'Accepted', 'Public key', 'Revoke']) assert.match(text, new RegExp(`<dt>${word}</dt>`), word);
});

test('what tells one file from another is folded away', async () => {
  const { entry, case: dpia } = log(made.home).find(({ kind }) => kind === 'dpia-approval');
  for (const path of [`/entry/${entry}`, `/sign?case=${dpia}`]) {
    assert.match((await head.get(path)).text, /SHA-256/, path);
    assert.doesNotMatch(await read(head, path), /SHA-256/, path);
  }
});
