// Every kept bundle has, in the page, the verdict that it begins with: as the page's own data, and
// dropped on the page that came from elsewhere.

import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newPage, unharmed } from '../support/browser.js';
import { corpus, said } from '../support/corpus.js';
import { choose, emptyAddress, opened, pageOf, shown, type, written } from '../support/page.js';

describe('the kept bundles', () => {
  const bundles = corpus();
  let watched;
  before(async () => { watched = await newPage(); });
  after(() => watched.page.close());

  const compared = (vector, verdict, wrong) => {
    const found = verdict ? said(verdict) : 'no verdict';
    if (found !== vector.expected) wrong.push(`${vector.name}: expected ${vector.expected}, found ${found}`);
  };

  test('there are all of them', () => assert.ok(bundles.length >= 230, `${bundles.length}`));

  test('as the page’s own data', { timeout: 400_000 }, async () => {
    const wrong = [];
    for (const vector of bundles) {
      const address = pageOf(vector.zip);
      const verdict = await opened(watched.page, address);
      if (vector.fingerprint) {
        await type(watched.page, vector.fingerprint);
        compared(vector, await shown(watched.page), wrong);
      } else compared(vector, verdict, wrong);
      unlinkSync(fileURLToPath(address));
    }
    assert.deepEqual(wrong, []);
    unharmed(watched);
  });

  test('dropped on the empty page', { timeout: 400_000 }, async () => {
    const wrong = [];
    await watched.page.goto(emptyAddress());
    for (const vector of bundles.filter(({ fingerprint }) => !fingerprint)) {
      await choose(watched.page, written('dropped.zip', vector.zip));
      compared(vector, await shown(watched.page), wrong);
    }
    assert.deepEqual(wrong, []);
    unharmed(watched);
  });
});
