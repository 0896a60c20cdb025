// Step 8 of Appendix B: the entries themselves, one after another, each by what stands below it.

import { Authority } from './authority.js';
import { checkCommitments, parseBody } from './body.js';
import { equal, hex, short } from './bytes.js';
import { clearFault } from './clear.js';
import { numberedPath } from './container.js';
import { keyPoint, verifyEd25519 } from './ed25519.js';
import { GOVERNANCE, signedBytes, thumbprint } from './entry.js';
import { Fault, inEntry } from './fault.js';
import { parseVkey } from './note.js';
import { sha256 } from './sha2.js';
import { isCarrier, parseStatement, saidBy, statementFault } from './statement.js';
import { documentsIn, isBytes } from './values.js';

const RELATIONS = new Set(
  ('corrects accepts approves advises ratifies excepts withdraws removes decides signs-off answers erases continues ' +
    'about').split(' '),
);
// How many entries are gone through between two looks at the clock, and signatures asked for at once.
const JUDGED_AT_ONCE = 64;
const SIGNATURES_AT_ONCE = 256;

export class Judging {
  constructor(verification) {
    this.whole = verification;
    // By the hash of its bytes: the entry that carries a statement. By entry: the statement, or what is wrong with it.
    this.entered = new Map();
    this.statements = new Map();
  }

  async run() {
    const { entries, judged, progress, files, named } = this.whole;
    for (const entry of entries) {
      const bytes = isCarrier(entry) ? entry.clear.get('statement') : null;
      if (bytes instanceof Uint8Array) this.statements.set(entry, readStatement(bytes));
    }
    const signed = await this.askBrowser();
    for (const [i, entry] of entries.entries()) {
      judged.set(entry.seq, inEntry(entry.seq, () => this.judge(entry, signed)));
      if (i % JUDGED_AT_ONCE === 0) await progress('reading', i, entries.length);
    }
    this.whole.judgedAll = true;
    for (const { part, path, folder } of files.values()) {
      if (part === 'document' && !named.has(folder)) {
        throw new Fault('container', 'a document', `\`${path}\``, 'only documents that a disclosed field names');
      }
    }
  }

  // The signatures that the browser calls valid. The key of a kid is the one with that thumbprint, whoever declares it.
  async askBrowser() {
    const { entries, browser, progress } = this.whole;
    const valid = new Set();
    if (browser === null) return valid;
    const keys = new Map();
    for (const { kind, clear } of entries) {
      const key = kind === 'genesis' || kind === 'appointment' ? clear.get('key') : null;
      if (isBytes(key, 32)) keys.set(hex(thumbprint(key)), key);
    }
    const asked = [...entries, ...[...this.statements.values()].filter((one) => !(one instanceof Fault))];
    for (let start = 0; start < asked.length; start += SIGNATURES_AT_ONCE) {
      const some = asked.slice(start, start + SIGNATURES_AT_ONCE).map(async (one) => {
        const key = keys.get(hex(one.kid));
        if (key !== undefined && (await browser.yes(key, signedBytes(one), one.signature))) valid.add(one.payloadBytes);
      });
      await Promise.all(some);
      await progress('signatures', Math.min(start + SIGNATURES_AT_ONCE, asked.length), asked.length);
    }
    return valid;
  }

  // Items 1 to 13 for one entry. Returns what is known of it for the report: `entry` is what is on record, which for a
  // statement is what it says, and then `statement` and `enteredBy` (the entry itself, its author and appointment) are there too.
  judge(entry, signed) {
    const { seq } = entry;
    const { kinds, authority, unjudgedGovernance } = this.whole;
    let sound = !entry.foreign;
    const find = (fault, unjudged = false) => {
      sound = false;
      this.whole.find(fault.at(seq), unjudged);
    };
    // Above a governance entry that can't be judged, authority can't be either.
    const unsure = seq > unjudgedGovernance || (seq === 0 && unjudgedGovernance === 0);
    const kind = kinds.of(entry);
    const context = { find, unsure, signed };
    const { author, appointment } = this.judgeByAuthorAndKind(entry, kind, context);
    if (kind !== null && isCarrier(entry)) return this.judgeStatement(entry, { ...entry, author, appointment }, context);
    if (kind !== null && GOVERNANCE.has(entry.kind)) {
      const wrong = authority.governanceFault(entry, author);
      if (wrong !== null) find(wrong, unsure);
    }
    const body = this.judgeBody(entry);
    if (sound && GOVERNANCE.has(entry.kind)) authority.apply(entry);
    return { entry, kind, author, appointment, body };
  }

  // The part of step 8 for statements, once the entry itself is judged.
  judgeStatement(entry, enteredBy, context) {
    const bytes = entry.clear.get('statement');
    const statement = this.statements.get(entry);
    if (statement instanceof Fault) throw statement;
    const wrong = statementFault(statement, entry, (seq) => this.whole.bySeq.get(seq));
    if (wrong !== null) throw wrong;
    const name = hex(sha256(bytes));
    const earlier = this.entered.get(name);
    if (earlier !== undefined) {
      throw new Fault('duplicate', 'the statement in it', `that of entry ${earlier}`, 'one that is entered once');
    }
    this.entered.set(name, entry.seq);
    const said = saidBy(entry, statement);
    const kind = this.whole.kinds.of(said);
    const { author, appointment } = this.judgeByAuthorAndKind(said, kind, context);
    const body = this.judgeBody(said);
    // Where it can't be judged who entered it, it can't be who said it either.
    const counts = enteredBy.appointment === null ? null : appointment;
    return { entry: said, kind, author, appointment: counts, body, statement, enteredBy };
  }

