// Authority (section 8): who may sign what at an index, by the governance entries below it and nothing else.

import { equal, hex } from './bytes.js';
import { thumbprint } from './entry.js';
import { Fault } from './fault.js';
import { parseVkey } from './note.js';

// Seconds before the end of time.
const EVER = Infinity;

export class Authority {
  constructor() {
    // By kid in hexadecimal: {key, person, appointments, revoked}; an appointment is {seq, hash, roles, from, until,
    // by}, a revocation {seq, since}.
    this.keys = new Map();
    // By person in hexadecimal: the first entry that appoints one of their keys.
    this.people = new Map();
    // Log keys in the order of the entries that declare them: {seq, text, vkey}.
    this.logs = [];
    this.genesis = null;
  }

  find(kid) {
    return this.keys.get(hex(kid)) ?? null;
  }

  // The appointment that decides over a signature at index i: the newest of its key below i; at 0 genesis' own.
  static deciding(record) {
    return record.appointments[record.appointments.length - 1];
  }

  // Conditions 2 to 4 of "In force". Why the signature doesn't count, or null.
  static outOfForce(record, entry) {
    const { roles, from, until } = Authority.deciding(record);
    if (record.revoked !== null) return [`a key revoked by entry ${record.revoked.seq}`, 'a key in force'];
    if (!roles.includes(entry.role)) return [`the role ${entry.role}`, `one of ${roles.join(', ')}`];
    if (entry.iat < from) return ['a time before the appointment begins', `a time from ${from} on`];
    if (entry.iat >= until) return ['a time after the appointment ended', `a time before ${until}`];
    return null;
  }

  // The rules for governance entries. `author` is null where the key is unknown. Rules on known kinds only.
  governanceFault(entry, author) {
    const { seq, kind, clear } = entry;
    const refuse = (what, found, expected) => new Fault('governance', what, found, expected);
    if (seq === 1 && this.genesis !== null) {
      const same =
        kind === 'appointment' &&
        ['key', 'person'].every((key) => equal(clear.get(key), this.genesis.clear.get(key))) &&
        clear.get('roles').join() === this.genesis.clear.get('roles').join() &&
        equal(entry.kid, this.genesis.kid);
      if (!same) return refuse('entry 1', 'another entry', 'the appointment of the first key, by itself');
    }
    if (kind === 'genesis') {
      if (seq > 0) return refuse('its kind', 'a second genesis', 'one, at entry 0');
      if (equal(parseVkey(clear.get('log')).key, clear.get('key'))) {
        return refuse('its key', 'the log key', 'a key of its own');
      }
    }
    if (kind === 'appointment') {
      const [key, person] = [clear.get('key'), clear.get('person')];
      const known = this.find(thumbprint(key));
      if (seq > 1 && author !== null && equal(author.person, person)) {
        return refuse('its author', 'the person appointed', 'another person');
      }
      if (known !== null && !equal(known.person, person)) {
        return refuse('its key', 'a key of another person', 'a key of the same person, or a new one');
      }
      if (known !== null && known.revoked !== null) return refuse('its key', 'a revoked key', 'a key never revoked');
      if (this.logs.some((log) => equal(log.vkey.key, key))) return refuse('its key', 'a log key', 'a key of its own');
    }
    if (kind === 'revocation') {
      const known = this.find(clear.get('kid'));
      if (known === null || known.revoked !== null) {
        const found = known === null ? 'an unknown key' : 'a key revoked before';
        return refuse('its kid', found, 'a key that can be revoked');
      }
      if (author !== null && equal(author.person, known.person)) {
        return refuse('its author', 'the person of that key', 'another person');
      }
    }
    if (kind === 'log-key' && this.find(thumbprint(parseVkey(clear.get('log')).key)) !== null) {
      return refuse('its log key', "a person's key", 'a key of its own');
    }
    return null;
  }

  // What a governance entry that passed all its checks changes.
  apply(entry) {
    const { seq, kind, clear } = entry;
    if (kind === 'genesis') {
      this.genesis = entry;
      this.appoint(entry, 0, null);
    }
    if (kind === 'appointment') this.appoint(entry, clear.get('from'), clear.get('until'));
    if (kind === 'revocation') {
      this.find(clear.get('kid')).revoked = { seq, since: clear.get('suspect-since') };
    }
    if (kind === 'genesis' || kind === 'log-key') {
      this.logs.push({ seq, text: clear.get('log'), vkey: parseVkey(clear.get('log')) });
    }
  }

  appoint({ seq, hash, clear, kid: by }, from, until) {
    const kid = hex(thumbprint(clear.get('key')));
    if (!this.keys.has(kid)) {
      this.keys.set(kid, { key: clear.get('key'), person: clear.get('person'), appointments: [], revoked: null });
    }
    const person = hex(clear.get('person'));
    if (!this.people.has(person)) this.people.set(person, seq);
    const roles = clear.get('roles');
    this.keys.get(kid).appointments.push({ seq, hash, roles, from, until: until ?? EVER, by: hex(by) });
  }

  // The log key at a size: the newest declared below it. Null if there is none.
  logKey(size) {
    return this.logs.findLast(({ seq }) => seq < size) ?? null;
  }

  // Whether a key is a person's or a log's: no witness has such a one.
  isInside(key) {
    return this.keys.has(hex(thumbprint(key))) || this.logs.some(({ vkey }) => equal(vkey.key, key));
  }
}
