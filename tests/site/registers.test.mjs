// A register's sheet has the rows that the page shows, in their order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { probity, school } from './support/program.mjs';

const made = school();
for (const [people, what] of [[30, 'a list, "left" on a bus'], [4, 'a letter, to the wrong family'], [100, 'an e-mail to all parents']]) {
  probity(made.home, 'record', 'breach-report', '--by', 'Priya Raman', '--as', 'dpo', '--case', 'new', '--aware', '2026-11-20 09:15',
    '--kind', 'human-error', '--people-count', String(people), '--what-happened', what, '--confirm-date', '--yes');
}
const { server } = await opening({ made });
const head = await unlocked(server.url, 'amina-okafor');

/** The entries of each row that a page shows, row by row. */
const rows = (text) =>
  [...text.matchAll(/<td data-column="Recorded in">(.*?)<\/td>/g)].map(([, cell]) => [...cell.matchAll(/\/entry\/(\d+)/g)].map(([, entry]) => entry).join(' '));
/** The same of a sheet, whose cells may hold commas and ends of lines. */
const lines = (sheet) => {
  const first = [...sheet.matchAll(/(?:^|\n)("(?:[^"]|"")*"|[^,\n]*),(?:(?:"(?:[^"]|"")*"|[^,\n]*)(?:,|(?=\r?\n|$)))*/g)];
  return first.map(([, cell]) => cell.replaceAll('"', '')).slice(1);
};
const sheets = (text) => [...text.matchAll(/<a href="([^"]*\.csv\?[^"]*)"/g)].map(([, to]) => plain(to));

test('sorted and filtered as on the page', async () => {
  const { text: list } = await head.get('/registers');
  const names = [...new Set([...list.matchAll(/href="(\/registers\/[a-z-]+)"/g)].map(([, to]) => to))];
  let turned = 0;
  let filtered = 0;
  for (const name of names) {
    const { text } = await head.get(`${name}?columns=all`);
    const shown = rows(text);
    if (shown.length < 2) continue;
    const columns = [...text.matchAll(/aria-sort|href="[^"]*sort=([a-z-]+)[^"]*" title=/g)].map(([, sort]) => sort).filter(Boolean);
    assert.ok(columns.length > 2, name);
    for (const sort of columns.flatMap((column) => [column, `-${column}`])) {
      const page = await head.get(`${name}?sort=${sort}`);
      const [to] = sheets(page.text);
      const { text: sheet, headers } = await head.get(to);
      assert.match(headers['content-type'], /^text\/csv/);
      assert.deepEqual(lines(sheet), rows(page.text), `${name} by ${sort}`);
      if (String(rows(page.text)) !== String(shown)) turned += 1;
    }
    const [word] = /[a-z]+-\d{4}-\d{3}/.exec(text) ?? [];
    if (!word) continue;
    const page = await head.get(`${name}?filter=${word}&sort=-entries`);
    const [these, whole] = sheets(page.text);
    const part = lines((await head.get(these)).text);
    assert.deepEqual(part, rows(page.text), `${name} with ${word}`);
    assert.equal(lines((await head.get(whole)).text).length, shown.length, 'the whole is still there');
    if (part.length < shown.length) filtered += 1;
  }
  assert.ok(turned > 2, `only ${turned} orders changed anything`);
  assert.ok(filtered > 0, 'a filter left something out');
});
