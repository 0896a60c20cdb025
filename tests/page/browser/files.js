// Files dropped on a page that shows the tour's evidence: documents, bundles, and what is neither.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { newPage, unharmed } from '../support/browser.js';
import { Forged, note } from '../support/forge.js';
import { choose, drop, emptyAddress, opened, pageOf, result, shown, written } from '../support/page.js';
import { exported, tour } from '../support/school.js';

/** The zip as an old zip program would encrypt it: the flags of its members say so. */
function encrypted(zip) {
  const copy = Buffer.from(zip);
  for (const [mark, flags] of [['PK\x03\x04', 6], ['PK\x01\x02', 8]]) {
    for (let at = copy.indexOf(mark, 0, 'latin1'); at >= 0; at = copy.indexOf(mark, at + 4, 'latin1')) copy[at + flags] |= 1;
  }
  return copy;
}

describe('files dropped', () => {
  const { bundle, document, fingerprint, home } = tour();
  const zip = readFileSync(bundle);
  let watched;
  before(async () => { watched = await newPage(); });
  after(() => watched.page.close());

  const text = (selector) => watched.page.$eval(selector, (node) => node.textContent);
  const mark = () => watched.page.evaluate(() => globalThis.document.documentElement.dataset.verdict);

  describe('on a page with evidence', () => {
    beforeEach(() => opened(watched.page, pageOf(zip)));

    test('the document that was signed', async () => {
      await drop(watched.page, document);
      const { state, text: said } = await result(watched.page);
      assert.equal(state, 'intact');
      assert.match(said, /record \d+/);
      assert.equal(await mark(), 'intact');
    });

    test('the same document under another name', async () => {
      await drop(watched.page, written('renamed.bin', readFileSync(document)));
      assert.equal((await result(watched.page)).state, 'intact');
    });

    test('the document with one letter changed', async () => {
      const changed = Buffer.from(readFileSync(document));
      changed[changed.length - 2] ^= 1;
      await choose(watched.page, written('dpia-homework-app.txt', changed));
      const { state, text: said } = await result(watched.page);
      assert.notEqual(state, 'intact');
      assert.match(said, /not part of the evidence/i);
    });

    test('a file that nothing names, and an empty one', async () => {
      for (const content of ['something else', '']) {
        await drop(watched.page, written('foreign.txt', content));
        const { state, text: said } = await result(watched.page);
        assert.notEqual(state, 'intact');
        assert.match(said, /not part of the evidence/i);
      }
    });

    test('several at once', async () => {
      await drop(watched.page, document, written('foreign.txt', 'something else'));
      await watched.page.waitForFunction(() => globalThis.document.querySelectorAll('#results .result').length === 2);
    });

    test('the same evidence as a zip', async () => {
      await drop(watched.page, bundle);
      assert.equal(await mark(), 'intact');
      assert.match(await text('#dropped'), /the same evidence as this page carries/);
    });

    test('another choice of the same record book', async () => {
      await drop(watched.page, exported(home, 'choice.zip', '--kind', 'consent'));
      assert.equal(await mark(), 'intact');
      assert.match(await text('#dropped'), /another choice of records/);
      assert.equal((await shown(watched.page)).fingerprint.hash, fingerprint);
    });

    test('the evidence of another record book, and back', async () => {
      const other = new Forged({ school: 'Another School' });
      other.add('note', note('not yours'));
      await drop(watched.page, written('other.zip', other.zip()));
      assert.equal(await mark(), 'intact');
      assert.match(await text('#dropped'), /the codes differ/);
      assert.equal((await shown(watched.page)).fingerprint.hash, other.fingerprint);
      await watched.page.click('#dropped button');
      await watched.page.waitForFunction((hash) => globalThis.probity.verdict?.fingerprint.hash === hash, {}, fingerprint);
    });

    test('an encrypted zip', async () => {
      await drop(watched.page, written('encrypted.zip', encrypted(zip)));
      const { state, text: said } = await result(watched.page);
      assert.equal(state, 'cannot-check');
      assert.match(said, /password/);
      assert.equal(await mark(), 'intact', 'what the page carries is still shown');
    });
  });

  test('a bundle that the program encrypted for e-mail', async () => {
    const password = written('password.txt', 'Nine plain words that nobody would guess 7!\n');
    const sent = exported(home, 'sent.zip', '--kind', 'consent', '--encrypt', '--zip-password-file', password);
    for (const address of [pageOf(zip), emptyAddress()]) {
      await watched.page.goto(address);
      await watched.page.waitForSelector('#check:not([hidden])');
      await drop(watched.page, sent);
      const { state, text: said } = await result(watched.page);
      assert.equal(state, 'cannot-check');
      assert.match(said, /password/);
    }
  });

  describe('on the page from elsewhere', () => {
    beforeEach(async () => {
      await watched.page.goto(emptyAddress());
      await watched.page.waitForSelector('#check:not([hidden])');
    });

    test('a bundle', async () => {
      await drop(watched.page, bundle);
      assert.equal(await mark(), 'intact');
      assert.equal((await shown(watched.page)).fingerprint.hash, fingerprint);
    });

    test('a document before any bundle', async () => {
      await drop(watched.page, document);
      const { state, text: said } = await result(watched.page);
      assert.equal(state, 'cannot-check');
      assert.match(said, /bundle/);
    });

    for (const [name, content] of [
      ['a text file that is called a zip', Buffer.from('hello')],
      ['an empty file', Buffer.alloc(0)],
      ['half a bundle', zip.subarray(0, zip.length / 2)],
      ['noise', Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919) >> 3 & 255))],
      ['the end of a zip and nothing else', zip.subarray(-22)],
    ]) {
      test(name, async () => {
        await choose(watched.page, written('no-bundle.zip', content));
        assert.notEqual(await mark(), 'intact');
        assert.ok((await text('#failed')).length > 40, 'it says what is the matter');
      });
    }

    test('a bundle after one that failed', async () => {
      await choose(watched.page, written('no-bundle.zip', 'hello'));
      await choose(watched.page, bundle);
      assert.equal(await mark(), 'intact');
      assert.equal(await text('#failed'), '');
    });
  });

  test('nothing that it ought not to have done', () => unharmed(watched));
});
