// Checkpoints (section 10): a C2SP signed note of three lines, and the written form of log keys.

import { base64, decimal, equal, hex, toUtf8, utf8 } from './bytes.js';
import { keyPoint, verifyEd25519 } from './ed25519.js';
import { Fault } from './fault.js';
import { sha256 } from './sha2.js';
import { isOrigin } from './values.js';

const MIB = 1048576;
const SIGNATURE_LINE = '\u2014 ';
const NO_KEY_NAME = /[+\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

// Reads a checkpoint, or throws the fault `checkpoint`.
export function parseCheckpoint(bytes) {
  const refuse = (found) => {
    throw new Fault('checkpoint', '`data/checkpoint`', found, 'a checkpoint');
  };
  if (bytes.length > MIB) refuse('more than 1 MiB');
  const text = utf8(bytes);
  if (text === null) refuse('bytes that are not UTF-8');
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) refuse('a control character');
  if (!text.endsWith('\n')) refuse('no line end at the end');
  const lines = text.slice(0, -1).split('\n');
  if (lines[3] !== '' || lines.filter((line) => line === '').length !== 1) refuse('another division into lines');
  if (lines.length < 5) refuse('no signature line');
  const [origin, sizeText, rootText] = lines;
  const size = decimal(sizeText);
  const root = base64(rootText);
  if (!isOrigin(origin)) refuse('a first line that is no origin');
  if (size === null) refuse('a second line that is no size');
  if (root === null || root.length !== 32) refuse('a third line that is no root');
  const signatures = lines.slice(4).map((line) => {
    const [name, coded, ...more] = line.startsWith(SIGNATURE_LINE) ? line.slice(2).split(' ') : [];
    const blob = coded === undefined ? null : base64(coded);
    if (!name || NO_KEY_NAME.test(name) || more.length > 0 || blob === null || blob.length < 5) {
      refuse('a signature line in another form');
    }
    return { name, id: blob.subarray(0, 4), signature: blob.subarray(4) };
  });
  return { bytes, origin, size, root, signed: toUtf8(`${origin}\n${sizeText}\n${rootText}\n`), signatures };
}

function keyId(name, key) {
  return sha256(toUtf8(name), Uint8Array.of(0x0a, 0x01), key).subarray(0, 4);
}

// <name>+<key id>+<base64 of 01 || key>. Returns {name, id, key}, or null. The key rule is not asked here.
export function parseVkey(text) {
  const parts = typeof text === 'string' ? /^([^+]*)\+([0-9a-f]{8})\+([^]*)$/.exec(text) : null;
  if (parts === null || !isOrigin(parts[1])) return null;
  const coded = base64(parts[3]);
  if (coded === null || coded.length !== 33 || coded[0] !== 0x01) return null;
  const key = coded.subarray(1);
  const id = keyId(parts[1], key);
  return hex(id) === parts[2] ? { name: parts[1], id, key } : null;
}

// Why the log's signature on a checkpoint isn't there or isn't valid; null if it is. `vkey` may be null: not known.
export function logSignatureFault(checkpoint, vkey) {
  if (vkey === null) return 'a log key that is not known';
  if (vkey.name !== checkpoint.origin) return 'a log key of another name';
  const own = checkpoint.signatures.filter((line) => line.name === vkey.name && equal(line.id, vkey.id));
  if (own.length !== 1) return own.length === 0 ? 'no signature by the log key' : 'two signature lines of the log key';
  const { signature } = own[0];
  if (signature.length !== 64) return 'a signature of another length';
  if (keyPoint(vkey.key) === null) return 'a log key that breaks the key rule';
  return verifyEd25519(vkey.key, checkpoint.signed, signature) ? null : 'a signature that is not valid';
}
