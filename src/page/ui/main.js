// The page's life: take the bundle that the page carries, or one that is dropped, have it verified, show it.

import { append, breath, byId, button, el, forgetUnbuilt, lazyDetails, shown } from './dom.js';
import { carriedZip, lacking, startChecker } from './check.js';
import { documentResult, encryptedResult, hashOf, listenForFiles, namesSize, showResult, sortOf } from './drop.js';
import { readCode } from './fingerprint.js';
import { modelOf } from './model.js';
import { backToScreen, nameOnPaper, prepareForPaper, saveCheck } from './print.js';
import { jump, kindsHere, scheduleNode, search, tell } from './story.js';
import { contentsNode, detailNode, failedNode, place, verdictNode } from './verdict.js';
import { forgetTexts } from './values.js';
import { count, shortName } from './words.js';

const root = document.documentElement;
const STEPS = {
  unpacking: 'Unpacking', hashing: 'Comparing files with the list', reading: 'Reading records', proofs: 'Checking places',
  signatures: 'Checking signatures', fields: 'Checking answers', showing: 'Writing the records down',
};
// What is looked at, what the page carries, and the number of the newest job; older ones give up.
let current = null;
let carried = null;
let job = 0;
// The records that a search found, while the story is theirs alone.
let told = null;

function say(text) {
  byId('status').textContent = text;
}

function progress(step, done, total) {
  const words = Object.hasOwn(STEPS, step) ? STEPS[step] : 'Checking';
  byId('progress').hidden = false;
  const bar = byId('bar');
  if (total > 0) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute('value');
  }
  byId('step').textContent = total > 0 ? `${words}: ${done.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')}` : words;
  if (root.dataset.step !== words) say(`${words}.`);
  root.dataset.step = words;
}

function finish(verdict) {
  byId('progress').hidden = true;
  delete root.dataset.step;
  root.dataset.verdict = verdict;
}

// Nothing to show but why.
function cannotCheck(title, ...content) {
  for (const id of ['verdict', 'contents', 'detail', 'records', 'schedule', 'rest', 'code-form', 'tools', 'nav']) byId(id).hidden = true;
  place('failed', el('section', { class: 'failed cannot-check', 'aria-labelledby': 'failed-title' },
    el('h2', { id: 'failed-title' }, title), content));
  finish('cannot-check');
  say(title);
}

/** Has a subject `{zip, name}` verified and shows what came of it. */
async function judge(subject, code) {
  const own = ++job;
  root.dataset.verdict = 'checking';
  progress('unpacking', 0, 0);
  try {
    if (!subject.checker) {
      if (current && current.checker && current !== carried) current.checker.end();
      subject.checker = startChecker((...how) => own === job && progress(...how));
    }
    current = subject;
    const answer = await subject.checker.verify(subject.zip, code);
    if (own !== job) return;
    if (answer.type === 'unreadable') {
      globalThis.probity = { verdict: null };
      dropped(subject);
      cannotCheck('This is not an evidence bundle', el('p', {}, subject.name ? shown(subject.name) : 'What this page carries',
        ' can’t be read as one: ', shown(answer.what), '. Ask whoever sent it for a new copy.'));
      return;
    }
    await show(subject, answer, own);
  } catch (error) {
    if (own !== job) return;
    globalThis.probity = { verdict: null };
    cannotCheck('The check could not be finished', el('p', {}, 'The browser stopped it: ', shown(error.message), '. Close '
      + 'other pages and open this one again, or use a newer browser.'));
  }
}

