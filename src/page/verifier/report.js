// What a verdict reports (Appendix B), beside the verdict and the fault, in the shape of `probity verify --json`.

import { Acts, acceptsOwnKey, answerOf } from './acts.js';
import { Authority } from './authority.js';
import { Verification } from './bundle.js';
import { equal, hex } from './bytes.js';
import { Unreadable, clipped } from './fault.js';
import { Kinds } from './kinds.js';
import { documentsIn } from './values.js';
import { Source } from './zip.js';

const READING_COPIES = new Set([
  'bag-info.txt', 'data/checking-by-hand.md', 'data/entries.csv', 'data/index.html', 'data/schedule.csv',
]);
// A zip up to this size is read at one go.
const AT_ONE_GO = 536870912;

// Verifies a zip (ArrayBuffer, Uint8Array or Blob). Returns {verdict, verification}, or {unreadable} with the reason.
export async function verdictOn(zip, { kinds, fingerprint = null, browser = null, progress }) {
  const source = new Source(zip);
  try {
    await source.load(AT_ONE_GO);
    const verification = new Verification(source, { kinds: new Kinds(kinds), fingerprint, browser, progress });
    await verification.run();
    return { verdict: verdictOf(verification, kinds.roles), verification };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
}

function verdictOf(verification, roleTitles) {
  const { fault, checkpoint, authority, fingerprint, judgedAll } = verification;
  const notGenuine = verification.refused;
  // Before all entries are read there is nothing to tell; of keys, before all are judged.
  const [entries, judged] = verification.read ? [verification.entries, [...verification.judged.values()]] : [[], []];
  const first = entries[0]?.seq === 0 ? entries[0] : null;
  const { incomplete, onPaper } = actsOf(judged, authority, roleTitles);
  const times = judged.map(({ entry }) => entry.iat);
  const unsettled = judged.filter(({ kind, appointment }) => kind === null || appointment === null);
  return {
    verdict: fault === null ? 'intact' : notGenuine ? 'not-genuine' : 'cannot-check',
    subject: 'bundle',
    fault: fault === null ? null : fault.plain(),
    intact_before: null,
    school: (judgedAll && authority.genesis?.clear.get('school')) || null,
    origin: verification.read ? checkpoint.origin : null,
    fingerprint: { hash: first && hex(first.hash), compared: fingerprint !== null && first !== null },
    size: verification.read ? checkpoint.size : 0,
    root: verification.read ? hex(checkpoint.root) : null,
    relied_on: null,
    entries: entries.length,
    times: times.length > 0 ? [times[0], times[times.length - 1]] : null,
    checkpoint: null,
    continuity: null,
    keys: judgedAll ? keysOf(judged, authority) : [],
    answers_opened: true,
    withheld: withheldOf(judged),
    absent_documents: absentDocuments(judged, verification),
    doubtful: judgedAll ? doubtfulOf(judged, authority) : [],
    incomplete,
    on_paper: onPaper,
    unjudged_entries: unsettled.length,
    unjudged_from: unsettled[0]?.entry.seq ?? null,
    cases: casesOf(judged),
    clock: clockOf(judged),
    unjudged: unjudgedOf(verification, judged, notGenuine),
    reading_copies: notGenuine ? [] : [...verification.files.keys()].filter((path) => READING_COPIES.has(path)).sort(),
  };
}

function actsOf(judged, authority, roleTitles) {
  const acts = new Acts(roleTitles);
  for (const one of judged) acts.note(one, authority);
  return acts.judge();
}

// The keys that signed, with what they signed as and who vouches for them.
function keysOf(judged, authority) {
  const names = new Map();
  const tallies = new Map();
  for (const { entry, kind, body } of judged) {
    if (kind !== null && (kind.name === 'genesis' || kind.name === 'appointment')) {
      const name = answerOf(body, 'name');
      if (typeof name === 'string') names.set(hex(entry.clear.get('person')), name);
    }
    const kid = hex(entry.kid);
    const tally = tallies.get(kid) ?? { roles: new Set(), entries: 0, accepted: false };
    tallies.set(kid, tally);
    tally.roles.add(entry.role);
    tally.entries += 1;
    tally.accepted ||= entry.kind === 'acceptance' && acceptsOwnKey(entry, authority);
  }
  const known = [...tallies].filter(([kid]) => authority.keys.has(kid));
  return known
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kid, { roles, entries, accepted }]) => {
      const record = authority.keys.get(kid);
      const person = hex(record.person);
      return {
        kid,
        person,
        name: names.get(person) ?? null,
        roles: [...roles].sort(),
        entries,
        accepted,
        appointed_by: Authority.deciding(record).by,
        revoked_by: record.revoked?.seq ?? null,
      };
    });
}

