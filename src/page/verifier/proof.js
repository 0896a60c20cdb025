// Inclusion proof files (section 11): C2SP tlog-proof without the line `extra`. And transparent statements: the entry
// with a COSE Receipt in its unprotected header. Once entry, proof and checkpoint are checked, all bytes of a statement
// are known but the log's signature; so they are computed and compared.

import { base64, decimal, equal, hex, join, utf8 } from './bytes.js';
import { cborBytes, cborHead, cborText } from './cbor.js';
import { verifyEd25519 } from './ed25519.js';
import { sigStructure, thumbprint } from './entry.js';
import { Fault } from './fault.js';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const LF = 0x0a;
const MOST_HASHES = 63;
// Longer than the lines before the empty one can be.
const LONGEST_HEAD = 4096;

// Reads lines 1 to 4 and keeps the rest, which is to be the bundle's checkpoint; or throws the fault `proof`.
export function parseProof(bytes) {
  const refuse = (found) => {
    throw new Fault('proof', 'its proof of place', found, 'a tlog-proof of version 1');
  };
  let end = 0;
  while (end < bytes.length && !(bytes[end] === LF && bytes[end + 1] === LF)) end += 1;
  if (end === bytes.length || end > LONGEST_HEAD) refuse('no empty line where one belongs');
  const [first, second, ...hashes] = (utf8(bytes.subarray(0, end)) ?? '').split('\n');
  if (first !== FIRST_LINE) refuse('another first line');
  const index = second?.startsWith('index ') ? decimal(second.slice(6)) : null;
  if (index === null) refuse('a second line that is no index');
  if (hashes.length > MOST_HASHES) refuse('more than 63 hashes');
  const path = hashes.map((text) => {
    const hash = base64(text);
    return hash?.length === 32 ? hash : refuse('a line that is no hash');
  });
  return { index, path, rest: bytes.subarray(end + 2) };
}

// Tag 18 around an array of four.
const COSE_SIGN1 = Uint8Array.of(0xd2, 0x84);
// {394: [receipt]} and {396: {-1: [proof]}}, up to the byte string that follows; null; the head of a signature.
const WITH_RECEIPT = Uint8Array.of(0xa1, 0x19, 0x01, 0x8a, 0x81);
const WITH_PROOF = Uint8Array.of(0xa1, 0x19, 0x01, 0x8c, 0xa1, 0x20, 0x81);
const DETACHED = Uint8Array.of(0xf6);
const SIGNATURE = Uint8Array.of(0x58, 0x40);
const RECEIPT_TYP = 'application/scitt-receipt+cose';

// The protected header of every receipt of a log: {1: -19, 4: kid, 15: {1: origin, 2: "ledger"}, 16: typ, 395: 1}.
function receiptHead(origin, key) {
  return join(
    Uint8Array.of(0xa5, 0x01, 0x32, 0x04),
    cborBytes(thumbprint(key)),
    Uint8Array.of(0x0f, 0xa2, 0x01),
    cborText(origin),
    Uint8Array.of(0x02),
    cborText('ledger'),
    Uint8Array.of(0x10),
    cborText(RECEIPT_TYP),
    Uint8Array.of(0x19, 0x01, 0x8b, 0x01),
  );
}

// Checks statements under one checkpoint and one log key (null where none is known).
export class Statements {
  constructor(checkpoint, key) {
    Object.assign(this, { checkpoint, key });
    this.head = key && receiptHead(checkpoint.origin, key);
    // The log signs once for a checkpoint: equal signatures are verified once.
    this.verified = new Map();
  }

  // The statement of an entry up to the log's signature, and from behind it on.
  around(entry, path) {
    const proof = join(
      cborHead(4, 3),
      cborHead(0, this.checkpoint.size),
      cborHead(0, entry.seq),
      cborHead(4, path.length),
      ...path.map(cborBytes),
    );
    const receipt = join(COSE_SIGN1, cborBytes(this.head), WITH_PROOF, cborBytes(proof), DETACHED, SIGNATURE);
    const before = join(
      COSE_SIGN1,
      cborBytes(entry.wrapped),
      WITH_RECEIPT,
      cborHead(2, receipt.length + 64),
      receipt,
    );
    return [before, join(cborBytes(entry.payloadBytes), SIGNATURE, entry.signature)];
  }

  // The fault of a transparent statement, or null.
  faultOf(bytes, entry, path) {
    const what = 'its transparent statement';
    if (this.key === null) return new Fault('transparent', what, 'a log key that is not known', 'a known one');
    const [before, after] = this.around(entry, path);
    const end = before.length + 64;
    const same =
      bytes.length === end + after.length &&
      equal(bytes.subarray(0, before.length), before) &&
      equal(bytes.subarray(end), after);
    if (!same) return new Fault('transparent', what, 'other bytes', 'those that entry, proof and checkpoint give');
    const signature = bytes.subarray(before.length, end);
    const name = hex(signature);
    if (!this.verified.has(name)) {
      const signed = sigStructure(this.head, this.checkpoint.root);
      this.verified.set(name, verifyEd25519(this.key, signed, signature));
    }
    if (this.verified.get(name)) return null;
    return new Fault('transparent', what, 'a signature of the log that is not valid', 'one over the root');
  }
}
