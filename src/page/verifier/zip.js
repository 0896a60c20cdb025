// A zip reader for hostile input (section 13, "Container"). The central directory is the list of members; what else
// the file says must agree with it, and what decompression yields is measured, never believed.

import { equal, utf8 } from './bytes.js';
import { Fault, Unreadable } from './fault.js';
import { InflateError, inflated } from './inflate.js';

const MOST_MEMBERS = 100000;
const LONGEST_LIST = 48 * 1048576;
const END_SIGN = 0x06054b50;
const END64_SIGN = 0x06064b50;
const LOCATOR64_SIGN = 0x07064b50;
const LIST_SIGN = 0x02014b50;
const HEADER_SIGN = 0x04034b50;
const FULL16 = 0xffff;
const FULL32 = 0xffffffff;
// Flag bits: encrypted; sizes follow the data.
const ENCRYPTED = 0x0001;
const FOLLOWS = 0x0008;
// Parts of an extra field.
const ZIP64 = 0x0001;
const SECOND_NAME = 0x7075;
// Stored bytes are taken in pieces too, and now and then others get their turn.
const PIECE = 1048576;

export function refuseContainer(what, found, expected) {
  throw new Fault('container', what, found, expected);
}

// A zip in memory, or a file that is read piece by piece where it is large.
export class Source {
  constructor(input) {
    this.blob = input instanceof Blob ? input : null;
    this.bytes = this.blob ? null : new Uint8Array(input);
    this.size = this.blob ? input.size : this.bytes.length;
  }

  async load(most) {
    if (this.blob && this.size <= most) {
      this.bytes = new Uint8Array(await this.blob.arrayBuffer());
      this.blob = null;
    }
  }

  async read(start, length) {
    if (start + length > this.size) refuseContainer('the zip', 'a part that lies beyond its end', 'whole parts');
    if (this.bytes) return this.bytes.subarray(start, start + length);
    return new Uint8Array(await this.blob.slice(start, start + length).arrayBuffer());
  }
}

