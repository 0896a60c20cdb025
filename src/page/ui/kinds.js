// What the kinds of records, their fields, roles and relations are called by people.
//
// The table of kinds travels in the page. A record of a kind or version that is not in it is shown by the
// names that stand in it.

const TABLE = JSON.parse(document.getElementById('kinds').textContent);
const KIND = new Map(TABLE.kinds.map((kind) => [`${kind.name} ${kind.version}`, kind]));
const GOVERNANCE = new Set(['genesis', 'appointment', 'revocation', 'log-key', 'anchor']);

// The clear fields, which the table only names.
const CLEAR = {
  decision: ['what is decided', 'choice'],
  format: ['version of the format', 'count'],
  school: ['name of the establishment', 'text'],
  log: ['key that signs the record book’s confirmations', 'text'],
  key: ['public key', 'key'],
  person: ['whose key it is', 'person-id'],
  roles: ['what they may sign as', 'roles'],
  continues: ['the record book before this one', 'none'],
  from: ['from when', 'time'],
  until: ['until when', 'time'],
  kid: ['the key that ends', 'kid'],
  'suspect-since': ['since when it may have been in other hands', 'time'],
  size: ['how many records it stands over', 'count'],
  evidence: ['SHA-256 of the evidence', 'hash'],
  entry: ['the record that carries a wrong time', 'count'],
  reason: ['why', 'text'],
  entries: ['what is erased', 'targets'],
  ground: ['on which ground', 'choice'],
  statement: ['what was signed elsewhere', 'none'],
};

// By relation: seen from the later record, and from the earlier.
const RELATIONS = {
  corrects: ['Corrects', 'Corrected by'],
  accepts: ['Accepts', 'Accepted by'],
  approves: ['Approves', 'Approved by'],
  advises: ['Advises on', 'Advised on by'],
  ratifies: ['Ratifies', 'Ratified by'],
  excepts: ['Stands under the exception in', 'Used by'],
  withdraws: ['Withdraws', 'Withdrawn by'],
  removes: ['Removes images after', 'Images removed by'],
  decides: ['Decides on', 'Decided on by'],
  'signs-off': ['Signs off', 'Signed off by'],
  answers: ['Answers', 'Answered by'],
  erases: ['Erases fields of', 'Fields erased by'],
  continues: ['Continues', 'Continued by'],
  about: ['Is about', 'Taken up by'],
};

/** A name read aloud: `still-occurring` is "still occurring". */
export function spoken(name) {
  return name.split('-').map((word) => (/^(cctv|dpia|dpo|gdpr|ico|urn)$/.test(word) ? word.toUpperCase() : word))
    .join(' ');
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function kindOf(entry) {
  return KIND.get(`${entry.kind} ${entry.v}`);
}

export function kindTitle(entry) {
  const kind = kindOf(entry);
  return kind ? kind.title : `Record of kind ${entry.kind}, version ${entry.v}`;
}

/** What records of this kind are for, or null. */
export function kindAbout(entry) {
  const kind = kindOf(entry);
  return kind ? kind.about : null;
}

export function roleTitle(name) {
  return Object.hasOwn(TABLE.roles, name) ? TABLE.roles[name] : name;
}

/** The fields of the body in the order of the kind: `{name, ask, form, members, item}`. */
export function bodyFields(entry) {
  const kind = kindOf(entry);
  return kind ? kind.fields : [];
}

/** A clear field as one of the body's. */
export function clearField(name) {
  const [ask, form] = Object.hasOwn(CLEAR, name) ? CLEAR[name] : ['', 'none'];
  return { name, ask, form };
}

/** Whether the kind decides who may sign, or says that somebody accepts it. */
export function isAboutAuthority(entry) {
  return GOVERNANCE.has(entry.kind) || entry.kind === 'acceptance';
}

/** A relation in words, from the later record (`forwards`) or the earlier. */
export function relation(name, forwards, decision) {
  if (name === 'approves' && decision === 'refused') return forwards ? 'Refuses' : 'Refused by';
  if (name === 'approves' && decision === 'approved-with-conditions') {
    return forwards ? 'Approves with conditions' : 'Approved with conditions by';
  }
  const known = Object.hasOwn(RELATIONS, name) ? RELATIONS[name] : null;
  if (known) return known[forwards ? 0 : 1];
  return forwards ? `Linked as “${name}” to` : `Linked as “${name}” by`;
}
