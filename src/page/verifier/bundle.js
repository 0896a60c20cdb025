// Verification of a bundle: Appendix B, steps 1 to 11, in its order. The first fault marked N ends it; the first
// marked C is kept until then.

import { Authority } from './authority.js';
import { checkCommitments, parseBody } from './body.js';
import { compare, equal, hex, short, toUtf8 } from './bytes.js';
import { clearFault } from './clear.js';
import { judgeManifests, numberedPath, unpack } from './container.js';
import { keyPoint, verifyEd25519 } from './ed25519.js';
import { GOVERNANCE, parseEntry, signedBytes, thumbprint } from './entry.js';
import { Fault } from './fault.js';
import { jsonLine } from './jsonl.js';
import { logSignatureFault, parseCheckpoint, parseVkey } from './note.js';
import { Policy } from './policy.js';
import { Statements, parseProof } from './proof.js';
import { includes } from './tree.js';
import { documentsIn, isBytes } from './values.js';

const NONE = new Uint8Array(32);
const RELATIONS = new Set(
  ('corrects accepts approves advises ratifies excepts withdraws removes decides signs-off answers erases continues ' +
    'about').split(' '),
);
// How many entries are gone through between two looks at the clock, and signatures asked for at once.
const RUN = 64;
const SIGNATURES_AT_ONCE = 256;

// One verification. `browser` is a BrowserCheck or null, `progress(step, done, total)` resolves soon.
export class Verification {
  constructor(source, { kinds, fingerprint = null, browser = null, progress = async () => {} }) {
    Object.assign(this, { source, kinds, fingerprint, browser, progress });
    this.fault = null;
    // Whether a fault marked N ended it; whether steps 1 to 4a were passed, and all entries judged.
    this.refused = false;
    this.read = false;
    this.judgedAll = false;
    this.files = new Map();
    this.checkpoint = null;
    this.policy = null;
    this.entries = [];
    this.byHash = new Map();
    this.authority = new Authority();
    // By entry index: the path of its proof; the parsed body; what step 8 found out about an entry that passed it.
    this.paths = new Map();
    this.bodies = new Map();
    this.judged = new Map();
    // Hashes of documents that disclosed fields name.
    this.named = new Set();
    // The lowest governance entry that can't be judged.
    this.unjudgedGovernance = Infinity;
  }

  // Runs the steps. What stands in `fault` afterwards, if anything, decides the verdict.
  async run() {
    try {
      this.files = await unpack(this.source, this.progress);
      judgeManifests(this.files);
      this.readCheckpoint();
      await this.readEntries();
      await this.proveEntries();
      this.judgeEnds();
      this.judgeChain();
      this.judgeNeighbours();
      await this.judgeEntries();
      this.judgeCheckpointSignature();
      await this.judgeStatements();
      this.judgePolicy();
      await this.judgeJsonl();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.fault = error;
      this.refused = true;
    }
  }

  // A fault marked C is kept, one marked N thrown.
  find(fault, unjudged = false) {
    if (!unjudged && !fault.cannotCheck) throw fault;
    this.fault ??= fault;
  }

  bytesOf(path) {
    return this.files.get(path)?.bytes ?? null;
  }

  // Step 3.
  readCheckpoint() {
    const bytes = this.bytesOf('data/checkpoint');
    if (bytes === null) throw new Fault('checkpoint', '`data/checkpoint`', 'no such file', 'a checkpoint');
    this.checkpoint = parseCheckpoint(bytes);
    const { size } = this.checkpoint;
    if (size < 2) throw new Fault('size', "the checkpoint's size", String(size), 'at least 2');
  }

  // Step 4a.
  async readEntries() {
    const numbers = [...this.files.values()].filter((file) => file.part === 'entries').sort((a, b) => a.seq - b.seq);
    for (const [i, { seq: number, bytes }] of numbers.entries()) {
      const entry = at(number, () => parseEntry(bytes));
      if (entry.foreign) {
        this.find(new Fault('typ', 'its typ', entry.typ, 'that of an entry').at(number));
      }
      if (entry.seq !== number) {
        throw new Fault('name', 'the index in its file name', String(number), String(entry.seq)).at(number);
      }
      if (entry.iss !== this.checkpoint.origin) {
        throw new Fault('origin', 'the ledger that it belongs to', entry.iss, this.checkpoint.origin).at(number);
      }
      this.entries.push(entry);
      this.byHash.set(hex(entry.hash), entry);
      if (i % RUN === 0) await this.progress('reading', i, numbers.length);
    }
    this.read = true;
  }

