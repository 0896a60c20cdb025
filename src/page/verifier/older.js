// Step 12: an older checkpoint or bundle that the reader kept.

import { equal, hex } from './bytes.js';
import { Fault } from './fault.js';
import { logSignatureFault } from './note.js';
import { rootOf } from './tree.js';

// Compares with what readOlder() gave; sets `continuity`. Returns the fault `does-not-continue`, or null.
export function continuityFault(verification) {
  const { older, checkpoint, authority, bySeq, heads } = verification;
  const { origin, size, root } = older.checkpoint;
  const [own, kept] = [checkpoint, hex(root)];
  const signed = logSignatureFault(older.checkpoint, authority.logKey(size)?.vkey ?? null) === null;
  const differs = [...older.hashes].filter(([seq, hash]) => bySeq.has(seq) && !equal(bySeq.get(seq).hash, hash));
  const first = differs.length > 0 ? Math.min(...differs.map(([seq]) => seq)) : null;
  // The roots at the older size that this bundle proves.
  const roots = heads.filter((head) => head.size === size).map((head) => head.root);
  if (size === own.size) roots.push(own.root);
  const leaves = size <= bySeq.size ? Array.from({ length: size }, (_, seq) => bySeq.get(seq)?.hash) : [undefined];
  if (!leaves.includes(undefined)) roots.push(rootOf(leaves));
  if (origin !== own.origin || first !== null || roots.some((one) => !equal(one, root))) {
    const other = origin === own.origin ? null : origin;
    const facts = { size, root: kept, signed, first_difference: first, other_ledger: other };
    verification.continuity = { result: 'does-not-continue', ...facts };
    const [what, found] = [`the head of ${origin} at ${size} entries`, `ledger ${own.origin} with another content`];
    return new Fault('does-not-continue', what, found, kept, first);
  }
  verification.continuity =
    roots.length > 0 ? { result: 'continues', size, root: kept, signed } : { result: 'cannot-tell', size };
  return null;
}
