// Looking things up, checking them, and handing them out.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { log, newPath, probity, serve } from './support/program.mjs';

const { made, server, page } = await opening({ page: { as: 'amina-okafor' } });

test('search finds what was said, and leads there', async () => {
  await page.go('/search');
  await page.type('text', 'attendance');
  await page.press(await page.one('main form button'));
  assert.match(await page.text(), /Breach report/);
  await page.click(await page.one('main a[href^="/entry/"]'));
  await page.until('the record', async () => (await page.path()).startsWith('/entry/'));
  assert.match(await page.text(), /a letter about attendance/);
  await page.go('/search?text=nothing-that-anybody-wrote');
  assert.match(await page.text(), /nothing|none|0 /i);
});

test('a search for a document without one says so at its question', async () => {
  await page.go('/search');
  await page.press('Look for it');
  assert.match(await page.text(), /There is a problem\s+Choose the document/);
  await page.click(await page.one('.summary a'));
  assert.deepEqual(await page.findings(), []);
});

test('every register is there, sorted and filtered, and as a sheet', async () => {
  await page.go('/registers');
  const links = await Promise.all((await page.all('main a[href^="/registers/"]')).map((link) => link.getAttribute('href')));
  const names = [...new Set(links.map((to) => new URL(to).pathname))].filter((path) => !path.endsWith('.csv'));
  assert.ok(names.length >= 4, `${names.length} registers`);
  for (const path of names) {
    await page.go(path);
    assert.ok(await page.heading(), path);
  }
  const breaches = names.find((path) => /breach/.test(path));
  await page.go(breaches);
  assert.match(await page.text(), /breach-\d{4}-001/);
  await page.go(`${breaches}?filter=nothing-that-anybody-wrote`);
  assert.doesNotMatch(await (await page.one('main')).getText(), /breach-\d{4}-001/);
  await page.go(breaches);
  const sheet = await page.download(async () => page.click(await page.one('main a[href*=".csv"]')));
  assert.match(readFileSync(sheet, 'utf8'), /breach-\d{4}-001/);
});

test('what falls due is listed, told how, and a calendar of it can be kept', async () => {
  await page.go('/due');
  assert.match(await page.text(), /review|due/i);
  const file = await page.download(async () => page.click(await page.one('main a[href="/due.ics"]')));
  const text = readFileSync(file, 'utf8');
  assert.match(text, /^BEGIN:VCALENDAR\r\n/);
  assert.match(text, /BEGIN:VEVENT/);
  assert.doesNotMatch(text, /Okafor|p-7f3a2c/, 'no personal data');
});

test('the drawing tells the same in words', async () => {
  await page.go('/chain');
  const text = await page.text();
  assert.match(text, /Amina Okafor/);
  const drawing = await page.all('main svg');
  for (const one of drawing) assert.ok(await one.getAttribute('aria-label') || await one.getAttribute('aria-labelledby') || await one.getAttribute('aria-hidden') || await one.getAttribute('role'), 'the drawing has a name');
});

test('the whole record book is checked from the page', async () => {
  await page.go('/verify');
  await page.press(await page.one('form:has(input[name=what][value=home]) button.button'));
  await page.words('Intact', 60_000);
  await page.words(/fit together exactly as signed/, 1000);
});

test('a document is found on record, and one with another letter is not', async () => {
  for (const [change, expected] of [['', /Exactly this file is named in signed records/], ['!', /not a file that anybody signed here/]]) {
    const file = newPath('dpia.txt');
    writeFileSync(file, readFileSync(made.document, 'utf8') + change);
    await given('document', 'documents', file);
    await page.words(expected, 60_000);
  }
});

/** Gives a file to one of the page's checks. */
async function given(what, name, file) {
  await page.go('/verify');
  const form = `form:has(input[name=what][value=${what}])`;
  await (await page.one(`${form} input[type=file][name=${name}]`)).sendKeys(file);
  await page.press(await page.one(`${form} button.button`));
}

