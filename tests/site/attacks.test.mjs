// What somebody would try who isn't at the page with a browser, or whose own page tries it for them:
// by hand, over plain HTTP.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { OPEN, PARTS, acts, walk } from './support/addresses.mjs';
import { Client, ask, multipart, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, log } from './support/program.mjs';

const HEAD = 'amina-okafor';
const { made, server } = await opening();
const head = await unlocked(server.url, HEAD);
/** Every page of the head's, and every form on them. */
const pages = await walk(head);
const all = acts(pages);

const entries = () => log(made.home).length;
/** A form's own fields, filled in with what it shows; passphrases right, so that only the attack is wrong. */
const filled = ({ fields }) =>
  fields.filter(([name, , type]) => name !== 'token' && type !== 'file')
    .map(([name, value, type]) => [name, type === 'password' ? PASSPHRASE : value]);

test('every page that is linked is there', () => {
  const broken = [...pages].filter(([, { status }]) => status !== 200 && status !== 303);
  assert.deepEqual(broken.map(([path, { status }]) => `${status} ${path}`), []);
  assert.ok(pages.size > 60, `only ${pages.size} pages were walked`);
});

test('every answer carries what keeps browsers from harm', async () => {
  const answers = [...pages.values(), await head.get('/none'), await ask(`${server.url}/`, { headers: { host: 'evil.example' } })];
  for (const { headers } of answers) {
    assert.match(headers['content-security-policy'], /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.doesNotMatch(headers['content-security-policy'], /unsafe|\*|data:/);
    assert.match(headers['content-security-policy'], /frame-ancestors 'none'; base-uri 'none'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.match(headers['cache-control'], /no-store|immutable/);
    assert.equal(headers['access-control-allow-origin'], undefined);
  }
});

test('no page has anything inline or from elsewhere', () => {
  for (const [path, { text, headers }] of pages) {
    if (!String(headers['content-type']).startsWith('text/html')) continue;
    assert.doesNotMatch(text, /<[a-z][^>]*\s(?:style|on[a-z]+)\s*=/i, path);
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc="\/assets\/)/i, path);
    assert.doesNotMatch(text, /\s(?:src|action|formaction)="(?!\/(?!\/))[^"]/i, path);
  }
});

test('a session cookie is for this server alone, and no script reads it', async () => {
  const { headers } = await ask(`${server.url}/unlock`);
  const [cookie] = headers['set-cookie'];
  assert.match(cookie, /^probity-\d+=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/);
  // Cookies know no ports: two servers on one host have to tell theirs apart.
  assert.ok(cookie.startsWith(`probity-${server.port}=`));
});

test('a form without the token of its session does nothing', async () => {
  const before = entries();
  const other = await unlocked(server.url, 'ruth-bell');
  const foreign = await other.token();
  assert.ok(all.length > 0, 'no form was found');
  for (const form of all) {
    if (form.action === '/unlock' || form.action === '/lock') continue;
    for (const [what, token] of [['none', null], ['empty', ''], ['wrong', '0'.repeat(64)], ['another session’s', foreign]]) {
      const { status, text } = await head.post(form.action, filled(form), { token });
      assert.equal(status, 422, `${form.action} with ${what} token`);
      assert.match(text, /belongs to an earlier visit/, `${form.action} with ${what} token`);
    }
  }
  // Locking would be no harm, and unlocking asks for a passphrase; they ask for it all the same.
  for (const to of ['/unlock', '/lock']) {
    const { status, text } = await head.post(to, { key: HEAD, passphrase: PASSPHRASE }, { token: null });
    assert.equal(status, 422);
    assert.match(text, /belongs to an earlier visit/);
  }
  assert.equal(entries(), before);
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
});

test('a token in the address is no token', async () => {
  const token = await head.token();
  const { status } = await head.post(`/lock?token=${token}`, {}, { token: null });
  assert.equal(status, 422);
});

test('only under its own names is anything reached', async () => {
  const { port } = server;
  const { cookie } = head;
  for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port + 1}`,
    `127.0.0.1:${port}@evil.example`, `[::ffff:127.0.0.1]:${port}`, `0.0.0.0:${port}`, `0x7f.1:${port}`, `localhost.:${port}`]) {
    for (const path of [...PARTS, ...OPEN]) {
      const { status, text } = await ask(server.url + path, { headers: { host, cookie } });
      assert.equal(status, 403, `${host} ${path}`);
      assert.equal(text, 'This server is not reached under that name.\n');
    }
  }
  for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `127.0.0.1:${port}`]) {
    assert.equal((await ask(`${server.url}/`, { headers: { host, cookie } })).status, 200, host);
  }
  // X-Forwarded-Host and an absolute address in the request line change nothing of that.
  const odd = await ask(`${server.url}/`, { headers: { host: `evil.example:${port}`, 'x-forwarded-host': `127.0.0.1:${port}`, cookie } });
  assert.equal(odd.status, 403);
});

test('two names, no name, or one in the request line only reach nothing', async () => {
  const { port } = server;
  const own = `127.0.0.1:${port}`;
  const say = (lines) => new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(lines.join('\r\n') + '\r\n\r\n'));
    let text = '';
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (bytes) => { text += bytes; }).on('error', fail).on('close', () => done(text));
  });
  const inside = /Northfield/;
  for (const lines of [
    ['GET / HTTP/1.1', `Host: ${own}`, 'Host: evil.example', `Cookie: ${head.cookie}`, 'Connection: close'],
    ['GET / HTTP/1.1', 'Host: evil.example', `Host: ${own}`, `Cookie: ${head.cookie}`, 'Connection: close'],
    ['GET / HTTP/1.1', `Cookie: ${head.cookie}`, 'Connection: close'],
    ['GET / HTTP/1.0', `Cookie: ${head.cookie}`],
    [`GET http://${own}/ HTTP/1.1`, 'Host: evil.example', `Cookie: ${head.cookie}`, 'Connection: close'],
  ]) {
    const text = await say(lines);
    assert.match(text, /^HTTP\/1\.[01] 4\d\d /, lines.join(' | '));
    assert.doesNotMatch(text, inside);
  }
});

