// What somebody has typed, or begun, is not lost by a press of one button.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { opening } from './support/opening.mjs';
import { newPath } from './support/program.mjs';
import { fill } from './support/recording.mjs';

const { page } = await opening({ page: { as: 'amina-okafor' } });

test('a long file beside them, the answers stay where a line is added', async () => {
  const long = newPath('long.txt');
  writeFileSync(long, 'x'.repeat(3 << 20));
  await page.go('/record/dpia-approval');
  await fill(page, { decision: 'approved', 'a.conditions.0': 'PRACTICE: no faces', 'a.documents': { file: long } });
  await page.press('Add another condition');
  await page.until('one line more', () => page.has('[name="a.conditions.1"]'));
  assert.equal(await page.run(() => document.querySelector('[name="a.conditions.0"]').value), 'PRACTICE: no faces');
  assert.match(await page.text(), /Files so far\s+\d*-?long\.txt/);
  assert.deepEqual(await page.complaints(), []);
});
