// Answers as people read them: days, moments, choices, lists, groups, files.
//
// The form of a field says how its value is meant; but a record may hold any value in any field, so each
// value is shown by what it is, and by the form only where the two agree.

import { button, el, hex, shown, visible } from './dom.js';
import { day, moment } from './dates.js';
import { capital, roleTitle, spoken } from './kinds.js';
import { documentNode } from './documents.js';

// A longer text shows its beginning; the rest comes on demand, and before printing.
const LONGEST = 2000;
const BEGINNING = 1200;
const folded = new Set();

/** Shows every text that was shortened in full. */
export function unfoldTexts() {
  for (const unfold of [...folded]) unfold();
}

/** Forgets the shortened texts of a bundle that is no longer shown. */
export function forgetTexts() {
  folded.clear();
}

/** A document value is a map of exactly these four, by the format. */
export function asDocument(value) {
  if (!(value instanceof Map) || value.size !== 4) return null;
  const [name, type, size, hash] = ['name', 'type', 'size', 'sha256'].map((key) => value.get(key));
  const fits = typeof name === 'string' && typeof type === 'string' && Number.isSafeInteger(size)
    && hash instanceof Uint8Array && hash.length === 32;
  return fits ? { name, type, size, sha256: hex(hash) } : null;
}

/** All documents in a value, however deep. */
export function documentsIn(value) {
  const found = asDocument(value);
  if (found) return [found];
  if (Array.isArray(value)) return value.flatMap(documentsIn);
  return value instanceof Map ? [...value.values()].flatMap(documentsIn) : [];
}

/** The node that shows the value of a field `{form, members, item}`. */
export function valueNode(field, value, model) {
  const file = asDocument(value);
  if (file) return documentNode(file, model);
  if (value === null) return el('span', { class: 'quiet' }, 'no answer');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return field.form === 'time' ? moment(value) : String(value);
  if (typeof value === 'string') return textNode(field.form, value);
  if (value instanceof Uint8Array) return bytesNode(field.form, value, model);
  if (Array.isArray(value)) return listNode(field, value, model);
  if (value instanceof Map) return field.form === 'occurred' ? occurredNode(value) : groupNode(field, value, model);
  return shown(value);
}

function textNode(form, text) {
  if (form === 'date' && day(text)) return day(text);
  if (form === 'choice' && /^[a-z0-9-]+$/.test(text)) return shown(spoken(text));
  if (text.length <= LONGEST) return shown(text, text.includes('\n') ? 'div' : 'bdi');
  const node = shown(text.slice(0, BEGINNING), 'div');
  const all = el('div', { class: 'long' }, node);
  const unfold = () => {
    node.textContent = visible(text);
    more.remove();
    folded.delete(unfold);
  };
  const more = button(`Show all ${text.length.toLocaleString('en-GB')} characters`, unfold, { class: 'button small' });
  node.append('…');
  all.append(more);
  folded.add(unfold);
  return all;
}

function bytesNode(form, bytes, model) {
  const digits = el('code', { class: 'hash' }, hex(bytes));
  const key = form === 'kid' ? hex(bytes) : form === 'key' ? model.thumbprints.get(hex(bytes)) : null;
  const person = form === 'person-id' ? model.names.get(hex(bytes)) : key && model.signerOfKey(key).name;
  if (form === 'key' && key) return [digits, ` (key ${key.slice(0, 8)})`];
  return person ? [shown(person), ' (', digits, ')'] : digits;
}

function listNode(field, items, model) {
  if (field.form === 'roles' && items.every((item) => typeof item === 'string')) {
    return shown(items.map(roleTitle).join(', '));
  }
  const inner = field.item ? { form: field.item, members: field.members } : { form: 'none' };
  if (items.length === 1) return valueNode(inner, items[0], model);
  const list = el(items.some((item) => item instanceof Map && !asDocument(item)) ? 'ol' : 'ul', { class: 'items' });
  for (const item of items) list.append(el('li', {}, valueNode(inner, item, model)));
  return list;
}

// In the order of the questions; what is not asked for comes last.
function groupNode(field, map, model) {
  const members = field.members || [];
  const known = members.filter((member) => map.has(member.name));
  const others = [...map.keys()].filter((key) => !members.some((member) => member.name === key));
  const list = el('dl', { class: 'group' });
  for (const member of [...known, ...others.map((name) => ({ name, form: 'none' }))]) {
    list.append(el('div', {}, el('dt', {}, label(member.name)),
      el('dd', {}, valueNode(member, map.get(member.name), model))));
  }
  return list;
}

/** The label of a field: its name, read aloud. */
export function label(name) {
  return shown(capital(spoken(String(name))));
}

function occurredNode(map) {
  if (typeof map.get('unknown') === 'string') return ['not known: ', shown(map.get('unknown'))];
  const side = (value) => {
    if (Number.isSafeInteger(value)) return moment(value);
    return typeof value === 'string' ? day(value) || value : 'not known';
  };
  const [from, to] = [side(map.get('from')), side(map.get('to'))];
  return shown(from === to ? from : `${from} to ${to}`);
}
