// Records full of markup, scripts, turned writing, control characters and very long texts do nothing
// but show.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { newPage, unharmed } from '../support/browser.js';
import { listed } from '../support/corpus.js';
import { Forged, note } from '../support/forge.js';
import { CONTROLS, LONG, MARK, MARKUP, UNSEEN, spelt } from '../support/hostile.js';
import { choose, emptyAddress, opened, pageOf, shown, written } from '../support/page.js';
import { exported, record, tour, verified } from '../support/school.js';
import { pack } from '../support/zip.js';

/** What the page is made of, apart from its records: nothing in a bundle may add to it. */
const census = (page) => page.evaluate((mark) => ({
  marked: [...document.querySelectorAll(`[${mark}], x-hostile`)].map((node) => node.outerHTML.slice(0, 100)),
  active: document.querySelectorAll('script, style, link, base, iframe, object, embed, svg, math, img, meta').length,
  forms: document.querySelectorAll('form').length,
  handlers: [...document.querySelectorAll('*')].flatMap((node) => [...node.attributes])
    // The page itself keeps room for what it hasn't built yet, by heights.
    .filter(({ name, value }) => /^on/.test(name) || (name === 'style' && !/^([a-z-]+: [0-9.]+px;? ?)*$/.test(value))
      || name === 'srcdoc' || /^\s*javascript:/i.test(value))
    .map(({ name, value }) => `${name}=${value.slice(0, 50)}`),
  links: [...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))
    .filter((href) => !/^#[a-z0-9-]+$/.test(href) && !/^documents\/[0-9a-f]{64}\/file\.[a-z0-9]{1,8}$/.test(href)),
  pwned: globalThis.pwned ?? null,
  polluted: [{}.hostile, Object.prototype.a, [].hostile].filter((found) => found !== undefined),
  title: document.title.length,
}), MARK);

/** Everything there is to read, with all that is folded opened and all that is put off built. */
const read = (page) => page.evaluate(async () => {
  dispatchEvent(new Event('beforeprint'));
  await new Promise((done) => { setTimeout(done, 50); });
  return document.querySelector('main').textContent;
});

async function harmless(watched, plain) {
  const { page } = watched;
  const found = await census(page);
  assert.deepEqual(found.marked, [], 'an element came from the data');
  assert.deepEqual({ active: found.active, forms: found.forms }, { active: plain.active, forms: plain.forms });
  assert.deepEqual(found.handlers, []);
  assert.deepEqual(found.links, []);
  assert.equal(found.pwned, null, 'a script ran');
  assert.deepEqual(found.polluted, []);
  assert.ok(found.title < 400, 'the title is of a length that a window can show');
  unharmed(watched);
}

