// What evidence from outside is worth (section 15). It never changes the verdict; whom to trust is the reader's decision.

import { hex } from './bytes.js';
import { readFile } from './container.js';
import { cosignature, linesOf } from './note.js';
import { leadsToRoot, tokenOf } from './timestamp.js';

// Judges the cosignatures and tokens of a bundle by the reader's policy and roots, either null. Returns
//   outside: each of them, {size, file, by, time, state}; witnessed: {size, time}; existedBy: {below, time};
//   notBefore: {above, time}; others: how many signature lines are by keys that no policy names.
export async function judgeOutside(verification, { policy = null, roots = null } = {}) {
  const heads = allHeads(verification);
  const evidence = [];
  for (const [i, head] of heads.entries()) {
    for (const { path, note } of head.notes) evidence.push(...cosignatures(verification, policy, head, path, note));
    for (const { path, file } of head.tokens) {
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
  const witnessed = heads.flatMap((head) => witnessedAt(verification, policy, head, trusted));
  const times = trusted.filter(({ key }) => key === null).map(({ size, time }) => ({ size, time }));
  return {
    outside: evidence.map(({ key, ...one }) => one),
    witnessed,
    existedBy: earliest([...witnessed, ...times]),
    notBefore: latest(anchored(verification, heads, trusted)),
    others: heads.reduce((sum, head) => sum + othersIn(verification, policy, head), 0),
  };
}

// The heads under data/times/, and the checkpoint's own, whose cosignatures stand in it too.
function allHeads({ heads, checkpoint }) {
  const own = { path: 'data/checkpoint', note: checkpoint, sha256: null };
  const { size } = checkpoint;
  const last = heads.find((head) => head.size === size) ?? { ...checkpoint, notes: [], tokens: [] };
  return [...heads.filter((head) => head.size !== size), { ...last, notes: [own, ...last.notes] }];
}

// The lines of a note that are by a witness of the reader's policy, or else of the bundle's, in their order.
function cosignatures({ authority, policy: ownPolicy }, policy, { size, signed }, file, note) {
  const found = [];
  const asked = new Set();
  for (const [witnesses, own] of [[policy?.witnesses ?? [], 'trusted'], [ownPolicy?.witnesses ?? [], 'claimed']]) {
    for (const witness of witnesses) {
      for (const line of linesOf(note, witness).filter((one) => !asked.has(one))) {
        asked.add(line);
        const time = cosignature(line, { signed }, witness.key);
        const counts = time !== null && !authority.isInside(witness.key);
        const worth = counts ? { time, state: own } : { time: null, state: 'invalid' };
        found.push({ size, file, by: witness.name, ...worth, key: hex(witness.key), line });
      }
    }
  }
  const places = new Map(note.signatures.map((line, place) => [line, place]));
  found.sort((a, b) => places.get(a.line) - places.get(b.line));
  return found.map(({ line, ...one }) => one);
}

// The least time at which the reader's quorum is met, if ever: a list of one or of none.
function witnessedAt({ authority }, policy, { size }, trusted) {
  const log = authority.logKey(size)?.text;
  if (policy === null || (policy.logs.length > 0 && !policy.logs.includes(log))) return [];
  const given = trusted.filter((one) => one.key !== null && one.size === size).sort((a, b) => a.time - b.time);
  const keys = new Set();
  const last = given.find(({ key }) => policy.isMetBy(keys.add(key)));
  return last === undefined ? [] : [{ size, time: last.time }];
}

// What anchors say: no entry above one was signed before the evidence that it names.
function anchored({ judged }, heads, trusted) {
  return [...judged.values()].filter(({ kind }) => kind?.name === 'anchor').flatMap(({ entry }) => {
    const [size, evidence] = [entry.clear.get('size'), hex(entry.clear.get('evidence'))];
    const head = heads.find((one) => one.size === size);
    const named = [...(head?.notes ?? []), ...(head?.tokens ?? [])].filter(({ sha256 }) => sha256 && hex(sha256) === evidence);
    const paths = new Set(named.map(({ path }) => path));
    const times = trusted.filter(({ file }) => paths.has(file)).map(({ time }) => time);
    return times.length > 0 ? [{ above: entry.seq, time: Math.max(...times) }] : [];
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

// Signature lines that are neither the log's nor a known witness's.
function othersIn({ authority, policy: own }, policy, { size, notes }) {
  const log = authority.logKey(size);
  const known = [...(log === null ? [] : [log.vkey]), ...(policy?.witnesses ?? []), ...(own?.witnesses ?? [])];
  const counts = notes.map(({ note }) => {
    return note.signatures.length - new Set(known.flatMap((vkey) => linesOf(note, vkey))).size;
  });
  return counts.reduce((sum, one) => sum + one, 0);
}
