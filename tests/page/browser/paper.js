// On paper: a cover, one record after another, page numbers; and the way by which the browser prints
// the page from its command line once the check has ended.

import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { FOLDER, newPage, program, unharmed } from '../support/browser.js';
import { corpus } from '../support/corpus.js';
import { Forged, note } from '../support/forge.js';
import { LONG } from '../support/hostile.js';
import { doing, opened, pageOf, written } from '../support/page.js';
import { exported, probity, tour } from '../support/school.js';
import { witnessed } from '../support/witnessed.js';
import { unpack } from '../support/zip.js';

const run = promisify(execFile);

/** The texts of a PDF's pages, in the order of reading. */
function pages(pdf) {
  const text = execFileSync('pdftotext', [pdf, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return text.split('\f').slice(0, -1);
}

/** Without what the end of a line or of a page adds or takes away: blanks, hyphens, the foot. */
const squeezed = (text) => text.replace(/\s+|-/g, '');
const footless = (text) => text.replace(/^.*Page \d+ of \d+$|^\S+, \d+ records, code [0-9a-f]{8}….*$/gm, '');

/** Keeps a print to be looked at, if somebody wants it. */
function kept(pdf, name) {
  const folder = process.env.PROBITY_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  cpSync(pdf, join(folder, `${name.replaceAll(' ', '-')}.pdf`));
}

/** What has to hold of every print: the cover, page numbers, all records that are here. */
function proper(all, verdict, title, here = Array.from({ length: verdict.entries }, (_, seq) => seq)) {
  assert.equal(here.length, verdict.entries);
  assert.ok(all.length > 2, `${all.length} pages`);
  const cover = squeezed(all[0]);
  assert.ok(cover.includes(verdict.fingerprint.hash), 'the cover has the code');
  assert.ok(cover.includes(squeezed(title)), 'the cover has the verdict');
  assert.ok(!/Record\d+\s/.test(all[0]), 'the records begin after the cover');
  all.forEach((text, at) => {
    assert.ok(squeezed(text).includes(`Page${at + 1}of${all.length}`), `page ${at + 1} has no number:\n${text}`);
  });
  const whole = all.join('\n');
  for (const seq of here) {
    assert.ok(new RegExp(`^Record ${seq}: `, 'm').test(whole), `record ${seq} is not on paper`);
    assert.ok(new RegExp(`^Signature of record ${seq}$`, 'm').test(whole), `the signature of record ${seq} is not on paper`);
  }
}

/** Prints as `export --pdf` does: by the command line, once the page lets its load event go. */
async function printed(address, name) {
  const pdf = join(FOLDER, `${name}.pdf`);
  await run(program(), [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-extensions', '--disable-sync',
    '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${join(FOLDER, 'profile')}`,
    '--no-pdf-header-footer', `--print-to-pdf=${pdf}`, `${address}#print`,
  ], { timeout: 120_000 });
  kept(pdf, name);
  return pdf;
}

/** The title that tells whoever had it printed that the check had ended. */
const titled = (pdf) => /^Title:\s*(.*)$/m.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))?.[1];

