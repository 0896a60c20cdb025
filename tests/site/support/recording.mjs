// Filling in the page's forms as a user would, whether they ask everything on one page or one
// question a page.

import { PASSPHRASE } from './program.mjs';

const MOST = 60;

/** A moment as forms want it: so many hours ago, in the machine's own time. */
export function ago(hours) {
  const at = new Date(Date.now() - hours * 3_600_000);
  const two = (number) => String(number).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** A day, so many days from now. */
export const day = (days) => ago(-24 * days).slice(0, 10);

/** Puts answers into the questions of this page that have one: `{ 'a.reason': 'damage', … }`. */
export async function fill(page, answers) {
  const names = new Set(await page.run(() => [...document.querySelectorAll('main form [name]')]
    .filter((one) => one.type !== 'hidden' && one.tagName !== 'BUTTON').map((one) => one.name)));
  const done = [];
  // What is folded away is opened where there is something to say to it.
  const folded = await page.run((wanted) => [...document.querySelectorAll('main details:not([open])')].findIndex((one) =>
    [...one.querySelectorAll('[name]')].some(({ name }) => wanted.some((want) => name === want || name === `${want}-day`))), Object.keys(answers));
  if (folded >= 0) await page.click((await page.all('main details:not([open]) > summary'))[folded]);
  for (const [name, answer] of Object.entries(answers)) {
    if (names.has(`${name}-day`)) await page.moment(name, answer);
    else if (!names.has(name)) continue;
    else if (answer.file) await page.attach(name, answer.file);
    else if (Array.isArray(answer)) for (const one of answer) await page.choose(name, one);
    else if (await page.has(`select[name="${name}"], input[type=radio][name="${name}"], input[type=checkbox][name="${name}"]`)) await page.choose(name, answer);
    else await page.type(name, answer);
    done.push(name);
  }
  return done;
}

/** The button that goes on. */
export async function onward(page) {
  const buttons = await page.all('main form button.button:not(.secondary):not(.danger):not([name=more]):not([name=less])');
  if (buttons.length > 0) return buttons.at(-1);
  return page.one('main a.button');
}

/**
 * Goes on from page to page, answering, until something is signed; gives back where that was. What
 * is asked and has no answer stays empty. Mistakes that the page tells of are thrown.
 */
export async function through(page, answers, { passphrase = PASSPHRASE, each } = {}) {
  const left = new Set(Object.keys(answers));
  for (let at = 0; at < MOST; at += 1) {
    if (await page.has('main .panel')) {
      if (left.size > 0) throw new Error(`nothing asked for ${[...left].join(', ')}`);
      return page.path();
    }
    if (await page.has('.summary')) throw new Error(`at ${await page.path()}: ${await (await page.one('.summary')).getText()}`);
    for (const name of await fill(page, answers)) left.delete(name);
    if (await page.has('main input[type=password]')) await page.type('passphrase', passphrase);
    if (each) await each(page);
    await page.press(await onward(page));
  }
  throw new Error(`no end after ${MOST} pages, at ${await page.path()}:\n${await page.text()}`);
}
