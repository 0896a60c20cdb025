// What the verifier's tests share: its modules, a small zip writer, the vectors, the binary.

import { execFileSync } from 'node:child_process';
import { createHash, webcrypto } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { BrowserCheck } from '../../src/page/verifier/fast.js';
import { unhex } from '../../src/page/verifier/bytes.js';
import { verdictOn } from '../../src/page/verifier/report.js';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const KINDS = JSON.parse(readFileSync(process.env.PROBITY_KINDS ?? join(ROOT, 'src/page/kinds.json')));
export const browser = await BrowserCheck.begin(webcrypto.subtle);

export const VECTORS = join(ROOT, 'tests', 'vectors');

export function vectorNames(folder) {
  return readdirSync(join(VECTORS, folder)).filter((name) => name.endsWith('.txt')).sort();
}

// One vector of a single format: what is expected, whether that is to be accepted, its fields, its content.
export function readVector(folder, name) {
  let rest = readFileSync(join(VECTORS, folder, name));
  const line = () => {
    const end = rest.indexOf(10);
    const text = rest.subarray(0, end < 0 ? rest.length : end).toString();
    rest = end < 0 ? rest.subarray(rest.length) : rest.subarray(end + 1);
    return text;
  };
  const expected = line().replace(/^expect: /, '');
  const accept = expected === 'accept';
  const fields = {};
  while (rest.length > 0) {
    const text = line();
    if (text === 'text:') return { expected, accept, fields, content: new Uint8Array(rest) };
    const colon = text.indexOf(':');
    if (!text.startsWith('# ') && colon > 0) fields[text.slice(0, colon)] = text.slice(colon + 1).trim();
  }
  return { expected, accept, fields, content: 'bytes' in fields ? unhex(fields.bytes) : new Uint8Array(0) };
}

export const sha256hex = (bytes) => createHash('sha256').update(bytes).digest('hex');

// Sets manifests that fit the files.
export function withManifests(files) {
  const manifest = (below) =>
    Buffer.from(
      [...files.keys()]
        .filter((path) => path.startsWith('data/') === below && path !== 'tagmanifest-sha256.txt')
        .sort()
        .map((path) => `${sha256hex(files.get(path))}  ${path}\n`)
        .join(''),
    );
  files.delete('manifest-sha256.txt');
  files.set('manifest-sha256.txt', manifest(true));
  files.set('tagmanifest-sha256.txt', manifest(false));
  return files;
}

const crcTable = Int32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});
function crc(bytes) {
  let c = -1;
  for (const byte of bytes) c = (c >>> 8) ^ crcTable[(c ^ byte) & 255];
  return (c ^ -1) >>> 0;
}

// Writes a zip. A member is {name, content} and, to lie: method, flags, crc, size, packed, mode, and `header` with any
// of these for the header before it. `end` may change what the end record says.
export function zip(members, { end = {}, before = Buffer.alloc(0), after = Buffer.alloc(0), comment = '' } = {}) {
  const parts = [before];
  const list = [];
  let offset = before.length;
  for (const member of members) {
    const { content = Buffer.alloc(0), method = 0 } = member;
    const data = member.data ?? (method === 8 ? deflateRawSync(content) : content);
    const honest = { method, flags: 0, mode: 0, crc: crc(content), size: content.length, packed: data.length };
    const said = { ...honest, ...member };
    const header = { ...said, ...(member.header ?? {}) };
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(header.flags, 6);
    local.writeUInt16LE(header.method, 8);
    local.writeUInt32LE(header.crc, 14);
    local.writeUInt32LE(header.packed, 18);
    local.writeUInt32LE(header.size, 22);
    local.writeUInt16LE(Buffer.byteLength(header.name, 'latin1'), 26);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(0x0314, 4);
    record.writeUInt16LE(20, 6);
    record.writeUInt16LE(said.flags, 8);
    record.writeUInt16LE(said.method, 10);
    record.writeUInt32LE(said.crc, 16);
    record.writeUInt32LE(said.packed, 20);
    record.writeUInt32LE(said.size, 24);
    record.writeUInt16LE(Buffer.byteLength(said.name, 'latin1'), 28);
    record.writeUInt32LE((said.mode << 16) >>> 0, 38);
    record.writeUInt32LE(said.offset ?? offset, 42);
    list.push(record, Buffer.from(said.name, 'latin1'));
    const whole = [local, Buffer.from(header.name, 'latin1'), data];
    parts.push(...whole);
    offset += whole.reduce((sum, part) => sum + part.length, 0);
  }
  const directory = Buffer.concat(list);
  const tail = Buffer.alloc(22);
  tail.writeUInt32LE(0x06054b50, 0);
  tail.writeUInt16LE(end.disk ?? 0, 4);
  tail.writeUInt16LE(end.here ?? members.length, 8);
  tail.writeUInt16LE(end.members ?? members.length, 10);
  tail.writeUInt32LE(end.size ?? directory.length, 12);
  tail.writeUInt32LE(end.offset ?? offset, 16);
  tail.writeUInt16LE(end.commentLength ?? comment.length, 20);
  return Buffer.concat([...parts, directory, tail, Buffer.from(comment, 'latin1'), after]);
}

export function zipOf(files, top = 'bundle') {
  return zip([...files].map(([path, content]) => ({ name: `${top}/${path}`, content })));
}

// The verdict of the verifier under test, as plain data.
export async function verify(bytes, options = {}) {
  const { verdict, unreadable } = await verdictOn(bytes, { kinds: KINDS, browser, ...options });
  return unreadable === undefined ? JSON.parse(JSON.stringify(verdict)) : { unreadable };
}

// Verdict, fault code and entry in one line, as the vectors begin.
export function inOneLine({ verdict, fault }) {
  return fault ? `${verdict} ${fault.code} ${fault.entry ?? '-'}` : verdict;
}

// The binary's verdict on a bundle; a test without the binary fails, it is never left out.
export function binary() {
  const given = process.env.PROBITY_BIN;
  const found = [given, join(ROOT, 'target/release/probity'), join(ROOT, 'target/debug/probity')].find(
    (path) => path && existsSync(path),
  );
  if (!found) throw new Error('no probity binary: build it, or set PROBITY_BIN');
  return found;
}

export function run(...args) {
  try {
    return execFileSync(binary(), args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.stdout) return error.stdout;
    throw new Error(`${args.join(' ')}: ${error.stderr}`);
  }
}

export function inFolder(use) {
  const folder = mkdtempSync(join(tmpdir(), 'probity-page-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function binaryVerdict(bytes, ...args) {
  return inFolder((folder) => {
    const path = join(folder, 'bundle.zip');
    writeFileSync(path, bytes);
    const out = run('verify', path, '--json', ...args);
    const { head, inspector, ...verdict } = JSON.parse(out);
    return verdict;
  });
}
