// Clear fields (section 7): what they must be, by kind.

import { parseVkey } from './note.js';
import { LONGEST_STATEMENT } from './statement.js';
import { hasExactly, isBytes, isCount, isRoles } from './values.js';

const isTime = (value) => isCount(value);
const isText = (value) => typeof value === 'string' && value !== '';
const orNull = (rule) => (value, entry) => value === null || rule(value, entry);
const key32 = [(value) => isBytes(value, 32), '32 bytes'];
const person16 = [(value) => isBytes(value, 16), '16 bytes'];
const roles = [isRoles, 'roles in ascending order'];
const ownLog = [(value, entry) => parseVkey(value)?.name === entry.iss, "a log key of the ledger's name"];
const DECISIONS = ['approved', 'approved-with-conditions', 'refused'];
const GROUNDS = ['retention', 'request', 'withdrawal', 'court'];
const MOST_ERASED = 256;
// Of one entry, and of all that one erasure names.
const MOST_OF_ONE = 256;
const MOST_FIELDS = 4096;
const decision = { decision: [(value) => DECISIONS.includes(value), DECISIONS.join(', ')] };

function isOldHead(value) {
  return (
    hasExactly(value, ['fingerprint', 'size', 'root']) &&
    isBytes(value.get('fingerprint'), 32) &&
    isCount(value.get('size'), 2) &&
    isBytes(value.get('root'), 32)
  );
}

// Entries and fields that an erasure names: an ascending list of an index and null or names in ascending order.
function areTargets(value, { seq: own }) {
  const areFields = (names) => isRoles(names) && names.length <= MOST_OF_ONE;
  const good = (one) =>
    Array.isArray(one) && one.length === 2 && isCount(one[0]) && one[0] < own && (one[1] === null || areFields(one[1]));
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MOST_ERASED &&
    value.every((one, i) => good(one) && (i === 0 || value[i - 1][0] < one[0])) &&
    value.reduce((sum, [, names]) => sum + (names?.length ?? 0), 0) <= MOST_FIELDS
  );
}

// Each key with its rule and what it says in words.
const CLEAR = {
  genesis: {
    format: [(value) => value === 1, '1'],
    school: [isText, "the establishment's name"],
    log: ownLog,
    key: key32,
    person: person16,
    roles,
    continues: [orNull(isOldHead), 'null or an older head'],
  },
  appointment: {
    person: person16,
    key: key32,
    roles,
    from: [isTime, 'a time'],
    until: [orNull((value, entry) => isTime(value) && entry.clear.get('from') < value), 'null or a time after `from`'],
  },
  revocation: { kid: key32, 'suspect-since': [orNull(isTime), 'null or a time'] },
  'log-key': { log: ownLog },
  anchor: {
    size: [(value, entry) => isCount(value, 2) && value <= entry.seq, 'a size from 2 up to its own index'],
    evidence: key32,
  },
  approval: decision,
  'dpia-approval': decision,
  erasure: {
    entries: [areTargets, 'earlier entries in ascending order, each with fields or null'],
    ground: [(value) => GROUNDS.includes(value), GROUNDS.join(', ')],
  },
  statement: {
    statement: [
      (value) => value instanceof Uint8Array && value.length > 0 && value.length <= LONGEST_STATEMENT,
      'the bytes of a statement',
    ],
  },
  'clock-correction': {
    entry: [(value, entry) => isCount(value) && value < entry.seq, 'an earlier index'],
    reason: [isText, 'a reason'],
  },
};

// The first clear field that isn't as it must be: {key, expected}; null if all are. For known kind versions only.
export function clearFault(entry) {
  const rules = CLEAR[entry.kind] ?? {};
  const keys = Object.keys(rules);
  if (!hasExactly(entry.clear, keys)) {
    return { key: null, expected: keys.length === 0 ? 'none' : `exactly ${keys.join(', ')}` };
  }
  for (const key of keys) {
    const [rule, expected] = rules[key];
    if (!rule(entry.clear.get(key), entry)) return { key, expected };
  }
  return null;
}
