// A record book written for a test: any persons, kinds, roles and links, rightly signed and numbered.

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { cborBytes, cborHead, cborText } from '../../src/page/verifier/cbor.js';
import { GOVERNANCE, entryHash, sigStructure, thumbprint } from '../../src/page/verifier/entry.js';
import { commitment } from '../../src/page/verifier/body.js';
import { jsonLine } from '../../src/page/verifier/jsonl.js';
import { nodeHash, rootOf } from '../../src/page/verifier/tree.js';
import { KINDS, withManifests, zipOf } from './verifier-support.js';

const ORIGIN = 'example.org/school';
const NONE = new Uint8Array(32);
export const sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

// Deterministic CBOR of plain values; maps as Map or as plain objects with text keys.
export function encode(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === 'boolean') return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === 'number') return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
  if (typeof value === 'string') return cborText(value);
  if (value instanceof Uint8Array) return cborBytes(value);
  if (Array.isArray(value)) return Buffer.concat([cborHead(4, value.length), ...value.map(encode)]);
  const pairs = (value instanceof Map ? [...value] : Object.entries(value)).map(([key, item]) => [encode(key), item]);
  pairs.sort(([a], [b]) => Buffer.compare(a, b));
  return Buffer.concat([cborHead(5, pairs.length), ...pairs.flatMap(([key, item]) => [key, encode(item)])]);
}

function keyPair(seed) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(Buffer.from(seed))]);
  const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const key = new Uint8Array(spki.subarray(-32));
  return { key, kid: thumbprint(key), sign: (bytes) => new Uint8Array(sign(null, bytes, secret)) };
}

const asMap = (value) => {
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(asMap);
  const pairs = (value instanceof Map ? [...value] : Object.entries(value)).map(([key, item]) => [key, asMap(item)]);
  return new Map(pairs.sort(([a], [b]) => Buffer.compare(encode(a), encode(b))));
};

export class Book {
  constructor() {
    this.log = keyPair('log');
    this.entries = [];
    this.heads = new Map();
    this.gov = NONE;
    this.documents = new Map();
    const id = sha256(Buffer.concat([Buffer.from(`${ORIGIN}\n\u0001`), this.log.key])).subarray(0, 4);
    this.id = id;
    const coded = Buffer.concat([Uint8Array.of(1), this.log.key]).toString('base64');
    this.vkey = `${ORIGIN}+${Buffer.from(id).toString('hex')}+${coded}`;
    this.head = { ...keyPair('head'), person: new Uint8Array(16).fill(1), roles: ['headteacher'] };
    const { key, person, roles } = this.head;
    const clear = { format: 1, school: 'A School', log: this.vkey, key, person, roles, continues: null };
    this.add('genesis', { by: this.head, clear, fields: { name: 'A Head' } });
    this.appoint(this.head, 'A Head');
  }

  // A new person, appointed by the head; or a person once more.
  person(name, roles) {
    const one = { ...keyPair(name), person: sha256(Buffer.from(name)).subarray(0, 16), roles: [...roles].sort() };
    this.appoint(one, name);
    return one;
  }

  appoint(one, name, { by = this.head, ...more } = {}) {
    const { key, person, roles } = one;
    const clear = { key, person, roles, from: 0, until: null };
    one.appointment = this.add('appointment', { by, clear, fields: { name }, ...more });
  }

