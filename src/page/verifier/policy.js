// Policy files (section 12): C2SP tlog-policy. Witnesses are only named; nothing in a verdict rests on them.

import { decimal, hex, utf8 } from './bytes.js';
import { keyPoint } from './ed25519.js';
import { Fault } from './fault.js';
import { parseVkey } from './note.js';

const MOST_LINES = 256;

// The vkeys that the `log` lines name, as text; or throws the fault `policy`.
export function parsePolicy(bytes) {
  const refuse = (found) => {
    throw new Fault('policy', '`data/policy.txt`', found, 'a tlog-policy');
  };
  const text = utf8(bytes);
  if (text === null) refuse('bytes that are not UTF-8');
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)) refuse('a control character');
  const logs = [];
  const logKeys = new Set();
  const names = new Set();
  let quorums = 0;
  for (const line of text.split('\n')) {
    const [word, ...words] = line.split(/[ \t]+/).filter((part) => part !== '');
    if (word === undefined || word.startsWith('#')) continue;
    if (word === 'log') {
      const vkey = words.length === 1 || words.length === 2 ? parseVkey(words[0]) : null;
      if (vkey === null || keyPoint(vkey.key) === null) refuse('a log line without a good key');
      if (logKeys.has(hex(vkey.key))) refuse('two logs with one key');
      if (logs.push(words[0]) > MOST_LINES) refuse('more than 256 logs');
      logKeys.add(hex(vkey.key));
    } else if (word === 'witness') {
      if (words.length !== 2 && words.length !== 3) refuse('a witness line in another form');
      define(words[0]);
    } else if (word === 'group') {
      const [name, threshold, ...members] = words;
      if (members.length === 0 || !members.every((member) => names.has(member))) {
        refuse('a group whose members are not defined above it');
      }
      const k = threshold === 'any' ? 1 : threshold === 'all' ? members.length : decimal(threshold);
      if (k === null || k < 1 || k > members.length) refuse('a group whose number does not fit');
      define(name);
    } else if (word === 'quorum') {
      if (words.length !== 1 || (words[0] !== 'none' && !names.has(words[0]))) refuse('a quorum that is not defined');
      quorums += 1;
    } else {
      refuse('a line of another kind');
    }
  }
  if (quorums !== 1) refuse(`${quorums} quorum lines, not one`);
  return logs;

  function define(name) {
    if (name === 'none' || names.has(name)) refuse('a name that is taken');
    if (names.add(name).size > MOST_LINES) refuse('more than 256 witnesses and groups');
  }
}
