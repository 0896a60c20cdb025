// A bundle as the page tells it: who signed, what links to what, where a file is named.
//
// All of it is derived from what the verifier read and judged; nothing is judged here. Names of people come
// only from records that the verifier found sound.

import { breath, hex, sha256 } from './dom.js';
import { isAboutAuthority } from './kinds.js';
import { documentsIn } from './values.js';

/** Puts together what the page needs to tell the story of a bundle. */
export async function modelOf(verdict, bundle, carried) {
  const entries = [...bundle.entries].sort((a, b) => a.seq - b.seq);
  const model = {
    verdict, bundle, entries, carried,
    bySeq: new Map(entries.map((entry) => [entry.seq, entry])),
    byHash: new Map(entries.map((entry) => [entry.hash, entry])),
    names: new Map(), thumbprints: new Map(), persons: new Map(),
    later: new Map(), mentions: new Map(),
    lacks: grouped(verdict.incomplete), onPaper: grouped(verdict.on_paper), doubtful: grouped(verdict.doubtful),
    reasons: reasonsOf(bundle.schedule), erasures: grouped(verdict.erased),
  };
  model.signerOfKey = (kid) => signerOfKey(model, kid);
  for (const entry of entries) {
    entry.clear = new Map(entry.clear);
    entry.disclosed = new Map(entry.disclosed);
  }
  await readPeople(model);
  for (const [at, entry] of entries.entries()) {
    if (at % 500 === 499) await breath();
    for (const link of entry.links) push(model.later, link.entry, { rel: link.rel, from: entry });
    for (const file of new Map(allDocuments(entry).map((one) => [`${one.sha256} ${one.name}`, one])).values()) {
      push(model.mentions, file.sha256, { entry, file });
    }
  }
  return model;
}

function push(map, key, item) {
  if (map.has(key)) map.get(key).push(item);
  else map.set(key, [item]);
}

function grouped(items) {
  const map = new Map();
  for (const item of items || []) push(map, item.entry, item);
  return map;
}

/** The documents that a record names, as far as it is disclosed. */
export function allDocuments(entry) {
  return [...entry.disclosed.values()].flatMap(documentsIn);
}

// The reasons for withholding, from the schedule; a reading copy, and shown as such.
function reasonsOf(schedule) {
  const map = new Map();
  if (!schedule || schedule.length < 2) return map;
  const [entry, why] = ['entry', 'why withheld'].map((name) => schedule[0].indexOf(name));
  if (entry < 0 || why < 0) return map;
  for (const row of schedule.slice(1)) {
    if (row[why]) map.set(Number(row[entry]), row[why]);
  }
  return map;
}

// Names by person, from first record and appointments, the newest last; persons by key.
async function readPeople(model) {
  for (const key of model.verdict.keys || []) {
    model.persons.set(key.kid, key.person);
    if (key.name) model.names.set(key.person, key.name);
  }
  for (const entry of model.entries) {
    const [key, person] = [entry.clear.get('key'), entry.clear.get('person')];
    if (!entry.sound || !(key instanceof Uint8Array) || !(person instanceof Uint8Array)) continue;
    const kid = await thumbprint(key);
    model.thumbprints.set(hex(key), kid);
    if (!model.persons.has(kid)) model.persons.set(kid, hex(person));
    const name = entry.disclosed.get('name');
    if (typeof name === 'string') model.names.set(hex(person), name);
  }
}

// RFC 9679: the hash of the key as a COSE_Key with only what is needed.
function thumbprint(key) {
  const prefix = [0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20];
  return sha256(Uint8Array.from([...prefix, ...key]));
}

function signerOfKey(model, kid) {
  const person = model.persons.get(kid) || null;
  return { kid, person, name: person ? model.names.get(person) || null : null };
}

/** The signer as one says it: a name, or the beginning of the key. */
export function signerWords(model, entry) {
  const { name } = model.signerOfKey(entry.kid);
  return name || `key ${entry.kid.slice(0, 8)}`;
}

/** Whoever entered what was signed elsewhere, as one says it. */
export function enteredWords(model, entry) {
  return signerWords(model, entry.entered);
}

/** What was decided, if the record decides something in clear. */
export function decisionOf(entry) {
  const decision = entry.clear.get('decision');
  return typeof decision === 'string' ? decision : null;
}

/** A record's case, or null. */
export function caseOf(entry) {
  return entry.sub === 'ledger' ? null : entry.sub;
}

/** The records in three heaps: those to read, those about who may sign, those without answers. */
export function heaps(entries) {
  const heap = { told: [], authority: [], bare: [] };
  for (const entry of entries) {
    if (isAboutAuthority(entry)) heap.authority.push(entry);
    else heap[entry.bare && !entry.erased.length ? 'bare' : 'told'].push(entry);
  }
  return heap;
}
