// What evidence from outside is worth (section 15). It never changes the verdict; whom to trust is the reader's decision.

import { hex } from './bytes.js';
import { readFile } from './container.js';
import { cosignature, parseCheckpoint } from './note.js';
import { leadsToRoot, tokenOf } from './timestamp.js';
import { firstOf } from './values.js';

// Most lines of known witnesses that are judged in one note, and most cosignatures and tokens in one bundle.
const MOST_JUDGED_LINES = 1024;
const MOST_PIECES = 10000;

// Judges the cosignatures and tokens of a bundle by the reader's policy and roots, either null. Returns
//   outside: each of them, {size, file, by, time, state}; witnessed: {size, time}; existedBy: {below, time};
//   notBefore: {above, time}; others: how many signature lines are by keys that no policy names; passedOver: how many
//   pieces were too many to be judged.
export async function judgeOutside(verification, { policy = null, roots = null } = {}) {
  const heads = allHeads(verification);
  const known = witnessesOf(policy, verification.policy);
  const all = { left: MOST_PIECES, others: 0, passedOver: 0 };
  const evidence = [];
  for (const [i, head] of heads.entries()) {
    for (const { path, file, note } of head.notes) {
      const read = note ?? parseCheckpoint(await readFile(verification.source, file), path, 'times');
      evidence.push(...cosignatures(verification, known, head, path, read, all));
      await verification.progress('outside', i, heads.length);
    }
    for (const { path, file } of head.tokens) {
      if (!takesAnother(all)) continue;
      const token = tokenOf(await readFile(verification.source, file), head.signed);
      const state = token.why !== null ? 'invalid' : roots !== null && leadsToRoot(token, roots) ? 'trusted' : 'claimed';
      // Of what isn't valid neither time nor name is told.
      const { by, time } = state === 'invalid' ? { by: '', time: null } : token;
      evidence.push({ size: head.size, file: path, by, time, state, key: null });
      await verification.progress('outside', i, heads.length);
    }
  }
  evidence.sort((a, b) => a.size - b.size || (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  const trusted = evidence.filter(({ state }) => state === 'trusted');
  const sizes = [...new Set(heads.map(({ size }) => size))].sort((a, b) => a - b);
  const witnessed = sizes.flatMap((size) => witnessedAt(verification, policy, size, trusted));
  const times = trusted.filter(({ key }) => key === null).map(({ size, time }) => ({ size, time }));
  return {
    outside: evidence.map(({ key, ...one }) => one),
    witnessed,
    existedBy: earliest([...witnessed, ...times]),
    notBefore: latest(anchored(verification, heads, trusted)),
    others: all.others,
    passedOver: all.passedOver,
  };
}

// The checkpoint, whose cosignatures stand in it, and then the heads under data/times/, ascending.
function allHeads({ heads, checkpoint }) {
  const own = { ...checkpoint, notes: [{ path: 'data/checkpoint', note: checkpoint, sha256: null }], tokens: [] };
  return [own, ...heads];
}

// By name and key id of their lines: the witnesses of the reader's policy, or else of the bundle's.
function witnessesOf(policy, ownPolicy) {
  const known = new Map();
  for (const [witnesses, state] of [[policy?.witnesses ?? [], 'trusted'], [ownPolicy?.witnesses ?? [], 'claimed']]) {
    for (const witness of witnesses) {
      const by = lineBy(witness);
      // More than one only where four bytes of a hash collide.
      if (!known.has(by)) known.set(by, { witnesses: [], state });
      if (known.get(by).state === state) known.get(by).witnesses.push(witness);
    }
  }
  return known;
}

const lineBy = ({ name, id }) => `${hex(id)} ${name}`;

function takesAnother(all) {
  if (all.left > 0) {
    all.left -= 1;
    return true;
  }
  all.passedOver += 1;
  return false;
}

// The lines of a note that are by a known witness, in their order; equal lines are one.
function cosignatures({ authority }, known, { size, signed }, file, note, all) {
  const log = authority.logKey(size);
  const logLine = log === null ? null : lineBy(log.vkey);
  const found = [];
  const judged = new Set();
  for (const line of note.signatures) {
    const by = lineBy(line);
    if (by === logLine) continue;
    const one = known.get(by);
    if (one === undefined) {
      all.others += 1;
      continue;
    }
    const whole = `${by} ${hex(line.signature)}`;
    if (judged.has(whole)) continue;
    if (judged.size === MOST_JUDGED_LINES) {
      all.passedOver += 1;
      continue;
    }
    if (!takesAnother(all)) continue;
    judged.add(whole);
    const { witnesses, state } = one;
    const valid = firstOf(witnesses, ({ key }) => {
      const time = authority.isInside(key) ? null : cosignature(line, { signed }, key);
      return time === null ? null : { time, state, key: hex(key) };
    });
    found.push({ size, file, by: line.name, ...(valid ?? { time: null, state: 'invalid', key: '' }) });
  }
  return found;
}

// The least time at which the reader's quorum is met, if ever: a list of one or of none.
function witnessedAt({ authority }, policy, size, trusted) {
  const log = authority.logKey(size)?.text;
  if (policy === null || (policy.logs.length > 0 && !policy.logs.includes(log))) return [];
  const given = trusted.filter((one) => one.key !== null && one.size === size).sort((a, b) => a.time - b.time);
  const keys = new Set();
  const last = given.find(({ key }) => policy.isMetBy(keys.add(key)));
  return last === undefined ? [] : [{ size, time: last.time }];
}

// What anchors say: no entry above one was signed before the evidence that it names.
function anchored({ judged }, heads, trusted) {
  // By size and hash of the evidence: the latest time that it says.
  const latestOf = new Map();
  for (const { file, time } of trusted) latestOf.set(file, Math.max(latestOf.get(file) ?? time, time));
  const times = new Map();
  for (const { size, notes, tokens } of heads) {
    for (const { path, sha256 } of [...notes, ...tokens]) {
      if (sha256 === null || !latestOf.has(path)) continue;
      const [evidence, time] = [`${size} ${hex(sha256)}`, latestOf.get(path)];
      times.set(evidence, Math.max(times.get(evidence) ?? time, time));
    }
  }
  return [...judged.values()].filter(({ kind }) => kind?.name === 'anchor').flatMap(({ entry }) => {
    const evidence = `${entry.clear.get('size')} ${hex(entry.clear.get('evidence'))}`;
    return times.has(evidence) ? [{ above: entry.seq, time: times.get(evidence) }] : [];
  });
}

// Pairs that say more than another: ascending sizes, ascending times.
function earliest(pairs) {
  const found = [];
  for (const { size, time } of pairs.sort((a, b) => b.size - a.size || a.time - b.time)) {
    if (found.length === 0 || time < found[0].time) found.unshift({ below: size, time });
  }
  return found;
}

function latest(pairs) {
  const found = [];
  for (const { above, time } of pairs.sort((a, b) => a.above - b.above || b.time - a.time)) {
    if (found.length === 0 || time > found[found.length - 1].time) found.push({ above, time });
  }
  return found;
}

// The time by which an entry existed, or infinity.
export function existedBy(seq, pairs) {
  return pairs.find(({ below }) => below > seq)?.time ?? Infinity;
}
