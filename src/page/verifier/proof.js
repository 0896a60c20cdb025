// Inclusion proof files (section 11): C2SP tlog-proof without the line `extra`.

import { base64, decimal, utf8 } from './bytes.js';
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
