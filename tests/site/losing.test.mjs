// What somebody has typed, or begun, is not lost by a press of one button.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { opening } from './support/opening.mjs';
import { newPath } from './support/program.mjs';
import { fill, onward, through } from './support/recording.mjs';

const { page } = await opening({ page: { as: 'amina-okafor' } });

test('a long file beside them, the answers stay where a line is added', async () => {
  const long = newPath('long.txt');
  writeFileSync(long, 'x'.repeat(3 << 20));
  await page.go('/record/dpia-approval');
  await fill(page, { decision: 'approved', 'a.conditions.0': 'PRACTICE: no faces', 'a.documents': { file: long } });
  await page.click('Add another condition');
  await page.until('one line more', () => page.has('[name="a.conditions.1"]'));
  assert.equal(await page.run(() => document.querySelector('[name="a.conditions.0"]').value), 'PRACTICE: no faces');
  assert.match(await page.text(), /Files so far\s+\d*-?long\.txt/);
  assert.deepEqual(await page.complaints(), []);
});

test('a draft is thrown away once somebody has said so again', async () => {
  await page.go('/record/note');
  await page.type('a.text', 'PRACTICE: thought better of');
  await page.press(await onward(page));
  const draft = await page.path();
  await page.press(await page.named('Throw this draft away', ['a']));
  assert.match(await page.text(), /Throw this draft away\?[^]*Note, changed [^]*1 answer and 0 files/);
  assert.deepEqual(await page.findings(), []);
  await page.shot('throw-away', 1280);
  await page.press(await page.named('Keep it', ['a']));
  assert.equal(await page.path(), draft);
  await page.press(await page.named('Throw this draft away', ['a']));
  await page.press('Throw it away');
  await page.go(draft);
  assert.match(await page.text(), /no such draft/);
});

test('whoever goes back after signing is not asked to sign again', async () => {
  await page.go('/record/note');
  await through(page, { 'a.text': 'PRACTICE: signed once' });
  const done = await page.path();
  await page.driver.navigate().back();
  await page.until('what was signed', async () => await page.path() === done);
  assert.ok(!await page.has('main input[type=password]'));
});

test('a line that is added to a list has the focus, and so has the list that lost one', async () => {
  await page.go('/record/dpia-approval');
  await page.type('a.conditions.0', 'PRACTICE: no faces');
  await page.press('Add another condition');
  const focus = () => page.run(() => document.activeElement.name || document.activeElement.id);
  assert.equal(await focus(), 'a.conditions.1');
  await page.press('Remove condition 2');
  assert.equal(await focus(), 'a.conditions');
  assert.deepEqual(await page.findings(), []);
});
