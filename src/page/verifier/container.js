// The bag (section 13): which files there may be, how large, and that manifests list exactly them (steps 1 and 2).

import { decimal, equal, hex, join, toUtf8, unhex, utf8 } from './bytes.js';
import { Fault } from './fault.js';
import { Sha256 } from './sha2.js';
import { readList, readMember, refuseContainer, shown } from './zip.js';

const KIB64 = 65535;
const MIB1 = 1048576;
const MIB32 = 32 * MIB1;
const MIB256 = 256 * MIB1;
const MIB512 = 512 * MIB1;
const GIB4 = 4096 * MIB1;

const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
const TAGGED = ['bag-info.txt', 'bagit.txt', 'manifest-sha256.txt'];

// Per file: what part it plays, its bound, whether its bytes are kept, whether the bound of 512 MiB leaves it out.
const FIXED = new Map([
  ['bagit.txt', { bound: MIB1, kept: true }],
  ['bag-info.txt', { bound: MIB1, kept: true }],
  ['manifest-sha256.txt', { bound: MIB32, kept: true }],
  ['tagmanifest-sha256.txt', { bound: MIB32, kept: true }],
  ['data/checkpoint', { bound: MIB1, kept: true }],
  ['data/policy.txt', { bound: MIB1, kept: true }],
  ['data/entries.jsonl', { bound: MIB256, kept: true }],
  ['data/entries.csv', { bound: MIB256, copy: true }],
  ['data/schedule.csv', { bound: MIB256, kept: true, copy: true }],
  ['data/index.html', { bound: MIB256, copy: true }],
  ['data/checking-by-hand.md', { bound: MIB256, copy: true }],
]);

// Files of which there is one for an entry.
const NUMBERED = {
  entries: { ending: 'cose', bound: KIB64 },
  bodies: { ending: 'cbor', bound: MIB1 },
  proofs: { ending: 'tlog-proof', bound: MIB1 + 4096 },
  transparent: { ending: 'cose', bound: KIB64 + 4096 },
};

// What a path under the top folder is, or null.
export function partOf(path) {
  const fixed = FIXED.get(path);
  if (fixed) return { ...fixed, part: 'file' };
  const numbered = /^data\/(entries|bodies|proofs|transparent)\/([0-9]{8,16})\.(cose|cbor|tlog-proof)$/.exec(path);
  if (numbered) {
    const [, folder, digits, ending] = numbered;
    const seq = indexOf(digits);
    const { ending: own, bound } = NUMBERED[folder];
    if (seq === null || ending !== own) return null;
    return { part: folder, seq, bound, kept: true };
  }
  const document = /^data\/documents\/([0-9a-f]{64})\/file\.[a-z0-9]{1,8}$/.exec(path);
  if (document) return { part: 'document', folder: document[1], bound: GIB4, copy: true };
  const time = /^data\/times\/([0-9]+)(?:\.([0-9]+))?\.(txt|tsr|note|consistency)$/.exec(path);
  if (time) {
    const [, size, number, ending] = time;
    const [m, k] = [decimal(size), number === undefined ? null : decimal(number)];
    const several = ending === 'tsr' || ending === 'note';
    if (m === null || several !== (number !== undefined) || (several && (k === null || k < 1))) return null;
    return { part: 'time', m, k, ending, bound: MIB1 };
  }
  return null;
}

// The number in a file name: 8 digits with zeros in front, or more without.
function indexOf(digits) {
  return digits.length === 8 ? Number(digits) : decimal(digits);
}

// The rules for paths, which hold for folder records too. Returns the components.
function judgePath(path) {
  const refuse = (found) => refuseContainer(shown(path), found, 'a relative path below one folder');
  if (path.startsWith('/')) refuse('an absolute path');
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) refuse('a control character in a path');
  if (path.includes('\\')) refuse('a backslash in a path');
  if (path.includes(':')) refuse('a colon in a path');
  const components = path.split('/');
  if (components.includes('')) refuse('an empty component in a path');
  if (components.includes('.') || components.includes('..')) refuse('a path that climbs');
  return components;
}

// Step 1. Unpacks a zip within the bounds. Returns the files by path: {path, size, lineEnds (of notes), sha256, bytes or
// null, member} and what partOf() says.
export async function unpack(source, progress) {
  const members = await readList(source);
  const seen = new Map();
  const files = new Map();
  const filePaths = new Set();
  const folders = [];
  let top = null;
  for (const member of members) {
    const path = member.folder ? member.name.slice(0, -1) : member.name;
    const components = judgePath(path);
    const folded = path.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
    const other = seen.get(folded);
    if (other === path) refuseContainer(shown(path), 'a path that occurs twice', 'each path once');
    if (other !== undefined) {
      refuseContainer(shown(path), `a path that is \`${other}\` but for capitals`, 'paths that differ in more');
    }
    seen.set(folded, path);
    const [first, ...rest] = components;
    if (rest.length === 0 && !member.folder) {
      refuseContainer(shown(path), 'a file outside the top folder', 'files in one folder');
    }
    if (!/^[A-Za-z0-9._-]{1,255}$/.test(first)) refuseContainer(shown(first), 'another name', 'a plain folder name');
    if (top !== null && top !== first) refuseContainer(shown(first), 'a second top folder', 'one top folder');
    top = first;
    if (member.folder) {
      folders.push(member);
      continue;
    }
    const below = rest.join('/');
    const part = partOf(below);
    if (part === null) refuseContainer(shown(below), 'a file that is no part of a bundle', 'only files of a bundle');
    filePaths.add(folded);
    files.set(below, { path: below, member, size: 0, lineEnds: 0, sha256: null, bytes: null, ...part });
  }
  judgeBelongings(files);
  const room = new Room(source.size);
  for (const folder of folders) {
    judgeFolder(folder.name, filePaths);
    // It is a member without bytes.
    room.take(await readMember(source, folder, 0, () => {}));
  }
  await readFiles(source, files, room, progress);
  return files;
}

