// A DPIA, from the document to a complete approval, by the people who have to sign it, each at a
// browser of their own.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { opening, visit } from './support/opening.mjs';
import { asked, log, newPath, probity } from './support/program.mjs';
import { day, onward, through } from './support/recording.mjs';

const { made, server, last } = await opening();
const document = newPath('dpia-visitor-badges.txt');
writeFileSync(document, 'PRACTICE: data protection impact assessment of visitor badges with photographs\n');
let dpia;
const pages = {};
const at = async (as) => pages[as] ??= await visit(server, { as });

test('the data protection officer attaches the document and advises', async () => {
  const page = await at('priya-raman');
  await page.go('/sign?kind=dpo-advice&case=dpia-new');
  await through(page, {
    kind: 'dpo-advice', files: { file: document }, case: 'dpia-new',
    'a.recommendation': 'do-not-proceed', 'a.advice': 'Photographs are not needed: a printed name does it',
  });
  const { kind, signer, case: of } = last();
  assert.deepEqual([kind, signer], ['dpo-advice', 'Priya Raman']);
  dpia = of;
  assert.match(dpia, /^dpia-\d{4}-002$/);
  assert.match(JSON.stringify(asked(made.home, 'show', dpia)), /dpia-visitor-badges/);
});

test('the head sees the advice and the document before she signs; overruling it demands reasons', async () => {
  const page = await at('amina-okafor');
  await page.go(`/sign?kind=dpia-approval&case=${dpia}`);
  const { length } = log(made.home);
  const seen = [];
  const each = async () => { seen.push(await page.text()); };
  // The very bytes that the officer advised on are taken from the case, and can be looked at first.
  assert.match(await page.text(), /dpia-visitor-badges/);
  assert.ok(await page.has('main a[href*="/document/"]'));
  await page.click(await page.one('input[name=kept]'));
  const answers = { kind: 'dpia-approval', decision: 'approved', 'a.advice-followed': 'no', 'a.review-date': day(300) };
  await assert.rejects(through(page, answers, { each }), /reason|overrul|advice/i, 'without reasons it is not signed');
  assert.equal(log(made.home).length, length);
  assert.match(seen.join('\n'), /Photographs are not needed/, 'the advice stands beside it');
  for (let at = 0; at < 5 && !await page.has('[name="a.overruled-reasons"]'); at += 1) await page.click(await page.one('.summary a'));
  await page.type('a.overruled-reasons', 'PRACTICE: the fire brigade needs to know who is in the building');
  await page.type('a.overruled-by', 'Amina Okafor');
  await page.press(await onward(page));
  await through(page, {}, { each });
  assert.match(seen.join('\n'), /dpia-visitor-badges/, 'the document is named');
  assert.match(seen.join('\n'), /Already there\s+The DPO.s advice on this exact content \(record \d+, DPO.s advice by Priya Raman: do not proceed\)/i);
  assert.doesNotMatch(seen.join('\n'), /Complete only with/i);
  const { kind, signer, decision, case: of } = last();
  assert.deepEqual([kind, signer, decision, of], ['dpia-approval', 'Amina Okafor', 'approved', dpia]);
});

test('it is complete, and everybody who may sees so', async () => {
  const page = await at('amina-okafor');
  await page.go(`/case/${dpia}`);
  const text = await page.text();
  assert.match(text, /DPO.s advice/);
  assert.match(text, /DPIA approval/);
  assert.doesNotMatch(text, /Not complete/i);
  assert.match(probity(made.home, 'verify', '--document', document), /approv/i);
});

test('the document is handed out as it was signed', async () => {
  const page = await at('amina-okafor');
  await page.go(`/entry/${last().entry}`);
  await page.click(await page.one('main a[href*="/document/"]'));
  const file = await page.until('the download', () => readdirSync(page.downloads).find((name) => name.includes('dpia-visitor-badges') && !name.endsWith('.crdownload')));
  assert.deepEqual(readFileSync(join(page.downloads, file)), readFileSync(document));
});

test('another document under the same name is another document', async () => {
  const page = await at('amina-okafor');
  const { length } = log(made.home);
  writeFileSync(document, 'PRACTICE: another text\n');
  await page.go(`/sign?kind=dpia-approval&case=${dpia}`);
  const outcome = await through(page, {
    kind: 'dpia-approval', files: { file: document }, decision: 'approved', 'a.advice-followed': 'yes', 'a.review-date': day(300),
  }).catch((error) => error);
  if (outcome instanceof Error) {
    assert.equal(log(made.home).length, length);
  } else {
    await page.go(`/entry/${last().entry}`);
    assert.match(await page.text(), /Not complete/, 'no advice was given on these bytes');
  }
});

test('whoever signs meanwhile is not overlooked: look, then sign again', async () => {
  const [ruth, priya] = [await at('ruth-bell'), await at('priya-raman')];
  const { length } = log(made.home);
  // Ruth stands before the passphrase; Priya signs; then Ruth signs.
  const until = (page, text) => through(page, { 'a.text': text }, {
    each: async () => { if (await page.has('main input[type=password]')) throw new Error('here'); },
  });
  await ruth.go('/record/note');
  await assert.rejects(until(ruth, 'PRACTICE: a note of the office'), /^Error: here$/);
  await priya.go('/record/note');
  await through(priya, { 'a.text': 'PRACTICE: a note of the officer' });
  await through(ruth, {}).catch(async () => through(ruth, {}));
  const texts = log(made.home).slice(length).map(({ signer }) => signer);
  assert.deepEqual(texts, ['Priya Raman', 'Ruth Bell'], 'neither is lost');
  assert.match(probity(made.home, 'verify'), /fit together exactly as signed/);
});

test('one draft in two tabs is signed once', async () => {
  const ruth = await at('ruth-bell');
  const { length } = log(made.home);
  await ruth.go('/record/note');
  await assert.rejects(through(ruth, { 'a.text': 'PRACTICE: one note in two tabs' }, {
    each: async () => { if (await ruth.has('main input[type=password]')) throw new Error('here'); },
  }), /^Error: here$/);
  const path = await ruth.path();
  const first = await ruth.driver.getWindowHandle();
  await ruth.driver.switchTo().newWindow('tab');
  await ruth.go(path);
  await through(ruth, {});
  await ruth.driver.close();
  await ruth.driver.switchTo().window(first);
  await through(ruth, {}).catch(() => {});
  assert.equal(log(made.home).length, length + 1);
});
