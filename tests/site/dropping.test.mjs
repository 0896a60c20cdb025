// Files that are dragged from a folder's window and dropped on a question, as the browser itself takes
// them, not as a script would.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { opening } from './support/opening.mjs';
import { newPath } from './support/program.mjs';
import { onward } from './support/recording.mjs';

const { made, page } = await opening({ page: { as: 'amina-okafor' } });
const files = ['one.txt', 'two.txt', 'three.txt'].map((name) => {
  const path = newPath(name);
  writeFileSync(path, `what ${name} says`);
  return path;
});

const bare = (path) => path.split('/').at(-1);
const drag = (type, at, dropped) => page.driver.sendDevToolsCommand('Input.dispatchDragEvent', {
  type, ...at, data: { items: [], files: dropped, dragOperationsMask: 1 },
});

/** Drags files over a question, and drops them there. */
async function drop(css, dropped, { meanwhile } = {}) {
  const at = await page.run((wanted) => {
    const place = document.querySelector(wanted);
    place.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = place.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  }, css);
  await drag('dragEnter', at, dropped);
  await drag('dragOver', at, dropped);
  await meanwhile?.();
  await drag('drop', at, dropped);
}

const chosen = (name) => page.run((field) => [...document.querySelector(`input[name="${field}"]`).files].map(({ name: file }) => file), name);
const isOver = () => page.run(() => document.querySelectorAll('.drop.over').length);

test('a question shows that it takes what is dragged over it, and takes it', async () => {
  await page.go('/record/note');
  const [first, second, third] = files;
  await drop('.drop:has([name="a.documents"])', [first, second], { meanwhile: async () => assert.equal(await isOver(), 1) });
  assert.equal(await isOver(), 0);
  await page.until('two files', async () => (await chosen('a.documents')).length === 2);
  assert.deepEqual(await chosen('a.documents'), [first, second].map(bare));
  // More are added to them.
  await drop('.drop:has([name="a.documents"])', [third]);
  assert.deepEqual(await chosen('a.documents'), files.map(bare));
  await page.type('a.text', 'files were dropped on this');
  await page.press(await onward(page));
  for (const file of files) assert.ok((await page.text()).includes(bare(file)), file);
  assert.deepEqual(await page.complaints(), []);
});

test('a question for one file takes one, and the newest', async () => {
  await page.go('/search');
  const [{ name }] = await page.run(() => [...document.querySelectorAll('.drop input')].map(({ name: field, multiple }) => ({ name: field, multiple })).filter(({ multiple }) => !multiple));
  const css = `.drop:has([name="${name}"])`;
  await drop(css, files.slice(0, 2));
  assert.deepEqual(await chosen(name), [bare(files[0])]);
  await drop(css, [made.document]);
  assert.deepEqual(await chosen(name), [bare(made.document)]);
  await page.press('Look for it');
  await page.words(/Record \d+/);
});

test('a file that is dropped beside every question does not take the page away', async () => {
  await page.go('/record/note');
  // The browser would open the file in place of the page, with all that was typed in it.
  const opened = await page.run(() => ['dragover', 'drop'].filter((type) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['x'], 'x.txt'));
    return document.querySelector('h1').dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
  }));
  assert.deepEqual(opened, []);
  // Text that is dragged into a field is the field's own matter.
  const kept = await page.run(() => document.querySelector('textarea').dispatchEvent(new DragEvent('dragover', { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() })));
  assert.equal(kept, true);
});