  // Items 1 to 9. Returns the author, and the seq of the appointment under which the signature counts; null where they
  // can't be told.
  judgeByAuthorAndKind(entry, kind, { find, unsure, signed }) {
    const clearWrong = kind === null ? null : clearFault(entry);
    let appointment = null;
    const author = this.authorOf(entry, kind);
    if (author === null && !(entry.seq === 0 && kind === null)) {
      const found = `key ${short(entry.kid)}`;
      find(new Fault('unknown-key', 'the key that signed it', found, 'a key appointed before'), unsure);
    }
    if (kind !== null && clearWrong === null) judgeDeclaredKeys(entry);
    if (author !== null) {
      const valid = signed.has(entry.payloadBytes) || verifyEd25519(author.key, signedBytes(entry), entry.signature);
      if (!valid) {
        const by = `one by key ${short(entry.kid)} over these bytes`;
        throw new Fault('signature', 'its signature', 'one that is not valid', by);
      }
      const out = Authority.outOfForce(author, entry);
      if (out === null) appointment = Authority.deciding(author).seq;
      else find(new Fault('not-in-force', "its author's authority", ...out), unsure);
    }
    if (kind !== null) this.judgeByKind(entry, kind, clearWrong);
    else if (!entry.foreign) {
      find(new Fault('kind-unknown', 'its kind', `${entry.kind} version ${entry.v}`, 'a kind that this version knows'));
    }
    return { author, appointment };
  }

  // The key that signed, as far as it stands below the entry; entry 0 declares its own.
  authorOf(entry, kind) {
    if (entry.seq > 0) return this.whole.authority.find(entry.kid);
    if (kind === null || !equal(thumbprint(entry.clear.get('key')), entry.kid)) return null;
    const appointment = { seq: 0, roles: entry.clear.get('roles'), from: -Infinity, until: Infinity, by: null };
    const [key, person] = [entry.clear.get('key'), entry.clear.get('person')];
    return { key, person, appointments: [appointment], revoked: null };
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
    if (isCarrier(entry) && entry.links.length > 0) refuse('links', 'its own links', 'a link', 'none');
    for (const { rel, entry: hash } of entry.links) {
      if (!RELATIONS.has(rel)) refuse('links', 'its links', `relation \`${rel}\``, 'a relation of the format');
      const target = this.whole.byHash.get(hex(hash));
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
    const decides = GOVERNANCE.has(entry.kind) || entry.kind === 'erasure';
    if (decides && Array.isArray(kind.signers) && !kind.signers.includes(entry.role)) {
      refuse('role', 'the role in which it is signed', entry.role, `one of ${kind.signers.join(', ')}`);
    }
    if (entry.kind === 'erasure') this.judgeTargets(entry);
  }

  // What an erasure names has to be there, as far as entries of a known form are in the bundle.
  judgeTargets(erasure) {
    for (const [seq, names] of erasure.clear.get('entries')) {
      const target = this.whole.judged.get(seq);
      if (names === null || !target || target.kind === null) continue;
      const stray = names.find((name) => !target.entry.body.has(name));
      if (stray !== undefined) {
        throw new Fault('clear', 'clear field `entries`', `field \`${stray}\` of entry ${seq}`, 'fields of that entry');
      }
    }
  }

  // Items 11 to 13.
  judgeBody(entry) {
    const { bodies, documents, named } = this.whole;
    const bytes = this.whole.bytesOf(numberedPath('bodies', entry.seq));
    if (bytes === null) return null;
    const body = parseBody(bytes, entry);
    checkCommitments(body, entry);
    bodies.set(entry.seq, body);
    for (const { value } of body.values()) {
      for (const document of documentsIn(value)) {
        const name = hex(document.get('sha256'));
        named.add(name);
        const file = documents.get(name);
        if (file === undefined || (hex(file.sha256) === name && file.size === document.get('size'))) continue;
        const found = `${file.size} bytes, SHA-256 ${hex(file.sha256)}`;
        const expected = `${document.get('size')} bytes, SHA-256 ${name}`;
        throw new Fault('document', `document \`${document.get('name')}\``, found, expected);
      }
    }
    return body;
  }
}

// A statement, or the fault that keeps it from being one.
function readStatement(bytes) {
  try {
    return parseStatement(bytes);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

// Item 2.
function judgeDeclaredKeys({ kind, clear }) {
  const declared = [];
  if (kind === 'genesis' || kind === 'appointment') declared.push(['key', clear.get('key')]);
  if (kind === 'genesis' || kind === 'log-key') declared.push(['log', parseVkey(clear.get('log')).key]);
  for (const [name, key] of declared) {
    if (keyPoint(key) === null) {
      throw new Fault('key-rule', `clear field \`${name}\``, `key ${short(key)}`, 'a key that fulfils the key rule');
    }
  }
}