describe('hostile records', () => {
  let watched;
  let plain;
  before(async () => {
    watched = await newPage();
    await opened(watched.page, pageOf(new Forged().zip()));
    plain = await census(watched.page);
  });
  after(() => watched.page.close());

  /** A control character may stand nowhere in what is read; of what turns writing, nothing either. */
  const spelled = (text) => {
    const raw = [...CONTROLS, ...UNSEEN].filter((c) => text.includes(c));
    assert.deepEqual(raw.map(spelt), [], 'these stand in the page as they are');
  };

  test('through the program: markup, scripts, turned writing, 60 KiB', { timeout: 120_000 }, async () => {
    const { home } = tour();
    const dpo = ['Priya Raman', 'dpo'];
    const turned = `user\u202egnp.exe \u2066${UNSEEN.slice(0, 12).join('x')}`;
    const answers = {
      aware: '2026-11-20 09:15', 'what-happened': MARKUP.join('\n'), 'possible-misuse': turned, 'likely-consequences': LONG,
    };
    const file = written('hostile.json', JSON.stringify(answers));
    const { case: name } = record(home, 'breach-report', ...dpo, '--case', 'new', '--from-json', file);
    const attached = written("a'b\"<img src=x onerror=alert(1)>.html", '<script>alert(1)</script>');
    record(home, 'note', ...dpo, '--case', name, '--text', MARKUP[0], '--attach', attached);
    const bundle = exported(home, 'hostile.zip', '--case', name);
    assert.equal(verified(bundle).verdict, 'intact');
    await opened(watched.page, pageOf(readFileSync(bundle)));
    assert.equal((await shown(watched.page)).verdict, 'intact');
    const text = await read(watched.page);
    for (const one of MARKUP) assert.ok(text.includes(one), `not shown as it is: ${one}`);
    assert.ok(text.includes(LONG), 'the long text is shown whole');
    assert.ok(text.includes(`user${spelt('\u202e')}gnp.exe`), 'what turns the writing is spelt out');
    assert.ok(text.includes("a'b\"<img src=x onerror=alert(1)>.html"));
    spelled(text);
    await harmless(watched, plain);
  });

  test('from a hostile author: every place where a text can stand', { timeout: 60_000 }, async () => {
    const all = [...MARKUP, CONTROLS.join('·'), UNSEEN.join('·')];
    const book = new Forged({ school: `${MARKUP[0]}\u202e\u0007`, name: `${MARKUP[2]}\u0000\u202e` });
    const page = book.document(`${MARKUP[2]}\u0001.html`, `text/html${MARKUP[1]}`, Buffer.from('<script>alert(1)</script>'));
    // As answers, in lists, and as the names within a group that no form asks for.
    for (const text of all) book.add('note', { ...note(text), sub: 'other-2026-001' });
    book.add('note', note(all, {
      documents: [page],
      occurred: new Map([['from', MARKUP[0]], ['to', MARKUP[1]]]),
      'decided-by': new Map([...all, '__proto__', 'constructor', 'a'].map((key) => [key, new Map([['__proto__', key], ['hostile', key]])])),
    }));
    // A value of another form than its field asks for.
    for (const value of [-1, 2 ** 53 - 1, true, Buffer.from(MARKUP[0]), [[[[MARKUP[0]]]]], new Map([['__proto__', 1]])]) {
      book.add('note', note(value, { occurred: value, documents: value }));
    }
    book.add('note', note(LONG));
    // A kind that no version knows, with names that every object has.
    book.add('constructor', { fields: { constructor: MARKUP[0], 'to-string': MARKUP[1] }, sub: 'constructor-2026-001' });
    const zip = book.zip();
    assert.equal(verified(written('forged.zip', zip)).verdict, 'cannot-check', 'nothing but the unknown kind is the matter');
    await opened(watched.page, pageOf(zip));
    assert.equal((await shown(watched.page)).fault.code, 'kind-unknown');
    const text = await read(watched.page);
    for (const one of MARKUP) assert.ok(text.includes(one), `not shown as it is: ${one}`);
    for (const one of [...CONTROLS, ...UNSEEN]) assert.ok(text.includes(spelt(one)), `${spelt(one)} is not spelt out`);
    assert.ok(text.includes(LONG));
    spelled(text);
    await harmless(watched, plain);
  });

  test('hostile reading copies and names of files', async () => {
    const book = new Forged();
    book.add('note', note('plain'));
    const files = book.files();
    files.set('data/schedule.csv', Buffer.from(`\ufeffnumber,entry,${MARKUP[0].replaceAll('"', '""')}\r\n1,2,"${MARKUP.join('\n').replaceAll('"', '""')}"\r\n`));
    files.set('data/entries.csv', Buffer.from(MARKUP.join('\n')));
    files.set('bag-info.txt', Buffer.from(`Source-Organization: ${MARKUP[0]}\n`));
    await opened(watched.page, pageOf(pack([...listed(files)])));
    assert.equal((await shown(watched.page)).verdict, 'intact');
    const text = await read(watched.page);
    assert.ok(text.includes(MARKUP[2]), 'the schedule is shown as it is');
    await harmless(watched, plain);
    // A file that has no place: its name is part of what the page says.
    files.set(`data/${MARKUP[0].replaceAll(/[/\\:]/g, '')}`, Buffer.from('x'));
    await opened(watched.page, pageOf(pack([...listed(files)])));
    assert.equal((await shown(watched.page)).fault.code, 'container');
    await harmless(watched, plain);
  });

  test('a hostile name of a dropped file, and a hostile code', async () => {
    await watched.page.goto(emptyAddress());
    await watched.page.waitForSelector('#check:not([hidden])');
    const harm = await census(watched.page);
    await choose(watched.page, written("<img hostile src=x onerror='alert(1)'>\u202e.zip", new Forged().zip()));
    assert.equal((await shown(watched.page)).verdict, 'intact');
    await choose(watched.page, written('<b hostile>\u202etxt.exe', 'x'));
    const text = await read(watched.page);
    assert.ok(text.includes('<b hostile>\\u202etxt.exe'), 'the name is shown as it is');
    spelled(text);
    await harmless(watched, harm);
  });

  test('should markup ever come in, the page’s policy stops it, and these tests see it', async () => {
    const other = await newPage();
    await opened(other.page, pageOf(new Forged().zip()));
    unharmed(other);
    await other.page.evaluate((markup) => {
      for (const one of markup) document.querySelector('main').insertAdjacentHTML('beforeend', one);
      const script = document.createElement('script');
      script.textContent = 'globalThis.pwned = "inline"';
      document.body.append(script);
      document.querySelector('x-hostile')?.click();
      fetch('http://hostile.example/fetch').catch(() => {});
      new Image().src = 'http://hostile.example/image';
    // No policy can forbid a page to be led away by a refresh.
    }, MARKUP.filter((one) => !one.includes('refresh')));
    await new Promise((done) => { setTimeout(done, 300); });
    assert.equal(await other.page.evaluate(() => globalThis.pwned ?? null), null, 'a script ran');
    assert.ok((await census(other.page)).marked.length > 10);
    for (const directive of ['script-src-elem', 'script-src-attr', 'style-src', 'img-src', 'connect-src']) {
      assert.ok(other.harm.some((line) => line.includes(`violates ${directive}`)), `${directive}: ${other.harm.join('\n')}`);
    }
    unharmed(watched);
    await other.page.close();
  });
});
