// What a reader gives beside the bundle: their own policy, their own roots, an older checkpoint or bundle. What can't be
// used is no fault of the bundle: it is thrown as BadInput.

import { Verification } from './bundle.js';
import { RootsError, rootsOf } from './certificate.js';
import { BadInput, Fault, Unreadable } from './fault.js';
import { Kinds } from './kinds.js';
import { parseCheckpoint } from './note.js';
import { Policy } from './policy.js';
import { Source } from './zip.js';

// Longer than a policy of 512 lines or a thousand certificates is.
const LONGEST_GIVEN = 4194304;

// Reads each that is there, a Blob or Uint8Array: {policy, roots, older}, null where it isn't.
export async function readGiven({ policy, roots, older }, { kinds, browser = null, progress }) {
  return {
    policy: policy ? readPolicy(await bytesOf(policy, 'policy')) : null,
    roots: roots ? readRoots(await bytesOf(roots, 'roots')) : null,
    older: older ? await readOlder(older, { kinds: new Kinds(kinds), browser, progress }) : null,
  };
}

// What a page shows of them.
export function summaryOf({ policy, roots, older }) {
  return {
    policy: policy && { witnesses: policy.witnesses.map(({ name }) => name), quorum: policy.quorum, logs: policy.logs },
    roots: roots && roots.map(({ commonName }) => commonName),
    older: older && { size: older.checkpoint.size, origin: older.checkpoint.origin, isBundle: older.hashes.size > 0 },
  };
}

async function bytesOf(kept, which) {
  const blob = kept instanceof Blob ? kept : new Blob([kept]);
  if (blob.size > LONGEST_GIVEN) throw new BadInput(which, 'it is longer than 4 MiB');
  return new Uint8Array(await blob.arrayBuffer());
}

// A text file in one spelling: without the byte order mark and the carriage returns that some programs add, and with
// the newline at its end that others leave out. What was signed decides whether that is right.
function respelled(bytes) {
  const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const kept = bytes.filter((byte, at) => at >= from && !(byte === 13 && bytes[at + 1] === 10));
  if (kept.length === 0 || kept.at(-1) === 10) return kept;
  const whole = new Uint8Array(kept.length + 1);
  whole.set(kept);
  whole[kept.length] = 10;
  return whole;
}

function readPolicy(bytes) {
  try {
    return new Policy(respelled(bytes), 'the file');
  } catch (error) {
    if (error instanceof Fault) throw new BadInput('policy', `it is no policy: ${error.found}`);
    throw error;
  }
}

function readRoots(bytes) {
  try {
    return rootsOf(bytes);
  } catch (error) {
    if (error instanceof RootsError) throw new BadInput('roots', error.message);
    throw error;
  }
}

// What the reader kept, as {checkpoint, hashes: entry hashes by seq}; or throws BadInput. A bundle has to be intact.
async function readOlder(kept, options) {
  const refuse = (why) => {
    throw new BadInput('older', why);
  };
  try {
    const verification = new Verification(new Source(kept), options);
    await verification.run();
    if (verification.fault !== null) refuse(`it is an evidence bundle that is not intact: ${verification.fault.message}`);
    const hashes = new Map(verification.entries.map(({ seq, hash }) => [seq, hash]));
    return { checkpoint: verification.checkpoint, hashes };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  try {
    const checkpoint = parseCheckpoint(respelled(await bytesOf(kept, 'older')), 'the file');
    if (checkpoint.size < 2) refuse(`it counts ${checkpoint.size} records, expected at least 2`);
    return { checkpoint, hashes: new Map() };
  } catch (error) {
    if (error instanceof Fault) refuse(`it is neither a checkpoint nor an evidence bundle: ${error.found}`);
    throw error;
  }
}
