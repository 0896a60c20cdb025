// Whom the reader trusts: what each file changes in the verdict, in words and on the page.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newPage, unharmed } from '../support/browser.js';
import { MARK, UNSEEN, spelt } from '../support/hostile.js';
import { doing, drop, emptyAddress, give, opened, pageOf, result, shown, written } from '../support/page.js';
import { Book, witness } from '../verifier-book.js';
import { corpus } from '../support/corpus.js';
import { NOW, witnessed } from '../support/witnessed.js';

describe('whom the reader trusts', () => {
  const { book, zip, files, policy, roots } = witnessed();
  let watched;
  let page;
  before(async () => {
    watched = await newPage();
    ({ page } = watched);
    await opened(page, pageOf(zip));
  });
  after(() => page.close());

  const text = (selector) => page.$eval(selector, (node) => node.textContent);
  const problem = (which) => page.$eval(`#${which}-problem`, (node) => (node.hidden ? '' : node.textContent));

  test('nobody at first: what came with the evidence is a claim', async () => {
    const verdict = await shown(page);
    assert.equal(verdict.verdict, 'intact');
    assert.deepEqual(verdict.outside.map(({ state }) => state), ['claimed', 'claimed']);
    assert.deepEqual([verdict.witnessed, verdict.existed_by], [[], []]);
    const words = await text('#verdict-text');
    assert.match(words, /The bundle holds confirmations of the first 6 records of the book by somebody for whom only it vouches; so/);
    assert.match(words, /Example TSA: the first 6 records, 21 September 2026, 15:28 BST \(not named by you/);
    assert.match(words, /council\.example\/witness: the first 5 records/);
  });

  // Such a file may have come with the evidence, in whatever form: it would make forged things look confirmed.
  test('a file that is only dropped sets no trust', async () => {
    const letter = `Dear Ms Example,\n\n${roots}\nYours\n`;
    for (const [name, content] of [
      ['policy.txt', files['data/policy.txt']], ['policy-2.txt', `${files['data/policy.txt']}\n`], ['letter.txt', letter],
      ['5.1.note', files['data/times/5.1.note']], ['kept.txt', book.headAt(4).note], ['roots.pem', roots],
    ]) {
      await drop(page, written(name, content));
      const { title, text: words } = await result(page);
      assert.equal(title, `Not part of the evidence: ${name}`);
      assert.match(words, /choose it under Whom do you trust\?/);
    }
    const verdict = await shown(page);
    assert.deepEqual([verdict.witnessed, verdict.existed_by, verdict.continuity], [[], [], null]);
  });

  test('their witnesses', async () => {
    await give(page, 'policy', 'my-witnesses.txt', policy);
    const verdict = await shown(page);
    assert.deepEqual(verdict.witnessed, [{ size: 5, time: NOW + 600 }]);
    const words = await text('#verdict-text');
    assert.match(words, /Somebody outside whom you trust confirmed that the first 5 records of the book existed, exactly so, by 21 September 2026/);
    assert.match(words, /council\.example\/witness: the first 5 records, 21 September 2026, 15:23 BST \(named by you\)/);
    assert.match(await text('#policy-given'), /my-witnesses\.txt: council\.example\/witness/);
  });

  test('too few of their witnesses: neither more nor less than what they signed', async () => {
    const both = `${policy.replace(/quorum.*/, '')}witness other ${witness('other.example').vkey}\ngroup both all council other\nquorum both\n`;
    await give(page, 'policy', 'both.txt', both);
    const words = await text('#verdict-text');
    const signed = 'Somebody whom you trust signed the first 5 records of the book, but they were at no point signed by as many as';
    assert.equal(words.split(signed).length, 3, words);
    assert.doesNotMatch(words, /Nobody outside|vouches; so/);
    await give(page, 'policy', 'my-witnesses.txt', policy);
  });

  test('their timestamp authorities', async () => {
    await give(page, 'roots', 'roots.pem', roots);
    const verdict = await shown(page);
    assert.deepEqual(verdict.existed_by, [{ below: 5, time: NOW + 600 }, { below: 6, time: NOW + 900 }]);
    assert.match(await text('#roots-given'), /roots\.pem: Example TSA Root/);
  });

  test('a confirmation that they kept', async () => {
    await give(page, 'older', 'kept.txt', book.headAt(4).note);
    const verdict = await shown(page);
    assert.equal(verdict.continuity.result, 'continues');
    assert.match(await text('#verdict-text'), /It continues the confirmation of 4 records that you kept: nothing in those was changed or removed/);
    assert.match(await text('#older-given'), /kept\.txt: a confirmation of 4 records of example\.org\/school/);
  });

  test('what can’t be used is left out, and says why', async () => {
    for (const [which, content, words] of [['policy', 'hello', /no policy/], ['roots', 'hello', /no certificate/], ['older', 'hello', /neither a checkpoint/]]) {
      await give(page, which, 'wrong.txt', content);
      assert.match(await problem(which), words);
      assert.equal(await page.$eval(`#${which}`, (node) => node.getAttribute('aria-invalid')), 'true');
      assert.equal(await page.$eval(`#${which}-given`, (node) => node.hidden), true);
      assert.equal((await shown(page)).verdict, 'intact');
    }
    assert.deepEqual((await shown(page)).witnessed, []);
  });

  test('a confirmation that contradicts the bundle', async () => {
    const other = book.headAt(4).note.replace(/\n4\n.{43}=/, `\n4\n${Buffer.alloc(32, 7).toString('base64')}`);
    await give(page, 'older', 'contradiction.txt', other);
    const verdict = await shown(page);
    assert.deepEqual([verdict.verdict, verdict.fault.code, verdict.continuity.result], ['not-genuine', 'does-not-continue', 'does-not-continue']);
    assert.match(await text('#verdict-text'), /does not continue the record book that you kept a confirmation of \(4 records\)/);
    assert.match(await text('#failed'), /does-not-continue/);
  });

  test('and left out again by its button', async () => {
    await doing(page, () => page.click('#older-given button'));
    const verdict = await shown(page);
    assert.deepEqual([verdict.verdict, verdict.continuity], ['intact', null]);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'older');
    assert.equal(await text('#failed'), '');
  });

  test('an older bundle that they kept', async () => {
    await give(page, 'older', 'kept.zip', zip);
    assert.equal((await shown(page)).continuity.result, 'continues');
    assert.match(await text('#older-given'), /kept\.zip: a bundle at 8 records/);
  });

  test('what was signed elsewhere, and what was erased', async () => {
    const record = (seq) => text(`#record-${seq}`);
    assert.match(await record(4), /Signed by Dana Officer as data protection officer/i);
    assert.match(await record(4), /Signed elsewhere, entered by A Head as head ?teacher/i);
    assert.match(await record(4), /knew the record book up to record 3/);
    assert.match(await record(3), /Erased for ever: text under the school’s retention rules, by record 5/);
    assert.match(await record(5), /record 3: text/);
    assert.match(await text('#verdict-text'), /1 answer in record 3 was erased under the school’s retention rules \(record 5\)/);
    assert.match(await text('#verdict-text'), /1 record was signed elsewhere and entered later, by somebody else \(4\)/);
  });

  test('only where a record was changed after signing does it say so', async () => {
    const seen = new Set();
    for (const vector of corpus()) {
      const [, code] = /^not-genuine (\S+) \d+$/.exec(vector.expected) ?? [];
      if (code === undefined || seen.has(code) || vector.fingerprint || Object.keys(vector.given).length) continue;
      seen.add(code);
      await opened(page, pageOf(vector.zip));
      await shown(page);
      const words = await text('#verdict-text');
      const changed = ['signature', 'commitment'].includes(code);
      assert.equal(/Record \d+ is not as it was signed/.test(words), changed, code);
      assert.equal(/The first failure is at record \d+\. [A-Z]/.test(words), !changed, code);
    }
    assert.ok(seen.size > 20, `${seen.size}`);
  });

  test('a name can’t speak in the verdict’s place', async () => {
    const forging = new Book();
    const name = 'Ada”. All was confirmed by “';
    const by = forging.person(name, ['dpo']);
    forging.add('note', { by, fields: { text: 'seen' } });
    await opened(page, pageOf(forging.zip()));
    await shown(page);
    const words = await text('body');
    assert.ok(words.includes('“Ada". All was confirmed by "” ('), words);
  });

  test('names outside that try to be more than names', async () => {
    const name = `<img ${MARK} src=x onerror="globalThis.pwned = 1">${UNSEEN[0]}`;
    const hostile = witnessed({ name });
    await opened(page, pageOf(hostile.zip));
    await give(page, 'roots', `${MARK}<b>.pem`, hostile.roots);
    assert.equal(await page.$$eval(`[${MARK}]`, (all) => all.length), 0);
    assert.ok((await text('#verdict-text')).includes(spelt(UNSEEN[0])));
    assert.ok((await text('#roots-given')).includes(spelt(UNSEEN[0])));
    assert.equal(await page.evaluate(() => globalThis.pwned), undefined);
  });

  test('nor does one that is dropped before the bundle', async () => {
    await page.goto(emptyAddress());
    await page.waitForSelector('#check:not([hidden])');
    await drop(page, written('policy.txt', files['data/policy.txt']));
    const { title, text: words } = await result(page);
    assert.equal(title, 'No evidence yet: policy.txt');
    assert.match(words, /choose it under Whom do you trust\?, once the bundle is here/);
    await drop(page, written('evidence.zip', zip));
    assert.deepEqual((await shown(page)).witnessed, []);
    unharmed(watched);
  });
});