  // Step 4b.
  async proveEntries() {
    const { bytes: note, size, root } = this.checkpoint;
    for (const [i, entry] of this.entries.entries()) {
      const bytes = this.bytesOf(numberedPath('proofs', entry.seq));
      if (bytes === null) throw new Fault('proof', 'its proof of place', 'no such file', 'a proof').at(entry.seq);
      const proof = at(entry.seq, () => parseProof(bytes));
      if (proof.index !== entry.seq) {
        throw new Fault('name', 'the index in its proof', String(proof.index), String(entry.seq)).at(entry.seq);
      }
      if (!equal(proof.rest, note)) {
        const [found, expected] = ['other bytes', 'those of `data/checkpoint`'];
        throw new Fault('copy-of-checkpoint', 'the checkpoint in its proof', found, expected).at(entry.seq);
      }
      if (!includes(entry.seq, size, entry.hash, proof.path, root)) {
        const expected = `one that leads to the root ${short(root)}`;
        throw new Fault('proof', 'its proof of place', 'one that leads elsewhere', expected).at(entry.seq);
      }
      this.paths.set(entry.seq, proof.path);
      if (i % RUN === 0) await this.progress('proofs', i, this.entries.length);
    }
  }

  // Step 5.
  judgeEnds() {
    const first = this.entries[0];
    const refuse = (code, what, found, expected, entry) => {
      throw new Fault(code, what, found, expected, entry);
    };
    if (first?.seq !== 0) refuse('missing-genesis', 'the bundle', 'no entry 0', "the ledger's first entry", 0);
    if (first.kind !== 'genesis') refuse('genesis', 'its kind', first.kind, 'genesis', 0);
    if (this.kinds.of(first) !== null) {
      const wrong = clearFault(first);
      if (wrong) refuse('genesis', `clear field \`${wrong.key ?? 'names'}\``, 'another value', wrong.expected, 0);
    }
    if (this.fingerprint !== null && !equal(first.hash, this.fingerprint)) {
      refuse('genesis', 'the fingerprint', hex(first.hash), hex(this.fingerprint), 0);
    }
    const last = this.checkpoint.size - 1;
    if (this.entries[this.entries.length - 1].seq !== last) {
      refuse('missing-head', 'the bundle', `no entry ${last}`, 'the last entry that the checkpoint covers', last);
    }
  }

  // Step 6.
  judgeChain() {
    const refuse = (entry, found, expected) => {
      throw new Fault('governance-chain', 'the chain of governance entries', found, expected, entry);
    };
    const chain = [];
    const head = this.entries[this.entries.length - 1];
    let holder = head;
    let next = GOVERNANCE.has(head.kind) ? head : null;
    for (;;) {
      if (next === null) {
        next = this.byHash.get(hex(holder.gov)) ?? null;
        if (next === null) refuse(holder.seq, `no entry ${short(holder.gov)}`, 'every entry of the chain');
        if (!GOVERNANCE.has(next.kind)) refuse(next.seq, `a \`${next.kind}\``, 'governance entries only');
        if (next.seq >= holder.seq) refuse(holder.seq, `entry ${next.seq} after ${holder.seq}`, 'falling indices');
      }
      chain.push(next);
      if (next.seq === 0) break;
      holder = next;
      next = null;
    }
    chain.reverse();
    if (chain[1]?.seq !== 1) refuse(1, 'no entry 1', 'the appointment at entry 1');
    const members = new Set(chain);
    const stray = this.entries.find((entry) => GOVERNANCE.has(entry.kind) && !members.has(entry));
    if (stray) refuse(stray.seq, 'an entry beside the chain', 'one chain');
    this.chain = chain;
    const unjudged = chain.find((entry) => this.kinds.of(entry) === null);
    if (unjudged) this.unjudgedGovernance = unjudged.seq;
    // How many of the chain stand below the entry.
    let below = 0;
    for (const entry of this.entries) {
      while (below < chain.length && chain[below].seq < entry.seq) below += 1;
      const expected = below === 0 ? NONE : chain[below - 1].hash;
      if (!equal(entry.gov, expected)) {
        throw new Fault('gov', 'its governance hash', short(entry.gov), short(expected), entry.seq);
      }
    }
  }