describe('on paper', () => {
  let watched;
  before(async () => { watched = await newPage(); });
  after(() => watched.page.close());

  const print = async (name) => {
    const pdf = join(FOLDER, `${name}.pdf`);
    await watched.page.pdf({ path: pdf, preferCSSPageSize: true, timeout: 60_000 });
    kept(pdf, name);
    return pages(pdf);
  };

  test('the tour’s evidence, printed from the open page', { timeout: 90_000 }, async () => {
    const verdict = await opened(watched.page, pageOf(readFileSync(tour().bundle)));
    const all = await print('print');
    proper(all, verdict, 'Exactly as signed');
    const whole = squeezed(footless(all.join('')));
    // Every answer of every record is on paper, whatever was folded on the screen.
    const texts = await watched.page.evaluate(() => [...document.querySelectorAll('.record .foreign')]
      .map((node) => node.textContent).filter((text) => text.length > 3));
    assert.ok(texts.length > 100);
    // Lines of a text may be parted by the foot of a page, so each line is looked for by itself.
    for (const line of texts.flatMap((text) => text.split('\n'))) {
      const words = squeezed(line.split(/\s+/).slice(0, 6).join(''));
      assert.ok(whole.includes(words), `not on paper: ${line}`);
    }
    const { page } = watched;
    assert.equal(await page.evaluate(() => document.querySelectorAll('details[open]').length), 0, 'it is as before on the screen');
    unharmed(watched);
  });

  test('whom the reader trusts, what was signed elsewhere and what was erased', { timeout: 60_000 }, async () => {
    const { page } = watched;
    const { zip, policy } = witnessed();
    await opened(page, pageOf(zip));
    const input = await page.$('#policy');
    await doing(page, () => input.uploadFile(written('witnesses.txt', policy)));
    const all = await print('print trusted');
    const cover = squeezed(footless(all[0]));
    for (const words of ['whom you trust confirmed that the first 5 records', 'the first 5 records, 21 September 2026, 15:23 BST (named by you)',
      'the first 6 records, 21 September 2026, 15:28 BST (not named by you']) assert.ok(cover.includes(squeezed(words)), words);
    const whole = squeezed(footless(all.join('')));
    for (const words of ['Signed elsewhere, entered by', 'Erased for ever']) assert.ok(whole.includes(squeezed(words)), words);
    assert.ok(!whole.includes(squeezed('Whom do you trust?')), 'the questions to the reader are not on paper');
  });

  test('what is not genuine says so on its cover', { timeout: 60_000 }, async () => {
    const vector = corpus().find(({ expected }) => expected === 'not-genuine signature 4');
    await opened(watched.page, pageOf(vector.zip));
    const all = await print('print not genuine');
    assert.match(all[0], /Not genuine/);
    assert.match(all[0], /signature/);
    unharmed(watched);
  });

  test('a long text is whole', { timeout: 60_000 }, async () => {
    const book = new Forged();
    book.add('note', note(LONG));
    await opened(watched.page, pageOf(book.zip()));
    const whole = squeezed(footless((await print('print long')).join('')));
    assert.equal(whole.split('Allworkandnoplay.').length - 1, LONG.split('All work and no play.').length - 1);
    assert.ok(whole.includes('theend'));
  });

  test('by the command line: printed once the check has ended', { timeout: 120_000 }, async () => {
    const address = pageOf(readFileSync(tour().bundle));
    const pdf = await printed(address, 'command line');
    const verdict = await opened(watched.page, address);
    proper(pages(pdf), verdict, 'Exactly as signed');
    assert.equal(titled(pdf), `Evidence bundle ${verdict.fingerprint.hash.slice(0, 8)}, checked: intact`);
    assert.ok(readFileSync(pdf, 'latin1').includes('checked: intact'), 'the title stands in the file as it is');
  });

  test('by `export --pdf`, in the browser that is named', { timeout: 120_000 }, async () => {
    const browser = written('browser', `#!/bin/sh\nexec '${program()}' --no-sandbox "$@"\n`);
    chmodSync(browser, 0o700);
    const bundle = exported(tour().home, 'printed.zip', '--case', 'dpia-2026-001', '--pdf', '--browser', browser);
    const pdf = bundle.replace('.zip', '.pdf');
    const verdict = await opened(watched.page, pageOf(readFileSync(bundle)));
    const here = [...unpack(readFileSync(bundle)).keys()].map((path) => /\/entries\/(\d+)\.cose$/.exec(path)?.[1]);
    proper(pages(pdf), verdict, 'Exactly as signed', here.filter((seq) => seq !== undefined).map(Number));
    assert.ok(titled(pdf).endsWith('checked: intact'));
  });

  test('`export --pdf` with a browser that prints nothing says so, and leaves nothing behind', () => {
    const browser = written('no-browser', '#!/bin/sh\nexit 0\n');
    chmodSync(browser, 0o700);
    const file = join(FOLDER, 'unprinted.zip');
    assert.throws(
      () => probity(['--home', tour().home, 'export', '--case', 'dpia-2026-001', '--pdf', '--browser', browser, '-o', file]),
      /error: .*printed nothing[\s\S]*hint: .*data\/index\.html/,
    );
    assert.ok(!existsSync(file.replace('.zip', '.pdf')));
  });

  test('by the command line: what can’t be checked, and what isn’t genuine', { timeout: 120_000 }, async () => {
    for (const [expected, mark] of [['not-genuine signature 4', 'not genuine'], ['cannot-check kind-unknown 3', 'cannot check']]) {
      const pdf = await printed(pageOf(corpus().find((one) => one.expected === expected).zip), mark);
      assert.ok(titled(pdf).endsWith(`checked: ${mark}`), titled(pdf));
    }
    const pdf = await printed(pageOf(Buffer.from('no zip')), 'no zip');
    assert.equal(titled(pdf), 'Evidence bundle unknown, checked: cannot check');
  });

  test('by the command line: many records', { timeout: 180_000 }, async () => {
    const book = new Forged();
    for (let seq = 2; seq < 400; seq++) book.add('note', note(`the text of record ${seq}`));
    const pdf = await printed(pageOf(book.zip()), 'many');
    const whole = pages(pdf).join('\n');
    assert.match(titled(pdf), /checked: intact$/);
    for (let seq = 2; seq < 400; seq++) assert.match(whole, new RegExp(`the text of record ${seq}\\b`));
  });
});