  // Adds an entry and returns its hash. Fields that are not given are null; those in `withheld` are not disclosed.
  // `twist` may change header and payload before they are signed, and the opened body after.
  add(kind, { by, role = by.roles[0], sub = 'ledger', links = [], clear = {}, fields = {}, ...more }) {
    const { withheld = [], iat, twist } = more;
    const v = 1;
    const seq = this.entries.length;
    const names = KINDS.kinds.find((one) => one.name === kind)?.fields.map(({ name }) => name) ?? Object.keys(fields);
    const pairs = new Map();
    for (const name of names) {
      const value = asMap(fields[name] ?? null);
      const salt = sha256(Buffer.from(`${seq} ${name}`));
      pairs.set(name, { salt, value, bytes: encode(value) });
    }
    const body = asMap(Object.fromEntries([...pairs].map(([name, pair]) => [name, commitment(name, pair)])));
    const last = this.entries[seq - 1];
    const entry = {
      seq, kind, v, role, sub, links, body,
      place: seq,
      iss: ORIGIN,
      iat: iat ?? 1790000000 + 60 * seq,
      kid: by.kid,
      prev: last?.hash ?? NONE,
      gov: this.gov,
      caseHash: sub === 'ledger' ? null : (this.heads.get(sub) ?? null),
      clear: asMap(clear),
    };
    entry.open = inStoredOrder(withheld === true ? [] : [...pairs].filter(([name]) => !withheld.includes(name)));
    entry.typ = 'application/vnd.probity.entry+cose';
    twist?.(entry, this);
    const claims = new Map([[1, entry.iss], [2, entry.sub], [6, entry.iat]]);
    const wrapped = encode(new Map([[1, -19], [4, entry.kid], [15, claims], [16, entry.typ]]));
    const payload = encode({
      seq: entry.seq, prev: entry.prev, gov: entry.gov, case: entry.caseHash, kind: entry.kind, v: entry.v,
      role: entry.role, links: entry.links, clear: entry.clear, body: entry.body,
    });
    const signature = by.sign(sigStructure(wrapped, payload));
    const whole = [Uint8Array.of(0xd2, 0x84), encode(wrapped), Uint8Array.of(0xa0), encode(payload), encode(signature)];
    entry.bytes = Buffer.concat(whole);
    entry.hash = entryHash(entry.bytes);
    this.entries.push(entry);
    if (sub !== 'ledger') this.heads.set(sub, entry.hash);
    if (GOVERNANCE.has(entry.kind)) this.gov = entry.hash;
    return entry.hash;
  }

  // Somebody's statement: {bytes, open}. `after` is the newest entry that they knew of; `twist` may change what is signed.
  statement(kind, { by, role = by.roles[0], sub = 'ledger', links = [], clear = {}, fields = {}, after, expires = 4000000000, ...more }) {
    const { iat = 1790000000, withheld = [], twist } = more;
    const names = KINDS.kinds.find((one) => one.name === kind)?.fields.map(({ name }) => name) ?? Object.keys(fields);
    const pairs = names.map((name) => {
      const value = asMap(fields[name] ?? null);
      return [name, { salt: sha256(Buffer.from(`stated ${this.entries.length} ${name}`)), value, bytes: encode(value) }];
    });
    const known = after ?? this.entries.length - 1;
    const said = {
      kid: by.kid, iss: ORIGIN, sub, iat, kind, v: 1, role, links, clear: asMap(clear), expires, alg: -19,
      typ: 'application/vnd.probity.statement+cose',
      after: [known, this.entries[known]?.hash ?? NONE],
      body: asMap(Object.fromEntries(pairs.map(([name, pair]) => [name, commitment(name, pair)]))),
    };
    twist?.(said, this);
    const claims = new Map([[1, said.iss], [2, said.sub], [6, said.iat]]);
    const wrapped = encode(new Map([[1, said.alg], [4, said.kid], [15, claims], [16, said.typ]]));
    const { v, body, after: newest } = said;
    const payload = encode({ v, kind: said.kind, role: said.role, links: said.links, clear: said.clear, body, after: newest,
      expires: said.expires, ...(said.more ?? {}) });
    const signature = (said.signer ?? by).sign(sigStructure(wrapped, payload));
    const bytes = Buffer.concat([Uint8Array.of(0xd2, 0x84), encode(wrapped), Uint8Array.of(0xa0), encode(payload), encode(signature)]);
    return { bytes, sub, open: inStoredOrder(withheld === true ? [] : pairs.filter(([name]) => !withheld.includes(name))) };
  }

  // Enters a statement. Returns the hash of the entry.
  enter({ bytes, sub, open }, { by, twist, ...more }) {
    return this.add('statement', {
      by, sub, clear: { statement: new Uint8Array(bytes) }, ...more,
      twist: (entry, book) => {
        entry.open = open;
        twist?.(entry, book);
      },
    });
  }

  // The head over the first entries: its three lines, and the checkpoint with these signature lines behind the log's.
  headAt(size, lines = '', log = this.log, id = this.id) {
    const text = `${ORIGIN}\n${size}\n${Buffer.from(rootOf(this.entries.slice(0, size).map(({ hash }) => hash))).toString('base64')}\n`;
    const signature = Buffer.concat([id, log.sign(Buffer.from(text))]).toString('base64');
    return { text, note: `${text}\n\u2014 ${ORIGIN} ${signature}\n${lines}` };
  }

