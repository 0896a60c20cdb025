// Confirmation and timestamps over the network: the page asks a witness and a timestamp service that run
// on this machine, the second of them made by openssl.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { opening } from './support/opening.mjs';
import { begin, newPath, probity } from './support/program.mjs';

const { made, page } = await opening({ page: { as: 'amina-okafor' } });

const CONFIG = `[req]
distinguished_name = dn
prompt = no
[dn]
CN = Northshire Time
[cert]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = service
[service]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
`;

/** A timestamp service: what openssl answers to what is posted. `{ url, end, refuse }`. */
async function timestamps() {
  const folder = newPath('time');
  mkdirSync(folder);
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  writeFileSync(join(folder, 'openssl.cnf'), CONFIG);
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-config', 'openssl.cnf', '-extensions', 'cert',
    '-keyout', 'key.pem', '-out', 'cert.pem', '-days', '30');
  const service = { refuse: false };
  const listening = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    if (service.refuse) {
      response.writeHead(503).end();
      return;
    }
    writeFileSync(join(folder, 'ask.tsq'), Buffer.concat(parts));
    openssl('ts', '-reply', '-config', 'openssl.cnf', '-queryfile', 'ask.tsq', '-signer', 'cert.pem',
      '-inkey', 'key.pem', '-sha256', '-out', 'answer.tsr');
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
    response.end(readFileSync(join(folder, 'answer.tsr')));
  });
  await new Promise((done) => listening.listen(0, '127.0.0.1', done));
  service.url = `http://127.0.0.1:${listening.address().port}/tsa`;
  service.end = () => new Promise((done) => { listening.closeAllConnections(); listening.close(done); });
  return service;
}

const ended = (words) => page.until(words, async () => (await page.text()).includes(words), 30_000);
const listed = (...folder) => {
  const path = join(made.home, ...folder);
  return existsSync(path) ? readdirSync(path) : [];
};

test('a confirmer with an address is asked over the network, and its answer is kept', async () => {
  const folder = newPath('witness');
  const { vkey } = JSON.parse(probity(undefined, '--json', 'witness', 'new', '--unattended', '--dir', folder, 'council.northshire.example'));
  const witness = await begin('--json', 'witness', 'serve', '--dir', folder, '--listen', '127.0.0.1:0');
  await page.go('/outside');
  assert.ok(!(await page.text()).includes('Ask them now'), 'nobody has an address yet');
  await page.click('Use another outside confirmer', ['summary']);
  const own = (await page.text()).match(/^log .*$/m)?.[0];
  await page.type('line', vkey);
  await page.type('address', 'council.northshire.example');
  await page.press('Use them');
  assert.match(await page.driver.getTitle(), /^Error: /, 'that is no address');
  await page.go('/outside');
  await page.click('Use another outside confirmer', ['summary']);
  await page.type('line', vkey);
  await page.type('address', witness.url);
  await page.press('Use them');

  const kept = listed('ledger', 'times').length;
  // It doesn't know this record book yet, and says so.
  await page.press('Ask them now');
  await ended('What the outside confirmers answered');
  assert.match(await page.text(), /Not confirmed/);
  assert.equal(listed('ledger', 'times').length, kept, 'nothing is kept of it');

  probity(undefined, 'witness', 'add', '--dir', folder, own);
  await page.go('/outside');
  await page.press('Ask them now');
  await ended('Confirmed');
  assert.match(await page.text(), /The first \d+ records/);
  await page.go('/outside');
  assert.match(await page.text(), /Confirmed by council\.northshire\.example/);

  // One that can't be reached any more takes nothing away.
  assert.equal(await witness.end(), 0);
  await page.press('Ask them now');
  await ended('Not confirmed');
});

test('a timestamp service is asked over the network, and remembered', async () => {
  const service = await timestamps();
  try {
    await page.go('/outside');
    await page.type('service', 'time.example');
    await page.press('Ask the service now');
    assert.match(await page.driver.getTitle(), /^Error: /, 'that is no address');

    service.refuse = true;
    await page.type('service', service.url);
    await page.press('Ask the service now');
    await ended("didn't answer");
    assert.deepEqual(listed('asked'), [], 'no request waits for an answer that will not come');

    service.refuse = false;
    await page.go('/outside');
    await page.type('service', service.url);
    await page.press('Ask the service now');
    await ended('The timestamp holds and is kept');
    assert.match(await page.text(), /Timestamp by/);
    assert.equal(await (await page.one('input[name=service]')).getAttribute('value'), service.url);
  } finally {
    await service.end();
  }
});
