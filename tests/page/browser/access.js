// For everybody: what axe-core finds, the keyboard alone, and a narrow window.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FOLDER, newPage, unharmed } from '../support/browser.js';
import { corpus } from '../support/corpus.js';
import { Forged, note } from '../support/forge.js';
import { LONG, MARKUP } from '../support/hostile.js';
import { doing, drop, emptyAddress, opened, pageOf, written } from '../support/page.js';
import { exported, tour } from '../support/school.js';
import { witnessed } from '../support/witnessed.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds against WCAG 2.2, levels A and AA. */
async function findings(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
  }));
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
}

/** Opens everything that is folded. */
const unfold = (page) => page.evaluate(() => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
});

/** A picture to be looked at, if somebody wants them. */
async function picture(page, name) {
  const folder = process.env.PROBITY_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(' ', '-')}.png`), fullPage: true });
}

const vector = (begins) => corpus().find(({ expected, fingerprint }) => expected.startsWith(begins) && !fingerprint).zip;

function small() {
  const book = new Forged();
  book.add('note', note('A file', { documents: [book.document('z.txt', 'text/plain', Buffer.from('z'))] }));
  return book.zip();
}

function hostile() {
  const book = new Forged({ school: 'X'.repeat(300), name: 'Y'.repeat(300) });
  const file = book.document(`${'z'.repeat(200)}.txt`, 'text/plain', Buffer.from('z'));
  book.add('note', { ...note('W'.repeat(5000)), sub: `${'long-'.repeat(40)}case-2026-001` });
  book.add('note', note(MARKUP, { documents: [file], occurred: new Map([['V'.repeat(300), 'U'.repeat(300)]]) }));
  book.add('note', note(LONG));
  return book.zip();
}

/** Gives files of whom the reader trusts. */
async function giving(page, files) {
  for (const [which, content] of Object.entries(files)) {
    const input = await page.$(`#${which}`);
    await doing(page, () => input.uploadFile(written(`${which}.txt`, content)));
  }
}

const SHOWN = {
  intact: async (page) => { await opened(page, pageOf(readFileSync(tour().bundle))); },
  'with answers withheld': async (page) => {
    const bundle = exported(tour().home, 'held.zip', '--kind', 'breach-report', '--withhold', 'what-happened');
    await opened(page, pageOf(readFileSync(bundle)));
  },
  'not genuine': async (page) => { await opened(page, pageOf(vector('not-genuine signature 3'))); },
  'not genuine at all': async (page) => { await opened(page, pageOf(vector('not-genuine container'))); },
  'cannot check': async (page) => { await opened(page, pageOf(vector('cannot-check kind-unknown 3'))); },
  'not a bundle': async (page) => { await opened(page, pageOf(Buffer.from('no zip'))); },
  empty: async (page) => {
    await page.goto(emptyAddress());
    await page.waitForSelector('#check:not([hidden])');
  },
  'after a drop': async (page) => {
    const zip = small();
    await opened(page, pageOf(zip));
    await drop(page, written('z.txt', 'z'));
    await drop(page, written('foreign.txt', 'foreign'));
    await drop(page, written('small.zip', zip));
  },
  'after a code too short': async (page) => {
    await opened(page, pageOf(small()));
    await page.type('#code', 'abc');
    await doing(page, () => page.click('#code-form button'));
  },
  'confirmed by those whom the reader trusts': async (page) => {
    const { book, zip, policy, roots } = witnessed();
    await opened(page, pageOf(zip));
    await giving(page, { policy, roots, older: book.headAt(4).note });
  },
  'with files of trust that can’t be used': async (page) => {
    await opened(page, pageOf(witnessed().zip));
    await giving(page, { policy: 'no policy', roots: 'no roots', older: 'nothing' });
  },
  'what contradicts a confirmation': async (page) => {
    const { book, zip } = witnessed();
    await opened(page, pageOf(zip));
    await giving(page, { older: book.headAt(4).note.replace(/\n4\n.{43}=/, `\n4\n${Buffer.alloc(32, 7).toString('base64')}`) });
  },
  'very long words': async (page) => { await opened(page, pageOf(hostile())); },
};

for (const width of [320, 1280]) {
  describe(`${width} pixels wide`, () => {
    let watched;
    before(async () => { watched = await newPage({ width, height: 800 }); });
    after(() => watched.page.close());

    for (const [name, show] of Object.entries(SHOWN)) {
      test(name, { timeout: 60_000 }, async () => {
        const { page } = watched;
        await show(page);
        await picture(page, `${name} ${width} folded`);
        if (width > 320) assert.deepEqual(await findings(page), []);
        await unfold(page);
        await picture(page, `${name} ${width}`);
        assert.deepEqual(await findings(page), []);
        const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
        assert.ok(wide <= width, `the page scrolls sideways: ${wide} pixels`);
        unharmed(watched);
      });
    }
  });
}

