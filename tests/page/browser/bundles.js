// Bundles that the program made, unzipped and opened as an inspector opens them: the page's
// verdict is the program's and that of the verifier in Python.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { FOLDER, newPage, unharmed } from '../support/browser.js';
import { emptyAddress, opened, pageOf } from '../support/page.js';
import { exported, probity, tour, verified, verifiedByPython } from '../support/school.js';
import { unpack } from '../support/zip.js';

/** Unpacks a bundle as an unzipping program would; its folder. */
function unzipped(bundle, name) {
  const files = unpack(readFileSync(bundle));
  const folder = join(FOLDER, name);
  for (const [path, bytes] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return join(folder, [...files.keys()][0].split('/')[0]);
}

/** What all three say of a bundle, in the words of the Python verifier's report. */
export function asPython(verdict) {
  const { fault } = verdict;
  return {
    verdict: verdict.verdict,
    fault: fault && { code: fault.code, entry: fault.entry ?? null },
    size: verdict.size,
    root: verdict.root,
    origin: verdict.origin,
    fingerprint: verdict.fingerprint.hash,
    entries: verdict.entries,
    withheld: Object.fromEntries(verdict.withheld.map(({ entry, fields }) => [entry, [...fields].sort()])),
  };
}

const ofPython = (report) => ({
  verdict: report.verdict,
  fault: report.fault && { code: report.fault.code, entry: report.fault.entry ?? null },
  size: report.size,
  root: report.root,
  origin: report.origin,
  fingerprint: report.fingerprint,
  entries: report.entries,
  withheld: Object.fromEntries(Object.entries(report.withheld).map(([entry, fields]) => [entry, [...fields].sort()])),
});

/** A verdict without its sentences, which each reader has in its own words. */
export function facts({ head, inspector, ...rest }) {
  return rest;
}

describe('a bundle of the program, opened from disk', () => {
  let watched;
  before(async () => { watched = await newPage(); });
  after(() => watched.page.close());

  const bundles = {
    whole: () => tour().bundle,
    'with answers withheld': () => exported(tour().home, 'withheld.zip', '--kind', 'breach-report', '--withhold', 'what-happened'),
    'single records': () => exported(tour().home, 'selection.zip', '--entry', '13', '--entry', '17'),
    'for a regulator': () => exported(tour().home, 'regulator.zip', '--for', 'regulator', '--case', 'breach-2026-001'),
    'for the person concerned': () => exported(tour().home, 'subject.zip', '--for', 'subject:p-7f3a2c'),
  };
  for (const [name, make] of Object.entries(bundles)) {
    test(name, { timeout: 60_000 }, async () => {
      const bundle = make();
      const folder = unzipped(bundle, `unzipped ${name}`);
      const said = verified(bundle);
      const second = verifiedByPython(bundle);
      const verdict = await opened(watched.page, pathToFileURL(join(folder, 'data/index.html')).href);
      assert.deepEqual(asPython(verdict), ofPython(await second));
      assert.equal(verdict.verdict, 'intact');
      // What the page carries is this bundle without the page, so only the list of what isn't checked differs.
      const { reading_copies: copies, ...rest } = facts(said);
      const { reading_copies: carried, ...others } = facts(verdict);
      assert.deepEqual(others, rest);
      assert.deepEqual(carried, copies.filter((path) => path !== 'data/index.html'));
      unharmed(watched);
    });
  }

  test('all before the data is that of every bundle, and of the page from elsewhere', async () => {
    const start = (page) => page.slice(0, page.indexOf('<script type="application/octet-stream" id="bundle">'));
    const empty = start(probity(['page']));
    assert.ok(empty.length > 10_000);
    for (const bundle of [tour().bundle, exported(tour().home, 'other.zip', '--kind', 'consent')]) {
      const [, page] = [...unpack(readFileSync(bundle))].find(([path]) => path.endsWith('/data/index.html'));
      assert.equal(start(page.toString()), empty);
    }
  });

  test('the page from elsewhere holds nothing and waits', async () => {
    await watched.page.goto(emptyAddress());
    await watched.page.waitForSelector('#file');
    assert.equal(await watched.page.evaluate(() => globalThis.probity?.verdict ?? null), null);
    unharmed(watched);
  });

  test('a page whose data is not a zip says that it can’t be checked', async () => {
    assert.equal(await opened(watched.page, pageOf(Buffer.from('no zip at all'))), null);
    assert.equal(await watched.page.evaluate(() => document.documentElement.dataset.verdict), 'cannot-check');
    unharmed(watched);
  });
});
