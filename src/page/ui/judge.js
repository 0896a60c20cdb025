// From bytes to what the reader sees: has a subject verified, and puts verdict, contents and story in their
// places.
//
// A subject is `{zip, name, checker, model}`; its name is null when it is what the page carries. The newest job
// wins: whatever an older one brings is dropped.

import { append, byId, button, el, forgetUnbuilt, lazyDetails, shown } from './dom.js';
import { startChecker } from './check.js';
import { sizeWords } from './documents.js';
import { modelOf } from './model.js';
import { endPrinting, isPrinting, nameOnPaper } from './print.js';
import { kindsHere, scheduleNode, tell } from './story.js';
import { refuseGiven, showGiven } from './trust.js';
import { forgetTexts } from './values.js';
import { contentsNode, detailNode, failedNode, place, verdictNode } from './verdict.js';
import { records, shortName } from './phrases.js';

const root = document.documentElement;
const STEPS = {
  unpacking: 'Unpacking', reading: 'Reading records', proofs: 'Checking the place of each record',
  signatures: 'Checking signatures', comparing: 'Comparing the reading copy', outside: 'Looking at evidence from outside',
  showing: 'Writing the records down',
};
const SHOWN = ['verdict', 'contents', 'detail', 'records', 'schedule', 'rest', 'trust', 'tools', 'nav'];

/** What lies on the desk: the subject looked at, what the page carries, the code typed, the files given of those whom the
 * reader trusts, what a search found while the story is of that alone, and the model whose story is told. */
export const desk = { current: null, carried: null, code: null, given: {}, found: null, told: null };
let job = 0;

/** Tells those who listen. */
export function say(text) {
  byId('status').textContent = text;
}

/** Shows how far the check is; says it where a new step begins. */
export function progress(step, done, total) {
  const words = Object.hasOwn(STEPS, step) ? STEPS[step] : 'Checking';
  const bar = byId('bar');
  byId('progress').hidden = false;
  if (total > 0) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute('value');
  }
  const number = (value) => (step === 'unpacking' ? sizeWords(value) : value.toLocaleString('en-GB'));
  byId('step').textContent = total > 0 ? `${words}: ${number(done)} of ${number(total)}` : words;
  if (bar.dataset.step !== words) say(`${words}.`);
  bar.dataset.step = words;
}

function title(text, school) {
  byId('title').replaceChildren();
  append(byId('title'), [text, school ? [' from ', shown(shortName(school))] : null]);
  if (isPrinting()) return;
  const whole = byId('title').textContent;
  document.title = whole.length > 150 ? `${whole.slice(0, 150)}…` : whole;
}

function finish(verdict) {
  byId('progress').hidden = true;
  delete byId('bar').dataset.step;
  const { model } = desk.current || {};
  endPrinting(verdict, model && model.verdict.fingerprint.hash);
  root.dataset.verdict = verdict;
}

/** There is nothing to show but why. */
export function cannotCheck(why, ...content) {
  globalThis.probity = { verdict: null };
  for (const id of SHOWN) byId(id).hidden = true;
  title('Evidence that can’t be checked');
  place('failed', el('section', { class: 'failed cannot-check', 'aria-labelledby': 'failed-title' },
    el('h2', { id: 'failed-title' }, why), content));
  finish('cannot-check');
  say(`${why}.`);
}

/** Has a subject verified, with the code that the reader typed, and shows what came of it. */
export async function judge(subject) {
  const own = ++job;
  root.dataset.verdict = 'checking';
  progress('unpacking', 0, 0);
  byId('empty').hidden = true;
  const { current, carried } = desk;
  if (subject !== current) {
    byId('results').replaceChildren();
    if (current && current !== carried && current.checker) current.checker.end();
  }
  desk.current = subject;
  try {
    if (!subject.checker) subject.checker = startChecker();
    subject.checker.tell = (...how) => own === job && progress(...how);
    const answer = await subject.checker.verify(subject.zip, desk.code, desk.given);
    if (own !== job) return;
    if (answer.type === 'refused') {
      refuseGiven(answer.which, answer.what);
      await judge(subject);
      return;
    }
    if (answer.type === 'unreadable') {
      subject.model = null;
      showSubject(subject);
      cannotCheck('This is not an evidence bundle', el('p', {},
        subject.name ? shown(subject.name) : 'What this page carries',
        ' can’t be read as one: ', shown(answer.what), '. Ask whoever sent it for a new copy.'));
      return;
    }
    await show(subject, answer, own);
  } catch (error) {
    if (own !== job) return;
    cannotCheck('The check could not be finished', el('p', {}, 'The browser stopped it: ', shown(error.message),
      '. Close other pages and open this one again, or use a newer browser.'));
  }
}