test('a bundle is checked; with one byte changed it is refused', async () => {
  await given('bundle', 'bundle', made.bundle);
  await page.words('Intact', 60_000);
  const folder = newPath('bundle');
  mkdirSync(folder);
  execFileSync('python3', ['-c', 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])', made.bundle, folder]);
  const find = (under) => readdirSync(under, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? find(join(under, one.name)) : [join(under, one.name)]));
  const document = find(folder).find((path) => readFileSync(path).includes('homework app for years 5 and 6') && statSync(path).size < 5000);
  assert.ok(document, 'the document lies in the bundle');
  const bytes = readFileSync(document);
  bytes[40] ^= 1;
  writeFileSync(document, bytes);
  const changed = newPath('changed.zip');
  execFileSync('python3', ['-c', `
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], 'w') as new:
    for one in old.infolist():
        if not one.is_dir():
            new.writestr(one, open(os.path.join(sys.argv[3], one.filename), 'rb').read())
`, made.bundle, changed, folder]);
  await given('bundle', 'bundle', changed);
  await page.words('Not genuine', 60_000);
});

test('a record book with one byte changed says so on its front page', async () => {
  const home = newPath('tampered');
  cpSync(made.home, home, { recursive: true });
  const journal = join(home, 'ledger', 'journal');
  const bytes = readFileSync(journal);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  writeFileSync(journal, bytes);
  const other = await serve(home);
  const own = page.url;
  try {
    page.url = other.url;
    await page.go('/unlock');
    if (await page.has('input[name=passphrase]')) {
      await page.unlock('amina-okafor');
      await page.go('/');
    }
    await page.until('the verdict', async () => {
      const text = await page.text();
      if (/do not fit together|can.t be checked|damaged|changed|not genuine/i.test(text)) return true;
      await page.go('/');
      return false;
    }, 30_000);
    assert.doesNotMatch(await page.text(), /The records fit together/);
    // What can't be read is not said not to be, and nothing more is begun.
    assert.match(await page.text(), /This record book is damaged/);
    assert.doesNotMatch(await page.text(), /Nothing, by what is on record|Something else/);
    await page.go('/record/note');
    assert.match(await page.text(), /nothing is signed on it/);
    await page.go('/entry/21');
    assert.match(await page.text(), /record 21 can.t be read, or there is none/i);
    await page.go('/waiting');
    assert.match(await page.text(), /Of what can still be read, nothing waits/);
  } finally {
    page.url = own;
    await other.end();
  }
});

test('a case is exported for the regulator: shown what is withheld, downloaded, and its own page checks it', async () => {
  await page.go('/');
  if ((await page.path()).startsWith('/unlock')) await page.unlock('amina-okafor');
  const breach = log(made.home).find(({ kind }) => kind === 'breach-report').case;
  await page.go(`/export?case=${breach}&for=regulator`);
  await page.press('See what goes along');
  assert.match(await page.text(), /withheld/);
  await page.press('Make the bundle');
  await page.words('The bundle is ready', 60_000);
  const bundle = await page.download(() => page.click('Download it'));
  assert.match(probity(undefined, 'verify', bundle), /fit together|exactly as signed/);
  await page.driver.navigate().refresh();
  await page.words('The bundle is ready');
  const folder = newPath('opened');
  mkdirSync(folder);
  execFileSync('python3', ['-c', 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])', bundle, folder]);
  const find = (under) => readdirSync(under, { withFileTypes: true }).flatMap((one) => (one.isDirectory() ? find(join(under, one.name)) : [join(under, one.name)]));
  const index = find(folder).find((path) => path.endsWith('data/index.html'));
  assert.ok(index, 'the bundle has its own page');
  await page.go(`file://${index}`);
  await page.words(/breach-\d{4}-001/, 60_000);
});

/** What was seen of a choice. */
const seenOf = ({ text }) => /name="seen" value="([0-9a-f]{64})"/.exec(text)[1];

/** Has everything made into a bundle, and gives back the address of the task when that has ended. */
async function bundled(client, more = {}) {
  const seen = seenOf(await client.post('/export', { whole: 'yes' }));
  const { headers } = await client.post('/export', { whole: 'yes', make: 'yes', seen, ...more });
  assert.match(headers.location, /^\/task\//);
  for (let at = 0; at < 300; at += 1) {
    if ((await client.get(headers.location)).text.includes('The bundle is ready')) return headers.location;
    await wait(200);
  }
  throw new Error('the bundle is never ready');
}
const fileOf = (text) => /href="(\/export\/file\/[0-9a-f]{32})"/.exec(text)[1];

test('a bundle stays for its hour: looked at, broken off and downloaded, it can be downloaded again', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const { text } = await head.get(await bundled(head));
  assert.doesNotMatch(text, /downloaded once/);
  const path = fileOf(text);
  const looked = await head.ask(path, { method: 'HEAD' });
  assert.equal(looked.status, 200);
  await new Promise((done, fail) => {
    const cut = request(server.url + path, { headers: { cookie: head.cookie }, agent: false }, (answer) => {
      answer.on('error', () => {}).once('data', () => { cut.destroy(); done(); });
    });
    cut.on('error', fail);
    cut.end();
  });
  const first = await head.get(path);
  assert.equal(first.status, 200);
  assert.match(first.headers['content-disposition'], /^attachment; filename="records-[0-9-]+\.zip"/);
  for (const { headers } of [looked, first]) assert.equal(Number(headers['content-length']), first.bytes.length);
  assert.ok((await head.get(path)).bytes.equals(first.bytes), 'once more');
  const file = newPath('records.zip');
  writeFileSync(file, first.bytes);
  assert.match(probity(undefined, 'verify', file), /fit together|exactly as signed/);
});

