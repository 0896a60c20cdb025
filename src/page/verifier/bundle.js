// Verification of a bundle: Appendix B, steps 1 to 12, in its order. The first fault marked N ends it; the first marked C
// is kept until then. Step 8 stands in judging.js, step 9c in times.js, step 12 in older.js.

import { Authority } from './authority.js';
import { compare, equal, hex, short, toUtf8 } from './bytes.js';
import { clearFault } from './clear.js';
import { judgeManifests, numberedPath, unpack } from './container.js';
import { GOVERNANCE, parseEntry } from './entry.js';
import { Fault, inEntry } from './fault.js';
import { jsonLine } from './jsonl.js';
import { Judging } from './judging.js';
import { logSignatureFault, parseCheckpoint } from './note.js';
import { continuityFault } from './older.js';
import { Policy } from './policy.js';
import { Statements, parseProof } from './proof.js';
import { readTimes } from './times.js';
import { includes } from './tree.js';

const NONE = new Uint8Array(32);
// How many entries are gone through between two looks at the clock.
const RUN = 64;

// One verification. `browser` is a BrowserCheck or null, `older` what readOlder() gave, `progress(step, done, total)`
// resolves soon.
export class Verification {
  constructor(source, { kinds, fingerprint = null, older = null, browser = null, progress = async () => {} }) {
    Object.assign(this, { source, kinds, fingerprint, older, browser, progress });
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
    this.bySeq = new Map();
    // The heads under data/times/ (null until step 9 is passed), and how things stand to the older head.
    this.heads = null;
    this.continuity = null;
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
      await new Judging(this).run();
      this.judgeCheckpointSignature();
      await this.judgeTransparent();
      this.heads = await readTimes(this);
      this.judgePolicy();
      await this.judgeJsonl();
      const contradiction = this.older && continuityFault(this);
      if (contradiction) throw contradiction;
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
      const entry = inEntry(number, () => parseEntry(bytes));
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
      this.bySeq.set(entry.seq, entry);
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
      const proof = inEntry(entry.seq, () => parseProof(bytes));
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

  // Step 9a.
  judgeCheckpointSignature() {
    const why = logSignatureFault(this.checkpoint, this.logKey?.vkey ?? null);
    if (why === null) return;
    const expected = `one by the log key at ${this.checkpoint.size} entries`;
    this.find(new Fault('checkpoint-signature', "the log's signature", why, expected), this.unsureAtEnd);
  }

  // Step 9b.
  async judgeTransparent() {
    const statements = new Statements(this.checkpoint, this.logKey?.vkey.key ?? null);
    for (const [i, entry] of this.entries.entries()) {
      const bytes = this.bytesOf(numberedPath('transparent', entry.seq));
      const fault = bytes && statements.faultOf(bytes, entry, this.paths.get(entry.seq));
      if (fault) this.find(fault.at(entry.seq), this.unsureAtEnd);
      if (i % RUN === 0) await this.progress('comparing', i, this.entries.length);
    }
  }

  // The log key at the checkpoint's size, or null.
  get logKey() {
    return this.authority.logKey(this.checkpoint.size);
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
      if (!logs.includes(this.logKey?.text)) refuse(logs.join(', ') || 'no log');
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