async function show(subject, { verdict, bundle }, own) {
  const before = subject.model;
  forgetUnbuilt();
  const model = await modelOf(verdict, bundle, subject.name === null);
  model.fetchDocument = subject.checker.document;
  subject.model = model;
  globalThis.probity = { verdict };
  const school = verdict.school ? ['Evidence from ', shown(shortName(verdict.school))] : ['Evidence'];
  byId('title').replaceChildren();
  append(byId('title'), school);
  document.title = `${byId('title').textContent}: ${verdict.verdict.replace('-', ' ')}`;
  dropped(subject);
  place('failed', failedNode(model));
  place('verdict-text', verdictNode(model));
  place('detail', detailNode(model));
  nameOnPaper(verdict);
  place('contents-text', contentsNode(model));
  for (const id of ['verdict', 'contents', 'code-form', 'tools', 'nav', 'records', 'rest']) byId(id).hidden = false;
  // What is told stays as it is when only the code was compared.
  const same = before && before.shownAs === shownAs(verdict);
  model.shownAs = shownAs(verdict);
  if (!same) {
    progress('showing', 0, 0);
    forgetTexts();
    placeSchedule(model);
    placeKinds(model);
    tell(model);
    told = null;
  }
  if (own !== job) return;
  finish(verdict.verdict);
  say(`Checked. ${byId('verdict-text').querySelector('.title').textContent}. `
    + `${count(verdict.entries, 'record', 'records')}.`);
}

function shownAs({ verdict, fault }) {
  return JSON.stringify([verdict, fault]);
}

function placeSchedule(model) {
  const has = model.bundle.schedule && model.bundle.schedule.length > 1;
  byId('schedule').hidden = !has;
  byId('schedule-text').replaceChildren();
  if (!has) return;
  const lines = model.bundle.schedule.length - 1;
  byId('schedule-text').append(lines <= 50 ? scheduleNode(model)
    : lazyDetails(`All ${lines.toLocaleString('en-GB')} lines`, () => scheduleNode(model)));
}

function placeKinds(model) {
  const list = byId('find-kind');
  list.replaceChildren(el('option', { value: '' }, 'every kind'));
  for (const [name, title] of kindsHere(model)) list.append(append(el('option', { value: name }), [title]));
  byId('find-words').value = '';
  byId('found').textContent = '';
}

// Says what is looked at when it is not what the page carries, and whether it is the same evidence.
function dropped(subject) {
  if (subject.name === null) {
    carried = subject;
    place('dropped', null);
    return;
  }
  const back = carried ? button('Back to the evidence that came with this page', () => judge(carried)) : null;
  place('dropped', el('div', { class: 'result' }, el('p', {}, 'You are looking at ', shown(subject.name, 'strong'),
    ', which you dropped on this page. It was checked by the same code as what the page carries.'),
  subject.model && carried && carried.model ? el('p', {}, comparison(subject.model, carried.model)) : null, back));
}

function comparison(here, there) {
  const [own, other] = [here.verdict, there.verdict];
  if (!own.fingerprint.hash || own.fingerprint.hash !== other.fingerprint.hash) {
    return 'It is not of the record book that this page carries: the codes differ.';
  }
  const point = (model) => (model.bundle.checkpoint ? `${model.bundle.checkpoint.size} ${model.bundle.checkpoint.root}` : '');
  if (point(here) !== point(there)) {
    return `It is of the same record book as this page carries, but at another confirmation: it counts ${own.size} records, `
      + `and the page ${other.size}.`;
  }
  const hashes = (model) => model.entries.map((entry) => entry.hash).join();
  return hashes(here) === hashes(there)
    ? 'It is the same evidence as this page carries: the same code, the same confirmation, the same records.'
    : 'It has the same code and the same confirmation as the evidence that this page carries, but another choice of records.';
}

async function take(files) {
  for (const file of files) {
    say(`Looking at ${file.name}.`);
    const sort = await sortOf(file);
    const model = current && current.model;
    if (sort === 'encrypted') {
      showResult(encryptedResult(file));
      say('This zip is encrypted.');
    } else if (sort === 'bundle' && !(model && namesSize(model, file.size) && model.mentions.has(await hashOf(file)))) {
      await judge({ zip: file, name: file.name, checker: null, model: null });
      byId('title').scrollIntoView({ block: 'start' });
      return;
    } else if (!model) {
      showResult(el('div', { class: 'result cannot-check' }, el('h3', {}, 'No evidence yet: ', shown(file.name)),
        el('p', {}, 'Drop the bundle (a zip file) first, then the document.')));
    } else {
      const result = documentResult(model, file, await hashOf(file));
      showResult(result);
      say(result.querySelector('h3').textContent);
    }
  }
}

