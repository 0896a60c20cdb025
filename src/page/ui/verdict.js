// The verdict on the page: what failed, the summary, the three questions, and what the evidence is.

import { append, byId, details, el, lazyDetails, rows, shown } from './dom.js';
import { dayOf, moment } from './dates.js';
import { faultMeaning } from './faults.js';
import { codeNode } from './fingerprint.js';
import { roleTitle } from './kinds.js';
import { heaps } from './model.js';
import { reference } from './record.js';
import { count, records } from './phrases.js';
import { CLOSING, intact, summary, whatIsMissing, whoseWord } from './words.js';

const TITLES = {
  intact: ['✓', 'Exactly as signed'],
  'not-genuine': ['✗', 'Not genuine'],
  'cannot-check': ['?', 'Could not be checked whole'],
};

function paragraph(text, attributes) {
  const parts = [text].flat(Infinity).map((part) => (typeof part === 'string' ? part : shown(part.foreign)));
  return el('p', attributes, parts);
}

/** What failed, before everything else; null if nothing did. */
export function failedNode(model) {
  const { fault, verdict } = model.verdict;
  if (!fault) return null;
  const here = fault.entry !== null && model.bySeq.has(fault.entry);
  return el('section', { class: `failed ${verdict}`, 'aria-labelledby': 'failed-title' },
    el('h2', { id: 'failed-title' }, verdict === 'not-genuine' ? 'What failed' : 'What could not be judged'),
    fault.entry === null ? null
      : el('p', {}, here ? ['In ', reference(model, fault.entry), '.'] : `In record ${fault.entry}.`),
    faultMeaning(fault.code) ? el('p', {}, el('strong', {}, faultMeaning(fault.code))) : null,
    rows([['What', shown(fault.what)], ['Found', shown(fault.found)], ['Expected', shown(fault.expected)],
      ['Name of the fault', el('code', {}, fault.code)]]),
    verdict === 'not-genuine' ? el('p', {}, 'Verification ended here. Whatever else this page shows is what the file '
      + 'says, and not relied on.') : null);
}

function questions(model) {
  const { verdict } = model;
  return [['Is it intact?', intact(verdict)], ['Whose word is it?', whoseWord(verdict)],
    ['What is missing?', whatIsMissing(verdict, model.carried)]];
}

/** The verdict for the person in charge: summary, three answers, and what no check can show. */
export function verdictNode(model) {
  const { verdict } = model;
  const [sign, title] = TITLES[verdict.verdict];
  return [
    el('div', { class: `panel ${verdict.verdict}` },
      el('p', { class: 'title' }, el('span', { 'aria-hidden': 'true', class: 'sign' }, sign), ' ',
        el('span', { class: 'words' }, title)),
      paragraph(summary(verdict))),
    el('div', { class: 'questions' }, questions(model).map(([question, part]) => el('section', { class: 'question' },
      el('h3', {}, question), part.head.map((text) => paragraph(text)),
      question === 'Whose word is it?' ? outsideNode(verdict) : null))),
    el('p', { class: 'closing' }, CLOSING),
  ];
}

const WORTH = {
  trusted: 'named by you', claimed: 'not named by you: only the bundle vouches for it', invalid: 'not valid',
};
// So many pieces of evidence are listed at once.
const LISTED = 8;

// Who outside confirmed how many records when, and whether the reader named them.
function outsideNode({ outside, verdict }) {
  if (!outside.length || verdict === 'not-genuine') return null;
  const line = ({ size, by, time, state }) => el('li', {}, by ? shown(by) : 'Somebody whose name can’t be read',
    `: the first ${records(size)}${time === null ? '' : `, ${moment(time)}`} (${WORTH[state]})`);
  const list = (some) => el('ul', { class: 'outside' }, some.map(line));
  return [el('p', {}, 'From outside:'), list(outside.slice(0, LISTED)),
    outside.length > LISTED ? lazyDetails(`${outside.length - LISTED} more`, () => list(outside.slice(LISTED))) : null];
}

