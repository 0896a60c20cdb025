// Policy files (section 12): C2SP tlog-policy. The bundle's own only names; a reader's own says whom the reader trusts.

import { decimal, hex, utf8 } from './bytes.js';
import { keyPoint } from './ed25519.js';
import { Fault } from './fault.js';
import { parseVkey, parseWitness } from './note.js';

const MOST_LINES = 256;

// A policy: `logs`, their vkeys as text; `witnesses` that can cosign, each {name, id, key}; `quorum`, a name or "none";
// or throws the fault `policy`.
export class Policy {
  constructor(bytes, where = '`data/policy.txt`') {
    this.where = where;
    const text = utf8(bytes);
    if (text === null) this.refuse('bytes that are not UTF-8');
    if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) this.refuse('a control character');
    this.logs = [];
    this.witnesses = [];
    this.quorum = null;
    // By name: {key} of a witness (in hexadecimal; null if it never cosigns), or {least, members} of a group.
    this.named = new Map();
    this.keys = { log: new Set(), witness: new Set() };
    this.members = new Set();
    for (const line of text.split('\n')) {
      const [word, ...words] = line.split(/[ \t]+/).filter((part) => part !== '');
      if (word !== undefined && !word.startsWith('#')) this.take(word, words);
    }
    if (this.quorum === null) this.refuse('no quorum line');
  }

  refuse(found) {
    throw new Fault('policy', this.where, found, 'a tlog-policy');
  }

  take(word, words) {
    if (word === 'log') this.takeLog(words);
    else if (word === 'witness') this.takeWitness(words);
    else if (word === 'group') this.takeGroup(words);
    else if (word === 'quorum') this.takeQuorum(words);
    else this.refuse('a line of another kind');
  }

  takeLog(words) {
    const vkey = words.length === 1 || words.length === 2 ? parseVkey(words[0]) : null;
    if (vkey === null || keyPoint(vkey.key) === null) this.refuse('a log line without a good key');
    this.newKey('log', vkey.key);
    if (this.logs.push(words[0]) > MOST_LINES) this.refuse('more than 256 logs');
  }

  // A key that isn't a witness's by the format is no fault; that witness never cosigns.
  takeWitness(words) {
    if (words.length !== 2 && words.length !== 3) this.refuse('a witness line in another form');
    const vkey = parseWitness(words[1]);
    const good = vkey !== null && keyPoint(vkey.key) !== null;
    if (good) this.newKey('witness', vkey.key);
    this.define(words[0], { key: good ? hex(vkey.key) : null });
    if (good) this.witnesses.push(vkey);
  }

  takeGroup([name, threshold, ...members]) {
    if (members.length === 0 || !members.every((member) => this.named.has(member))) {
      this.refuse('a group whose members are not defined above it');
    }
    for (const member of members) {
      if (this.members.has(member)) this.refuse('a member that is in a group already');
      this.members.add(member);
    }
    const least = threshold === 'any' ? 1 : threshold === 'all' ? members.length : decimal(threshold);
    if (least === null || least < 1 || least > members.length) this.refuse('a group whose number does not fit');
    this.define(name, { least, members });
  }

  takeQuorum(words) {
    if (words.length !== 1 || (words[0] !== 'none' && !this.named.has(words[0]))) {
      this.refuse('a quorum that is not defined');
    }
    if (this.quorum !== null) this.refuse('two quorum lines, not one');
    [this.quorum] = words;
  }

  newKey(sort, key) {
    if (this.keys[sort].has(hex(key))) this.refuse(`two lines \`${sort}\` with one key`);
    this.keys[sort].add(hex(key));
  }

  define(name, one) {
    if (name === 'none' || this.named.has(name)) this.refuse('a name that is taken');
    if (this.named.set(name, one).size > MOST_LINES) this.refuse('more than 256 witnesses and groups');
  }

  // Whether witnesses with these keys (in hexadecimal) meet the quorum.
  isMetBy(keys) {
    const met = (name) => {
      const { key, least, members } = this.named.get(name);
      return members ? members.filter(met).length >= least : key !== null && keys.has(key);
    };
    return this.quorum === 'none' ? this.witnesses.some(({ key }) => keys.has(hex(key))) : met(this.quorum);
  }
}