function compareCode(event) {
  event.preventDefault();
  const { digits, problem } = readCode(byId('code').value);
  byId('code-problem').textContent = problem || '';
  byId('code-problem').hidden = !problem;
  byId('code').setAttribute('aria-invalid', problem ? 'true' : 'false');
  if (problem) byId('code').focus();
  else judge(current, digits);
}

async function find(event) {
  event.preventDefault();
  const [words, kind] = [byId('find-words').value.trim(), byId('find-kind').value];
  const { model } = current;
  const number = /^\d+$/.test(words) && !kind ? Number(words) : null;
  if (number !== null && model.bySeq.has(number)) {
    byId('found').textContent = '';
    lead(`record-${number}`);
    return;
  }
  const found = words || kind ? await search(model, words, kind) : null;
  if ((words || kind) && !found) return;
  byId('found').textContent = found ? `${count(found.length, 'record', 'records')} of `
    + `${model.entries.length.toLocaleString('en-GB')}${number === null ? '' : `; record ${number} is not in this bundle`}.` : '';
  if (found !== told) tell(model, found);
  told = found;
}

// Leads to a record or case, even if what was found leaves it out.
function lead(id) {
  if (jump(id)) return true;
  if (!told) return false;
  tell(current.model);
  told = null;
  byId('found').textContent = '';
  return jump(id);
}

function followLinks() {
  const go = (hash) => /^#(record|case)-/.test(hash) && current && current.model && lead(hash.slice(1));
  addEventListener('hashchange', () => go(location.hash));
  document.addEventListener('click', (event) => {
    const link = event.target.closest ? event.target.closest('a[href^="#"]') : null;
    if (link && link.getAttribute('href') === location.hash) go(location.hash);
  });
}

function listen() {
  listenForFiles((files) => take(files).catch((error) => say(`The file could not be read: ${error.message}`)));
  byId('code-form').addEventListener('submit', compareCode);
  byId('code').addEventListener('keydown', (event) => {
    if (event.key === 'Enter') compareCode(event);
  });
  byId('find').addEventListener('submit', find);
  byId('find-kind').addEventListener('change', find);
  byId('find-all').addEventListener('click', (event) => {
    byId('find-words').value = '';
    byId('find-kind').value = '';
    find(event);
  });
  byId('save').addEventListener('click', () => saveCheck(current.model, current.name || 'the data that the page carries'));
  byId('print').addEventListener('click', () => print());
  addEventListener('beforeprint', prepareForPaper);
  addEventListener('afterprint', backToScreen);
  followLinks();
}

async function start() {
  byId('waiting').remove();
  byId('maker').textContent = document.querySelector('meta[name=generator]').content;
  const missing = lacking();
  if (missing) {
    cannotCheck('This browser can’t check the evidence', el('p', {}, `It lacks: ${missing}. Open this page in a newer Edge, `
      + 'Chrome, Firefox or Safari.'));
    return;
  }
  listen();
  root.dataset.verdict = 'checking';
  progress('unpacking', 0, 0);
  const zip = await carriedZip(breath);
  byId('check').hidden = false;
  if (zip) {
    await judge({ zip, name: null, checker: null, model: null });
    return;
  }
  byId('provenance').textContent = 'This page carries no evidence. Drop a bundle on it, and it checks it here, without a network.';
  byId('title').textContent = 'Check an evidence bundle';
  byId('progress').hidden = true;
  delete root.dataset.verdict;
  delete root.dataset.step;
  say('');
}

start().catch((error) => cannotCheck('The page could not start', el('p', {}, shown(error.message))));
