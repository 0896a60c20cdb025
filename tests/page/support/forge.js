// Bundles that no honest program would write, made by docs/format.md alone: correctly signed, and
// with whatever text a test wants in them.

import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { listed, sha256 } from './corpus.js';
import { pack } from './zip.js';

const ORIGIN = 'example.org/school';
const ZEROS = Buffer.alloc(32);

// --- CBOR in the one spelling

function head(major, number) {
  const type = major << 5;
  if (number < 24) return Buffer.from([type | number]);
  if (number < 0x100) return Buffer.from([type | 24, number]);
  if (number < 0x10000) return Buffer.from([type | 25, number >> 8, number & 255]);
  const bytes = Buffer.alloc(number < 0x100000000 ? 5 : 9);
  bytes[0] = type | (bytes.length === 5 ? 26 : 27);
  if (bytes.length === 5) bytes.writeUInt32BE(number, 1);
  else bytes.writeBigUInt64BE(BigInt(number), 1);
  return bytes;
}

/** Objects become maps with text keys; a Map may have keys of any sort. */
export function cbor(value) {
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return Buffer.concat([head(3, bytes.length), bytes]);
  }
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const pairs = (value instanceof Map ? [...value] : Object.entries(value)).map(([key, item]) => [cbor(key), item]);
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  return Buffer.concat([head(5, pairs.length), ...pairs.flatMap(([key, item]) => [key, cbor(item)])]);
}

/** The same value as a line of entries.jsonl has it. */
function json(value) {
  if (typeof value === 'string') return text(value);
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('hex')}"`;
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  return object(value, json);
}

function object(value, each) {
  const pairs = value instanceof Map ? [...value] : Object.entries(value);
  pairs.sort(([a], [b]) => Buffer.compare(cbor(a), cbor(b)));
  return `{${pairs.map(([key, item]) => `${text(key)}:${each(item)}`).join(',')}}`;
}

