// CBOR in one spelling only (section 2). Values come as null, boolean, number, string, Uint8Array, Array and Map.
// Nothing is ever encoded again in order to verify: what is hashed are slices of the bytes that were read.

import { compare, join, toUtf8, utf8 } from './bytes.js';

const DEPTH = 16;
const CLAIMS = 15;

export class CborError extends Error {}

export class CborReader {
  // In a protected header (`header`), integer keys may stand in its own map and in the CWT claims.
  constructor(bytes, header = false) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.header = header;
  }

  take(length) {
    if (length > this.bytes.length - this.at) throw new CborError('the bytes end too early');
    this.at += length;
    return this.at - length;
  }

  // Major type and argument, in the shortest form.
  head() {
    const first = this.bytes[this.take(1)];
    const [major, info] = [first >> 5, first & 31];
    if (major === 7) {
      if (info >= 20 && info <= 22) return [7, info];
      throw new CborError('a float, undefined or another simple value');
    }
    if (info < 24) return [major, info];
    if (info > 27) throw new CborError('an indefinite length or a reserved head');
    const size = 1 << (info - 24);
    const at = this.take(size);
    let argument;
    if (size === 1) argument = this.view.getUint8(at);
    else if (size === 2) argument = this.view.getUint16(at);
    else if (size === 4) argument = this.view.getUint32(at);
    else argument = this.view.getUint32(at) * 0x100000000 + this.view.getUint32(at + 4);
    const least = [24, 0x100, 0x10000, 0x100000000][info - 24];
    if (argument < least) throw new CborError('an integer or length that is not in its shortest form');
    if (argument > Number.MAX_SAFE_INTEGER) throw new CborError('a number beyond 2^53 - 1');
    return [major, argument];
  }

  // The next item. Arrays and maps count as depth, the outermost as 1.
  item(depth = 1, integerKeys = this.header) {
    const [major, argument] = this.head();
    if (major === 0) return argument;
    if (major === 1) {
      if (argument === Number.MAX_SAFE_INTEGER) throw new CborError('a number below -(2^53 - 1)');
      return -1 - argument;
    }
    if (major === 2) return this.slice(argument);
    if (major === 3) return this.text(argument);
    if (major === 6) throw new CborError('a tag');
    if (major === 7) return [false, true, null][argument - 20];
    if (depth > DEPTH) throw new CborError('arrays and maps nested more than 16 deep');
    if (argument > this.bytes.length - this.at) throw new CborError('the bytes end too early');
    if (major === 4) return Array.from({ length: argument }, () => this.item(depth + 1, false));
    return this.pairs(argument, integerKeys, (key) => {
      const claims = integerKeys && depth === 1 && key === CLAIMS;
      return this.item(depth + 1, claims);
    });
  }

  slice(length) {
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  text(length) {
    const text = utf8(this.slice(length));
    if (text === null) throw new CborError('text that is not UTF-8');
    return text;
  }

  // So many keys with their values, keys in bytewise order of their encodings and each once.
  pairs(count, integerKeys, value) {
    const map = new Map();
    let before = null;
    for (let i = 0; i < count; i++) {
      const start = this.at;
      const [major, argument] = this.head();
      let key;
      if (major === 3) key = this.text(argument);
      else if (major <= 1 && integerKeys) key = major === 0 ? argument : -1 - argument;
      else throw new CborError('a map key that is not text');
      const encoded = this.bytes.subarray(start, this.at);
      if (before !== null && compare(before, encoded) >= 0) {
        throw new CborError('map keys out of order or repeated');
      }
      before = encoded;
      map.set(key, value(key));
    }
    return map;
  }

  end() {
    if (this.at !== this.bytes.length) throw new CborError('bytes after the end of the item');
  }
}

// The first bytes of an item, in the shortest form, for what is hashed or signed.
export function cborHead(major, argument) {
  const bytes = [];
  const size = argument < 24 ? 0 : argument < 0x100 ? 1 : argument < 0x10000 ? 2 : argument < 0x100000000 ? 4 : 8;
  for (let i = 0, rest = argument; i < size; i++, rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const info = size === 0 ? argument : 24 + Math.log2(size);
  return Uint8Array.of((major << 5) | info, ...bytes);
}

export function cborBytes(bytes) {
  return join(cborHead(2, bytes.length), bytes);
}

export function cborText(text) {
  const bytes = toUtf8(text);
  return join(cborHead(3, bytes.length), bytes);
}

// One item and nothing after it.
export function decodeCbor(bytes, header = false) {
  const reader = new CborReader(bytes, header);
  const value = reader.item();
  reader.end();
  return value;
}
