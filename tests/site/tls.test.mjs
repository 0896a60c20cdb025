// The page by HTTPS, under a name of its own, as a school's own server gives it to Chromebooks.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { test } from 'node:test';
import { opening, visit } from './support/opening.mjs';
import { PASSPHRASE, log, newPath, probity } from './support/program.mjs';
import { ago, through } from './support/recording.mjs';

const NAME = 'records.northfield.example';

const [certificate, key] = [newPath('certificate.pem'), newPath('key.pem')];
execFileSync('openssl', [
  'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj', `/CN=${NAME}`,
  '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', key, '-out', certificate,
], { stdio: 'ignore' });
const { publicKey } = new X509Certificate(readFileSync(certificate));
const trust = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64');
const { made, server, page } = await opening({ args: ['--name', NAME, '--tls-cert', certificate, '--tls-key', key], page: { name: NAME, trust } });

test('who has not imported the certificate is warned by the browser', async () => {
  const stranger = await visit(server, { name: NAME });
  await stranger.go('/').catch(() => {});
  const text = await stranger.text();
  assert.match(text, /ERR_CERT_AUTHORITY_INVALID/);
  assert.doesNotMatch(text, /Unlock the record book/);
});

test('without TLS the same port gives nothing', async () => {
  const answer = await new Promise((done) => {
    const asked = request({ host: '127.0.0.1', port: server.port, path: '/', headers: { host: `${NAME}:${server.port}` } }, ({ statusCode }) => done(statusCode));
    asked.on('error', ({ code }) => done(code));
    asked.end();
  });
  assert.notEqual(answer, 200);
  assert.notEqual(answer, 303);
});

test('the cookie goes to this host alone, and never without TLS', async () => {
  assert.match(server.url, /^https:/);
  await page.unlock('joe-marsh');
  assert.equal(await page.path(), '/');
  const cookies = await page.driver.manage().getCookies();
  assert.deepEqual(cookies.map(({ name, secure, httpOnly, sameSite, path, domain }) => ({ name, secure, httpOnly, sameSite, path, domain })), [{
    name: `__Host-probity-${server.port}`, secure: true, httpOnly: true, sameSite: 'Strict', path: '/', domain: NAME,
  }]);
  assert.equal(await page.run(() => location.protocol), 'https:');
  assert.equal(await page.run(() => document.cookie), '');
});

test('a record is written, and what it holds can be checked', async () => {
  const before = log(made.home).length;
  await page.go('/record/cctv-access');
  const at = await through(page, {
    'a.cameras.0': 'gate 3', 'a.footage-from': ago(30), 'a.footage-to': ago(29), 'a.viewed-from': ago(2), 'a.viewed-to': ago(1),
    'a.reason': 'damage', 'a.outcome': 'viewed',
  });
  assert.ok(at.startsWith('/'));
  assert.equal(log(made.home).length, before + 1);
  assert.match(probity(made.home, 'show', String(before)), /gate 3/);
  assert.match(probity(made.home, 'verify'), /fit together/);
  assert.deepEqual(await page.complaints(), []);
});

test('a file travels by HTTPS, and is found again byte for byte', async () => {
  await page.go('/verify');
  const other = newPath('other.txt');
  writeFileSync(other, 'no such file was signed');
  for (const [file, said] of [[made.document, /Exactly this file is named in signed records/], [other, /not a file that anybody signed here/]]) {
    await page.go('/verify');
    await page.attach('documents', file);
    const [, button] = await page.all('main section form button.button');
    await page.press(button);
    await page.words(said, 60_000);
  }
  assert.deepEqual(await page.complaints(), []);
});

test('another name is refused, and a page elsewhere sends nothing here', async () => {
  const other = await visit(server, { name: 'elsewhere.example', trust });
  await other.go('/');
  assert.match(await other.text(), /not reached under that name/);
});

test('locking takes the cookie away', async () => {
  await page.press('Lock');
  assert.match(await page.path(), /^\/unlock/);
  const before = await page.driver.manage().getCookies();
  await page.unlock('amina-okafor', PASSPHRASE);
  const now = await page.driver.manage().getCookies();
  assert.equal(now.length, 1);
  assert.notEqual(now[0].value, before[0]?.value);
});

test('over the network nobody acts for the school from the made-up one', async () => {
  await page.go('/backup');
  assert.match(await page.text(), /Back up now/, 'its representative may, in the school’s own');
  await page.go('/practice');
  await page.press('Make a made-up school');
  await page.until('the made-up school', async () => /^\/(unlock|$)/.test(await page.path()), 60_000);
  await page.unlock('amina-okafor');
  await page.go('/backup');
  assert.match(await page.text(), /over the network, a backup is not begun from a made-up school/i);
});
