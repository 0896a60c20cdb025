// Entries (section 5): a tagged COSE_Sign1 in exactly one shape.

import { join } from './bytes.js';
import { CborError, cborBytes, decodeCbor } from './cbor.js';
import { Fault } from './fault.js';
import { sha256 } from './sha2.js';
import { hasExactly, isBytes, isCount, isName, isOrigin, isSubject } from './values.js';

const TAG_18 = 0xd2;
const ED25519 = -19;
const ENTRY_TYP = 'application/vnd.probity.entry+cose';
const LEAF = Uint8Array.of(0x00);
// 84 6a "Signature1"
const SIGNATURE1 = Uint8Array.of(0x84, 0x6a, ...Array.from('Signature1', (letter) => letter.charCodeAt(0)));
const THUMBPRINT = Uint8Array.of(0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20);
const PAYLOAD_KEYS = ['v', 'gov', 'seq', 'body', 'case', 'kind', 'prev', 'role', 'clear', 'links'];
const MOST = 256;

export const GOVERNANCE = new Set(['genesis', 'appointment', 'revocation', 'log-key', 'anchor']);

// The hash of an entry: RFC 9162's leaf hash.
export function entryHash(bytes) {
  return sha256(LEAF, bytes);
}

// The kid of a public key (RFC 9679).
export function thumbprint(key) {
  return sha256(THUMBPRINT, key);
}

// Reads an entry, or throws the fault `encoding` or `shape`. Its `typ` is only taken down.
export function parseEntry(bytes) {
  const { of, ...form } = parseForm(bytes, PAYLOAD_KEYS);
  shape(isCount(of('seq')), 'its seq', 'an index');
  shape(isBytes(of('prev'), 32), 'its prev', '32 bytes');
  shape(isBytes(of('gov'), 32), 'its gov', '32 bytes');
  shape(of('case') === null || isBytes(of('case'), 32), 'its case', 'null or 32 bytes');
  return {
    ...form,
    hash: entryHash(bytes),
    foreign: form.typ !== ENTRY_TYP,
    seq: of('seq'),
    prev: of('prev'),
    gov: of('gov'),
    caseHash: of('case'),
  };
}

function shape(good, what, expected) {
  if (!good) throw new Fault('shape', what, 'another shape', expected);
}

// What entries and statements have in common: the form of the whole, header, and what is said. `of(key)` gives what
// else is in the payload, which has exactly these keys.
export function parseForm(bytes, keys) {
  const [wrapped, unprotected, payloadBytes, signature] = outerArray(bytes);
  const header = strictly('its protected header', () => decodeCbor(wrapped, true));
  const payload = strictly('its payload', () => decodeCbor(payloadBytes));
  shape(unprotected instanceof Map && unprotected.size === 0, 'its unprotected header', 'an empty map');
  shape(signature.length === 64, 'its signature', '64 bytes');
  shape(hasExactly(header, [1, 4, 15, 16]), 'its protected header', 'exactly the labels 1, 4, 15 and 16');
  shape(header.get(1) === ED25519, 'its algorithm', 'Ed25519 (-19)');
  shape(isBytes(header.get(4), 32), 'its kid', '32 bytes');
  shape(typeof header.get(16) === 'string', 'its typ', 'text');
  const claims = header.get(15);
  shape(hasExactly(claims, [1, 2, 6]), 'its claims', 'exactly the claims 1, 2 and 6');
  shape(isOrigin(claims.get(1)), 'its iss', 'an origin');
  shape(isSubject(claims.get(2)), 'its sub', '`ledger` or a case');
  shape(isCount(claims.get(6)), 'its iat', 'seconds from 0 to 2^53 - 1');
  shape(hasExactly(payload, keys), 'its payload', `exactly the keys ${keys.join(', ')}`);
  const of = (key) => payload.get(key);
  shape(isName(of('kind')), 'its kind', 'a name');
  shape(isCount(of('v'), 1), 'its v', 'a version from 1 on');
  shape(isName(of('role')), 'its role', 'a name');
  shape(Array.isArray(of('links')) && of('links').length <= MOST, 'its links', 'at most 256');
  for (const link of of('links')) {
    const good = hasExactly(link, ['rel', 'entry']) && isName(link.get('rel')) && isBytes(link.get('entry'), 32);
    shape(good, 'its links', 'a relation and a hash each');
  }
  shape(of('clear') instanceof Map && [...of('clear').keys()].every(isName), 'its clear fields', 'named values');
  const body = of('body');
  shape(body instanceof Map && body.size <= MOST, 'its body', 'at most 256 commitments');
  shape([...body.keys()].every(isName), 'its body', 'names of fields');
  shape([...body.values()].every((one) => isBytes(one, 32)), 'its body', 'commitments of 32 bytes');
  return {
    bytes,
    wrapped,
    payloadBytes,
    signature,
    of,
    kid: header.get(4),
    typ: header.get(16),
    iss: claims.get(1),
    sub: claims.get(2),
    iat: claims.get(6),
    kind: of('kind'),
    v: of('v'),
    role: of('role'),
    links: of('links').map((link) => ({ rel: link.get('rel'), entry: link.get('entry') })),
    clear: of('clear'),
    body,
  };
}

// Strict CBOR of the whole comes first; then that it is tag 18 around four items, byte strings in their places.
function outerArray(bytes) {
  const tagged = bytes[0] === TAG_18;
  const whole = strictly('its bytes', () => decodeCbor(tagged ? bytes.subarray(1) : bytes));
  const four = tagged && Array.isArray(whole) && whole.length === 4;
  if (!four || ![0, 2, 3].every((i) => whole[i] instanceof Uint8Array)) {
    throw new Fault('shape', 'its bytes', 'another shape', 'a tagged COSE_Sign1');
  }
  return whole;
}

function strictly(what, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof CborError) throw new Fault('encoding', what, error.message, 'strict CBOR');
    throw error;
  }
}

// The bytes that the author signs (Sig_structure).
export function signedBytes({ wrapped, payloadBytes }) {
  return sigStructure(wrapped, payloadBytes);
}

export function sigStructure(wrapped, payload) {
  return join(SIGNATURE1, cborBytes(wrapped), Uint8Array.of(0x40), cborBytes(payload));
}
