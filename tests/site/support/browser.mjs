// A browser that is driven as its user would: Debian's Chromium through its own chromedriver, without
// a window. What a page ought not to do is noted in its console, and fails the test.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { Builder, By, Key, logging } from 'selenium-webdriver';
import chrome from 'selenium-webdriver/chrome.js';
import { FOLDER, PASSPHRASE } from './program.mjs';

export { By, Key };

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SHOTS = process.env.PROBITY_SHOTS === '1' && fileURLToPath(new URL('../../../target/site-shots', import.meta.url));
const PATIENCE = 20_000;

const found = (names) => {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch { /* the next one */ }
  }
  throw new Error(`none of ${names.join(', ')} is installed: install the packages chromium and chromium-driver`);
};

/**
 * A browser of its own, with nothing kept: `javascript: false` switches scripts off, `name` is found
 * at this machine, and `trust` is the public key of a certificate that its user has imported
 * (SHA-256, base64).
 */
export async function browser({ width = 1280, height = 900, javascript = true, name, trust } = {}) {
  const profile = mkdtempSync(join(FOLDER, 'browser-'));
  const downloads = join(profile, 'downloads');
  mkdirSync(downloads);
  const options = new chrome.Options();
  options.setChromeBinaryPath(process.env.PROBITY_BROWSER ?? found(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']));
  options.addArguments(
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--force-prefers-reduced-motion', `--host-resolver-rules=${name ? `MAP ${name} 127.0.0.1, ` : ''}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
    `--user-data-dir=${profile}`, `--window-size=${width},${height}`,
    ...(trust ? [`--ignore-certificate-errors-spki-list=${trust}`] : []),
  );
  options.setAcceptInsecureCerts(false);
  options.setUserPreferences({
    'download.default_directory': downloads,
    'download.prompt_for_download': false,
    'credentials_enable_service': false,
    'profile.password_manager_enabled': false,
    ...(!javascript && { 'profile.managed_default_content_settings.javascript': 2 }),
  });
  const logs = new logging.Preferences();
  logs.setLevel(logging.Type.BROWSER, logging.Level.ALL);
  options.setLoggingPrefs(logs);
  const service = new chrome.ServiceBuilder(found(['chromedriver']))
    // In a locale without such letters Chromium drops, without a word, a file whose name has them.
    .setEnvironment({ ...process.env, LC_ALL: 'C.UTF-8' });
  const driver = await new Builder().forBrowser('chrome').setChromeOptions(options).setChromeService(service).build();
  await driver.manage().setTimeouts({ pageLoad: PATIENCE * 3, script: PATIENCE * 3, implicit: 0 });
  const page = new Page(driver, downloads, javascript);
  await page.resize(width, height);
  return page;
}

/** What a user does at a page, and sees there. */
export class Page {
  constructor(driver, downloads, javascript) {
    Object.assign(this, { driver, downloads, javascript, url: '', clicks: 0, keys: 0 });
  }

  /** The width and height of what is seen, in CSS pixels. */
  resize(width, height = 900) {
    return this.driver.sendDevToolsCommand('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  end() {
    return this.driver.quit();
  }

  /** Opens a path of the server whose address is `url`. */
  async go(path) {
    await this.driver.get(/^(https?|file):/.test(path) ? path : this.url + path);
  }

  async path() {
    return (await this.driver.getCurrentUrl()).slice(this.url.length);
  }

  async heading() {
    return (await this.driver.findElement(By.css('h1'))).getText();
  }

  /** Everything that is to be read. */
  async text() {
    return (await this.driver.findElement(By.css('body'))).getText();
  }

  /** Waits until `ask` gives something, and gives it back. */
  async until(what, ask, patience = PATIENCE) {
    const last = Date.now() + patience;
    for (;;) {
      const answer = await Promise.resolve(ask()).catch(() => undefined);
      if (answer) return answer;
      if (Date.now() > last) throw new Error(`${what} did not come. Instead, at ${await this.path()}:\n${(await this.text()).slice(0, 3000)}`);
      await wait(50);
    }
  }

  /** Waits for words on the page. */
  words(words, patience) {
    const told = (text) => (words instanceof RegExp ? words.test(text) : text.includes(words));
    return this.until(String(words), async () => told(await this.text()), patience);
  }

  all(css) {
    return this.driver.findElements(By.css(css));
  }

  async one(css) {
    const [first] = await this.all(css);
    if (!first) throw new Error(`there is no ${css} at ${await this.path()}:\n${(await this.text()).slice(0, 3000)}`);
    return first;
  }

  async has(css) {
    return (await this.all(css)).length > 0;
  }

  /** A link or button with these words: the first in the content, or anywhere. */
  async named(words, kinds = ['a', 'button', 'summary', 'label']) {
    const say = JSON.stringify(words);
    for (const test of [`normalize-space(.)=${say}`, `starts-with(normalize-space(.),${say})`, `contains(normalize-space(.),${say})`]) {
      for (const under of ['//main', '']) {
        for (const kind of kinds) {
          for (const one of await this.driver.findElements(By.xpath(`${under}//${kind}[${test}]`))) {
            if (await one.isDisplayed()) return one;
          }
        }
      }
    }
    throw new Error(`nothing is called “${words}” at ${await this.path()}:\n${(await this.text()).slice(0, 3000)}`);
  }

  /** Clicks on what has these words, or on an element. */
  async click(what, kinds) {
    const element = typeof what === 'string' ? await this.named(what, kinds) : what;
    this.clicks += 1;
    await element.click();
  }

  /** Presses a button that sends a form, and waits for the page that comes. */
  async press(words) {
    const button = typeof words === 'string' ? await this.named(words, ['button']) : words;
    const body = await this.one('body');
    this.clicks += 1;
    await button.click();
    // A page that was left takes its elements with it.
    await this.until('the next page', () => body.getTagName().then(() => false, () => true));
    await this.until('the next page', () => this.has('body'));
  }

  async field(name) {
    return this.one(`[name="${name}"]:not([type=hidden])`);
  }

  /** Types into a field by its name; what it held goes. */
  async type(name, text) {
    const field = await this.field(name);
    this.clicks += 1;
    await field.clear();
    this.keys += text.length;
    await field.sendKeys(text);
  }

  /** Chooses a radio button, a box or an option by the field's name and the value. */
  async choose(name, value) {
    const [option] = await this.all(`select[name="${name}"] option[value="${value}"]`);
    this.clicks += 1;
    if (option) return option.click();
    return (await this.one(`input[name="${name}"][value="${value}"]`)).click();
  }

  /** A day (and a time, if it has one) into a question of three or four inputs. */
  async moment(name, text) {
    const [day, time] = text.split(' ');
    const [year, month, date] = day.split('-');
    await this.type(`${name}-day`, date);
    await this.type(`${name}-month`, month);
    await this.type(`${name}-year`, year);
    if (time) await this.type(`${name}-time`, time);
  }

  /** Chooses files for a question. */
  async attach(name, ...paths) {
    this.clicks += 1;
    await (await this.one(`input[type=file][name="${name}"]`)).sendKeys(paths.join('\n'));
  }

  /** What an act downloads: its path, once it is whole. */
  async download(act) {
    const before = new Set(readdirSync(this.downloads));
    await act();
    const name = await this.until('the download', () => readdirSync(this.downloads)
      .find((file) => !before.has(file) && !/\.(crdownload|tmp)$/.test(file) && !file.startsWith('.')), 60_000);
    return join(this.downloads, name);
  }

  /** Unlocks with a key of the tour, as its holder would. */
  async unlock(key, passphrase = PASSPHRASE) {
    await this.go('/unlock');
    await this.choose('key', key);
    await this.type('passphrase', passphrase);
    await this.press('Unlock');
  }

  /** Runs a script in the page, for tests alone. */
  run(script, ...given) {
    // Chromedriver runs these in a world of its own, also where a page may run none.
    return this.driver.executeScript(script, ...given);
  }

  /** What the page complained of since the last time: errors, and what its security policy stopped. */
  async complaints() {
    const lines = await this.driver.manage().logs().get(logging.Type.BROWSER);
    return lines.filter(({ level }) => level.value >= logging.Level.WARNING.value).map(({ message }) => message)
      // A form with a mistake in it answers 422, and what isn't there 404.
      .filter((message) => !/the server responded with a status of 4(04|22)/.test(message));
  }

  /** What axe-core finds at the levels A and AA of WCAG 2.2, and of landmarks and headings. */
  async findings() {
    await this.driver.executeScript(AXE);
    return this.driver.executeAsyncScript((levels, done) => {
      globalThis.axe.run(document, { runOnly: levels, resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, html, failureSummary }) =>
          `${id}: ${help}: ${target.join(' ')}: ${html.slice(0, 200)}: ${String(failureSummary).replace(/\s+/g, ' ').slice(0, 300)}`))),
        (error) => done([`axe-core failed: ${error}`]),
      );
    }, LEVELS);
  }

  /** What sticks out to the side, so that a reader would have to scroll in two directions. */
  async tooWide() {
    return this.run(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return [];
      const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > room + 1);
      return [`${document.documentElement.scrollWidth} of ${room} pixels`, ...wide.slice(0, 5).map((one) => one.outerHTML.slice(0, 160))];
    });
  }

  /** Keeps a picture of the whole page, where PROBITY_SHOTS=1 asks for it. */
  async shot(name, width) {
    if (!SHOTS) return;
    mkdirSync(SHOTS, { recursive: true });
    const height = Math.min(await this.run(() => document.documentElement.scrollHeight), 6000);
    await this.resize(width, Math.max(height, 600));
    const { data } = await this.driver.sendAndGetDevToolsCommand('Page.captureScreenshot', { format: 'png' });
    const bare = name.replace(/^\//, '').replace(/[^a-z0-9.-]+/gi, '_') || 'front';
    writeFileSync(join(SHOTS, `${bare}-${width}.png`), Buffer.from(data, 'base64'));
    await this.resize(width);
  }
}