function viewOf(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

// A 64-bit number; what is beyond 2^53 lies beyond every file.
function number64(view, at) {
  return view.getUint32(at + 4, true) * 0x100000000 + view.getUint32(at, true);
}

// Where the list of members lies: from the last end record, which ends the file. Readers differ in which of several they
// believe.
async function findList(source) {
  const tailStart = Math.max(0, source.size - 22 - FULL16);
  const tail = await source.read(tailStart, source.size - tailStart);
  const view = viewOf(tail);
  const signs = [];
  for (let at = 0; at + 4 <= tail.length; at++) {
    if (tail[at] === 0x50 && view.getUint32(at, true) === END_SIGN) signs.push(at);
  }
  if (signs.length === 0) throw new Unreadable('no end of a zip in it');
  const ends = signs.filter((at) => at + 22 <= tail.length);
  if (ends.length === 0) refuseContainer('the end of the zip', 'an end that is cut off', 'a whole one');
  const closes = (at) => at + 22 + view.getUint16(at + 20, true) === tail.length;
  const last = ends[ends.length - 1];
  if (!closes(last)) refuseContainer('the end of the zip', 'other bytes after it', 'the end of the file');
  if (ends.filter(closes).length > 1) refuseContainer('the end of the zip', 'two records that could be it', 'one');
  const said = {
    disk: view.getUint16(last + 4, true),
    listDisk: view.getUint16(last + 6, true),
    here: view.getUint16(last + 8, true),
    members: view.getUint16(last + 10, true),
    size: view.getUint32(last + 12, true),
    offset: view.getUint32(last + 16, true),
  };
  const at = tailStart + last;
  const end = (at < 20 ? null : await findList64(source, at - 20, said)) ?? { ...said, at };
  if (end.disk !== 0 || end.listDisk !== 0 || end.here !== end.members) {
    refuseContainer('the zip', 'more than one volume', 'one volume');
  }
  return end;
}

// What the Zip64 record says, if a locator of one stands at `place`; the record stands right before it.
async function findList64(source, place, said) {
  const wrong = () => refuseContainer('the end of the zip', 'a Zip64 record that does not fit', 'one that fits');
  const locator = viewOf(await source.read(place, 20));
  if (locator.getUint32(0, true) !== LOCATOR64_SIGN) return null;
  const at = place - 56;
  if (at < 0 || number64(locator, 8) !== at) wrong();
  if (locator.getUint32(4, true) !== 0 || locator.getUint32(16, true) > 1) wrong();
  const view = viewOf(await source.read(at, 56));
  if (view.getUint32(0, true) !== END64_SIGN || number64(view, 4) !== 44) wrong();
  const large = {
    disk: view.getUint32(16, true),
    listDisk: view.getUint32(20, true),
    here: number64(view, 24),
    members: number64(view, 32),
    size: number64(view, 40),
    offset: number64(view, 48),
  };
  for (const [key, number] of Object.entries(said)) {
    const full = key === 'size' || key === 'offset' ? FULL32 : FULL16;
    if (number !== full && number !== large[key]) wrong();
  }
  return { ...large, at };
}

// The members in the order of the list: {name, folder, method, crc, packed, size, offset, mode}.
export async function readList(source) {
  const end = await findList(source);
  if (end.members > MOST_MEMBERS) {
    refuseContainer('the list of the zip', `${end.members} members`, `at most ${MOST_MEMBERS}`);
  }
  if (end.size > LONGEST_LIST) refuseContainer('the list of the zip', `${end.size} bytes`, 'at most 48 MiB');
  if (end.offset + end.size !== end.at) {
    const [found, expected] = [`it begins at ${end.offset}`, `at ${end.at - end.size}, to end where its end begins`];
    refuseContainer('the list of the zip', found, expected);
  }
  const list = await source.read(end.offset, end.size);
  const view = viewOf(list);
  const members = [];
  let at = 0;
  for (let i = 0; i < end.members; i++) {
    if (at + 46 > list.length || view.getUint32(at, true) !== LIST_SIGN) {
      refuseContainer('the list of the zip', `${i} members`, `${end.members}, as its end says`);
    }
    const [nameLength, extraLength] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true)];
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > list.length) refuseContainer('the list of the zip', 'a member that is cut off', 'whole members');
    const nameEnd = at + 46 + nameLength;
    const member = {
      name: nameFrom(list.subarray(at + 46, nameEnd)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    readExtras(member, list.subarray(at + 46, nameEnd), list.subarray(nameEnd, nameEnd + extraLength));
    member.mode = view.getUint16(at + 40, true);
    members.push(member);
    at = next;
  }
  if (members.length > 0 && members.every(({ flags }) => (flags & ENCRYPTED) !== 0)) {
    throw new Unreadable('an encrypted zip: unpack it with its password, and check the zip in it');
  }
  members.forEach(judgeMember);
  if (at !== list.length) refuseContainer('the list of the zip', 'bytes after its last member', 'nothing else');
  return members;
}

function nameFrom(bytes) {
  return utf8(bytes) ?? refuseContainer('the list of the zip', 'a name that is not UTF-8', 'names in UTF-8');
}

export function shown(path) {
  return `\`${path}\``;
}

// The extra field: numbers that do not fit stand in its part 1, in this order; a name in it is the name.
function readExtras(member, name, extra) {
  const view = viewOf(extra);
  const refuse = (found) => refuseContainer(shown(member.name), found, 'an extra field that fits');
  let large = false;
  for (let at = 0; at + 4 <= extra.length; ) {
    const [part, end] = [view.getUint16(at, true), at + 4 + view.getUint16(at + 2, true)];
    if (end > extra.length) refuse('an extra field that is cut off');
    if (part === SECOND_NAME && (end - at < 9 || !equal(extra.subarray(at + 9, end), name))) refuse('a second name');
    if (part === ZIP64) {
      if (large) refuse('two Zip64 fields');
      large = true;
      let place = at + 4;
      for (const key of ['size', 'packed', 'offset']) {
        if (member[key] !== FULL32) continue;
        if (place + 8 > end) refuse('a Zip64 field that is too short');
        member[key] = number64(view, place);
        place += 8;
      }
    }
    at = end;
  }
}

