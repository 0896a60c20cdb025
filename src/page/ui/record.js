// One record on the page: what it is and who signed it, its answers, what is withheld, the records that it is
// linked with, and a block with what its signature covers.

import { append, details, el, rows, shown } from './dom.js';
import { dayOf, moment } from './dates.js';
import { bodyFields, capital, clearField, kindAbout, kindTitle, relation, roleTitle, spoken } from './kinds.js';
import { allDocuments, caseOf, decisionOf, enteredWords, signerWords } from './model.js';
import { groundWords } from './outside.js';
import { label, valueNode } from './values.js';

// Of a record that very many others point to, so many are named.
const LINKS = 40;

/** `DPIA approval: approved with conditions`. */
export function heading(entry) {
  const decision = decisionOf(entry);
  return decision ? `${kindTitle(entry)}: ${spoken(decision)}` : kindTitle(entry);
}

/** A record. Its id is `record-N`. */
export function recordNode(model, entry, level) {
  const node = el('article', {
    class: `record${entry.sound ? '' : ' unsound'}`, id: `record-${entry.seq}`, tabindex: '-1',
    'aria-labelledby': `title-${entry.seq}`,
  });
  node.append(
    el(`h${level}`, { id: `title-${entry.seq}` }, el('span', { class: 'number' }, `Record ${entry.seq}`), ' ',
      shown(heading(entry))),
    el('p', { class: 'signed' }, 'Signed by ', shown(signerWords(model, entry), 'strong'), ' as ',
      shown(roleTitle(entry.role)), `, ${moment(entry.iat)}`,
      caseOf(entry) ? [', case ', el('span', { class: 'nowrap' }, shown(caseOf(entry)))] : null),
    entry.entered ? el('p', { class: 'signed' }, 'Signed elsewhere, entered by ', shown(enteredWords(model, entry), 'strong'), ' as ',
      shown(roleTitle(entry.entered.role)), `, ${moment(entry.entered.iat)}. Its author knew the record book up to `,
      knownWords(model, entry.entered.after), ', and vouches for no more of it.') : '',
  );
  const tags = marks(model, entry);
  if (tags.length) {
    node.append(el('p', { class: 'tags' }, tags.map((words) => [el('strong', { class: 'tag' }, words), ' '])));
  }
  return append(node, [notices(model, entry), answers(model, entry), missing(model, entry), around(model, entry),
    signature(model, entry)]);
}

function knownWords(model, seq) {
  return model.bySeq.has(seq) ? el('a', { href: `#record-${seq}` }, `record ${seq}`) : `record ${seq}`;
}

function laterOf(model, entry, rel) {
  return (model.later.get(entry.hash) || []).filter((link) => link.rel === rel && link.from.sound);
}

// What a reader must know at a glance.
function marks(model, entry) {
  const found = [];
  if (!entry.sound) found.push(model.verdict.verdict === 'not-genuine' ? 'Not relied on' : 'Not judged');
  if (laterOf(model, entry, 'corrects').length) found.push('Corrected later');
  if (laterOf(model, entry, 'withdraws').length) found.push('Withdrawn later');
  if (model.lacks.has(entry.seq)) found.push('Not complete');
  if (model.doubtful.has(entry.seq)) found.push('In doubt');
  if (entry.entered) found.push('Signed elsewhere');
  if (entry.erased.length) found.push(entry.disclosed.size ? 'Partly erased' : 'Erased');
  if (entry.bare && !entry.erased.length) found.push('Without answers here');
  else if (entry.withheld.length) found.push('Partly withheld');
  return found;
}

function notices(model, entry) {
  const lines = [
    ...(model.lacks.get(entry.seq) || []).map((act) => ['Not complete: ', shown(act.why), '.']),
    ...(model.onPaper.get(entry.seq) || [])
      .map((act) => ['Complete only through a signature on paper: ', shown(act.why), '.']),
    ...(model.doubtful.get(entry.seq) || []).map((doubt) => [
      `The signature is valid, but whose hand gave it is unproven: the key ${doubt.through_appointment
        ? 'that its authority rests on ' : ''}may have been in other hands from ${dayOf(doubt.suspect_since)} (`,
      reference(model, doubt.revocation), ').']),
  ];
  return lines.map((line) => el('p', { class: 'notice' }, line));
}

function answers(model, entry) {
  const known = bodyFields(entry);
  const names = known.map((field) => field.name);
  const others = [...entry.disclosed.keys()].filter((name) => !names.includes(name));
  const fields = [...known, ...others.map((name) => ({ name, ask: '', form: 'none' }))]
    .filter((field) => entry.disclosed.has(field.name) && entry.disclosed.get(field.name) !== null);
  const clear = [...entry.clear.keys()].map(clearField);
  const list = el('dl', { class: 'answers' });
  for (const [all, values] of [[clear, entry.clear], [fields, entry.disclosed]]) {
    for (const field of all) {
      list.append(el('div', {},
        el('dt', {}, label(field.name), field.privileged ? ' (legal advice)' : '',
          field.ask ? el('span', { class: 'ask' }, question(field.ask)) : null),
        el('dd', {}, clearValue(field, values.get(field.name), model))));
    }
  }
  const about = kindAbout(entry);
  return [about ? el('p', { class: 'about' }, about) : null, list.children.length ? list : null];
}

