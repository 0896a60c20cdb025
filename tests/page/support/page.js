// The page under test: made from the program's empty one, opened from disk, waited for and read.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FOLDER } from './browser.js';
import { emptyPage } from './school.js';

const PLACE = '<script type="application/octet-stream" id="bundle"></script>';
let number = 0;
let empty;

function constant() {
  empty ??= emptyPage();
  if (empty.split(PLACE).length !== 2) throw new Error('the empty page has not exactly one place for a bundle');
  return empty;
}

/** Writes a file of the test; its path. */
export function written(name, content) {
  const path = join(FOLDER, name);
  writeFileSync(path, content);
  return path;
}

/** The address of the page that holds this zip. */
export function pageOf(zip, name = `page-${number++}.html`) {
  const filled = PLACE.replace('></', () => `>${zip.toString('base64')}</`);
  return pathToFileURL(written(name, constant().replace(PLACE, () => filled))).href;
}

/** The address of the page that came from elsewhere, and holds nothing. */
export const emptyAddress = () => pathToFileURL(written('check.html', constant())).href;

/** Waits until the page has come to a verdict; which. */
export async function settled(page, timeout = 90_000) {
  await page.waitForFunction(() => {
    const { verdict } = document.documentElement.dataset;
    return verdict !== undefined && verdict !== 'checking';
  }, { timeout, polling: 10 });
  return page.evaluate(() => document.documentElement.dataset.verdict);
}

/** Opens an address and waits for its verdict; the verdict's object, or null if there is none. */
export async function opened(page, address, timeout) {
  await page.goto(address, { waitUntil: 'domcontentloaded' });
  const mark = await settled(page, timeout);
  const verdict = await shown(page);
  if (verdict && verdict.verdict !== mark) throw new Error(`marked ${mark}, and the verdict is ${verdict.verdict}`);
  return verdict;
}

/** The verdict's object that the page came to. */
export const shown = (page) => page.evaluate(() => globalThis.probity?.verdict ?? null);

/** Does something to the page that makes it work, and waits until it has come to a new verdict or result. */
export async function doing(page, act, timeout = 90_000) {
  await page.evaluate((most) => {
    const root = document.documentElement;
    globalThis.finished = new Promise((done, failed) => {
      let began = false;
      const look = (changes) => {
        const checking = root.dataset.verdict === 'checking';
        began ||= checking || changes.some(({ target }) => ['results', 'code-problem'].includes(target.id));
        if (!began || checking) return;
        observer.disconnect();
        done();
      };
      const observer = new MutationObserver(look);
      observer.observe(root, { attributeFilter: ['data-verdict', 'hidden'], childList: true, subtree: true });
      setTimeout(() => {
        const said = document.getElementById('status').textContent;
        failed(new Error(`the page did not finish: verdict ${root.dataset.verdict}, began ${began}, it says: ${said}`));
      }, most);
    });
    globalThis.finished.catch(() => {});
  }, timeout);
  await act();
  await page.evaluate(() => globalThis.finished);
}

/** Chooses files with the page's own control. */
export async function choose(page, ...paths) {
  const input = await page.$('#file');
  await doing(page, () => input.uploadFile(...paths));
}

/** Drops files on the page as a hand would. */
export async function drop(page, ...paths) {
  const session = await page.createCDPSession();
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  await doing(page, async () => {
    for (const type of ['dragEnter', 'dragOver', 'drop']) {
      await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
    }
  });
  await session.detach();
}

/** Types the school's code and has it compared. */
export async function type(page, code) {
  await page.$eval('#code', (field) => { field.value = ''; });
  if (code) await page.type('#code', code);
  await doing(page, () => page.click('#code-form button'));
}

/** Gives a file of whom the reader trusts: the place on the page, the file's name, its content. */
export async function give(page, which, name, content) {
  const input = await page.$(`#${which}`);
  await doing(page, () => input.uploadFile(written(name, content)));
}

/** The newest result on a dropped file: {state, title, text}. */
export const result = (page) => page.$eval('#results .result', (box) => ({
  state: ['intact', 'not-genuine', 'cannot-check'].find((name) => box.classList.contains(name)),
  title: box.querySelector('h3').textContent,
  text: box.textContent,
}));
