// Checkpoints (section 10): a C2SP signed note of three lines, the written form of the keys of logs and witnesses, and
// their signatures.

import { base64, decimal, equal, hex, join, toUtf8, utf8 } from './bytes.js';
import { keyPoint, verifyEd25519 } from './ed25519.js';
import { Fault } from './fault.js';
import { sha256 } from './sha2.js';
import { isOrigin } from './values.js';

const MIB = 1048576;
const SIGNATURE_LINE = '\u2014 ';
const NO_KEY_NAME = /[+\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

// Origin, size and root of the three lines, or null.
export function parseHead(lines) {
  if (lines.length !== 3) return null;
  const [origin, sizeText, rootText] = lines;
  const [size, root] = [decimal(sizeText), base64(rootText)];
  const good = isOrigin(origin) && size !== null && root?.length === 32;
  return good ? { origin, size, root, signed: toUtf8(`${lines.join('\n')}\n`) } : null;
}

// Reads a checkpoint, or throws the fault `code`.
export function parseCheckpoint(bytes, where = 'data/checkpoint', code = 'checkpoint') {
  const refuse = (found) => {
    throw new Fault(code, `\`${where}\``, found, 'a checkpoint');
  };
  if (bytes.length > MIB) refuse('more than 1 MiB');
  const text = utf8(bytes);
  if (text === null) refuse('bytes that are not UTF-8');
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) refuse('a control character');
  if (!text.endsWith('\n')) refuse('no line end at the end');
  const lines = text.slice(0, -1).split('\n');
  if (lines[3] !== '' || lines.filter((line) => line === '').length !== 1) refuse('another division into lines');
  if (lines.length < 5) refuse('no signature line');
  const head = parseHead(lines.slice(0, 3));
  if (head === null) refuse('lines that are not origin, size and root');
  const signatures = lines.slice(4).map((line) => {
    const [name, coded, ...more] = line.startsWith(SIGNATURE_LINE) ? line.slice(2).split(' ') : [];
    const blob = coded === undefined ? null : base64(coded);
    if (!isKeyName(name) || more.length > 0 || blob === null || blob.length < 5) {
      refuse('a signature line in another form');
    }
    return { name, id: blob.subarray(0, 4), signature: blob.subarray(4) };
  });
  return { bytes, ...head, signatures };
}

function isKeyName(name) {
  return Boolean(name) && !NO_KEY_NAME.test(name);
}

const LOG = 0x01;
const WITNESS = 0x04;

// <name>+<key id>+<base64 of the type and the key>. Returns {name, id, key}, or null. The key rule is not asked here.
function vkeyOf(text, type, isItsName) {
  const parts = typeof text === 'string' ? /^([^+]*)\+([0-9a-f]{8})\+([^]*)$/.exec(text) : null;
  if (parts === null || !isItsName(parts[1])) return null;
  const coded = base64(parts[3]);
  if (coded === null || coded.length !== 33 || coded[0] !== type) return null;
  const id = sha256(toUtf8(parts[1]), Uint8Array.of(0x0a), coded).subarray(0, 4);
  return hex(id) === parts[2] ? { name: parts[1], id, key: coded.subarray(1) } : null;
}

export function parseVkey(text) {
  return vkeyOf(text, LOG, isOrigin);
}

export function parseWitness(text) {
  return vkeyOf(text, WITNESS, isKeyName);
}

const isLineOf = (vkey) => ({ name, id }) => name === vkey.name && equal(id, vkey.id);

// The signature lines of a log or witness.
export function linesOf(checkpoint, vkey) {
  return checkpoint.signatures.filter(isLineOf(vkey));
}

// The time of a witness's line on a head; null where it is no valid cosignature.
export function cosignature({ signature: blob }, head, key) {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  const time = blob.length === 72 ? view.getUint32(0) * 0x100000000 + view.getUint32(4) : NaN;
  if (!Number.isSafeInteger(time)) return null;
  const signed = join(toUtf8(`cosignature/v1\ntime ${time}\n`), head.signed);
  return verifyEd25519(key, signed, blob.subarray(8)) ? time : null;
}

// Why the log's signature on a checkpoint isn't there or isn't valid; null if it is. `vkey` may be null: not known.
export function logSignatureFault(checkpoint, vkey) {
  if (vkey === null) return 'a log key that is not known';
  if (vkey.name !== checkpoint.origin) return 'a log key of another name';
  const own = linesOf(checkpoint, vkey);
  if (own.length !== 1) return own.length === 0 ? 'no signature by the log key' : 'two signature lines of the log key';
  const { signature } = own[0];
  if (signature.length !== 64) return 'a signature of another length';
  if (keyPoint(vkey.key) === null) return 'a log key that breaks the key rule';
  return verifyEd25519(vkey.key, checkpoint.signed, signature) ? null : 'a signature that is not valid';
}
