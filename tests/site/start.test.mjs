// The first run, as a head teacher without any training does it; then the others join.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { ask } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, log, newPath, probity, serve } from './support/program.mjs';

const SCHOOL = 'PRACTICE Northfield Primary School';
const HEADS = 'seven quiet owls read maps at dawn';
const CHAIRS = 'nine green kites above the harbour wall';

const home = newPath('home');
const { page, server } = await opening({ made: { home }, page: {} });
const pressed = async (field, text, words = 'Continue') => {
  if (await page.has(`input[type=radio][name="${field}"]`)) await page.choose(field, text);
  else await page.type(field, text);
  await page.press(words);
};

test('every address leads to the first page while there is no record book', async () => {
  for (const path of ['/', '/people', '/backup', '/settings', '/unlock']) {
    await page.go(path);
    assert.equal(await page.path(), '/start', path);
  }
  assert.match(await page.text(), /under five minutes/);
});

test('five questions and a passphrase begin the record book', async () => {
  const began = Date.now();
  Object.assign(page, { clicks: 0, keys: 0 });
  await page.click('Begin your school', ['a']);
  // What is wrong is told at once, and nothing is lost.
  await page.press('Continue');
  assert.match(await page.driver.getTitle(), /^Error: /);
  await pressed('school', SCHOOL);
  await pressed('form', 'la-maintained');
  await pressed('controller', 'PRACTICE Governing Body of Northfield Primary School');
  await pressed('name', 'Amina Okafor');
  await pressed('role', 'headteacher');
  assert.match(await page.text(), /PRACTICE Northfield Primary School/);
  assert.match(await page.text(), /Nobody can reset this/);
  // A short one is refused; two that differ, too.
  await page.type('passphrase', 'secret');
  await page.type('again', 'secret');
  await page.press(await page.one('main form button.button'));
  assert.match(await page.driver.getTitle(), /^Error: /);
  await page.type('passphrase', HEADS);
  await page.type('again', `${HEADS} `);
  await page.press(await page.one('main form button.button'));
  assert.match(await page.text(), /not the same/);
  assert.equal(await (await page.field('passphrase')).getAttribute('value'), '');
  await page.type('passphrase', HEADS);
  await page.type('again', HEADS);
  await page.press(await page.one('main form button.button'));
  assert.equal(await page.path(), '/start/tasks');
  console.log(`the first run: ${page.clicks} clicks, ${page.keys} keystrokes, ${Math.round((Date.now() - began) / 1000)} s of the machine’s`);
  assert.deepEqual(log(home).map(({ kind }) => kind).slice(0, 1), ['genesis']);
  assert.match(probity(home, 'verify'), /fit together exactly as signed/);
});

test('what is left says so: her acceptance, the code, a second representative, the DPO', async () => {
  const text = await page.text();
  for (const task of ['Accept your own appointment', 'code in the minutes', 'second representative', 'data protection officer']) assert.ok(text.includes(task), task);
  await page.click('Accept your own appointment');
  await page.type('passphrase', HEADS);
  await page.press('Sign and accept');
  assert.equal(log(home).at(-1).kind, 'acceptance');
  await page.go('/start/code');
  const code = (await (await page.one('.code')).getText()).replace(/\s/g, '');
  assert.match(code, /^[0-9a-f]{64}$/);
  assert.ok(probity(home, 'verify', '--fingerprint', code));
});

