// Every page at the width of a telephone and of a desk: what axe-core finds at WCAG 2.2 A and AA, what
// sticks out, what it complains of; and with PROBITY_SHOTS=1 a picture of each in target/site-shots.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPEN, PARTS, shape, walk } from './support/addresses.mjs';
import { unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { newPath } from './support/program.mjs';

/** Kinds whose forms have between them every sort of question. */
const KINDS = ['cctv-access', 'breach-report', 'dpia', 'note', 'consent', 'control-approval'];

const { server, page } = await opening({ page: {} });
const { server: fresh } = await opening({ made: { home: newPath('home') } });
const shapes = new Map();
const addresses = [...await walk(await unlocked(server.url, 'amina-okafor'), { alike: 1 })].filter(([path, { headers, status }]) => {
  if (status !== 200 || !/^text\/html/.test(headers['content-type'] ?? '')) return false;
  if (path.startsWith('/record/')) return KINDS.some((kind) => path === `/record/${kind}`);
  // One of each shape, and two of records and cases, which look least alike.
  const many = (shapes.get(shape(path)) ?? 0) + 1;
  shapes.set(shape(path), many);
  return many <= (/^\/(entry|case)\//.test(path) ? 2 : 1);
}).map(([path]) => path);
for (const kind of KINDS) if (!addresses.includes(`/record/${kind}`)) addresses.push(`/record/${kind}`);

/** Fails with each finding once, and where it was. */
function none(wrong) {
  const all = new Map();
  for (const [where, finding] of wrong) all.set(finding, [...(all.get(finding) ?? []), where]);
  const lines = [...all].map(([finding, where]) => `${finding}\n    on ${where.length}: ${where.slice(0, 6).join(', ')}${where.length > 6 ? ', …' : ''}`);
  assert.ok(lines.length === 0, `\n${lines.join('\n')}`);
}

/** Looks at a page at each width; gives back everything that is wrong with it. */
async function look(path, name = path) {
  const wrong = [];
  for (const width of [1280, 390]) {
    await page.resize(width);
    await page.go(path);
    if (width === 1280) await page.until('its heading', () => page.has('h1'));
    await page.shot(name, width);
    wrong.push(...(await page.findings()).map((finding) => [`${name} at ${width}`, finding]));
    wrong.push(...(await page.tooWide()).map((finding) => [`${name} at ${width}`, `sticks out: ${finding}`]));
  }
  // 320 CSS pixels are what is left of 1280 at 400%, and 640 of 1280 at 200%.
  for (const width of [320, 640]) {
    await page.resize(width);
    wrong.push(...(await page.tooWide()).map((finding) => [`${name} at ${width}`, `sticks out: ${finding}`]));
  }
  wrong.push(...(await structure()).map((finding) => [name, finding]));
  wrong.push(...(await page.complaints()).map((finding) => [name, finding]));
  return wrong;
}

/** What axe-core doesn't look at. */
const structure = () => page.run(() => {
  const wrong = [];
  const count = (css) => document.querySelectorAll(css).length;
  if (count('h1') !== 1) wrong.push(`${count('h1')} first headings`);
  if (document.documentElement.lang !== 'en-GB') wrong.push('no language');
  if (!/ - .*Northfield|PRACTICE|Welcome/.test(document.title) && count('.product') && document.title.length < 4) wrong.push(`title: ${document.title}`);
  let last = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const level = Number(heading.tagName[1]);
    if (level > last + 1 && last > 0) wrong.push(`heading “${heading.textContent}” leaps from ${last} to ${level}`);
    last = level;
  }
  for (const code of document.querySelectorAll('main p, main dd, main .summary li')) {
    if (/\bprobity (record|sign|log|show|verify|export|appoint|accept|init|erase|backup|serve|key|due|witness|anchor|checkpoint|register)\b/.test(code.textContent)) {
      wrong.push(`a command on the page: ${code.textContent.slice(0, 120)}`);
    }
  }
  return wrong;
});

test('pages that everybody is shown', async () => {
  page.url = server.url;
  const wrong = [];
  for (const path of OPEN) wrong.push(...await look(path));
  none(wrong);
});

test('the first pages of a new record book', async () => {
  page.url = fresh.url;
  const wrong = [];
  for (const path of ['/start', '/start/school', '/start/form', '/start/controller', '/start/name', '/start/role', '/practice']) wrong.push(...await look(path));
  none(wrong);
});

test('every page of the head’s', async () => {
  page.url = server.url;
  await page.unlock('amina-okafor');
  const wrong = [];
  for (const path of addresses) wrong.push(...await look(path));
  assert.ok(addresses.length > PARTS.length, `only ${addresses.length}`);
  console.log(`${addresses.length} pages at two widths`);
  none(wrong);
});

test('the caretaker’s few', async () => {
  await page.go('/');
  await page.press('Lock');
  await page.unlock('joe-marsh');
  const wrong = [];
  for (const path of ['/', '/record', '/record/cctv-access', '/search', '/registers']) wrong.push(...await look(path, `caretaker${path}`));
  none(wrong);
});
