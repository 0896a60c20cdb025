// A large bundle: progress is shown while it is checked, the page answers meanwhile, and all of it
// can be found afterwards. How long 10,000 entries take is measured by bench.mjs.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newPage, unharmed } from '../support/browser.js';
import { Forged, note } from '../support/forge.js';
import { opened, pageOf } from '../support/page.js';

const MANY = 1500;

describe(`${MANY} entries`, () => {
  let watched;
  let page;
  before(async () => {
    watched = await newPage();
    ({ page } = watched);
  });
  after(() => page.close());

  test('progress is shown, and the page answers', { timeout: 120_000 }, async () => {
    const book = new Forged();
    for (let seq = 2; seq < MANY; seq++) {
      book.add('note', { ...note(`the text of record ${seq}`), sub: `other-2026-${String(seq % 40 + 1).padStart(3, '0')}` });
    }
    await page.evaluateOnNewDocument(() => {
      globalThis.seen = { ticks: 0, bar: 0, steps: new Set(), moved: new Set() };
      setInterval(() => {
        if (document.documentElement.dataset.verdict !== 'checking') return;
        globalThis.seen.ticks += 1;
        const progress = document.querySelector('#progress');
        if (progress?.checkVisibility()) globalThis.seen.bar += 1;
        globalThis.seen.steps.add(document.querySelector('#step')?.textContent.split(':')[0]);
        globalThis.seen.moved.add(document.querySelector('#bar')?.value);
      }, 10);
    });
    const verdict = await opened(page, pageOf(book.zip()), 100_000);
    assert.deepEqual([verdict.verdict, verdict.entries, verdict.cases.length], ['intact', MANY, 40]);
    const seen = await page.evaluate(() => ({
      ...globalThis.seen, steps: [...globalThis.seen.steps], moved: globalThis.seen.moved.size,
    }));
    assert.ok(seen.ticks >= 10, `the page answered ${seen.ticks} times while it was checking`);
    assert.ok(seen.bar >= seen.ticks / 2, `the bar was there ${seen.bar} of ${seen.ticks} times`);
    assert.ok(seen.steps.length >= 3, `it told of these steps: ${seen.steps}`);
    assert.ok(seen.moved >= 5, `the bar stood at ${seen.moved} places`);
    assert.equal(await page.evaluate(() => document.querySelector('#progress').checkVisibility()), false);
  });

  test('every record can be found by its number and by its words', async () => {
    const find = async (words) => {
      await page.$eval('#find-words', (field) => { field.value = ''; });
      await page.type('#find-words', words);
      await page.keyboard.press('Enter');
    };
    for (const seq of [2, 700, MANY - 1]) {
      await find(String(seq));
      await page.waitForFunction((id) => document.activeElement.id === id, {}, `record-${seq}`);
      const text = await page.$eval(`#record-${seq}`, (node) => node.textContent);
      assert.ok(text.includes(`the text of record ${seq}`), text);
    }
    await find('text of record 1234');
    await page.waitForFunction(() => /^1 record\b/.test(document.querySelector('#found').textContent));
    assert.ok(await page.$eval('#told', (node) => node.innerText.includes('the text of record 1234')));
    unharmed(watched);
  });
});
