// Inclusion proof files (section 11): C2SP tlog-proof without the line `extra`.

import { base64, decimal } from './bytes.js';
import { Fault } from './fault.js';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const LF = 0x0a;
const MOST_HASHES = 63;

// Reads lines 1 to 4 and keeps the rest, which is to be the bundle's checkpoint; or throws the fault `proof`.
export function parseProof(bytes) {
  const refuse = (found) => {
    throw new Fault('proof', 'its proof of place', found, 'a tlog-proof of version 1');
  };
  let at = 0;
  const line = () => {
    const end = bytes.indexOf(LF, at);
    if (end < 0) refuse('no line end where one belongs');
    const text = String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 200)));
    at = end + 1;
    return text;
  };
  if (line() !== FIRST_LINE) refuse('another first line');
  const second = line();
  const index = second.startsWith('index ') ? decimal(second.slice(6)) : null;
  if (index === null) refuse('a second line that is no index');
  const path = [];
  for (let text = line(); text !== ''; text = line()) {
    const hash = base64(text);
    if (hash === null || hash.length !== 32) refuse('a line that is no hash');
    if (path.push(hash) > MOST_HASHES) refuse('more than 63 hashes');
  }
  return { index, path, rest: bytes.subarray(at) };
}
