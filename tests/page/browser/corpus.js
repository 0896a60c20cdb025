// Every kept bundle has, in the page, the verdict that it begins with: dropped on the page that came
// from elsewhere. As the page's own data every third is opened, chosen by a hash of its name, because a
// page for each takes minutes, and all whose reader brings something, which is given as a reader gives
// it. In Node all are judged with all that is brought (verifier-bundles.test.js).

import assert from 'node:assert/strict';
import { unlinkSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newPage, unharmed } from '../support/browser.js';
import { corpus, said, saidErased, saidOutside, sha256 } from '../support/corpus.js';
import { choose, emptyAddress, give, opened, pageOf, shown, type, written } from '../support/page.js';

describe('the kept bundles', () => {
  const bundles = corpus();
  let watched;
  before(async () => { watched = await newPage(); });
  after(() => watched.page.close());

  const alone = ({ fingerprint, given }) => fingerprint === null && Object.keys(given).length === 0;
  const compared = (vector, verdict, wrong) => {
    const of = verdict && [said(verdict), saidErased(verdict), saidOutside(verdict)];
    const expected = [vector.expected, vector.erased, vector.report];
    if (JSON.stringify(of) !== JSON.stringify(expected)) {
      wrong.push(`${vector.name}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(of)}`);
    }
  };

  test('there are all of them', () => assert.ok(bundles.length >= 400, `${bundles.length}`));

  test('as the page’s own data', { timeout: 400_000 }, async () => {
    const wrong = [];
    for (const vector of bundles.filter((one) => !alone(one) || sha256(one.name)[0] % 3 === 0)) {
      const address = pageOf(vector.zip);
      await opened(watched.page, address);
      if (vector.fingerprint) await type(watched.page, vector.fingerprint);
      for (const [which, content] of Object.entries(vector.given)) await give(watched.page, which, which, content);
      compared(vector, await shown(watched.page), wrong);
      unlinkSync(fileURLToPath(address));
    }
    assert.deepEqual(wrong, []);
    unharmed(watched);
  });

  test('dropped on the empty page', { timeout: 400_000 }, async () => {
    const wrong = [];
    await watched.page.goto(emptyAddress());
    for (const vector of bundles.filter(alone)) {
      await choose(watched.page, written('dropped.zip', vector.zip));
      compared(vector, await shown(watched.page), wrong);
    }
    assert.deepEqual(wrong, []);
    unharmed(watched);
  });
});