/** The same for an inspector, opened on demand. */
export function detailNode(model) {
  return details('The check in detail, for an inspector', [questions(model).map(([question, part]) => [
    el('h3', {}, question), part.inspector.map((text) => paragraph(text)),
    question === 'Whose word is it?' ? keysNode(model.verdict) : null,
  ]), el('p', { class: 'closing' }, CLOSING)], { class: 'fold' });
}

function keysNode(verdict) {
  if (!verdict.keys.length) return null;
  const head = ['Name', 'Signed as', 'Key', 'Entries', 'Accepted', 'Appointed by', 'Revoked'];
  const line = (key) => [key.name ? shown(key.name) : 'not disclosed', key.roles.map(roleTitle).join(', '),
    el('code', { class: 'hash' }, key.kid), String(key.entries), key.accepted ? 'yes' : 'no',
    key.appointed_by ? `key ${key.appointed_by.slice(0, 8)}` : 'nobody',
    key.revoked_by === null ? 'no' : `by record ${key.revoked_by}`];
  return el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Keys that signed' },
    el('table', {}, el('caption', {}, 'Keys that signed'),
      el('thead', {}, el('tr', {}, head.map((text) => el('th', { scope: 'col' }, text)))),
      el('tbody', {}, verdict.keys.map((key) => el('tr', {}, line(key).map((cell) => el('td', {}, cell)))))));
}

function noted(content, note) {
  return [content, el('span', { class: 'ask' }, note)];
}

/** What the evidence is: the school, its code, the confirmation, the span, the cases. */
export function contentsNode(model) {
  const { verdict: { school, fingerprint, origin, times, verdict }, bundle: { checkpoint } } = model;
  const heap = heaps(model.entries);
  const [from, to] = (times || []).map(dayOf);
  const compared = fingerprint.compared && verdict !== 'not-genuine';
  return rows([
    ['School', school ? noted(shown(school), 'as the record book calls itself') : 'not named'],
    ['The school’s code', fingerprint.hash ? noted(codeNode(fingerprint.hash), compared
      ? 'the same as you typed' : 'to compare with the governors’ minutes (fingerprint of the record book)') : 'not known'],
    ['Record book', origin ? shown(origin) : 'not known'],
    ['Confirmation', checkpoint ? noted([`counts ${records(checkpoint.size)}; root `,
      el('code', { class: 'hash' }, checkpoint.root)], 'the checkpoint to which all is proven') : 'not there'],
    ['Dates', times ? noted(from === to ? from : `${from} to ${to}`, 'as the signers’ computers said') : null],
    ['In this copy', el('ul', { class: 'plain' }, [
      `${records(heap.told.length)} to read`,
      heap.authority.length ? `${records(heap.authority.length)} on who may sign` : null,
      heap.bare.length ? `${records(heap.bare.length)} without answers, to prove order and authority` : null,
      documentsWords(model),
    ].filter(Boolean).map((line) => el('li', {}, line)))],
    ['Cases', casesNode(model)],
  ]);
}

function documentsWords(model) {
  const all = [...model.mentions.keys()];
  const inside = all.filter((hash) => (model.bundle.documents[hash] || {}).inside).length;
  if (!all.length) return 'no documents named';
  return `${count(all.length, 'document', 'documents')} named, ${inside === all.length ? 'all' : inside} carried here`;
}

function casesNode(model) {
  const cases = model.verdict.cases || [];
  if (!cases.length) return null;
  const line = (one) => el('li', {}, el('a', { href: `#case-${one.case}` }, shown(one.case)),
    ` (${records(one.entries)}${one.whole ? '' : ', a selection'})`);
  if (cases.length <= 12) return el('ul', { class: 'plain' }, cases.map(line));
  return lazyDetails(count(cases.length, 'case', 'cases'), () => el('ul', { class: 'plain' }, cases.map(line)));
}

/** Puts a node in the place with this id, or empties it. */
export function place(id, content) {
  byId(id).replaceChildren();
  append(byId(id), [content]);
  byId(id).hidden = !content;
}
