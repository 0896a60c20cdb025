// What a verdict reports (Appendix B), beside the verdict and the fault, in the shape of `probity verify --json`.

import { Acts, acceptsOwnKey, answerOf } from './acts.js';
import { Authority } from './authority.js';
import { Verification } from './bundle.js';
import { hex } from './bytes.js';
import { Unreadable, clipped } from './fault.js';
import { Kinds } from './kinds.js';
import { existedBy, judgeOutside } from './outside.js';
import { byCodePoints, documentsIn } from './values.js';
import { Source } from './zip.js';

const READING_COPIES = new Set([
  'bag-info.txt', 'data/checking-by-hand.md', 'data/entries.csv', 'data/index.html', 'data/schedule.csv',
]);
// A zip up to this size is read at one go.
const AT_ONE_GO = 536870912;

const NOTHING = { outside: [], witnessed: [], existedBy: [], notBefore: [], others: 0, passedOver: 0 };

// Verifies a zip (ArrayBuffer, Uint8Array or Blob), with what readGiven() made of what the reader brought. Returns
// {verdict, verification}, or {unreadable} with the reason.
export async function verdictOn(zip, { kinds, fingerprint = null, given = {}, browser = null, progress }) {
  const source = new Source(zip);
  const options = { kinds: new Kinds(kinds), fingerprint, older: given.older ?? null, browser, progress };
  try {
    await source.load(AT_ONE_GO);
    const verification = new Verification(source, options);
    await verification.run();
    const outside = verification.heads === null ? NOTHING : await judgeOutside(verification, given);
    return { verdict: verdictOf(verification, kinds.roles, outside), verification };
  } catch (error) {
    if (error instanceof Unreadable) return { unreadable: error.message };
    throw error;
  }
}

function verdictOf(verification, roleTitles, outside) {
  const { fault, checkpoint, authority, fingerprint, judgedAll } = verification;
  const notGenuine = verification.refused;
  // Before all entries are read there is nothing to tell; of keys, before all are judged.
  const [entries, judged] = verification.read ? [verification.entries, [...verification.judged.values()]] : [[], []];
  const first = entries[0]?.seq === 0 ? entries[0] : null;
  const acts = actsOf(judged, authority, roleTitles);
  const { incomplete, onPaper } = acts.judge();
  const { withheld, erased } = missingOf(judged, acts.erasures.named());
  const times = judged.map(claimedTime);
  const unsettled = judged.filter(
    ({ kind, appointment }) => kind === null || appointment === null,
  );
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
    continuity: verification.continuity,
    keys: judgedAll ? keysOf(judged, authority) : [],
    stated: statedOf(judged),
    answers_opened: true,
    withheld,
    erased,
    absent_documents: absentDocuments(judged, verification),
    doubtful: judgedAll ? doubtfulOf(judged, authority, outside.existedBy) : [],
    incomplete,
    on_paper: onPaper,
    unjudged_entries: unsettled.length,
    unjudged_from: unsettled[0]?.entry.seq ?? null,
    cases: casesOf(judged),
    clock: clockOf(judged),
    outside: outside.outside,
    witnessed: outside.witnessed,
    existed_by: outside.existedBy,
    not_before: outside.notBefore,
    unjudged: unjudgedOf(judged, outside),
    // Steps 1 to 11 were passed.
    reading_copies: notGenuine && verification.continuity === null ? [] : [...verification.files.keys()].filter((path) => READING_COPIES.has(path)).sort(),
  };
}

function actsOf(judged, authority, roleTitles) {
  const acts = new Acts(roleTitles);
  for (const one of judged) acts.note(one, authority);
  return acts;
}

// The time that an entry itself claims: for a statement, that of whoever entered it.
function claimedTime({ entry, enteredBy }) {
  return enteredBy?.iat ?? entry.iat;
}

// What was signed elsewhere, and who entered it.
function statedOf(judged) {
  return judged.filter(({ statement }) => statement).map(({ entry, statement, enteredBy }) => {
    return { entry: entry.seq, by: hex(entry.kid), entered_by: hex(enteredBy.kid), after: statement.after.seq };
  });
}

// The keys that signed, with what they signed as and who vouches for them.
function keysOf(judged, authority) {
  const names = new Map();
  const tallies = new Map();
  const note = ({ kid: bytes, role }) => {
    const kid = hex(bytes);
    const tally = tallies.get(kid) ?? { roles: new Set(), entries: 0, accepted: false };
    tallies.set(kid, tally);
    tally.roles.add(role);
    tally.entries += 1;
    return tally;
  };
  for (const { entry, kind, body, enteredBy } of judged) {
    if (kind !== null && (kind.name === 'genesis' || kind.name === 'appointment')) {
      const name = answerOf(body, 'name');
      if (typeof name === 'string') names.set(hex(entry.clear.get('person')), name);
    }
    // Two keys sign what was signed elsewhere.
    if (enteredBy) note(enteredBy);
    const tally = note(entry);
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

// Fields whose openings are not here, apart: those that complete erasures name, and those that are withheld.
function missingOf(judged, named) {
  const [withheld, erased] = [[], []];
  for (const { entry, body } of judged) {
    // Each name with its place; an erasure takes out what it names, in as many steps as it names.
    const left = new Map([...entry.body.keys()].filter((name) => !body?.has(name)).map((name, place) => [name, place]));
    const take = (names) => {
      const gone = (names ?? [...left.keys()]).filter((name) => left.has(name)).sort((a, b) => left.get(a) - left.get(b));
      for (const name of gone) left.delete(name);
      return gone;
    };
    for (const { by, ground, names } of named.get(entry.seq) ?? []) {
      if (left.size === 0) break;
      const gone = take(names);
      if (gone.length > 0) erased.push({ entry: entry.seq, fields: gone, by, ground });
    }
    const bare = body === null || [...body.keys()].every((name) => name === 'name');
    if (left.size > 0) withheld.push({ entry: entry.seq, fields: [...left.keys()], bare });
  }
  return { withheld, erased };
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

// Entries below the suspect revocation of their key, and entries whose author's appointment is doubtful, unless an outside
// time up to T stands over them. The earliest T counts: what is no later than that is no later than the others.
function doubtfulOf(judged, authority, pairs) {
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
    const stands = reasons.length > 0 && existedBy(entry.seq, pairs) > reasons[0].suspect_since;
    if (stands) marks.set(entry.seq, reasons[0]);
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
  return judged.flatMap((one, i) => {
    const back = i > 0 ? claimedTime(judged[i - 1]) - claimedTime(one) : 0;
    return back > 0 ? [{ entry: one.entry.seq, seconds: back }] : [];
  });
}

// In words: signature lines by others, evidence that is too much, kinds and types that this version doesn't know.
function unjudgedOf(judged, { others, passedOver }) {
  const lines = others > 0 ? [`${others} signature lines by keys that no policy names`] : [];
  if (passedOver > 0) lines.push(`${passedOver} pieces of outside evidence, more than are judged`);
  const unknown = judged.filter(({ kind }) => kind === null).map(({ entry }) => {
    return entry.foreign ? `${clipped(entry.typ)} (typ)` : `${entry.kind} version ${entry.v} (kind-unknown)`;
  });
  return [...lines, ...[...new Set(unknown)].sort(byCodePoints)];
}