function withheldOf(judged) {
  return judged.flatMap(({ entry, body }) => {
    const fields = [...entry.body.keys()].filter((name) => !body?.has(name));
    const bare = body === null || [...body.keys()].every((name) => name === 'name');
    return fields.length > 0 ? [{ entry: entry.seq, fields, bare }] : [];
  });
}

function absentDocuments(judged, { documents }) {
  return judged.flatMap(({ entry, body }) =>
    [...(body?.values() ?? [])]
      .flatMap(({ value }) => documentsIn(value))
      .filter((document) => !documents.has(hex(document.get('sha256'))))
      .map((document) => ({
        entry: entry.seq,
        name: document.get('name'),
        sha256: hex(document.get('sha256')),
      })),
  );
}

// Entries below the suspect revocation of their key, and entries whose author's appointment is doubtful. The earliest
// T counts. This version knows no outside times, so there is no exception.
function doubtfulOf(judged, authority) {
  const marks = new Map();
  for (const { entry, author, appointment } of judged) {
    const revoked = authority.find(entry.kid)?.revoked ?? null;
    const reasons = [];
    if (author !== null && revoked !== null && revoked.since !== null && entry.seq < revoked.seq) {
      reasons.push({ revocation: revoked.seq, suspect_since: revoked.since, through_appointment: false });
    }
    const resting = appointment !== null && appointment < entry.seq ? marks.get(appointment) : undefined;
    if (resting) reasons.push({ ...resting, through_appointment: true });
    reasons.sort((a, b) => a.suspect_since - b.suspect_since);
    if (reasons.length > 0) marks.set(entry.seq, reasons[0]);
  }
  return [...marks].map(([seq, mark]) => ({ entry: seq, ...mark }));
}

function casesOf(judged) {
  const cases = new Map();
  for (const { entry } of judged) {
    if (entry.sub === 'ledger') continue;
    const found = cases.get(entry.sub) ?? { case: entry.sub, entries: 0, newest: null, whole: true, hash: null };
    cases.set(entry.sub, found);
    found.whole &&= found.hash === (entry.caseHash && hex(entry.caseHash));
    found.entries += 1;
    found.newest = entry.seq;
    found.hash = hex(entry.hash);
  }
  const sorted = [...cases.values()].sort((a, b) => (a.case < b.case ? -1 : 1));
  return sorted.map(({ hash, ...rest }) => rest);
}

function clockOf(judged) {
  return judged.flatMap(({ entry }, i) => {
    const back = i > 0 ? judged[i - 1].entry.iat - entry.iat : 0;
    return back > 0 ? [{ entry: entry.seq, seconds: back }] : [];
  });
}

// In words: signature lines by others, outside times, kinds and types that this version doesn't know.
function unjudgedOf({ checkpoint, authority, files }, judged, notGenuine) {
  const found = [];
  const log = authority.logKey()?.vkey;
  if (!notGenuine) {
    const own = ({ name, id }) => name === log?.name && equal(id, log.id);
    const others = log ? checkpoint.signatures.filter((line) => !own(line)) : [];
    if (others.length > 0) found.push(`${others.length} signature lines on the checkpoint by other keys`);
    const times = [...files.values()].filter(({ part }) => part === 'time').map(({ path }) => path);
    found.push(...times.sort().map((path) => `${path} (outside times are not checked by this version)`));
  }
  const unknown = judged.filter(({ kind }) => kind === null).map(({ entry }) => {
    return entry.foreign ? `${clipped(entry.typ)} (typ)` : `${entry.kind} version ${entry.v} (kind-unknown)`;
  });
  return [...found, ...[...new Set(unknown)].sort()];
}