test('a chair who is here gets a key, and accepts with it', async () => {
  await page.go('/start/tasks');
  await page.click('Give a second representative a key');
  assert.equal(await (await page.one('input[value="chair-of-governors"]')).isSelected(), true);
  await page.type('name', 'Gareth Lloyd');
  await page.choose('key', 'here');
  await page.press('Continue');
  await page.type('passphrase', CHAIRS);
  await page.type('again', CHAIRS);
  await page.press(await page.one('main form button.button'));
  assert.match(await page.text(), /Chair of governors/i);
  await page.type('passphrase', HEADS);
  await page.press('Sign the appointment');
  assert.match(await page.path(), /^\/people\/wait\//);
  assert.match(await page.text(), /This waits for Gareth Lloyd/);
  await page.press('Lock the page');
  await page.choose('key', 'gareth-lloyd');
  await page.type('passphrase', CHAIRS);
  await page.press('Unlock');
  await page.go('/waiting');
  assert.match(await page.text(), /Waits for you/i);
  await page.click(await page.one('main .tasks a'));
  await page.type('passphrase', CHAIRS);
  await page.press('Sign and accept');
  const { kind, signer } = log(home).at(-1);
  assert.deepEqual([kind, signer], ['acceptance', 'Gareth Lloyd']);
});

test('a data protection officer with a key elsewhere: a file goes out, and the statement comes back', async () => {
  await page.press('Lock');
  await page.choose('key', 'amina-okafor');
  await page.type('passphrase', HEADS);
  await page.press('Unlock');
  const elsewhere = newPath('elsewhere');
  // Her own key, on her own machine.
  probity(elsewhere, 'key', 'new', 'Priya Raman');
  await page.go('/people/appoint?for=dpo');
  await page.type('name', 'Priya Raman');
  await page.choose('key', 'file');
  await page.attach('public', `${elsewhere}/keys/priya-raman.pub`);
  await page.press('Continue');
  await page.type('passphrase', HEADS);
  await page.press('Sign the appointment');
  assert.match(await page.text(), /This waits for Priya Raman/);
  await page.press('Make the file');
  assert.match(await page.text(), /Dear Priya Raman/);
  const request = await page.download(() => page.one('main a[href^="/waiting/request/"]').then((link) => page.click(link)));
  const before = log(home).length;

  // On her machine there is no record book; her key signs all the same.
  const own = await serve(elsewhere);
  const here = page.url;
  try {
    page.url = own.url;
    await page.go('/sign-elsewhere');
    await page.attach('request', request);
    // What is longer than a mebibyte is sent by the page's script, and leads on all the same.
    const scan = newPath('scan.pdf');
    writeFileSync(scan, Buffer.alloc(2 << 20, 'x'));
    await page.attach('documents', scan);
    await page.click('Read it');
    await page.until('the words', async () => /Priya Raman/.test(await page.text()), 30_000);
    assert.match(await page.text(), /PRACTICE Northfield Primary School/);
    assert.match(await page.text(), /Priya Raman/);
    await page.type('passphrase', PASSPHRASE);
    const statement = await page.download(async () => page.click(await page.one('main form button.button')));
    page.url = here;
    await page.go('/waiting/enter');
    if (await page.has('input[name=key]')) {
      // Cookies know no ports: her machine and the school's are one address in this test.
      await page.choose('key', 'amina-okafor');
      await page.type('passphrase', HEADS);
      await page.press('Unlock');
      await page.go('/waiting/enter');
    }
    await page.attach('statement', statement);
    await page.click('Read it');
    // What is entered is shown before it is signed.
    await page.words(/Priya Raman.* signed elsewhere/);
    assert.ok(log(home).length === before);
    await page.type('passphrase', HEADS);
    await page.press('Enter it');
    assert.match(await page.text(), /It is signed and entered/);
  } finally {
    page.url = here;
    await own.end();
  }
  const entered = log(home).slice(before);
  assert.ok(entered.some(({ kind, signer }) => kind === 'acceptance' && signer === 'Priya Raman'), JSON.stringify(entered));
  await page.go('/start/tasks');
  assert.match(await page.text(), /Priya Raman/);
});

test('the made-up school is opened beside it, says PRACTICE, and is thrown away', async () => {
  const kept = log(home).length;
  await page.go('/practice');
  await page.press('Make a made-up school');
  await page.until('the made-up school', async () => /^\/(unlock|$)/.test(await page.path()), 60_000);
  await page.go('/unlock');
  assert.match(await page.text(), /PRACTICE/);
  assert.match(await page.text(), /Joe Marsh/, 'the people of the tour');
  await page.unlock('joe-marsh');
  assert.match(await (await page.one('header')).getText(), /Joe Marsh/);
  // Everybody in it is told its passphrase, so a stranger is not let in by a cookie of their own.
  const { url } = server;
  for (const guess of ['practice', 'x', '0'.repeat(32)]) {
    const { text } = await ask(`${url}/unlock`, { headers: { cookie: `probity-${new URL(url).port}-school=${guess}` } });
    assert.doesNotMatch(text, /Joe Marsh/, guess);
  }
  await page.go('/practice');
  await page.press('Throw the made-up school away');
  await page.go('/unlock');
  assert.doesNotMatch(await page.text(), /Joe Marsh/);
  assert.equal(log(home).length, kept, 'the school’s own records are untouched');
});
