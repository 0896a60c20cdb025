// DER (X.690), as far as section 15 looks at it: one-byte tags, definite lengths in their shortest form. Object
// identifiers are compared as the bytes that they are, in hexadecimal.

import { hex } from './bytes.js';

export class DerError extends Error {}

export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OID = 0x06;
export const UTC_TIME = 0x17;
export const GENERALIZED_TIME = 0x18;
export const SEQUENCE = 0x30;
export const SET = 0x31;

// [n], with bytes of its own or with other elements inside.
export const plainTag = (n) => 0x80 | n;
export const outerTag = (n) => 0xa0 | n;

export function refuseDer(what) {
  throw new DerError(what);
}

// Elements one after another, each read when it is asked for: {tag, whole, content}.
export class Elements {
  constructor(bytes) {
    this.rest = bytes;
  }

  any() {
    const { rest } = this;
    if (rest.length < 2) refuseDer('DER that ends too early');
    if ((rest[0] & 0x1f) === 0x1f) refuseDer('a tag of more than one byte');
    let [length, start] = [rest[1], 2];
    if (length >= 0x80) {
      const size = length & 0x7f;
      if (size < 1 || size > 4 || rest.length < 2 + size) refuseDer('a length of another form');
      length = 0;
      for (const byte of rest.subarray(2, 2 + size)) length = length * 256 + byte;
      if (length < 0x80 || rest[2] === 0) refuseDer('a length that is not in its shortest form');
      start += size;
    }
    const end = start + length;
    if (end > rest.length) refuseDer('DER that ends too early');
    this.rest = rest.subarray(end);
    return { tag: rest[0], whole: rest.subarray(0, end), content: rest.subarray(start, end) };
  }

  take(tag) {
    const element = this.any();
    return element.tag === tag ? element : refuseDer('an element of another type');
  }

  // The next one if it has this tag, else null.
  maybe(tag) {
    return this.rest.length > 0 && this.rest[0] === tag ? this.any() : null;
  }

  end() {
    if (this.rest.length > 0) refuseDer('an element too many');
  }

  all() {
    const found = [];
    while (this.rest.length > 0) found.push(this.any());
    return found;
  }
}

export function inside(element) {
  return new Elements(element.content);
}

// The one element of which bytes consist.
export function only(bytes, tag) {
  const elements = new Elements(bytes);
  const element = elements.take(tag);
  elements.end();
  return element;
}

// An INTEGER that isn't negative, in its shortest form.
export function unsigned({ content }) {
  const [first, second] = content;
  if (first === undefined || first >= 0x80 || (first === 0 && second < 0x80)) refuseDer('a number of another form');
  return BigInt(`0x${hex(content)}`);
}

export function truth({ content }) {
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) refuseDer('a truth value of another form');
  return content[0] === 0xff;
}

// The whole bytes of a BIT STRING.
export function bytesOfBits({ content }) {
  return content[0] === 0 ? content.subarray(1) : refuseDer('bits that are not whole bytes');
}

// The object identifier of an AlgorithmIdentifier, in hexadecimal. Its parameters are not looked at.
export function algorithmOf(element) {
  const parts = inside(element);
  const identifier = hex(parts.take(OID).content);
  if (parts.rest.length > 0) parts.any();
  parts.end();
  return identifier;
}

// A UTCTime or GeneralizedTime in UTC as POSIX seconds; a fraction (allowed if `fraction`) is dropped.
export function momentOf({ tag, content }, fraction = false) {
  const text = String.fromCharCode(...content.subarray(0, 100));
  const [forms, long] = [/^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/];
  const parts = content.length > 100 ? null : (tag === UTC_TIME ? forms : long).exec(text);
  if ((tag !== UTC_TIME && tag !== GENERALIZED_TIME) || parts === null || (parts[7] && !fraction)) {
    refuseDer('a time of another form');
  }
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(tag === GENERALIZED_TIME ? year : year + (year < 50 ? 2000 : 1900), month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) {
    refuseDer('a time that no calendar has');
  }
  return date.getTime() / 1000;
}

// What a rule says of DER; null where the bytes are not of its form.
export function ifDer(rule) {
  try {
    return rule();
  } catch (error) {
    if (error instanceof DerError) return null;
    throw error;
  }
}
