// One browser for all tests: Debian's Chromium (or Chrome), driven without a window and without a
// network. Whatever leaves a page, and whatever a page ought not to do, is noted and fails the test.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer from 'puppeteer-core';

/** A folder for the files of the tests, which goes away with them. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'probity-page-'));

const HARMLESS = /^(file|blob|data|about):/;
/** Whom the browser itself asks for its updates and the time, whatever it shows. */
const ITS_OWN = /^[A-Z]+ (http:\/\/)?[a-z0-9.-]*\.(google|googleapis|gvt1)\.com[:/]/;

let browser;
let trap;

/** The browser that is installed. */
export function program() {
  const named = process.env.PROBITY_BROWSER;
  if (named) return named;
  for (const name of ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch { /* the next one */ }
  }
  throw new Error('no Chromium or Chrome is installed: install the package chromium');
}

/** Everything that isn't a file would have to go through this proxy, which lets nothing through. */
async function listen() {
  const asked = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      asked.push(bytes.toString('latin1').split('\r\n')[0]);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { server, asked, port: server.address().port };
}

async function launch() {
  trap = await listen();
  browser = await puppeteer.launch({
    executablePath: program(),
    headless: true,
    pipe: true,
    // In a locale without such letters Chromium drops, without a word, a file whose name has them.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: [
      // The tests may run as root, where Chromium's sandbox refuses to start.
      '--no-sandbox',
      '--disable-gpu',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      `--proxy-server=http://127.0.0.1:${trap.port}`,
      '--proxy-bypass-list=<-loopback>',
    ],
  });
  const [blank] = await browser.pages();
  await blank.close().catch(() => {});
}

export async function close() {
  await browser?.close();
  trap?.server.close();
  rmSync(FOLDER, { recursive: true, force: true });
}

/** What pages asked the network for since the browser began. */
export const asked = () => trap.asked.filter((line) => !ITS_OWN.test(line));

/** A page that is watched: `harm` lists what it did and ought not to have done. */
export async function newPage({ width = 1280, height = 900 } = {}) {
  if (!browser) await launch();
  const page = await browser.newPage();
  await page.setViewport({ width, height });
  // Nothing glides away from under a click.
  await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
  const harm = [];
  page.on('dialog', (dialog) => {
    harm.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => {});
  });
  page.on('request', (request) => {
    if (!HARMLESS.test(request.url())) harm.push(`a request: ${request.url().slice(0, 200)}`);
  });
  page.on('popup', () => harm.push('another window'));
  page.on('pageerror', (error) => harm.push(`an error: ${error.message}`));
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) harm.push(`the console: ${message.text()}`);
  });
  await page.evaluateOnNewDocument(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`violates ${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
  return { page, harm };
}

/** Fails if the page did what it ought not to have done, or if anything asked the network. */
export function unharmed({ harm }) {
  const all = [...harm, ...asked()];
  if (all.length) throw new Error(`the page did what it ought not to have done:\n${all.join('\n')}`);
}