function judgeMember(member) {
  const { name, flags, method, mode } = member;
  member.folder = name.endsWith('/');
  if ((flags & ENCRYPTED) !== 0) refuseContainer(shown(name), 'an encrypted member', 'none');
  if (method !== 0 && method !== 8) refuseContainer(shown(name), `method ${method}`, 'stored or deflate');
  const type = mode & 0xf000;
  const fits = type === 0 || type === (member.folder ? 0x4000 : 0x8000);
  if (!fits) {
    const found = type === 0xa000 ? 'a symbolic link' : 'something that is neither a plain file nor a folder';
    refuseContainer(shown(name), found, 'plain files and folders');
  }
  if (member.folder && member.size !== 0) refuseContainer(shown(name), 'a folder with content', 'size 0');
}

// The packed bytes of a member start after a header of its own, which must agree with the list.
async function dataStart(source, member) {
  const fixed = viewOf(await source.read(member.offset, 30));
  const what = shown(member.name);
  if (fixed.getUint32(0, true) !== HEADER_SIGN) refuseContainer(what, 'no header before it', 'a header');
  const [nameLength, extraLength] = [fixed.getUint16(26, true), fixed.getUint16(28, true)];
  const rest = await source.read(member.offset + 30, nameLength + extraLength);
  const flags = fixed.getUint16(6, true);
  const header = {
    name: nameFrom(rest.subarray(0, nameLength)),
    packed: fixed.getUint32(18, true),
    size: fixed.getUint32(22, true),
  };
  if (header.name !== member.name) refuseContainer(what, `a header that names \`${header.name}\``, 'the same name');
  if (fixed.getUint16(8, true) !== member.method) refuseContainer(what, 'a header with another method', 'the same');
  if ((flags & FOLLOWS) === 0) {
    readExtras(header, rest.subarray(0, nameLength), rest.subarray(nameLength));
    const same = header.packed === member.packed && header.size === member.size;
    if (!same || fixed.getUint32(14, true) !== member.crc) {
      refuseContainer(what, 'a header with other sizes or another CRC', 'those of the list');
    }
  }
  return member.offset + 30 + nameLength + extraLength;
}

// Gives a member's bytes to `take`, piece by piece, and checks size and CRC-32. `bound` stops what expands beyond it.
// A piece is only good until `take` returns. `rest` is awaited now and then. Returns how many bytes of the zip it takes.
export async function readMember(source, member, bound, take, rest = async () => {}) {
  const start = await dataStart(source, member);
  const what = shown(member.name);
  if (member.method === 0 && member.packed !== member.size) {
    refuseContainer(what, 'a stored member of two sizes', 'one size');
  }
  const packed = await source.read(start, member.packed);
  let [length, crc, rested] = [0, CRC_START, 0];
  try {
    for (const piece of member.method === 0 ? pieces(packed) : inflated(packed)) {
      length += piece.length;
      if (length > bound) refuseContainer(what, `more than ${bound} bytes`, `at most ${bound}`);
      crc = crc32(crc, piece);
      take(piece);
      if (length - rested < PIECE) continue;
      await rest();
      rested = length;
    }
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    refuseContainer(what, `packed bytes with ${error.message}`, 'deflated bytes');
  }
  if (length !== member.size) refuseContainer(what, `${length} bytes`, `${member.size}, as the zip says`);
  if ((crc ^ CRC_START) >>> 0 !== member.crc) refuseContainer(what, 'another CRC-32', 'the one that the zip says');
  return start - member.offset + member.packed;
}

function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

const CRC_START = -1;
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let word = byte;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  return word;
});

function crc32(crc, bytes) {
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[i]) & 0xff];
  return crc;
}