test('what comes from another page changes nothing', async () => {
  const before = entries();
  const token = await head.token();
  const { port } = server;
  for (const headers of [
    { origin: 'https://evil.example' }, { origin: 'null' }, { origin: '' }, { origin: `https://127.0.0.1:${port}` },
    { origin: `http://127.0.0.1:${port + 1}` }, { origin: `http://127.0.0.1:${port}.evil.example` },
    { origin: `http://evil.example/http://127.0.0.1:${port}` }, { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'CROSS-SITE' },
  ]) {
    for (const to of ['/lock', '/unlock', ...new Set(all.map(({ action }) => action))]) {
      const { status } = await head.post(to, {}, { token, headers });
      assert.equal(status, 403, `${to} with ${JSON.stringify(headers)}`);
    }
  }
  assert.equal(entries(), before);
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
});

test('a page that is asked for changes nothing, whatever the method', async () => {
  const before = entries();
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
    for (const path of [...PARTS, '/lock']) {
      const { status, text } = await head.ask(path, { method });
      assert.ok([404, 405].includes(status), `${method} ${path}: ${status}`);
      assert.doesNotMatch(text, new RegExp(head.cookie.split('=')[1]), 'nothing echoes the cookie');
    }
  }
  assert.equal((await head.get('/lock')).status, 404);
  assert.equal(entries(), before);
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
});

/** Addresses that are there before there is a record book; with one, a stranger is refused. */
const BEFORE = /^\/(practice|sign-elsewhere)/;

test('without a session every address leads to where it is unlocked', async () => {
  for (const path of pages.keys()) {
    if (OPEN.includes(path) || path.startsWith('/assets/')) continue;
    const { status, headers, text } = await ask(server.url + path);
    if (BEFORE.test(path) && status === 422) {
      assert.doesNotMatch(text, /<form/, path);
      continue;
    }
    assert.equal(status, 303, path);
    assert.match(headers.location, /^\/unlock\?next=/, path);
    assert.equal(decodeURIComponent(headers.location.replace('/unlock?next=', '').replace(/\+/g, ' ')), path);
    assert.equal(text, '');
  }
  const before = entries();
  for (const form of all) {
    if (form.action === '/unlock' || form.action === '/lock') continue;
    const stranger = new Client(server.url);
    const { status, headers } = await stranger.post(form.action, filled(form));
    if (BEFORE.test(form.action)) {
      assert.equal(status, 422, form.action);
      continue;
    }
    assert.equal(status, 303, form.action);
    assert.match(headers.location, /^\/unlock\?next=%2F$/, form.action);
  }
  assert.equal(entries(), before);
});

test('a locked session opens nothing any more', async () => {
  const client = await unlocked(server.url, HEAD);
  const { cookie } = client;
  assert.equal((await client.get('/')).status, 200);
  const { status, headers } = await client.post('/lock');
  assert.equal(status, 303);
  assert.match(headers['set-cookie'][0], /Max-Age=0/);
  for (const path of pages.keys()) {
    if (OPEN.includes(path) || path.startsWith('/assets/')) continue;
    const answer = await ask(server.url + path, { headers: { cookie } });
    if (BEFORE.test(path) && answer.status === 422) continue;
    assert.equal(answer.status, 303, path);
    assert.match(answer.headers.location, /^\/unlock/, path);
  }
});

test('unlocking gives another cookie, and the one before opens nothing', async () => {
  const client = new Client(server.url);
  // One that somebody else chose is none.
  client.cookie = `probity-${server.port}=${'a'.repeat(64)}`;
  await client.get('/unlock');
  assert.notEqual(client.cookie, `probity-${server.port}=${'a'.repeat(64)}`);
  const before = client.cookie;
  const token = await client.token();
  await client.unlock(HEAD);
  assert.notEqual(client.cookie, before);
  assert.equal((await client.get('/')).status, 200);
  assert.notEqual(await client.token(), token);
  const { status, headers } = await ask(`${server.url}/`, { headers: { cookie: before } });
  assert.equal(status, 303);
  assert.match(headers.location, /^\/unlock/);
  for (const said of ['', '0', '0'.repeat(64), '%00'.repeat(20), `../../${before}`]) {
    const cookie = `probity-${server.port}=${said}`;
    assert.equal((await ask(`${server.url}/`, { headers: { cookie } })).status, 303, cookie);
  }
});