/** The element that has the focus, and whether that can be seen. */
const focused = (page) => page.evaluate(async () => {
  const node = document.activeElement;
  if (node === document.body || node === document.documentElement) return null;
  if (!node.dataset.stop) node.dataset.stop = String(document.querySelectorAll('[data-stop]').length + 1);
  // It is brought into view by the next frame.
  await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node);
  const { top, bottom, left, right } = node.getBoundingClientRect();
  return {
    stop: node.dataset.stop,
    name: `${node.tagName.toLowerCase()}${node.id && `#${node.id}`} ${node.textContent.trim().slice(0, 30)}`,
    marked: (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none',
    inView: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
  };
});

/** Everything that ought to be reached, in the order of the page. */
const reachable = (page) => page.evaluate(() => [...document.querySelectorAll(
  'a[href], button, input, textarea, select, summary, [tabindex="0"]')]
  .filter((node) => node.checkVisibility({ visibilityProperty: true }) && !node.disabled)
  .map((node) => node.dataset.stop ?? `never: ${node.outerHTML.slice(0, 80)}`));

describe('the keyboard alone', () => {
  let watched;
  let page;
  before(async () => {
    watched = await newPage();
    ({ page } = watched);
    await opened(page, pageOf(readFileSync(tour().bundle)));
  });
  after(() => page.close());

  test('reaches everything in order, shows where it is, and is never caught', { timeout: 60_000 }, async () => {
    const stops = [];
    for (let press = 0; press < 1000; press++) {
      await page.keyboard.press('Tab');
      const at = await focused(page);
      if (!at) break;
      assert.ok(at.marked, `no sign of the focus on ${at.name}`);
      assert.ok(at.inView, `out of sight: ${at.name}`);
      stops.push(at);
    }
    assert.ok(stops.length < 1000, 'the focus never leaves the page');
    assert.deepEqual(stops.map(({ stop }) => stop), await reachable(page));
    for (const id of ['code', 'older', 'policy', 'roots', 'file', 'save', 'print', 'find-words', 'find-kind']) {
      assert.ok(stops.some(({ name }) => name.includes(`#${id} `)), `${id} is not among them`);
    }
    assert.ok(stops.filter(({ name }) => name.startsWith('summary')).length > 5);
  });

  /** Goes on by the keyboard until the focus is on such an element. */
  const reach = async (selector) => {
    for (let press = 0; press < 1000; press++) {
      if (await page.evaluate((what) => document.activeElement.matches(what), selector)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`the keyboard does not reach ${selector}`);
  };
  const from = (selector) => page.evaluate((what) => {
    getSelection().removeAllRanges();
    document.activeElement.blur();
    if (what) document.querySelector(what).focus();
  }, selector);

  test('skips to the verdict', async () => {
    await opened(page, pageOf(readFileSync(tour().bundle)));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  });

  test('compares the code', async () => {
    await reach('#code');
    await page.keyboard.type(tour().fingerprint);
    await page.keyboard.press('Tab');
    await doing(page, () => page.keyboard.press('Enter'));
    assert.ok(await page.evaluate(() => globalThis.probity.verdict.fingerprint.compared));
  });

  test('opens and closes what is folded', async () => {
    await from(null);
    await reach('summary');
    const open = () => page.evaluate(() => document.activeElement.parentElement.open);
    assert.equal(await open(), false);
    await page.keyboard.press('Enter');
    assert.equal(await open(), true);
    await page.keyboard.press('Space');
    assert.equal(await open(), false);
  });

  test('prints', async () => {
    await page.evaluate(() => { globalThis.print = () => { globalThis.printed = true; }; });
    await from(null);
    await reach('#print');
    await page.keyboard.press('Space');
    assert.ok(await page.evaluate(() => globalThis.printed));
  });

  test('saves the check, which is the verdict', async () => {
    const session = await page.createCDPSession();
    await session.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: FOLDER });
    await from(null);
    await reach('#save');
    await page.keyboard.press('Enter');
    const file = join(FOLDER, 'check.json');
    for (let wait = 0; wait < 100 && !existsSync(file); wait++) await new Promise((done) => { setTimeout(done, 50); });
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    const verdict = await page.evaluate(() => globalThis.probity.verdict);
    for (const [key, value] of Object.entries(verdict)) assert.deepEqual(saved[key], value, key);
    await session.detach();
  });

  test('finds a record and follows a link to another', async () => {
    await from(null);
    await reach('#find-words');
    await page.keyboard.type('15');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.id === 'record-15');
    await reach('a[href^="#record-"]');
    const target = await page.evaluate(() => document.activeElement.getAttribute('href').slice(1));
    await page.keyboard.press('Enter');
    await page.waitForFunction((id) => document.activeElement.id === id, {}, target);
    unharmed(watched);
  });
});
