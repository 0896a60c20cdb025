// Which acts are complete (section 8, "Complete acts"). Reported, never a fault.

import { compare, hex, unhex } from './bytes.js';
import { Erasures } from './erasing.js';
import { byCodePoints, documentsIn, inQuotes } from './values.js';

const ON_CONTENT = ['approves', 'advises', 'signs-off'];
// What a signature on paper counts as, by the relation of its link.
const PAPER_KINDS = [['advises', 'dpo-advice'], ['approves', 'approval'], ['signs-off', 'breach-signoff']];

const samePerson = (a, b) => a !== null && b !== null && compare(a, b) === 0;

// The answer to a field, if it is disclosed; else undefined.
export function answerOf(body, name) {
  return body?.get(name)?.value;
}

// The entries to which links of these relations lead, as hexadecimal.
export function targetsOf(entry, relations) {
  return entry.links.filter(({ rel }) => relations.includes(rel)).map((link) => hex(link.entry));
}

// The content that an act is about: linked entries and named files. Null where the field that names files is withheld.
function contentOf({ entry, kind, body }) {
  const content = targetsOf(entry, ON_CONTENT);
  if (kind.body.has('documents')) {
    const documents = answerOf(body, 'documents');
    if (documents === undefined) return null;
    content.push(...documentsIn(documents).map((document) => hex(document.get('sha256'))));
  }
  return [...new Set(content)];
}

// Whether an acceptance is signed by the key of an appointment that it accepts.
export function acceptsOwnKey(entry, authority) {
  const record = authority.find(entry.kid);
  const accepted = new Set(targetsOf(entry, ['accepts']));
  return record !== null && record.appointments.some(({ hash }) => accepted.has(hex(hash)));
}

// Signatures and acts of a bundle, noted in ascending seq, then judged together.
export class Acts {
  constructor(roleTitles) {
    this.roleTitles = roleTitles;
    // By content or entry, as hexadecimal: what was given to it.
    this.given = new Map();
    this.waiting = [];
    this.lacking = [];
    this.excepted = [];
    this.exceptions = new Map();
    this.ratified = new Map();
    this.erasures = new Erasures();
  }

  title(role) {
    return this.roleTitles[role] ?? role;
  }

  note(judged, authority) {
    const { entry, kind, author, body } = judged;
    if (kind === null) return;
    this.erasures.note(judged);
    const lack = (why) => this.lacking.push({ entry: entry.seq, kind: kind.name, why });
    const person = author?.person ?? null;
    const paper = kind.name === 'paper-signature' ? this.paperOf(judged, authority) : null;
    const underException = this.noteException(judged, person, paper);
    const mayRole = !Array.isArray(kind.signers) || kind.signers.includes(entry.role);
    if (!mayRole && !underException) lack(`signed as ${this.title(entry.role)}, a role that may not sign this`);
    if (kind.signers === 'appointee' && !acceptsOwnKey(entry, authority)) {
      lack('not signed by the key that the appointment names');
    }
    if (entry.clear.get('decision') === 'refused') return;
    const content = contentOf(judged);
    if (paper !== null) {
      for (const [relation, counts] of PAPER_KINDS) {
        const targets = targetsOf(entry, [relation]);
        const items = targets.length > 0 ? new Set([...targets, ...(content ?? [])]) : [];
        for (const item of items) put(this.given, item, { ...paper, kind: counts });
      }
    } else if (mayRole && judged.appointment !== null) {
      for (const item of content ?? []) put(this.given, item, { kind: kind.name, role: entry.role, person });
    }
    // What makes an erasure complete has its own rules.
    if (kind.also.length > 0 && kind.name !== 'erasure') {
      this.waiting.push({ seq: entry.seq, kind: kind.name, person, also: kind.also, itself: hex(entry.hash), content });
    }
  }

  // A signature on paper. Its person counts only by the id of somebody who was appointed below it.
  paperOf({ entry, author, body }, authority) {
    const id = answerOf(body, 'person-id');
    const bytes = typeof id === 'string' ? unhex(id.toLowerCase()) : null;
    const known = bytes !== null && authority.people.get(hex(bytes)) < entry.seq;
    const [role, name] = [answerOf(body, 'role'), answerOf(body, 'person')];
    return {
      role: typeof role === 'string' ? role : '',
      person: known ? bytes : null,
      paper: { entry: entry.seq, recorder: author?.person ?? null, name: typeof name === 'string' ? name : null },
    };
  }