const SHORT = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function text(value) {
  const escaped = value.replace(/["\\\u0000-\u001f]/g, (c) => SHORT[c]
    ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}

// --- keys, tree, notes

function keyOf(seed) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const pub = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { secret, pub, kid: sha256(Buffer.concat([Buffer.from('a301012006215820', 'hex'), pub])) };
}

const node = (left, right) => sha256(Buffer.concat([Buffer.from([1]), left, right]));

/** The root of `leaves`, and every leaf's inclusion proof, from the sibling upwards. */
function tree(leaves) {
  const proofs = leaves.map(() => []);
  const root = (from, to) => {
    if (to - from === 1) return leaves[from];
    let k = 1;
    while (k * 2 < to - from) k *= 2;
    const [left, right] = [root(from, from + k), root(from + k, to)];
    for (let leaf = from; leaf < from + k; leaf++) proofs[leaf].push(right);
    for (let leaf = from + k; leaf < to; leaf++) proofs[leaf].push(left);
    return node(left, right);
  };
  return { root: root(0, leaves.length), proofs };
}

const number = (seq) => String(seq).padStart(8, '0');

/** A record book of one person, and of whatever else a test adds to it. */
export class Forged {
  #log = keyOf(9);
  #author = keyOf(1);
  #entries = [];
  #heads = new Map();
  #gov = ZEROS;
  #documents = new Map();

  /** `school` and `name` stand in the first records as they are given. */
  constructor({ school = 'A School', name = 'A Head', time = 1790000000 } = {}) {
    this.time = time;
    const { pub } = this.#author;
    const id = sha256(Buffer.concat([Buffer.from(`${ORIGIN}\n\x01`), this.#log.pub])).subarray(0, 4);
    this.id = id;
    this.vkey = `${ORIGIN}+${id.toString('hex')}+${Buffer.concat([Buffer.from([1]), this.#log.pub]).toString('base64')}`;
    const person = Buffer.alloc(16, 1);
    const roles = ['headteacher'];
    this.add('genesis', {
      fields: { name, establishment: null, type: null, nation: null, controller: school },
      clear: { format: 1, school, log: this.vkey, key: pub, person, roles, continues: null },
    });
    this.add('appointment', {
      fields: {
        name, qualifications: null, 'key-made': null, 'office-held-by': null, organisation: null, independence: null,
      },
      clear: { person, key: pub, roles, from: time - 1000, until: null },
    });
  }

  /** The fingerprint, in hexadecimal. */
  get fingerprint() {
    return this.#entries[0].hash.toString('hex');
  }

  /** Adds an entry; fields `withheld` stay out of its body file. Returns its hash. */
  add(kind, { fields, clear = {}, sub = 'ledger', links = [], withheld = [] }) {
    const seq = this.#entries.length;
    const pairs = Object.entries(fields).map(([name, value]) => [name, [randomBytes(32), value]]);
    const body = Object.fromEntries(pairs.map(([name, [salt, value]]) => (
      [name, sha256(cbor(['probity/v1/field', salt, name, value]))])));
    const { kid, secret } = this.#author;
    const role = 'headteacher';
    const [prev, gov] = [this.#entries.at(-1)?.hash ?? ZEROS, this.#gov];
    const inCase = sub === 'ledger' ? null : this.#heads.get(sub) ?? null;
    const iat = this.time + seq;
    const claims = new Map([[1, ORIGIN], [2, sub], [6, iat]]);
    const protectedBytes = cbor(new Map([[1, -19], [4, kid], [15, claims], [16, 'application/vnd.probity.entry+cose']]));
    const payload = cbor({ v: 1, gov, seq, body, case: inCase, kind, prev, role, clear, links });
    const signature = sign(null, cbor(['Signature1', protectedBytes, Buffer.alloc(0), payload]), secret);
    const bytes = Buffer.concat([
      Buffer.from('d284', 'hex'), cbor(protectedBytes), Buffer.from('a0', 'hex'), cbor(payload), cbor(signature),
    ]);
    const hash = sha256(Buffer.concat([Buffer.from([0]), bytes]));
    const shown = pairs.filter(([name]) => !withheld.includes(name));
    const hex = (value) => (value === null ? 'null' : `"${value.toString('hex')}"`);
    const line = `{"seq":${seq},"hash":${hex(hash)},"kid":${hex(kid)},"iss":${text(ORIGIN)},"sub":${text(sub)},`
      + `"iat":${iat},"prev":${hex(prev)},"gov":${hex(gov)},"case":${hex(inCase)},"kind":${text(kind)},"v":1,`
      + `"role":${text(role)},"links":[${links.map(({ rel, entry }) => `{"rel":${text(rel)},"entry":${hex(entry)}}`).join(',')}],`
      + `"clear":${json(clear)},"body":${json(body)},"disclosed":${object(Object.fromEntries(shown), ([, value]) => json(value))}}\n`;
    this.#entries.push({ bytes, hash, line, body: shown.length ? cbor(Object.fromEntries(shown)) : undefined });
    if (sub !== 'ledger') this.#heads.set(sub, hash);
    if (['genesis', 'appointment', 'revocation', 'log-key', 'anchor'].includes(kind)) this.#gov = hash;
    return hash;
  }

  /** A document of the bundle, and the value by which a record names it. */
  document(name, type, bytes) {
    const hash = sha256(bytes);
    this.#documents.set(`data/documents/${hash.toString('hex')}/file.txt`, bytes);
    return { name, type, size: bytes.length, sha256: hash };
  }

  /** The whole book as a bundle's files. */
  files() {
    const { root, proofs } = tree(this.#entries.map(({ hash }) => hash));
    const note = `${ORIGIN}\n${this.#entries.length}\n${root.toString('base64')}\n`;
    const signature = Buffer.concat([this.id, sign(null, Buffer.from(note), this.#log.secret)]).toString('base64');
    const checkpoint = `${note}\n— ${ORIGIN} ${signature}\n`;
    const files = new Map([
      ['bagit.txt', 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'],
      ['bag-info.txt', 'Source-Organization: A School\n'],
      ['data/checkpoint', checkpoint],
      ['data/policy.txt', `log ${this.vkey}\nquorum none\n`],
      ['data/entries.jsonl', this.#entries.map(({ line }) => line).join('')],
      ...this.#documents,
    ]);
    this.#entries.forEach(({ bytes, body }, seq) => {
      files.set(`data/entries/${number(seq)}.cose`, bytes);
      if (body) files.set(`data/bodies/${number(seq)}.cbor`, body);
      const hashes = proofs[seq].map((hash) => `${hash.toString('base64')}\n`).join('');
      files.set(`data/proofs/${number(seq)}.tlog-proof`, `c2sp.org/tlog-proof@v1\nindex ${seq}\n${hashes}\n${checkpoint}`);
    });
    return listed(new Map([...files].map(([path, content]) => [path, Buffer.from(content)])));
  }

  zip() {
    return pack([...this.files()], 'bundle/', 1);
  }
}

/** A note of the school: the simplest record. */
export const note = (words, rest = {}) => ({
  fields: { text: words, documents: null, occurred: null, 'decided-by': null, ...rest },
});