// Members that lie over each other would have the same bytes unpacked any number of times.
class Room {
  constructor(left) {
    this.left = left;
  }

  take(length) {
    this.left -= length;
    if (this.left < 0) refuseContainer('the zip', 'members that lie over each other', 'each in its own place');
  }
}

// Of a file and a folder below it, an unpacker would make only one. No file of a bundle lies deeper than five components.
function judgeFolder(name, filePaths) {
  const components = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).split('/', 5);
  for (let depth = 1; depth <= components.length; depth++) {
    if (filePaths.has(components.slice(0, depth).join('/'))) refuseContainer(shown(name), 'a folder below a file', 'a folder');
  }
}

// Bodies, proofs and transparent statements need an entry; a document's folder holds one file.
function judgeBelongings(files) {
  const folders = new Set();
  for (const { path, part, seq, folder } of files.values()) {
    if (part in NUMBERED && !files.has(numberedPath('entries', seq))) {
      refuseContainer(shown(path), 'no entry that it belongs to', 'an entry of the same number');
    }
    if (part === 'document') {
      if (folders.has(folder)) refuseContainer(shown(`data/documents/${folder}`), 'two files', 'one file in it');
      folders.add(folder);
    }
  }
}

export function numberedPath(folder, seq) {
  return `data/${folder}/${String(seq).padStart(8, '0')}.${NUMBERED[folder].ending}`;
}

async function readFiles(source, files, room, progress) {
  // The sizes that the zip states only tell how far the work is.
  const stated = [...files.values()].reduce((sum, { member }) => sum + member.size, 0);
  let [all, counted] = [0, 0];
  const rest = () => progress('unpacking', Math.min(all, stated), stated);
  for (const file of files.values()) {
    const hash = new Sha256();
    const pieces = [];
    const take = (piece) => {
      all += piece.length;
      if (!file.copy) counted += piece.length;
      if (all > GIB4) refuseContainer('the bundle', 'more than 4 GiB', 'at most 4 GiB');
      if (counted > MIB512) refuseContainer('the bundle', 'more than 512 MiB without documents', 'at most 512 MiB');
      hash.update(piece);
      if (file.ending === 'note') file.lineEnds += lineEndsIn(piece);
      if (file.kept) pieces.push(piece.slice());
    };
    room.take(await readMember(source, file.member, file.bound, take, rest));
    file.size = file.member.size;
    file.sha256 = hash.digest();
    if (file.kept) file.bytes = pieces.length === 1 ? pieces[0] : join(...pieces);
    await rest();
  }
}

function lineEndsIn(bytes) {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

// A file of the zip once more, such as a document that is asked for.
export async function readFile(source, file) {
  const pieces = [];
  await readMember(source, file.member, file.bound, (piece) => pieces.push(piece.slice()));
  return join(...pieces);
}

// Step 2. The manifests list exactly the files that are there, with their hashes. (Paths of files that are there are
// ASCII, so that text order is bytewise.)
export function judgeManifests(files) {
  const refuse = (path, found, expected) => {
    throw new Fault('manifest', shown(path), found, expected);
  };
  for (const path of ['bagit.txt', 'bag-info.txt', 'manifest-sha256.txt', 'tagmanifest-sha256.txt']) {
    if (!files.has(path)) refuse(path, 'no such file', 'a file that every bag has');
  }
  if (!equal(files.get('bagit.txt').bytes, toUtf8(BAGIT))) refuse('bagit.txt', 'another text', 'BagIt 1.0 in UTF-8');
  const payload = [...files.keys()].filter((path) => path.startsWith('data/')).sort();
  for (const [name, expected] of [['tagmanifest-sha256.txt', TAGGED], ['manifest-sha256.txt', payload]]) {
    const lines = manifestLines(name, files.get(name).bytes, refuse);
    const listed = new Set(lines.map(({ path }) => path));
    if (listed.size !== lines.length) refuse(name, 'a file that is listed twice', 'each file once');
    lines.forEach(({ path }, i) => {
      if (!files.has(path)) refuse(name, `\`${path}\`, which is not there`, 'files that are there');
      if (i > 0 && lines[i - 1].path > path) refuse(name, 'another order', 'bytewise order');
    });
    for (const path of expected) if (!listed.has(path)) refuse(name, `no line for \`${path}\``, 'a line for each file');
    if (listed.size !== expected.length) refuse(name, 'a file that does not belong in it', 'the files that it is for');
    for (const { path, hash } of lines) {
      const found = files.get(path).sha256;
      if (!equal(found, hash)) refuse(path, `SHA-256 ${hex(found)}`, hex(hash));
    }
  }
}

function manifestLines(name, bytes, refuse) {
  const text = utf8(bytes);
  if (text === null || !text.endsWith('\n')) refuse(name, 'another form', 'lines of hash and path');
  return text.slice(0, -1).split('\n').map((line) => {
    const match = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (match === null) refuse(name, 'a line in another form', '64 digits, two spaces, a path');
    return { hash: unhex(match[1]), path: match[2] };
  });
}