// The question as its answer's reader needs it: without the hints on how to write the answer.
function question(ask) {
  return capital(ask.replace(/; (name no pupils|never a name)$/, '').replace(/: [^:]*(=|FROM).*$/, ''));
}

function clearValue(field, value, model) {
  if (field.form === 'targets' && Array.isArray(value)) return targetsNode(value, model);
  if (value === null && field.name === 'until') return 'no end set';
  if (value === null && field.name === 'suspect-since') return 'never';
  if (value === null && field.name === 'continues') return 'none';
  return valueNode(field, value, model);
}

// What an erasure names: records, and their answers.
function targetsNode(targets, model) {
  return el('ul', { class: 'items' }, targets.filter(Array.isArray).map(([seq, names]) => el('li', {},
    model.bySeq.has(seq) ? el('a', { href: `#record-${seq}` }, `record ${seq}`) : `record ${seq}`, ': ',
    Array.isArray(names) ? named(names) : 'every answer')));
}

function named(names) {
  return names.map((name, at) => [at ? ', ' : '', shown(spoken(String(name)))]);
}

function missing(model, entry) {
  const empty = [...entry.disclosed].filter(([, value]) => value === null).map(([name]) => name);
  const reason = model.reasons.get(entry.seq);
  const held = entry.withheld.length ? el('p', { class: 'withheld' }, el('strong', {}, 'Withheld from this copy: '),
    named(entry.withheld), '. What they say is sealed in the signature, so it can be shown later and checked.',
    reason ? [' The schedule gives as reason: ', shown(reason), '.'] : null) : null;
  const gone = (model.erasures.get(entry.seq) || []).map(({ fields, by, ground }) => el('p', { class: 'withheld' },
    el('strong', {}, 'Erased for ever: '), named(fields), ` ${groundWords(ground)}, by `, reference(model, by),
    '. What they said is gone and can’t be checked; the signature and the place of this record can.'));
  const unanswered = empty.length ? el('p', { class: 'fine' }, 'Not answered: ', named(empty), '.') : null;
  return [held, gone, unanswered];
}

/** A link to a record on this page, or its number alone if it isn't here. */
export function reference(model, seq) {
  const entry = model.bySeq.get(seq);
  if (!entry) return `record ${seq}, which is not in this bundle`;
  return [el('a', { href: `#record-${seq}` }, `record ${seq}`), ' (', shown(heading(entry)), ', ',
    shown(signerWords(model, entry)), `, ${dayOf(entry.iat)})`];
}

// Links to other records, in both directions, and records that name the same file.
function around(model, entry) {
  const lines = [];
  for (const link of entry.links) {
    const target = model.byHash.get(link.entry);
    lines.push([`${relation(link.rel, true, decisionOf(entry))} `, target ? reference(model, target.seq)
      : ['a record that is not in this bundle (', el('code', { class: 'hash' }, link.entry), ')']]);
  }
  const later = model.later.get(entry.hash) || [];
  for (const { rel, from } of later.slice(0, LINKS)) {
    lines.push([`${relation(rel, false, decisionOf(from))} `, reference(model, from.seq),
      from.sound ? '' : ', which is not relied on']);
  }
  const linked = new Set([entry.seq, ...later.map(({ from }) => from.seq),
    ...entry.links.map((link) => (model.byHash.get(link.entry) || {}).seq)]);
  if (later.length > LINKS) lines.push(`${later.length - LINKS} more records that link to this one`);
  for (const other of sameFiles(model, entry).filter((one) => !linked.has(one.seq)).slice(0, LINKS)) {
    lines.push([other.seq > entry.seq ? 'The same file is named later in ' : 'The same file is named before in ',
      reference(model, other.seq)]);
  }
  if (!lines.length) return null;
  return el('div', { class: 'links' }, el('p', {}, el('strong', {}, 'Linked records')),
    el('ul', {}, lines.map((line) => el('li', {}, line))));
}

function sameFiles(model, entry) {
  const found = new Map();
  for (const hash of new Set(allDocuments(entry).map((file) => file.sha256))) {
    for (const one of model.mentions.get(hash).slice(0, 2 * LINKS)) found.set(one.entry.seq, one.entry);
  }
  return [...found.values()].sort((a, b) => a.seq - b.seq);
}

function signature(model, entry) {
  const { checkpoint } = model.bundle;
  const size = checkpoint ? checkpoint.size : model.verdict.size;
  const place = entry.sound
    ? `Proven to be record ${entry.seq} of the ${size} that the confirmation counts`
    : 'Not relied on, see the verdict';
  const code = (text) => el('code', { class: 'hash' }, text);
  return details(`Signature of record ${entry.seq}`, rows([
    ['Signed by', [shown(signerWords(model, entry)), ' as ', shown(roleTitle(entry.role))]],
    ['Key', code(entry.kid)],
    ['Time', `${moment(entry.iat)}, as the signer’s computer said`],
    ['Entered by', entry.entered ? [shown(enteredWords(model, entry)), ' as ', shown(roleTitle(entry.entered.role)), ', key ',
      code(entry.entered.kid)] : null],
    ['This record’s hash', code(entry.hash)],
    ['Hash of the record before', code(entry.prev)],
    ['Kind', [shown(entry.kind), `, version ${entry.v}`]],
    ['Place', place],
  ]), { class: 'signature' });
}
