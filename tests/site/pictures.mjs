// The pictures of docs/guide, taken anew from the tour's made-up school:
// PROBITY_BIN=target/debug/probity node tests/site/pictures.mjs [NAME…]

import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { browser } from './support/browser.mjs';
import { small } from './support/png.mjs';
import { log, newPath, school, serve } from './support/program.mjs';

const INTO = fileURLToPath(new URL('../../docs/guide/pictures/', import.meta.url));
const MOST = 60_000;

const { home } = school();
const breach = log(home).find(({ kind }) => kind === 'breach-report').case;
/** Name of the picture, who looks, where, and how much of it in CSS pixels. */
const PICTURES = [
  ['front', 'amina-okafor', '/', 760],
  ['record', 'ruth-bell', '/record', 640],
  ['cctv-access', 'joe-marsh', '/record/cctv-access', 900],
  ['breach-room', 'priya-raman', `/breach/${breach}`, 900],
  ['waiting', 'gareth-lloyd', '/waiting', 560],
  ['verify', 'amina-okafor', '/verify', 700],
  ['backup', 'amina-okafor', '/backup', 760],
];

const only = process.argv.slice(2);
const wanted = ([name]) => only.length === 0 || only.includes(name);
const page = await browser({ width: 760 });
const [server, fresh] = [await serve(home), await serve(newPath('home'))];

async function picture(name, height) {
  await page.resize(760, height);
  const { data } = await page.driver.sendAndGetDevToolsCommand('Page.captureScreenshot', { format: 'png' });
  const file = join(INTO, `${name}.png`);
  writeFileSync(file, small(Buffer.from(data, 'base64')));
  const { size } = statSync(file);
  console.log(`${name}.png ${size} bytes`);
  if (size > MOST) throw new Error(`${name}.png is larger than ${MOST} bytes: show less of the page`);
}

try {
  await page.driver.sendDevToolsCommand('Emulation.setScrollbarsHidden', { hidden: true });
  mkdirSync(INTO, { recursive: true });
  if (wanted(['start'])) {
    page.url = fresh.url;
    await page.go('/start/controller');
    await picture('start', 560);
  }
  page.url = server.url;
  let who;
  for (const [name, key, path, height] of PICTURES.filter(wanted)) {
    if (who !== key) {
      if (who) await page.press('Lock');
      await page.unlock(key);
      who = key;
    }
    await page.go(path);
    await page.until('the verdict', async () => !(await page.text()).includes('Being checked') || page.go(path).then(() => false));
    if ((await page.heading()) === 'Page not found') throw new Error(`${path} is not there`);
    await picture(name, height);
  }
} finally {
  await page.end();
  await server.end();
  await fresh.end();
}
