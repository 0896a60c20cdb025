// Script in every field: on record in every kind that can be recorded by itself, in names of files,
// of the school and of its people; and sent to every form and in every query. No page may carry it
// other than as text.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { PARTS, acts, walk } from './support/addresses.mjs';
import { HOSTILE, UNESCAPED, answers, typed } from './support/hostile.mjs';
import { ask, plain, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PEOPLE, newPath, probity, school } from './support/program.mjs';

const SIGNERS = [['headteacher', 'head'], ['dpo', 'dpo'], ['cctv-caretaker', 'caretaker'], ['chair-of-governors', 'chair'], ['asset-owner', 'owner']];
const signer = ({ signers }) => PEOPLE[Array.isArray(signers) ? SIGNERS.find(([role]) => signers.includes(role))?.[1] ?? 'head' : 'office'][0];

const made = school();
const kinds = JSON.parse(probity(made.home, '--json', 'kinds'));
const recorded = [];
const file = newPath('answers.json');
const hostileFile = newPath('<img src=x onerror=alert(3)>.txt');
writeFileSync(hostileFile, HOSTILE);
for (const kind of kinds) {
  writeFileSync(file, JSON.stringify(answers(kind)));
  const args = ['record', kind.name, '--by', signer(kind), '--from-json', file, ...(kind.case ? ['--case', `${kind.case}-new`] : [])];
  try {
    // Those that need another record first are refused here, before any passphrase.
    probity(made.home, ...args, '--dry-run');
  } catch { continue; }
  probity(made.home, ...args, ...(kind.name === 'note' ? ['--attach', hostileFile] : []));
  recorded.push(kind.name);
}
const { server } = await opening({ made });
const head = await unlocked(server.url, 'amina-okafor');
const pages = await walk(head, { alike: 4 });

/** Fails where a page carries an answer as HTML, or lost the policy that would stop it. */
function harmless(where, { status, headers, text }) {
  assert.ok(status < 500, `${status} ${where}`);
  assert.match(headers['content-security-policy'] ?? '', /script-src 'self'/, where);
  if (!/^text\/html/.test(headers['content-type'] ?? '')) {
    // What isn't a page is kept as a file, or is read as what it says it is.
    assert.equal(headers['x-content-type-options'], 'nosniff', where);
    assert.doesNotMatch(headers['content-type'] ?? '', /html|xml|svg/, where);
    return;
  }
  const at = text.search(UNESCAPED);
  assert.equal(at, -1, `${where}: …${text.slice(Math.max(0, at - 200), at + 120)}…`);
}

test('almost every kind is on record with script in every answer', () => {
  assert.ok(recorded.length >= 48, `only ${recorded.length}: ${recorded.join(', ')}`);
});

test('no page carries what is on record as HTML', () => {
  for (const [path, answer] of pages) harmless(path, answer);
  // And it is there, as text: otherwise this would show nothing.
  const shown = [...pages].filter(([, { text }]) => text.includes('&lt;script&gt;alert(1)'));
  assert.ok(shown.length >= recorded.length, `only ${shown.length} pages show it`);
});

test('spreadsheets that are handed out run no formula', async () => {
  const sheets = [...pages].filter(([, { headers }]) => /^text\/csv/.test(headers['content-type'] ?? ''));
  assert.ok(sheets.length > 0, 'no page leads to a spreadsheet');
  for (const [path, { text }] of sheets) assert.doesNotMatch(text, /(^|,|")[=+@](?!\d)[a-z(]/im, path);
});

test('no query comes back as HTML', async () => {
  const names = new Set(['text', 'at', 'sort', 'filter', 'case', 'link', 'kind', 'next', 'lapsed', 'unconfirmed']);
  for (const path of pages.keys()) for (const name of new URLSearchParams(path.split('?')[1] ?? '').keys()) names.add(name);
  const bare = [...new Set([...pages.keys()].map((path) => path.split('?')[0]))];
  const seen = new Map();
  for (const path of bare) {
    // A few of each shape: thirty entries are shown by the same lines.
    const like = path.replace(/\d+|[0-9a-f]{64}/g, '*');
    if ((seen.get(like) ?? 0) >= 2) continue;
    seen.set(like, (seen.get(like) ?? 0) + 1);
    const query = [...names].map((name) => `${name}=${encodeURIComponent(HOSTILE)}`).join('&');
    harmless(`${path}?…`, await head.get(`${path}?${query}`));
  }
  for (const path of [...PARTS.filter((path) => path !== '/'), '/entry', '/case', '/breach', '/record', '/registers', '/draft', '/task']) {
    harmless(path, await head.get(`${path}/${encodeURIComponent(HOSTILE)}`));
    harmless(path, await head.get(`${path}/"><img/src=x/onerror=alert(2)>`.replace(/[<>"]/g, (one) => encodeURIComponent(one))));
  }
});

test('every form gives back what was typed as text', async () => {
  let gave = 0;
  for (const kind of kinds) {
    const answer = await head.post(`/record/${kind.name}`, typed(kind));
    harmless(`/record/${kind.name}`, answer);
    const to = answer.headers.location;
    const shown = to ? await head.get(to) : answer;
    harmless(to ?? kind.name, shown);
    gave += Number(shown.text.includes('&lt;script&gt;alert(1)'));
  }
  // Kinds that are asked page by page keep it in a draft instead.
  assert.ok(gave > 30, `only ${gave} forms gave back what was typed`);
  for (const form of acts(pages)) {
    if (['/lock', '/unlock'].includes(form.action) || form.action.startsWith('/practice')) continue;
    const fields = form.fields.filter(([name, , type]) => name !== 'token' && type !== 'file')
      .map(([name, value, type]) => [name, type === 'password' ? '' : type === 'hidden' ? value : HOSTILE]);
    const answer = await head.post(form.action, fields);
    harmless(form.action, answer);
    if (answer.headers.location) harmless(answer.headers.location, await head.get(answer.headers.location));
  }
});

test('names of the school, its controller and its people are text', async () => {
  const home = newPath('home');
  probity(home, 'init', '--school', HOSTILE, '--controller', HOSTILE, '--name', `Amina ${HOSTILE}`);
  const { server: other } = await opening({ made: { home } });
  const { text } = await ask(`${other.url}/unlock`);
  harmless('/unlock', { status: 200, headers: { 'content-security-policy': "script-src 'self'", 'content-type': 'text/html' }, text });
  const [, key] = /name="key" value="([^"]+)"/.exec(text) ?? /value="([^"]+)"[^>]*name="key"/.exec(text);
  const client = await unlocked(other.url, plain(key));
  for (const path of [...PARTS, '/start/tasks', '/practice', '/entry/0']) harmless(path, await client.get(path));
  assert.match((await client.get('/')).text, /&lt;script&gt;alert\(1\)/);
});
