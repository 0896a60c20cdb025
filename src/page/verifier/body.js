// Bodies and commitments (section 6).

import { equal, hex, toUtf8 } from './bytes.js';
import { CborError, CborReader, cborText } from './cbor.js';
import { Fault } from './fault.js';
import { sha256 } from './sha2.js';
import { carriesUnread } from './statement.js';
import { emptiness, isBytes, isName } from './values.js';

// 84 70 "probity/v1/field" 58 20
const COMMITMENT = Uint8Array.of(0x84, 0x70, ...toUtf8('probity/v1/field'), 0x58, 0x20);

// A body file as name -> {salt, value, bytes}, `bytes` being the value as stored; or throws the fault `body`.
export function parseBody(bytes, entry) {
  const refuse = (found, expected) => {
    throw new Fault('body', 'its body file', found, expected);
  };
  const reader = new CborReader(bytes);
  try {
    const [major, count] = reader.head();
    if (major !== 5) refuse('no map', 'a map of fields');
    if (count === 0) refuse('an empty map', 'at least one field');
    if (count > bytes.length) refuse('a map that ends too early', 'strict CBOR');
    const body = reader.pairs(count, false, (name) => {
      const [type, length] = reader.head();
      if (type !== 4 || length !== 2) refuse(`field \`${name}\` in another shape`, 'a salt and a value');
      const salt = reader.item(3);
      if (!isBytes(salt, 32)) refuse(`a salt of field \`${name}\` in another shape`, '32 bytes');
      const start = reader.at;
      const value = reader.item(3);
      return { salt, value, bytes: bytes.subarray(start, reader.at) };
    });
    reader.end();
    for (const [name, { value }] of body) {
      const named = entry.body.has(name) || (carriesUnread(entry) && isName(name));
      if (!named) refuse(`field \`${name}\``, "only fields that the entry's body has");
      const empty = emptiness(value);
      if (empty !== null) refuse(`${empty} in field \`${name}\``, 'null, or something that is not empty');
    }
    return body;
  } catch (error) {
    if (error instanceof CborError) refuse(error.message, 'strict CBOR');
    throw error;
  }
}

// SHA-256 of the array ["probity/v1/field", salt, name, value].
export function commitment(name, { salt, bytes }) {
  return sha256(COMMITMENT, salt, cborText(name), bytes);
}

// The first field whose pair doesn't give the commitment that the entry holds. parseBody() let no other field pass, but
// those of a statement that can't be read.
export function checkCommitments(body, entry) {
  for (const [name, pair] of body) {
    const found = commitment(name, pair);
    const expected = entry.body.get(name);
    if (expected !== undefined && !equal(found, expected)) {
      throw new Fault('commitment', `field \`${name}\``, `commitment ${hex(found)}`, hex(expected));
    }
  }
}
