// What was shown is what is signed, also where a file on the disk has changed meanwhile: a power cut
// cuts it, a virus scanner mends it, a sync service exchanges it. Nothing is signed then, the page
// says which file it is, and what to do.

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { forms, multipart, plain, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, asked, log, newPath, probity } from './support/program.mjs';

const POLICY = Buffer.from('PRACTICE: The head teacher approves every new camera before anybody puts it up outside.\n');
const WHERE = { recursive: true, withFileTypes: true };

const { made, server } = await opening();
const head = await unlocked(server.url, 'amina-okafor');
const drafts = join(made.home, 'page', 'drafts');

/** Sends a form with a file. */
const send = async (to, parts) => head.ask(to, { method: 'POST', ...multipart([['token', await head.token()], ...parts]) });

/** The draft that an answer leads to. */
const draftOf = ({ status, headers, text }) => {
  assert.equal(status, 303, text);
  return /^\/draft\/[0-9a-f]+/.exec(headers.location)[0];
};

/** Where a draft's only file lies. */
const fileOf = (draft) => {
  const [file] = readdirSync(join(drafts, draft.split('/').at(-1), 'files'), WHERE).filter((one) => one.isFile());
  return join(file.parentPath, file.name);
};

/** The form by which a draft is signed, filled in. */
const signing = async (draft) => {
  const { status, text } = await head.get(draft);
  assert.equal(status, 200, text);
  const form = forms(text).find((one) => one.action === draft);
  return form.fields.filter(([name]) => name !== 'token').map(([name, value, type]) => [name, type === 'password' ? PASSPHRASE : value]);
};

const NOTE = [['a.text', 'PRACTICE: the policy as it was read'], ['then', 'check'], ['a.documents', 'policy.txt', POLICY]];

/** A note with a file, and a signature on a file; each with how the file is attached once more. */
const begin = {
  async note() {
    const draft = draftOf(await send('/record/note', NOTE));
    return { draft, again: () => send(`${draft}/answer/all`, NOTE) };
  },
  async approval() {
    const first = await send('/sign', [['kind', 'approval'], ['case', 'none'], ['files', 'policy.txt', POLICY]]);
    const draft = draftOf(first);
    const [, step] = /\/answer\/([^?]+)/.exec(first.headers.location);
    await send(`${draft}/answer/${step}`, [['decision', 'approved'], ['about', '1'], ['then', 'check']]);
    const to = `${draft}/answer/${step === 'all' ? 'all' : 'documents'}`;
    return { draft, again: () => send(to, [['then', 'check'], ['a.documents', 'policy.txt', POLICY]]) };
  },
};

const damages = {
  cut: (path) => truncateSync(path, 47),
  longer: (path) => appendFileSync(path, '\n'),
  zeroed: (path) => writeFileSync(path, Buffer.alloc(POLICY.length)),
  gone: (path) => rmSync(path),
};

for (const [kind, make] of Object.entries(begin)) {
  test(`${kind}: no other file is signed than the page showed`, async () => {
    const { draft, again } = await make();
    const path = fileOf(draft);
    for (const [how, damage] of Object.entries(damages)) {
      const form = await signing(draft);
      const { length } = log(made.home);
      damage(path);
      const signed = await head.post(draft, form);
      assert.equal(signed.status, 422, `${how}: ${signed.headers.location}`);
      for (const { text, status } of [signed, await head.get(draft)]) {
        assert.equal(status, 422, how);
        assert.match(plain(text), /The file policy\.txt changed since it was attached/, how);
        assert.match(plain(text), /Attach it again, or leave it out/, how);
        assert.doesNotMatch(text, /Exactly these files/, how);
      }
      const { status, bytes } = await head.get(`${draft}/file/0`);
      assert.ok(status >= 400 && !bytes.equals(POLICY), `${how}: another file is not handed out as this one`);
      assert.equal(log(made.home).length, length, how);
      // As it says: attached again, it is whole.
      const { status: taken, text } = await again();
      assert.equal(taken, 303, text);
      assert.deepEqual(readFileSync(path), POLICY, how);
    }
    const { status, headers, text } = await head.post(draft, await signing(draft));
    assert.equal(status, 303, text);
    assert.match(headers.location, /^\/done\//);
    const whole = newPath('policy.txt');
    writeFileSync(whole, POLICY);
    assert.match(JSON.stringify(asked(made.home, 'show', headers.location.split('/').at(-1))), /"size":88/);
  });
}

test('a request of another school is signed as it was shown, and no other that lies in its place', async () => {
  const request = (decision) => {
    const file = newPath(`${decision}.request`);
    probity(made.home, 'sign', made.document, '--by', 'amina-okafor', '--decision', decision, '--request', file, '--yes');
    return readFileSync(file);
  };
  const [refused, approved] = [request('refused'), request('approved')];
  const { headers, text } = await send('/sign-elsewhere', [['request', 'one.request', refused]]);
  assert.match(headers.location ?? '', /^\/sign-elsewhere\?id=/, text);
  const page = (await head.get(headers.location)).text;
  const form = forms(page).find(({ action }) => action === '/sign-elsewhere').fields
    .filter(([name]) => name !== 'token').map(([name, value, type]) => [name, type === 'password' ? PASSPHRASE : value]);
  const lies = join(made.home, 'page', 'foreign', new URL(headers.location, server.url).searchParams.get('id'), 'request');
  writeFileSync(lies, approved);
  const other = await head.post('/sign-elsewhere', form);
  assert.equal(other.status, 422, 'what was shown is not what lies there');
  assert.match(plain(other.text), /not the one that you were shown/);
  writeFileSync(lies, refused);
  const signed = await head.post('/sign-elsewhere', form);
  assert.equal(signed.status, 200);
  assert.match(signed.headers['content-disposition'], /\.statement/);
});
