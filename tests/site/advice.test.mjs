// What the data protection officer advised is seen by whoever decides, wherever it is filed and
// whichever way they came; and nobody decides on nothing.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { opening, visit } from './support/opening.mjs';
import { log, newPath, probity } from './support/program.mjs';
import { fill, onward, through } from './support/recording.mjs';

const { made, server, last } = await opening();
const document = newPath('plan.txt');
writeFileSync(document, 'PRACTICE: cameras in the changing rooms\n');
const pages = {};
const at = async (as) => pages[as] ??= await visit(server, { as });
let dpia;
let dpia2;

test('an advice in one case is found by whoever approves the same file in another', async () => {
  probity(made.home, 'sign', '--kind', 'dpo-advice', document, '--by', 'priya-raman', '--case', 'dpia-new', '--recommendation', 'do-not-proceed', '--advice', 'PRACTICE: far too risky', '--yes');
  const advice = last();
  dpia = advice.case;
  const page = await at('amina-okafor');
  await page.go('/sign?kind=dpia-approval');
  await page.attach('files', document);
  await page.press(await onward(page));
  await page.words(/Choose the case/);
  await fill(page, { kind: 'dpia-approval', case: 'dpia-new', files: { file: document } });
  await page.press(await onward(page));
  assert.match(await page.text(), /far too risky/, 'the advice stands beside the questions');
  await fill(page, { decision: 'approved' });
  await page.press(await onward(page));
  const { length } = log(made.home);
  await page.words(/There is a problem\s+Answer this: whether the DPO.s advice is followed/);
  assert.ok(!await page.has('main input[type=password]'), 'nothing to sign yet');
  await page.click(await page.one('.summary a'));
  await fill(page, { 'a.advice-followed': 'no', 'a.overruled-reasons': 'PRACTICE: the insurer asks for it', 'a.overruled-by': 'Amina Okafor' });
  await page.press(await onward(page));
  const text = await page.text();
  assert.doesNotMatch(text, /has not advised/);
  assert.match(text, new RegExp(`advice on this exact content \\(record ${advice.entry}, DPO.s advice by Priya Raman: do not proceed\\)`));
  assert.match(text, /far too risky/);
  assert.deepEqual(await page.findings(), []);
  await page.shot('advice', 1280);
  await through(page, {});
  assert.equal(log(made.home).length, length + 1);
  // What an inspector is told of it later is no other.
  await page.go(`/entry/${last().entry}`);
  assert.doesNotMatch(await page.text(), /has not advised/);
});

test('with the case chosen on the same form, the advice stands before the signature', async () => {
  const page = await at('amina-okafor');
  await page.go('/record/dpia-approval');
  await fill(page, { case: dpia, decision: 'approved', 'a.documents': { file: document } });
  await page.press(await onward(page));
  await page.words(/There is a problem/);
  assert.match(await page.text(), /far too risky/);
});

test('an approval of nothing is refused at the form', async () => {
  const page = await at('amina-okafor');
  const { length } = log(made.home);
  // A case in which no record is to be approved, only files.
  for (const [kind, answers] of [['dpia-approval', { case: dpia }], ['approval', {}]]) {
    await page.go(`/record/${kind}`);
    await fill(page, { ...answers, decision: 'approved' });
    await page.press(await onward(page));
    await page.words(/Choose the files or the record that you decide on/);
    assert.deepEqual(await page.findings(), []);
  }
  assert.equal(log(made.home).length, length);
});

test('a record whose case is not chosen is not asked for all its answers first', async () => {
  const page = await at('amina-okafor');
  await page.go('/record/dpia');
  await page.press(await onward(page));
  await page.words(/Choose the case that it belongs to, or a new one/);
  assert.match(await page.path(), /\/answer\/about|\/record\/dpia$/);
});

test('the record that is signed on is shown, and told apart from another of its kind', async () => {
  const from = newPath('dpia.json');
  for (const context of ['PRACTICE: the first plan', 'PRACTICE: the second plan']) {
    writeFileSync(from, JSON.stringify({ case: context.includes('first') ? 'new' : dpia2, initiative: context }));
    probity(made.home, 'record', 'dpia', '--by', 'tom-fielding', '--from-json', from, '--yes');
    dpia2 = last().case;
  }
  const page = await at('amina-okafor');
  await page.go(`/record/dpia-approval?case=${dpia2}`);
  const offered = await page.run(() => [...document.querySelectorAll('select[name="link.approves"] option, [name=case] ~ label')].map((one) => one.textContent).join('\n'));
  assert.match(offered, /first plan/);
  assert.match(offered, /second plan/);
  await fill(page, { decision: 'approved' });
  await page.press(await onward(page));
  assert.match(await page.text(), /Approves\s+record \d+, DPIA[^]*The record that it approves\s+Record \d+: DPIA/i);
  assert.match(await page.run(() => document.querySelector('main').textContent), /the second plan/);
  assert.deepEqual(await page.findings(), []);
  await page.shot('approves', 1280);
});
