// Erasures (section 8): what each of them names, and which are complete.

import { answerOf, targetsOf } from './acts.js';
import { compare, hex } from './bytes.js';

const DPO = ['dpo', 'dpo-nominee'];
const PROCEED = ['proceed', 'proceed-with-changes'];

const isAnother = (one, person) => compare(one, person) !== 0;

export class Erasures {
  constructor() {
    this.all = [];
    // By hash: the author of a retention rule; the authors of advice on an entry.
    this.rules = new Map();
    this.advice = new Map();
    // By seq: entries whose recommendation an erasure names.
    this.hushed = new Set();
  }

  // Takes what is on record, in ascending seq. What counts is signed in force, in a role that may sign it.
  note({ entry, kind, author, appointment, body }) {
    if (kind === null) return;
    const person = author !== null && appointment !== null ? author.person : null;
    const mayRole = !Array.isArray(kind.signers) || kind.signers.includes(entry.role);
    if (kind.name === 'erasure') {
      this.all.push({ entry, person });
      for (const [seq, names] of entry.clear.get('entries')) {
        if (names === null || names.includes('recommendation')) this.hushed.add(seq);
      }
    }
    if (person === null || !mayRole) return;
    if (kind.name === 'retention-rule') this.rules.set(hex(entry.hash), person);
    if (kind.name === 'dpo-advice' && DPO.includes(entry.role) && agrees(body)) {
      const told = body?.has('recommendation') ?? false;
      for (const target of new Set(targetsOf(entry, ['advises']))) {
        if (!this.advice.has(target)) this.advice.set(target, []);
        this.advice.get(target).push({ seq: entry.seq, person, told });
      }
    }
  }

  // By hash: who gave advice that counts, two people at most, from which it can be told whether somebody else than one
  // person did. So the advice on a thing is gone through once, however many erasures are about it.
  advised() {
    const advised = new Map();
    for (const [hash, advice] of this.advice) {
      const people = new Map();
      for (const { seq, person, told } of advice) {
        // No erasure takes away what speaks against one.
        if (people.size < 2 && (told || !this.hushed.has(seq))) people.set(hex(person), person);
      }
      advised.set(hash, [...people.values()]);
    }
    return advised;
  }

  // What an erasure lacks, in words; null if it is complete.
  lack({ entry, person }, advised) {
    if (person === null) return "can't be told: its author is not known";
    const rules = [...new Set(targetsOf(entry, ['about']))].filter((hash) => this.rules.has(hash));
    if (entry.role === 'administrator' && !rules.some((hash) => isAnother(this.rules.get(hash), person))) {
      return 'missing: a retention rule by another person that it is about, since its author signs as administrator';
    }
    const people = [hex(entry.hash), ...rules].flatMap((hash) => advised.get(hash) ?? []);
    if (people.some((one) => isAnother(one, person))) return null;
    return "missing: the DPO's advice on this erasure, or on the retention rule that it is about";
  }

  incomplete() {
    const advised = this.advised();
    return this.all.flatMap((erasure) => {
      const why = this.lack(erasure, advised);
      return why === null ? [] : [{ entry: erasure.entry.seq, kind: 'erasure', why }];
    });
  }

  // What complete erasures name of each entry: by seq, a list of {by, ground, names: null for all}.
  named() {
    const [named, advised] = [new Map(), this.advised()];
    for (const { entry } of this.all.filter((erasure) => this.lack(erasure, advised) === null)) {
      for (const [seq, names] of entry.clear.get('entries')) {
        const one = { by: entry.seq, ground: entry.clear.get('ground'), names };
        if (named.has(seq)) named.get(seq).push(one);
        else named.set(seq, [one]);
      }
    }
    return named;
  }
}

// Advice that isn't disclosed is not held against it.
function agrees(body) {
  const recommendation = answerOf(body, 'recommendation');
  return recommendation === undefined || PROCEED.includes(recommendation);
}
