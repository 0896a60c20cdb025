// The records as a story: case by case, then what belongs to no case, then the records on who may sign and
// those that are here without answers.
//
// The story is cut into blocks of some records each. A block is built when the reader comes near it, or is led
// to something in it, and before printing all are; so the page answers at once whatever the number of records.
// A filter looks at values, not at what is drawn, and tells the story of what it finds.

import { append, breath, byId, details, el, shown } from './dom.js';
import { dayOf } from './dates.js';
import { capital, kindTitle, roleTitle } from './kinds.js';
import { caseOf, heaps, signerWords } from './model.js';
import { records } from './phrases.js';
import { recordNode } from './record.js';

const BLOCK = 30;
// Up to so many, everything is built at once, and the browser's own search finds it.
const SMALL = 200;
// The blocks that are not built yet, and which block holds the element of an id.
const waiting = new Map();
const places = new Map();
let searchTexts = new Map();
let observer = null;
let filtering = 0;

/** Writes the story of a model into the page: of all its records, or of those given. */
export function tell(model, entries) {
  if (!entries) searchTexts = new Map();
  const heap = heaps(entries || model.entries);
  forget();
  observer = new IntersectionObserver((seen) => {
    for (const one of seen.filter((each) => each.isIntersecting)) build(one.target);
  }, { rootMargin: '1200px' });
  addBlocks(byId('told'), caseItems(model, heap.told));
  if (!heap.told.length && !entries) byId('told').append(el('p', {}, 'No record with answers is in this copy.'));
  for (const [summary, about, some] of folds(heap)) {
    const list = el('div');
    byId('others').append(details(summary, [el('p', {}, about), list], { class: 'fold', open: Boolean(entries) }));
    addBlocks(list, some.map((entry) => recordItem(model, entry, 3)));
  }
  byId('rest').hidden = !byId('others').children.length;
  if ((entries || model.entries).length <= SMALL) buildBlocks();
}

function forget() {
  if (observer) observer.disconnect();
  waiting.clear();
  places.clear();
  byId('told').replaceChildren();
  byId('others').replaceChildren();
}

// An item is `{id, make}`.
function addBlocks(parent, items) {
  for (let at = 0; at < items.length; at += BLOCK) {
    const some = items.slice(at, at + BLOCK);
    const block = el('div', { class: 'block' });
    waiting.set(block, some);
    for (const { id } of some) places.set(id, block);
    parent.append(block);
    observer.observe(block);
  }
}

function build(block) {
  const items = waiting.get(block);
  if (!items) return;
  waiting.delete(block);
  observer.unobserve(block);
  append(block, items.map(({ make }) => make()));
}

/** Builds everything, as before printing. */
export function buildBlocks() {
  for (const block of [...waiting.keys()]) build(block);
}

function recordItem(model, entry, level) {
  return { id: `record-${entry.seq}`, make: () => recordNode(model, entry, level) };
}

// Cases in the order of their first record, then what belongs to none.
function caseItems(model, entries) {
  const reports = new Map((model.verdict.cases || []).map((one) => [one.case, one]));
  const cases = new Map();
  for (const entry of entries) {
    const name = caseOf(entry);
    if (cases.has(name)) cases.get(name).push(entry);
    else cases.set(name, [entry]);
  }
  const none = cases.get(null);
  cases.delete(null);
  return [...cases, ...(none ? [[null, none]] : [])].flatMap(([name, all]) => [
    { id: name ? `case-${name}` : 'case-none', make: () => caseHead(name, all, reports.get(name)) },
    ...all.map((entry) => recordItem(model, entry, 4)),
  ]);
}

function caseHead(name, entries, report) {
  const [from, to] = [dayOf(entries[0].iat), dayOf(entries[entries.length - 1].iat)];
  return el('div', { class: 'case' },
    el('h3', { id: name ? `case-${name}` : 'case-none', tabindex: '-1' },
      name ? ['Case ', shown(name)] : 'Records that belong to no case'),
    el('p', { class: 'fine' }, `${records(entries.length)}, ${from === to ? from : `${from} to ${to}`}. `,
      report ? wholeness(report) : null));
}

function wholeness(report) {
  return report.whole
    ? `By what their authors signed, nothing was left out of this case before record ${report.newest}; later records `
      + 'can’t be excluded.'
    : 'A selection: other records of this case exist.';
}

function folds({ authority, bare }) {
  return [
    [`Who may sign: ${records(authority.length)} on first record, appointments and keys`,
      'Every signature above is judged by these.', authority],
    [`${records(bare.length)} without answers`,
      'Here only to prove order and authority. What they say is not in this copy; it is sealed in their signatures.',
      bare],
  ].filter(([, , entries]) => entries.length);
}

/** Brings the element of an id before the reader, whatever hides it. False if it isn't in the story. */
export function jump(id) {
  const block = places.get(id);
  if (!block) return false;
  for (let up = block.parentElement; up; up = up.parentElement) {
    if (up.tagName === 'DETAILS') up.open = true;
  }
  build(block);
  const node = byId(id);
  node.scrollIntoView({ block: 'start', behavior: 'instant' });
  node.focus({ preventScroll: true });
  return true;
}

/** The records with these words and of this kind; null if a newer search took over. */
export async function search(model, words, kind) {
  const own = ++filtering;
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  for (const [at, entry] of model.entries.entries()) {
    const fits = (!kind || entry.kind === kind) && wanted.every((word) => searchText(model, entry).includes(word));
    if (fits) found.push(entry);
    if (at % 1000 === 999) await breath();
    if (own !== filtering) return null;
  }
  return found;
}

function searchText(model, entry) {
  if (!searchTexts.has(entry.seq)) {
    const parts = [`record ${entry.seq}`, entry.kind, kindTitle(entry), entry.sub, signerWords(model, entry),
      roleTitle(entry.role), dayOf(entry.iat), ...plainTexts([...entry.clear.values(), ...entry.disclosed.values()])];
    searchTexts.set(entry.seq, parts.join('\n').toLowerCase());
  }
  return searchTexts.get(entry.seq);
}

function plainTexts(value) {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(plainTexts);
  return value instanceof Map ? [...value.values()].flatMap(plainTexts) : [];
}

/** The kinds that are here, for the filter's list. */
export function kindsHere(model) {
  const names = new Map(model.entries.map((entry) => [entry.kind, capital(kindTitle(entry))]));
  return [...names].sort((a, b) => a[1].localeCompare(b[1], 'en-GB'));
}

/** The numbered schedule: a reading copy. */
export function scheduleNode(model) {
  const [head, ...lines] = model.bundle.schedule;
  const at = head.indexOf('entry');
  const cell = (text, column) => {
    const seq = column === at && /^\d+$/.test(text) ? Number(text) : null;
    const link = seq !== null && model.bySeq.has(seq);
    // Dates and names of cases stay in one piece.
    return el('td', text.length < 20 && !text.includes(' ') ? { class: 'short' } : {},
      link ? el('a', { href: `#record-${seq}` }, text) : shown(text));
  };
  const table = el('table', {},
    el('caption', {}, 'The sender’s list of what is enclosed and withheld (a reading copy, not checked)'),
    el('thead', {}, el('tr', {}, head.map((text) => el('th', { scope: 'col' }, shown(capital(text)))))));
  return append(el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Table of what is enclosed' }),
    [append(table, [append(el('tbody'), lines.map((line) => el('tr', {}, line.map(cell))))])]);
}
