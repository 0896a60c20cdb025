// Slips are told where they are typed, and what the law asks stays in sight.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { opening } from './support/opening.mjs';
import { log, probity } from './support/program.mjs';
import { ago, day, fill, onward, through } from './support/recording.mjs';

const { made, page, last } = await opening({ page: { as: 'amina-okafor' } });

test('what is still to come did not happen yet', async () => {
  const { length } = log(made.home);
  await page.go('/record/breach-report?case=new');
  for (let step = 0; step < 40 && !await page.has('[name="a.aware-day"]'); step += 1) await page.press(await onward(page));
  await page.moment('a.aware', ago(-24 * 22));
  await page.press(await onward(page));
  await page.words(/This is still to come; it is .* now/);
  await page.go('/record/cctv-access');
  await fill(page, { 'a.footage-from': ago(4), 'a.footage-to': ago(5), 'a.viewed-from': ago(2), 'a.viewed-to': ago(1), 'a.reason': 'damage', 'a.outcome': 'viewed' });
  await page.press(await onward(page));
  await page.words(/The end is before the beginning/);
  assert.equal(log(made.home).length, length);
});

test('a regulator that is not told of a risk: the reason is asked for, and without it the 72 hours run on', async () => {
  await page.go('/record/breach-report?case=new');
  await through(page, { 'a.aware': ago(1), 'a.kind': 'loss-theft', 'a.discovered-by': 'Ruth Bell', 'a.still-occurring': 'no', 'a.what-happened': 'PRACTICE: a list was sent to the wrong parents' });
  const { case: breach } = last();
  await page.go(`/record/breach-decision?case=${breach}`);
  const answers = { 'a.risk': 'high', 'a.notify-regulator': 'no' };
  await assert.rejects(through(page, answers), /why the regulator is not notified/);
  // At a terminal nobody is held up.
  probity(made.home, 'record', 'breach-decision', '--by', 'amina-okafor', '--case', breach, '--risk', 'high', '--notify-regulator', 'no', '--yes');
  await page.go(`/breach/${breach}`);
  const text = await page.text();
  assert.match(text, /the risk is high and that the regulator is not notified, and gives no reason/);
  assert.match(text, /Left to notify the regulator/);
  assert.doesNotMatch(text, /need not be told/);
  assert.match(text, /The regulator\s+decided: not told/i);
  assert.deepEqual(await page.findings(), []);
  await page.shot('breach-unreasoned', 1280);
  probity(made.home, 'record', 'breach-decision', '--by', 'amina-okafor', '--case', breach, '--risk', 'high', '--notify-regulator', 'no', '--justification', 'PRACTICE: taken back unread', '--yes');
  await page.go(`/breach/${breach}`);
  assert.doesNotMatch(await page.text(), /gives no reason|Left to notify/);
});

test('the places that a withdrawal names are offered to whoever removes images', async () => {
  const consent = log(made.home).find(({ kind }) => kind === 'consent');
  probity(made.home, 'record', 'consent-withdrawal', '--by', 'ruth-bell', '--case', consent.case, '--received', ago(2),
    '--places', 'school website, page of the summer fair', '--places', 'the hall', '--yes');
  const { case: of, entry } = last();
  await page.go(`/record/image-removal?case=${of}&link=removes:${entry}`);
  assert.match(await page.text(), /Still open: school website, page of the summer fair; the hall/);
  assert.deepEqual(await page.run(() => [...document.querySelector('[name="a.place"]').list.options].map(({ value }) => value)), ['school website, page of the summer fair', 'the hall']);
  assert.deepEqual(await page.findings(), []);
  await through(page, { 'a.place': 'the hall', 'a.done': day(0), 'a.what': 'removed' });
  await page.go(`/record/image-removal?case=${of}&link=removes:${entry}`);
  assert.match(await page.text(), /Still open: school website, page of the summer fair\n/);
});