  // Returns whether the entry stands under an exception that is here.
  noteException(judged, person, paper) {
    const { entry, kind, body } = judged;
    if (kind.name === 'exception') {
      const role = answerOf(body, 'ratify-role');
      this.exceptions.set(hex(entry.hash), { author: person, role });
    }
    let under = false;
    for (const exception of new Set(targetsOf(entry, ['excepts']))) {
      under ||= this.exceptions.has(exception);
      this.excepted.push({ seq: entry.seq, kind: kind.name, person, exception });
    }
    for (const exception of targetsOf(entry, ['ratifies'])) {
      if (paper !== null) put(this.ratified, exception, paper);
      else if (kind.name === 'ratification' && judged.appointment !== null) {
        put(this.ratified, exception, { role: entry.role, person });
      }
    }
    return under;
  }

  // What is incomplete, and what a signature on paper made complete: each {entry, kind, why}, by entry.
  judge() {
    const [incomplete, onPaper] = [[...this.lacking, ...this.erasures.incomplete()], []];
    const settle = ({ seq, kind }, { lacks, paper }) => {
      if (lacks) incomplete.push({ entry: seq, kind, why: lacks });
      else if (paper) onPaper.push({ entry: seq, kind, why: paper });
    };
    for (const act of this.waiting) {
      for (const also of act.also) settle(act, this.signatureOf(act, also));
      if (!this.apart(act)) {
        settle(act, { lacks: 'one person gave two of the signatures; they have to be by different people' });
      }
    }
    for (const act of this.excepted) settle(act, this.ratificationOf(act));
    for (const list of [incomplete, onPaper]) {
      list.sort((a, b) => a.entry - b.entry || byCodePoints(a.why, b.why));
    }
    return { incomplete, onPaper };
  }

  // Those who gave what `also` asks for, to one piece of content.
  fitting(item, also) {
    return (this.given.get(item) ?? []).filter(({ kind, role }) => kind === also.kind && also.roles.includes(role));
  }

  // Every piece of the content needs the signature, by another person than the act's author where the kind says so.
  signatureOf(act, also) {
    const content = also.on === 'itself' ? [act.itself] : act.content;
    if (content === null) return { lacks: `can't be told: ${also.what} (its documents are not disclosed)` };
    if (content.length === 0) return { lacks: 'it names neither an entry nor a document' };
    if (act.person === null) return { lacks: `can't be told: ${also.what} (its author is not known)` };
    const another = ({ person }) => person !== null && (also.by_author || !samePerson(person, act.person));
    let paper;
    for (const item of [...content].sort()) {
      const fitting = this.fitting(item, also);
      if (fitting.some((one) => !one.paper && another(one))) continue;
      const written = fitting.filter((one) => one.paper);
      const shown = written.find(
        (one) => another(one) && (also.by_author || !samePerson(one.paper.recorder, act.person)),
      );
      if (shown) paper = paperWords(shown.paper, also.what);
      else if (written.length > 0) {
        return { lacks: `${paperWords(written[0].paper, also.what)}; it can't be shown that two people signed` };
      } else return { lacks: `missing: ${also.what}` };
    }
    return { paper };
  }

  // Whether the other signatures that are there can have been given by as many people.
  apart(act) {
    if (act.also.length < 2) return true;
    const lists = act.also.map((also) => {
      const content = also.on === 'itself' ? [act.itself] : (act.content ?? []);
      const given = content.flatMap((item) => this.fitting(item, also));
      return [...new Set(given.filter(({ person }) => person !== null).map(({ person }) => hex(person)))];
    });
    return oneEach(lists.filter((list) => list.length > 0), new Set());
  }

  ratificationOf({ person, exception: hash }) {
    const exception = this.exceptions.get(hash);
    if (!exception) return { lacks: 'signed by exception; what it names as its exception is not one that is here' };
    const { role, author } = exception;
    if (role === undefined) {
      return { lacks: "signed by exception; can't be told: the role that must ratify is not disclosed" };
    }
    const wanted = typeof role === 'string' ? role : null;
    const fitting = (this.ratified.get(hash) ?? []).filter(
      (one) =>
        one.person !== null &&
        !samePerson(one.person, author) &&
        !samePerson(one.person, person) &&
        (wanted === null || wanted === one.role),
    );
    if (fitting.some((one) => !one.paper)) return {};
    if (fitting.length > 0) return { paper: paperWords(fitting[0].paper, 'its exception was ratified') };
    if (wanted === null) return { lacks: 'signed by exception; its ratification by another person is missing' };
    return { lacks: `signed by exception; ratification by ${this.title(wanted)} is missing` };
  }
}

function put(map, key, value) {
  if (!map.has(key)) map.set(key, []);
  map.get(key).push(value);
}

function paperWords({ name, entry }, what) {
  const by = name === null ? 'somebody whose name is not disclosed' : inQuotes(name);
  return `${what}: signed on paper by ${by}, recorded by entry ${entry}`;
}

// Whether each list can give somebody whom no other gives.
function oneEach([first, ...others], taken) {
  if (first === undefined) return true;
  return first.some((person) => !taken.has(person) && oneEach(others, new Set([...taken, person])));
}