  // The consistency proof between two heads, as `<m>.consistency` has it.
  consistency(from, to = this.entries.length) {
    const all = this.entries.map(({ hash }) => hash);
    const path = (m, leaves, whole) => {
      if (m === leaves.length) return whole ? [] : [rootOf(leaves)];
      let k = 1;
      while (2 * k < leaves.length) k *= 2;
      if (m <= k) return [...path(m, leaves.slice(0, k), whole), rootOf(leaves.slice(k))];
      return [...path(m - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
    };
    return path(from, all.slice(0, to), true).map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
  }

  // A document value; the file goes into the bundle if it is carried.
  document(words, carried) {
    const bytes = Buffer.from(words);
    const hash = sha256(bytes);
    if (carried) this.documents.set(hash, bytes);
    return { name: `${words}.txt`, type: 'text/plain', size: bytes.length, sha256: hash };
  }

  // The bundle of the entries that are chosen, beside those that have to be there; `more` are further files, or other ones.
  zip(chosen = () => true, extraLines = '', more = {}) {
    const n = this.entries.length;
    const proofs = this.entries.map(() => []);
    const root = (from, to) => {
      if (to - from === 1) return this.entries[from].hash;
      let k = 1;
      while (2 * k < to - from) k *= 2;
      const [left, right] = [root(from, from + k), root(from + k, to)];
      for (let i = from; i < to; i++) proofs[i].push(i < from + k ? right : left);
      return nodeHash(left, right);
    };
    const note = `${ORIGIN}\n${n}\n${Buffer.from(root(0, n)).toString('base64')}\n`;
    const signature = Buffer.concat([this.id, this.log.sign(Buffer.from(note))]).toString('base64');
    const checkpoint = `${note}\n\u2014 ${ORIGIN} ${signature}\n${extraLines}`;
    const here = this.entries.filter((entry) => GOVERNANCE.has(entry.kind) || entry.place === n - 1 || chosen(entry));
    const files = new Map([
      ['bagit.txt', 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'],
      ['bag-info.txt', 'Source-Organization: A School\n'],
      ['data/checkpoint', checkpoint],
      ['data/policy.txt', `log ${this.vkey}\nquorum none\n`],
      ['data/entries.jsonl', here.map((entry) => jsonLine(entry, entry.open)).join('')],
    ]);
    for (const [hash, bytes] of this.documents) {
      const name = Buffer.from(hash);
      const told = here.some(({ open }) => [...open.values()].some((pair) => Buffer.from(pair.bytes).includes(name)));
      if (told) files.set(`data/documents/${name.toString('hex')}/file.txt`, bytes);
    }
    for (const { place, bytes, open } of here) {
      const number = String(place).padStart(8, '0');
      const path = proofs[place].map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
      files.set(`data/entries/${number}.cose`, bytes);
      files.set(`data/proofs/${number}.tlog-proof`, `c2sp.org/tlog-proof@v1\nindex ${place}\n${path}\n${checkpoint}`);
      if (open.size > 0) files.set(`data/bodies/${number}.cbor`, bodyOf(open));
    }
    for (const [path, content] of Object.entries(more)) files.set(path, content);
    return zipOf(withManifests(new Map([...files].map(([path, content]) => [path, Buffer.from(content)]))));
  }
}

// A witness: its vkey, and its line on a head at a time.
export function witness(name, seed = name) {
  const pair = keyPair(seed);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n\u0004`), pair.key])).subarray(0, 4);
  const vkey = `${name}+${Buffer.from(id).toString('hex')}+${Buffer.concat([Uint8Array.of(4), pair.key]).toString('base64')}`;
  const line = (text, time, sign = pair.sign) => {
    const clock = Buffer.alloc(8);
    clock.writeBigUInt64BE(BigInt(time));
    const signature = sign(Buffer.from(`cosignature/v1\ntime ${time}\n${text}`));
    return `\u2014 ${name} ${Buffer.concat([id, clock, signature]).toString('base64')}\n`;
  };
  return { name, vkey, line, id, ...pair };
}

// Fields in stored order, shorter names first.
function inStoredOrder(pairs) {
  return new Map([...pairs].sort(([a], [b]) => Buffer.compare(encode(a), encode(b))));
}

function bodyOf(open) {
  const pair = ({ salt, bytes }) => [Uint8Array.of(0x82), encode(salt), bytes];
  const parts = [...open].flatMap(([name, one]) => [encode(name), ...pair(one)]);
  return Buffer.concat([cborHead(5, open.size), ...parts]);
}
