// The school's code, typed by somebody who has it from the minutes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { newPage, unharmed } from '../support/browser.js';
import { opened, pageOf, shown, type } from '../support/page.js';
import { tour } from '../support/school.js';

describe('the code typed', () => {
  const { fingerprint, bundle } = tour();
  let watched;
  before(async () => {
    watched = await newPage();
    await opened(watched.page, pageOf(readFileSync(bundle)));
  });
  after(() => watched.page.close());

  const problem = () => watched.page.$eval('#code-problem', (node) => (node.hidden ? '' : node.textContent));
  const invalid = () => watched.page.$eval('#code', (node) => node.getAttribute('aria-invalid'));
  const mark = () => watched.page.evaluate(() => document.documentElement.dataset.verdict);

  test('at first nothing is compared', async () => {
    assert.deepEqual((await shown(watched.page)).fingerprint, { hash: fingerprint, compared: false });
  });

  for (const [name, written] of [
    ['equal', fingerprint],
    ['equal, in groups as it is printed', fingerprint.replace(/.{8}(?!$)/g, '$& ')],
    ['equal, in capitals', fingerprint.toUpperCase()],
  ]) {
    test(name, async () => {
      await type(watched.page, written);
      assert.equal(await mark(), 'intact');
      assert.deepEqual((await shown(watched.page)).fingerprint, { hash: fingerprint, compared: true });
      assert.equal(await problem(), '');
    });
  }

  test('another', async () => {
    await type(watched.page, fingerprint.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
    assert.equal(await mark(), 'not-genuine');
    const { fault } = await shown(watched.page);
    assert.deepEqual([fault.code, fault.entry], ['genesis', 0]);
    const said = await watched.page.$eval('#failed', (node) => node.textContent);
    assert.ok(said.includes(fingerprint), said);
  });

  test('equal again', async () => {
    await type(watched.page, fingerprint);
    assert.equal(await mark(), 'intact');
    assert.equal(await watched.page.$eval('#failed', (node) => node.textContent), '');
  });

  for (const [name, written, words] of [
    ['the first 8 digits', fingerprint.slice(0, 8), 'too short'],
    ['a digit too few', fingerprint.slice(1), 'too short'],
    ['a digit too many', `${fingerprint}0`, 'too long'],
    ['not a code', `g${fingerprint.slice(1)}`, '“g”'],
    ['nothing', '', '64'],
  ]) {
    test(`${name}: is not compared, and says why`, async () => {
      const { verdict } = await shown(watched.page);
      await type(watched.page, written);
      assert.ok((await problem()).includes(words), await problem());
      assert.equal(await invalid(), 'true');
      assert.equal((await shown(watched.page)).verdict, verdict);
      assert.equal(await watched.page.evaluate(() => document.activeElement.id), 'code', 'the focus is on the field');
    });
  }

  test('and nothing that it ought not to have done', () => unharmed(watched));
});
