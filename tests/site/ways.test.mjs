// The same journey in other ways: with the keyboard alone, and with JavaScript switched off.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Key } from './support/browser.mjs';
import { opening, visit } from './support/opening.mjs';
import { PASSPHRASE, log } from './support/program.mjs';
import { ago, through } from './support/recording.mjs';

const { made, server } = await opening();

/** What has the focus: how it is named, and whether that can be seen. */
const focus = (page) => page.run(() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const seen = one.getBoundingClientRect();
  const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  return {
    name: one.name ?? '', value: one.value ?? '', tag: one.tagName, words: one.textContent.trim(), type: one.type ?? '',
    ring, onScreen: seen.bottom > 0 && seen.top < innerHeight && seen.width > 0,
  };
});

test('with the keyboard alone a CCTV access gets on record, and the focus is always seen', async () => {
  const page = await visit(server);
  const keys = async (...keys) => { await page.driver.actions().sendKeys(...keys).perform(); };
  /** Tabs on until `found` says so; each stop must show that it has the focus. */
  const tab = async (found, most = 150) => {
    for (let at = 0; at < most; at += 1) {
      await keys(Key.TAB);
      const now = await focus(page);
      if (now.tag === 'BODY') continue;
      assert.ok(now.ring, `the focus is not seen on ${JSON.stringify(now)} at ${await page.path()}`);
      if (found(now)) return now;
    }
    throw new Error(`no stop for ${found} at ${await page.path()}`);
  };
  const enter = async () => {
    const body = await page.one('body');
    await keys(Key.ENTER);
    await page.until('the next page', () => body.getTagName().then(() => false, () => true));
  };
  await page.go('/');
  await keys(Key.TAB);
  assert.match((await focus(page)).words, /Skip to the content/);
  await keys(Key.ENTER);
  await tab(({ name }) => name === 'key');
  for (let at = 0; at < 10 && (await focus(page)).value !== 'joe-marsh'; at += 1) await keys(Key.ARROW_DOWN);
  await tab(({ name }) => name === 'passphrase');
  await keys(PASSPHRASE, Key.ENTER);
  await page.until('the front page', async () => (await page.path()) === '/');

  await tab(({ tag, words }) => tag === 'A' && /^Record/.test(words));
  await enter();
  await tab(({ tag, words }) => tag === 'A' && /CCTV image access/.test(words));
  await enter();
  const answers = { 'a.cameras.0': 'gate 2' };
  for (const [name, hours] of [['a.footage-from', 26], ['a.footage-to', 25], ['a.viewed-from', 1], ['a.viewed-to', 0.5]]) {
    const [day, time] = ago(hours).split(' ');
    const [year, month, date] = day.split('-');
    Object.assign(answers, { [`${name}-day`]: date, [`${name}-month`]: month, [`${name}-year`]: year, [`${name}-time`]: time });
  }
  for (let at = 0; at < 6 && !/recorded|signed/i.test(await page.heading()); at += 1) {
    // One stop after the other, from the top of the form to its button.
    for (let stops = 0; stops < 120; stops += 1) {
      await keys(Key.TAB);
      const now = await focus(page);
      if (now.tag !== 'BODY') assert.ok(now.ring, `the focus is not seen on ${JSON.stringify(now)}`);
      if (now.name in answers) await keys(answers[now.name]);
      if (now.name === 'a.reason') for (let down = 0; down < 9 && (await focus(page)).value !== 'damage'; down += 1) await keys(Key.ARROW_DOWN);
      if (now.name === 'a.outcome' && now.type === 'radio') await keys(Key.SPACE);
      if (now.type === 'password') await keys(PASSPHRASE);
      if (now.tag === 'BUTTON' && /^(Continue|Check|Sign|Save and continue|Record)/.test(now.words)) break;
    }
    await enter();
    if (await page.has('.summary')) throw new Error(await (await page.one('.summary')).getText());
    if (await page.has('main .panel')) break;
  }
  const last = log(made.home).at(-1);
  assert.equal(last.kind, 'cctv-access');
  assert.equal(last.signer, 'Joe Marsh');
  assert.deepEqual(await page.complaints(), []);
});

test('with JavaScript switched off the same gets on record', async () => {
  const page = await visit(server, { javascript: false });
  await page.unlock('joe-marsh');
  const { length } = log(made.home);
  await page.click('Something else');
  await page.click('CCTV image access', ['a']);
  await through(page, {
    'a.cameras.0': 'gate 2', 'a.footage-from': ago(26), 'a.footage-to': ago(25), 'a.viewed-from': ago(1), 'a.viewed-to': ago(0.5),
    'a.reason': 'damage', 'a.authorised-by': 'Amina Okafor', 'a.outcome': 'viewed',
  });
  const last = log(made.home).at(-1);
  assert.equal(last.kind, 'cctv-access');
  assert.equal(last.entry, length);
  for (const path of ['/', '/search?text=gate', `/entry/${last.entry}`]) {
    await page.go(path);
    assert.ok((await page.text()).length > 200, path);
  }
});