async function show(subject, { verdict, bundle, trust }, own) {
  const before = subject.model;
  const model = await modelOf(verdict, bundle, subject.name === null);
  if (own !== job) return;
  model.fetchDocument = subject.checker.document;
  model.trust = trust;
  subject.model = model;
  globalThis.probity = { verdict };
  showGiven(trust);
  forgetUnbuilt();
  title('Evidence', verdict.school);
  showSubject(subject);
  for (const id of SHOWN) byId(id).hidden = false;
  place('failed', failedNode(model));
  place('verdict-text', verdictNode(model));
  place('contents-text', contentsNode(model));
  place('detail', detailNode(model));
  showSchedule(model);
  nameOnPaper(verdict);
  // The story stays as it is when only the code was compared, or somebody was trusted of whom it doesn't speak.
  const same = (one) => JSON.stringify([one.verdict.verdict, one.verdict.fault, one.verdict.doubtful]);
  if (!before || desk.told !== before || same(before) !== same(model)) {
    progress('showing', 0, 0);
    forgetTexts();
    listKinds(model);
    tell(model);
    desk.found = null;
  }
  desk.told = model;
  finish(verdict.verdict);
  say(`Checked: ${byId('verdict-text').querySelector('.words').textContent}, `
    + `${records(verdict.entries)}.`);
}

function showSchedule(model) {
  const lines = (model.bundle.schedule || []).length - 1;
  byId('schedule').hidden = lines < 1;
  if (lines < 1) return;
  place('schedule-text', lines <= 50 ? scheduleNode(model)
    : lazyDetails(`All ${lines.toLocaleString('en-GB')} lines`, () => scheduleNode(model)));
}

function listKinds(model) {
  const list = byId('find-kind');
  list.replaceChildren(el('option', { value: '' }, 'every kind'));
  for (const [name, words] of kindsHere(model)) list.append(el('option', { value: name }, words));
  byId('find-words').value = '';
  byId('found').textContent = '';
}

// Says what is looked at when it is not what the page carries, and whether it is the same evidence.
function showSubject(subject) {
  const { carried } = desk;
  if (subject.name === null) {
    desk.carried = subject;
    place('dropped', null);
    return;
  }
  place('dropped', el('div', { class: 'result' },
    el('p', {}, 'You are looking at ', shown(subject.name, 'strong'), ', which you dropped on this page.'),
    carried && carried.model && subject.model ? el('p', {}, comparison(subject.model, carried.model)) : null,
    carried ? button('Back to the evidence that came with this page', () => judge(carried),
      { class: 'button no-print' }) : null));
}

function comparison(here, there) {
  const [own, other] = [here.verdict, there.verdict];
  if (own.verdict === 'not-genuine') return 'It is not genuine, so it can’t be compared with what this page carries.';
  if (own.fingerprint.hash !== other.fingerprint.hash) {
    return 'It is not of the record book that this page carries: the codes differ.';
  }
  const point = ({ bundle: { checkpoint } }) => checkpoint && `${checkpoint.size} ${checkpoint.root}`;
  if (point(here) !== point(there)) {
    return 'It is of the same record book as this page carries, but at another confirmation: it counts '
      + `${records(own.size)}, and the page ${other.size}.`;
  }
  const hashes = ({ entries }) => entries.map((entry) => entry.hash).join();
  return hashes(here) === hashes(there)
    ? 'It is the same evidence as this page carries: the same code, the same confirmation, the same records.'
    : 'It has the same code and the same confirmation as the evidence that this page carries, but another choice of '
      + 'records.';
}
