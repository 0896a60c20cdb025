// Unlocking and locking the page, as its users do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { opening, visit } from './support/opening.mjs';
import { PASSPHRASE, PEOPLE, serve } from './support/program.mjs';

const { made, server, page } = await opening({ page: {} });

test('everybody who has a key here is offered, with what they are', async () => {
  await page.go('/');
  assert.match(await page.path(), /^\/unlock\?next=%2F$/);
  assert.equal(await page.heading(), 'Unlock the record book');
  const text = await page.text();
  for (const [, name] of Object.values(PEOPLE)) assert.ok(text.includes(name), name);
  assert.match(text, /PRACTICE/);
  assert.match(await page.driver.getTitle(), /^PRACTICE: Unlock/);
});

test('a wrong passphrase is told at its field, which is empty again', async () => {
  await page.go('/unlock');
  await page.choose('key', 'amina-okafor');
  await page.type('passphrase', 'not the one');
  await page.press('Unlock');
  assert.match(await page.driver.getTitle(), /^Error: /);
  assert.equal(await page.run(() => document.activeElement.className), 'summary', 'the summary has the focus');
  assert.match(await (await page.one('.summary')).getText(), /There is a problem\s+That is not the passphrase. Look at Caps Lock/);
  const field = await page.field('passphrase');
  assert.equal(await field.getAttribute('value'), '');
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await (await page.one('input[value=amina-okafor]')).isSelected(), true, 'the name stays chosen');
  await page.click(await page.one('.summary a'));
  assert.equal(await page.run(() => document.activeElement.id), 'passphrase');
});

test('a passphrase that was left empty is no wrong one', async () => {
  await page.go('/unlock');
  await page.choose('key', 'amina-okafor');
  await page.press('Unlock');
  assert.match(await (await page.one('.summary')).getText(), /Type your passphrase/);
});

test('nobody chosen is told, too', async () => {
  await page.go('/unlock');
  await page.type('passphrase', PASSPHRASE);
  await page.press('Unlock');
  assert.match(await page.text(), /Choose your name/);
  await page.click(await page.one('.summary a'));
  assert.equal(await page.run(() => document.activeElement.id), 'key');
});

test('the right one leads to where it was wanted, and the page says who is in', async () => {
  await page.go('/unlock?next=%2Faccessibility');
  await page.choose('key', 'amina-okafor');
  await page.type('passphrase', PASSPHRASE);
  await page.press('Unlock');
  assert.equal(await page.path(), '/accessibility');
  assert.match(await (await page.one('header')).getText(), /Amina Okafor, Headteacher/i);
  await page.go('/');
  await page.words('The records fit together');
  assert.equal(await page.run(() => document.cookie), '', 'no script reads the cookie');
  assert.deepEqual(await page.complaints(), []);
});

test('locking leads to where it is unlocked, and the way back shows nothing', async () => {
  await page.press('Lock');
  assert.match(await page.path(), /^\/unlock/);
  await page.driver.navigate().back();
  await page.until('the locked page', async () => /^\/unlock/.test(await page.path()));
  assert.doesNotMatch(await page.text(), /Newest records/);
});

test('without use it locks by itself, says so, and goes on where it was', async () => {
  const short = await serve(made.home, '--lock-after', '2');
  try {
    page.url = short.url;
    await page.unlock('amina-okafor');
    await page.go('/accessibility');
    assert.match(await page.text(), /Amina Okafor/);
    // The page goes by itself, so that what is on it isn't left standing in a room.
    await page.until('the locked page', async () => /^\/unlock\?lapsed=1/.test(await page.path()), 10_000);
    assert.match(await page.text(), /locked, because it was not used for some time/);
    await page.choose('key', 'ruth-bell');
    await page.type('passphrase', PASSPHRASE);
    await page.press('Unlock');
    assert.equal(await page.path(), '/accessibility');
    // A form that was left open does nothing, and says so.
    await page.go('/');
    await wait(2200);
    await page.go('/');
    assert.match(await page.path(), /^\/unlock\?next=%2F&lapsed=1/);
  } finally {
    page.url = server.url;
    await short.end();
  }
});

test('two people at two browsers see each their own', async () => {
  await page.unlock('amina-okafor');
  const other = await visit(server, { as: 'joe-marsh' });
  assert.match(await (await page.one('header')).getText(), /Amina Okafor/);
  assert.match(await (await other.one('header')).getText(), /Joe Marsh/);
  await other.press('Lock');
  await page.go('/');
  assert.equal(await page.path(), '/');
});