  // Step 7.
  judgeNeighbours() {
    // By sub: the latest entry so far, and every `case` that names an entry which isn't here.
    const cases = new Map();
    for (const [i, entry] of this.entries.entries()) {
      const before = this.entries[i - 1];
      const expected = entry.seq === 0 ? NONE : before?.seq === entry.seq - 1 ? before.hash : null;
      if (expected !== null && !equal(entry.prev, expected)) {
        throw new Fault('prev', 'its previous hash', short(entry.prev), short(expected), entry.seq);
      }
      const refuse = (wanted) => {
        throw new Fault('case', "its case's previous hash", short(entry.caseHash), wanted, entry.seq);
      };
      if (entry.sub === 'ledger') {
        if (entry.caseHash !== null) refuse('none, outside a case');
        continue;
      }
      const known = cases.get(entry.sub) ?? { latest: null, absent: new Set() };
      cases.set(entry.sub, known);
      const named = entry.caseHash === null ? null : (this.byHash.get(hex(entry.caseHash)) ?? null);
      if (entry.caseHash === null || named !== null) {
        if (named !== known.latest) refuse('the latest earlier entry of the case');
      } else {
        if (known.absent.has(hex(entry.caseHash))) refuse('an entry that no other entry of the case follows');
        known.absent.add(hex(entry.caseHash));
      }
      known.latest = entry;
    }
  }

  // Step 8.
  async judgeEntries() {
    const signed = await this.askBrowser();
    for (const [i, entry] of this.entries.entries()) {
      const judged = at(entry.seq, () => this.judgeEntry(entry, signed[i]));
      this.judged.set(entry.seq, judged);
      if (i % RUN === 0) await this.progress('reading', i, this.entries.length);
    }
    this.judgedAll = true;
    for (const { part, path, folder } of this.files.values()) {
      if (part === 'document' && !this.named.has(folder)) {
        throw new Fault('container', 'a document', `\`${path}\``, 'only documents that a disclosed field names');
      }
    }
  }

  // Which signatures the browser calls valid. The key of a kid is the one with that thumbprint, whoever declares it.
  async askBrowser() {
    const keys = new Map();
    const valid = new Array(this.entries.length).fill(false);
    if (this.browser === null) return valid;
    for (const { kind, clear } of this.entries) {
      const key = kind === 'genesis' || kind === 'appointment' ? clear.get('key') : null;
      if (isBytes(key, 32)) keys.set(hex(thumbprint(key)), key);
    }
    for (let start = 0; start < valid.length; start += SIGNATURES_AT_ONCE) {
      const some = this.entries.slice(start, start + SIGNATURES_AT_ONCE);
      const answers = some.map((entry) => {
        const key = keys.get(hex(entry.kid));
        return key !== undefined && this.browser.yes(key, signedBytes(entry), entry.signature);
      });
      for (const [i, answer] of (await Promise.all(answers)).entries()) valid[start + i] = answer;
      await this.progress('signatures', Math.min(start + SIGNATURES_AT_ONCE, valid.length), valid.length);
    }
    return valid;
  }