test('nobody is sent to another server', async () => {
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/\t/evil.example', '\\\\evil.example', '/a\r\nset-cookie: x=y', 'javascript:alert(1)']) {
    const client = new Client(server.url);
    const { status, headers } = await client.unlock(HEAD, PASSPHRASE, next);
    assert.equal(status, 303);
    assert.equal(headers.location, '/', next);
    assert.equal(headers['set-cookie'].length, 1);
    const again = await client.get(`/unlock?next=${encodeURIComponent(next)}`);
    assert.equal(again.headers.location, '/', next);
  }
});

test('tricks with paths reach no file', async () => {
  const own = /PRIVATE KEY|root:|\[page\]|practice = /;
  const tricks = ['..', '%2e%2e', '..%2f..%2f..%2fetc%2fpasswd', '%2e%2e%2f%2e%2e%2fconfig.toml', '....//', '..%5c..%5cconfig.toml', '%00', '..;/',
    '%252e%252e%252fconfig.toml', `${'../'.repeat(12)}etc/passwd`, `${'%2e%2e/'.repeat(12)}etc/passwd`, 'keys/amina-okafor.pem', '-1', '99999999999999999999', '1e3', '0x1', ''];
  for (const under of ['/', '/entry/', '/entry/15/document/', '/case/', '/breach/', '/record/', '/registers/', '/draft/', '/task/', '/assets/',
    '/export/', '/backup/', '/people/', '/outside/']) {
    for (const trick of tricks) {
      const { status, text } = await head.get(under + trick);
      assert.ok(status < 500, `${status} ${under}${trick}`);
      assert.doesNotMatch(text, own, under + trick);
    }
  }
});

test('a document is handed out to keep, never to be run', async () => {
  const found = [...pages].filter(([path]) => /^\/entry\/\d+\/document\/[0-9a-f]{64}/.test(path));
  assert.ok(found.length > 0, 'no page leads to a document');
  for (const [path, { status, headers, bytes }] of found) {
    assert.equal(status, 200);
    assert.match(headers['content-disposition'], /^attachment; /, path);
    assert.ok(bytes.equals(readFileSync(made.document)), path);
    const [, entry, hash] = /^\/entry\/(\d+)\/document\/([0-9a-f]{64})/.exec(path);
    // Of another record, which has no such document; and one that isn't there at all.
    for (const wrong of [`/entry/0/document/${hash}`, `/entry/${entry}/document/${'0'.repeat(64)}`, `/entry/${entry}/document/${hash.slice(1)}`,
      `/entry/${entry}/document/${hash}/../../../config.toml`, `/entry/${entry}/document/${hash}%00`]) {
      const { status: refused, headers: said } = await head.get(wrong);
      assert.ok(refused === 404 || refused === 422, `${refused} ${wrong}`);
      assert.equal(said['content-disposition'], undefined);
    }
  }
});

test('errors tell nothing of the machine', async () => {
  for (const path of ['/none', '/entry/999', '/entry/x', '/case/none', '/breach/none', '/record/none', '/registers/none', '/draft/none', '/task/none']) {
    const { status, text } = await head.get(path);
    assert.ok(status === 404 || status === 422, `${status} ${path}`);
    assert.ok(!text.includes(made.home), `${path} names the folder of the home`);
    assert.doesNotMatch(text, /panicked|\.rs:|os error|RUST_BACKTRACE/, path);
  }
});

test('what is no form is refused, and its end is waited for no longer than it must be', async () => {
  const token = await head.token();
  for (const [headers, body] of [
    [{ 'content-type': 'application/json' }, JSON.stringify({ token })],
    [{ 'content-type': 'text/plain' }, `token=${token}`],
    [{ 'content-type': 'multipart/form-data' }, 'x'],
    [{ 'content-type': 'multipart/form-data; boundary=b' }, '--b\r\nrubbish'],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, '%'.repeat(4 << 20)],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 'a=b&'.repeat(2 << 20)],
    [multipart([]).headers, multipart([]).body],
  ]) {
    const { status, text } = await head.ask('/lock', { method: 'POST', headers, body });
    assert.equal(status, 422, JSON.stringify(headers));
    assert.match(text, /This was not done/);
  }
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
});

test('a passphrase that was typed is in no answer, no log and no file', async () => {
  const typed = 'a passphrase that nobody has';
  const client = new Client(server.url);
  const { status, text } = await client.unlock(HEAD, typed);
  assert.equal(status, 200);
  assert.ok(!text.includes(typed));
  assert.ok(!server.said().includes(typed));
  assert.ok(!readFileSync(join(made.home, 'page', 'attempts.json'), 'utf8').includes(typed));
  assert.equal((await client.unlock(HEAD)).status, 303);
});