test('the password of a bundle is shown once, to who had it made and asks for it', async () => {
  const PASSWORD = /<code>([a-z0-9]{4}(?:-[a-z0-9]{4}){4})<\/code>/;
  const head = await unlocked(server.url, 'amina-okafor');
  const task = await bundled(head, { encrypt: 'yes' });
  for (const method of ['GET', 'HEAD', 'GET']) {
    const { status, text } = await head.ask(task, { method });
    assert.equal(status, 200);
    assert.doesNotMatch(text, PASSWORD, `${method} shows it`);
  }
  const other = await unlocked(server.url, 'priya-raman');
  assert.doesNotMatch((await other.post(task)).text, PASSWORD, 'nobody else’s');
  assert.match((await head.get(task)).text, /Show the password/);
  const shown = await head.post(task);
  assert.equal(shown.status, 200);
  const [, password] = PASSWORD.exec(shown.text);
  const again = await head.post(task);
  assert.deepEqual([again.status, again.headers.location], [303, task]);
  const { text } = await head.get(task);
  assert.ok(!text.includes(password) && !text.includes('Show the password'));
  assert.match(text, /The password was shown/);
  assert.match(text, /make the bundle again/);
  assert.equal((await head.get(fileOf(text))).status, 200, 'the file is still there');
});

test('what was recorded after the look at a bundle is looked at before it is made', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const choice = { kinds: 'note' };
  probity(made.home, 'record', 'note', '--by', 'Ruth Bell', '--text', 'seen');
  const seen = seenOf(await head.post('/export', choice));
  probity(made.home, 'record', 'note', '--by', 'Ruth Bell', '--text', 'not seen');
  const again = await head.post('/export', { ...choice, make: 'yes', seen });
  assert.equal(again.status, 200);
  assert.match(again.text, /Look again before it is made/);
  const made_ = await head.post('/export', { ...choice, make: 'yes', seen: seenOf(again) });
  assert.match(made_.headers.location, /^\/task\//);
});

test('a bundle that waits is gone once something is erased', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const { entry } = JSON.parse(probity(made.home, '--json', 'record', 'note', '--by', 'Ruth Bell', '--text', 'to be forgotten'));
  const path = fileOf((await head.get(await bundled(head))).text);
  assert.equal((await head.get(path)).status, 200);
  const erasure = JSON.parse(probity(made.home, '--json', 'erase', String(entry), '--ground', 'request', '--by', 'Amina Okafor'));
  assert.equal((await head.get(path)).status, 200, 'nothing is erased yet');
  probity(made.home, 'erase', '--approve', String(erasure.entry), '--by', 'Priya Raman');
  const { status, text } = await head.get(path);
  assert.equal(status, 422);
  assert.match(text, /not here any more/);
  assert.deepEqual(readdirSync(join(made.home, 'page', 'exports')), []);
});

test('a file that is withheld with one record and goes along with another is told', async () => {
  const head = await unlocked(server.url, 'amina-okafor');
  const file = newPath('plan.txt');
  writeFileSync(file, 'the same plan');
  const note = (...more) => JSON.parse(probity(made.home, '--json', 'record', 'note', '--by', 'Ruth Bell', '--text', 'with a plan', '--attach', file, ...more));
  const [first, second] = [note().entry, note().entry];
  const { text } = await head.post('/export', { entries: `${first} ${second}`, withhold: `${first}:documents` });
  assert.match(text, new RegExp(`plan\\.txt, withheld with record ${first} \\(documents\\), goes along with record ${second} \\(documents\\)`));
  const both = await head.post('/export', { entries: `${first} ${second}`, withhold: `${first}:documents ${second}:documents` });
  assert.doesNotMatch(both.text, /goes along with record/);
});
