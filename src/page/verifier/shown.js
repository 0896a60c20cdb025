// What the page shows of a bundle: its entries, documents and schedule, as plain data that a worker can send. Of what
// failed, everything that can be parsed is there too, marked as not sound.

import { parseBody } from './body.js';
import { hex, utf8 } from './bytes.js';
import { numberedPath } from './container.js';
import { parseEntry } from './entry.js';
import { Fault } from './fault.js';
import { parseCheckpoint } from './note.js';
import { isCarrier, parseStatement, saidBy } from './statement.js';
import { documentsIn } from './values.js';

// `erased` is what the verdict says of erased fields.
export function bundleOf(verification, { erased }) {
  const { files } = verification;
  const note = files.get('data/checkpoint');
  const checkpoint = verification.checkpoint ?? parsed(note, ({ bytes }) => parseCheckpoint(bytes));
  const entries = entriesOf(verification);
  const bySeq = new Map(entries.map((entry) => [hex(entry.hash), entry.seq]));
  const gone = new Map();
  for (const { entry, fields } of erased) gone.set(entry, [...(gone.get(entry) ?? []), ...fields]);
  const shown = entries.map((entry) => shownEntry(entry, verification, bySeq, gone.get(entry.seq) ?? []));
  return {
    checkpoint: checkpoint && {
      origin: checkpoint.origin,
      size: checkpoint.size,
      root: hex(checkpoint.root),
      text: utf8(checkpoint.bytes),
    },
    entries: shown,
    documents: documentsOf(verification, shown),
    schedule: scheduleOf(files.get('data/schedule.csv')),
  };
}

// What a reader makes of a file; null where there is none, or it has another form.
function parsed(file, read) {
  try {
    return file?.bytes ? read(file) : null;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

// Entries as far as they can be parsed, ascending.
function entriesOf({ read, entries, files }) {
  if (read) return entries;
  const all = [...files.values()].filter((file) => file.part === 'entries');
  const good = all.map((file) => parsed(file, ({ bytes }) => parseEntry(bytes))).filter((entry) => entry !== null);
  const bySeq = new Map(good.map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

// Whether an entry passed every step, and stands before the fault that ended the verification, if one did.
function isSound(entry, { judged, refused, fault }) {
  const one = judged.get(entry.seq);
  if (!one || one.kind === null || one.appointment === null) return false;
  return !refused || (fault.entry !== null && entry.seq < fault.entry);
}

// What somebody signed elsewhere, as far as it can be read: what the entry puts on record, and the statement.
function stated(entry) {
  const bytes = isCarrier(entry) ? entry.clear.get('statement') : null;
  const statement = bytes instanceof Uint8Array ? parsed({ bytes }, () => parseStatement(bytes)) : null;
  return statement === null ? { said: entry, statement } : { said: saidBy(entry, statement), statement };
}

function shownEntry(own, verification, bySeq, erased) {
  const { said: entry, statement } = stated(own);
  const file = verification.files.get(numberedPath('bodies', entry.seq));
  const body = verification.bodies.get(entry.seq) ?? parsed(file, ({ bytes }) => parseBody(bytes, entry)) ?? new Map();
  const names = [...entry.body.keys()];
  return {
    seq: entry.seq,
    hash: hex(entry.hash),
    kid: hex(entry.kid),
    sub: entry.sub,
    iat: entry.iat,
    prev: hex(entry.prev),
    gov: hex(entry.gov),
    case: entry.caseHash && hex(entry.caseHash),
    kind: entry.kind,
    v: entry.v,
    role: entry.role,
    links: entry.links.map(({ rel, entry: target }) => {
      return { rel, entry: hex(target), seq: bySeq.get(hex(target)) ?? null };
    }),
    clear: [...entry.clear].map(([key, value]) => [key, detached(value)]),
    disclosed: [...body].map(([name, { value }]) => [name, detached(value)]),
    entered: statement && { kid: hex(own.kid), role: own.role, iat: own.iat, after: statement.after.seq, expires: statement.expires },
    withheld: names.filter((name) => !body.has(name) && !erased.includes(name)),
    erased: names.filter((name) => !body.has(name) && erased.includes(name)),
    bare: [...body.keys()].every((name) => name === 'name'),
    sound: isSound(entry, verification),
  };
}

// A value whose bytes are their own, so that sending it doesn't send the whole file that it was read from.
function detached(value) {
  if (value instanceof Uint8Array) return value.slice();
  if (Array.isArray(value)) return value.map(detached);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, detached(item)]));
  return value;
}

// By hash: the files that are inside, and those that are only named.
function documentsOf({ documents }, shown) {
  const found = {};
  for (const { disclosed } of shown) {
    for (const document of disclosed.flatMap(([, value]) => documentsIn(value))) {
      found[hex(document.get('sha256'))] = { path: null, size: document.get('size'), inside: false };
    }
  }
  for (const [name, { path, size, sha256 }] of documents) {
    // Where the check failed early, nobody held it against its name.
    const named = found[name];
    const inside = sha256 !== null && hex(sha256) === name && (named === undefined || named.size === size);
    found[name] = { path, size, inside };
  }
  return found;
}

// A longer schedule is not shown: it is made known before the verdict is.
const LONGEST_SCHEDULE = 4194304;
// What ends a cell without quotation marks.
const CELL_END = /[",\r\n]|$/g;

// The rows of a CSV file (RFC 4180): a reading copy, shown and not checked. Null where there is none, or it has another
// form. Each letter is looked at once.
function scheduleOf(file) {
  const text = file?.bytes && file.size <= LONGEST_SCHEDULE ? utf8(file.bytes)?.replace(/^\ufeff/, '') : null;
  if (text === null || text === undefined) return null;
  const rows = [];
  let [row, at] = [[], 0];
  while (at < text.length || row.length > 0) {
    const cell = text[at] === '"' ? quotedCell(text, at + 1) : plainCell(text, at);
    if (cell === null) return null;
    row.push(cell.content);
    at = cell.end;
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    if (text[at] === '\r') at += 1;
    if (at < text.length && text[at] !== '\n') return null;
    at += 1;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  return rows;
}

function plainCell(text, start) {
  CELL_END.lastIndex = start;
  const end = CELL_END.exec(text).index;
  return text[end] === '"' ? null : { content: text.slice(start, end), end };
}

// Two quotation marks stand for one.
function quotedCell(text, start) {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return { content: text.slice(start, at).replaceAll('""', '"'), end: at + 1 };
  }
  return null;
}