  // Items 1 to 13 for one entry. Returns what is known of it for the report.
  judgeEntry(entry, signedAlready) {
    const { seq } = entry;
    const kind = this.kinds.of(entry);
    let sound = !entry.foreign;
    const find = (fault, unjudged = false) => {
      sound = false;
      this.find(fault.at(seq), unjudged);
    };
    // Above a governance entry that can't be judged, authority can't be either.
    const unsure = seq > this.unjudgedGovernance || (seq === 0 && this.unjudgedGovernance === 0);
    // The appointment under which it counts.
    let appointment = null;
    const clearWrong = kind === null ? null : clearFault(entry);

    const author = this.authorOf(entry, kind);
    if (author === null && !(seq === 0 && kind === null)) {
      const found = `key ${short(entry.kid)}`;
      find(new Fault('unknown-key', 'the key that signed it', found, 'a key appointed before'), unsure);
    }
    if (kind !== null && clearWrong === null) this.judgeDeclaredKeys(entry);
    if (author !== null) {
      if (!signedAlready && !verifyEd25519(author.key, signedBytes(entry), entry.signature)) {
        const by = `one by key ${short(entry.kid)} over these bytes`;
        throw new Fault('signature', 'its signature', 'one that is not valid', by);
      }
      const out = Authority.outOfForce(author, entry);
      if (out === null) appointment = Authority.deciding(author).seq;
      else find(new Fault('not-in-force', "its author's authority", ...out), unsure);
    }
    if (kind === null) {
      if (!entry.foreign) {
        const found = `${entry.kind} version ${entry.v}`;
        find(new Fault('kind-unknown', 'its kind', found, 'a kind that this version knows'));
      }
    } else {
      this.judgeByKind(entry, kind, clearWrong);
      const wrong = GOVERNANCE.has(entry.kind) ? this.authority.governanceFault(entry, author) : null;
      if (wrong !== null) find(wrong, unsure);
    }
    const body = this.judgeBody(entry);
    if (sound && GOVERNANCE.has(entry.kind)) this.authority.apply(entry);
    return { entry, kind, author, appointment, body };
  }

  // The key that signed, as far as it stands below the entry; entry 0 declares its own.
  authorOf(entry, kind) {
    if (entry.seq > 0) return this.authority.find(entry.kid);
    if (kind === null || !equal(thumbprint(entry.clear.get('key')), entry.kid)) return null;
    const appointment = { seq: 0, roles: entry.clear.get('roles'), from: -Infinity, until: Infinity, by: null };
    const [key, person] = [entry.clear.get('key'), entry.clear.get('person')];
    return { key, person, appointments: [appointment], revoked: null };
  }

  // Item 2.
  judgeDeclaredKeys({ kind, clear }) {
    const declared = [];
    if (kind === 'genesis' || kind === 'appointment') declared.push(['key', clear.get('key')]);
    if (kind === 'genesis' || kind === 'log-key') declared.push(['log', parseVkey(clear.get('log')).key]);
    for (const [name, key] of declared) {
      if (keyPoint(key) === null) {
        throw new Fault('key-rule', `clear field \`${name}\``, `key ${short(key)}`, 'a key that fulfils the key rule');
      }
    }
  }

  // Items 6 to 9.
  judgeByKind(entry, kind, clearWrong) {
    const refuse = (code, what, found, expected) => {
      throw new Fault(code, what, found, expected);
    };
    const missing = [...kind.body].find((name) => !entry.body.has(name));
    if (missing !== undefined) refuse('fields', 'its fields', `no field \`${missing}\``, 'all fields of its kind');
    const extra = [...entry.body.keys()].find((name) => !kind.body.has(name));
    if (extra !== undefined) refuse('fields', 'its fields', `field \`${extra}\``, 'only the fields of its kind');
    if (clearWrong !== null) {
      refuse('clear', `clear field \`${clearWrong.key ?? 'names'}\``, 'another value', clearWrong.expected);
    }
    for (const { rel, entry: hash } of entry.links) {
      if (!RELATIONS.has(rel)) refuse('links', 'its links', `relation \`${rel}\``, 'a relation of the format');
      const target = this.byHash.get(hex(hash));
      if (target && target.seq >= entry.seq) refuse('links', 'its links', `entry ${target.seq}`, 'an earlier entry');
      if (target && entry.kind === 'correction' && rel === 'corrects' && target.sub !== entry.sub) {
        refuse('links', 'what it corrects', `an entry of ${target.sub}`, `one of ${entry.sub}`);
      }
    }
    for (const anyOf of kind.required_links) {
      if (!entry.links.some(({ rel }) => anyOf.includes(rel))) {
        refuse('links', 'its links', `none that is \`${anyOf.join('` or `')}\``, 'one at least');
      }
    }
    if (GOVERNANCE.has(entry.kind) && Array.isArray(kind.signers) && !kind.signers.includes(entry.role)) {
      refuse('role', 'the role in which it is signed', entry.role, `one of ${kind.signers.join(', ')}`);
    }
  }

  // Items 11 to 13.
  judgeBody(entry) {
    const bytes = this.bytesOf(numberedPath('bodies', entry.seq));
    if (bytes === null) return null;
    const body = parseBody(bytes, entry);
    checkCommitments(body, entry);
    this.bodies.set(entry.seq, body);
    for (const { value } of body.values()) {
      for (const document of documentsIn(value)) {
        const name = hex(document.get('sha256'));
        this.named.add(name);
        const file = this.documents.get(name);
        if (file === undefined || (hex(file.sha256) === name && file.size === document.get('size'))) continue;
        const found = `${file.size} bytes, SHA-256 ${hex(file.sha256)}`;
        const expected = `${document.get('size')} bytes, SHA-256 ${name}`;
        throw new Fault('document', `document \`${document.get('name')}\``, found, expected);
      }
    }
    return body;
  }

  // Step 9a.
  judgeCheckpointSignature() {
    const why = logSignatureFault(this.checkpoint, this.authority.logKey()?.vkey ?? null);
    if (why === null) return;
    const expected = `one by the log key at ${this.checkpoint.size} entries`;
    this.find(new Fault('checkpoint-signature', "the log's signature", why, expected), this.unsureAtEnd);
  }

  // Step 9b.
  async judgeStatements() {
    const statements = new Statements(this.checkpoint, this.authority.logKey()?.vkey.key ?? null);
    for (const [i, entry] of this.entries.entries()) {
      const bytes = this.bytesOf(numberedPath('transparent', entry.seq));
      const fault = bytes && statements.faultOf(bytes, entry, this.paths.get(entry.seq));
      if (fault) this.find(fault.at(entry.seq), this.unsureAtEnd);
      if (i % RUN === 0) await this.progress('comparing', i, this.entries.length);
    }
  }

  // Whether there is a governance entry that can't be judged, which may have named another log key.
  get unsureAtEnd() {
    return this.unjudgedGovernance < Infinity;
  }

  // Step 10.
  judgePolicy() {
    try {
      const bytes = this.bytesOf('data/policy.txt');
      const refuse = (found) => {
        throw new Fault('policy', '`data/policy.txt`', found, 'the log key that the ledger declares');
      };
      if (bytes === null) refuse('no such file');
      this.policy = new Policy(bytes);
      const { logs } = this.policy;
      if (!logs.includes(this.authority.logKey()?.text)) refuse(logs.join(', ') || 'no log');
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.find(error, this.unsureAtEnd);
    }
  }

  // Step 11.
  async judgeJsonl() {
    const bytes = this.bytesOf('data/entries.jsonl');
    if (bytes === null) throw new Fault('jsonl', '`data/entries.jsonl`', 'no such file', 'a line for each entry');
    let start = 0;
    for (const [i, entry] of this.entries.entries()) {
      const line = toUtf8(jsonLine(entry, this.bodies.get(entry.seq) ?? null));
      if (compare(bytes.subarray(start, start + line.length), line) !== 0) {
        const what = `line ${i + 1} of \`data/entries.jsonl\``;
        throw new Fault('jsonl', what, 'another text', 'what the entries and bodies give', entry.seq);
      }
      start += line.length;
      if (i % RUN === 0) await this.progress('comparing', i, this.entries.length);
    }
    if (start !== bytes.length) {
      throw new Fault('jsonl', '`data/entries.jsonl`', 'more lines', 'a line for each entry');
    }
  }

  // Documents by the hash that names their folder.
  get documents() {
    this.documentFiles ??= new Map(
      [...this.files.values()].filter((file) => file.part === 'document').map((file) => [file.folder, file]),
    );
    return this.documentFiles;
  }
}

// Runs a rule; a fault that it throws is one of that entry.
function at(seq, rule) {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Fault) error.at(seq);
    throw error;
  }
}
