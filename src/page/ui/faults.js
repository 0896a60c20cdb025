// What each fault means, for somebody who never heard of its name. The codes are those of the format page,
// Appendix B.

const MEANING = {
  encoding: 'It is not written in the one way in which records are written.',
  shape: 'It lacks a part that every record has, or has one too many.',
  typ: 'It is signed as something else than a record that this page knows.',
  origin: 'It belongs to another record book.',
  seq: 'It does not stand at the place that it says it has.',
  prev: 'It does not follow the record before it: something was changed, removed or put in.',
  gov: 'It does not name the latest record on who may sign: one of those was changed, removed or put in.',
  case: 'It does not follow the record before it in its case: something was changed, removed or put in.',
  'unknown-key': 'It is signed with a key that nobody here was appointed to use.',
  'key-rule': 'It names a key that can’t be a sound one.',
  signature: 'Its signature does not fit what stands in it: it was changed after signing, or signed by somebody else.',
  'not-in-force': 'Whoever signed it had no appointment for this role at that time.',
  'kind-unknown': 'It is of a kind or version that this page doesn’t know.',
  fields: 'It does not have the fields that a record of its kind has.',
  clear: 'It lacks something that a record of its kind has to say openly.',
  links: 'It does not refer to the earlier records as its kind has to.',
  role: 'It is signed in a role that may not decide this.',
  governance: 'It breaks a rule about who may appoint and revoke.',
  body: 'What is given as its answers can’t be read as such.',
  commitment: 'An answer that is shown is not the one that was signed.',
  document: 'A file that came with it is not the one that the record names.',
  container: 'The file holds something that has no place in an evidence bundle, or lacks something.',
  manifest: 'A file in it is not the one that its own list names: it was changed, added or removed after the bundle '
    + 'was made.',
  checkpoint: 'The confirmation of how many records there are can’t be read.',
  'checkpoint-signature': 'The confirmation is not signed by the record book’s own key.',
  size: 'The confirmation counts too few records.',
  proof: 'Nothing proves that it has a place in the record book.',
  name: 'It lies under another number than its own.',
  'copy-of-checkpoint': 'Its proof of place belongs to another confirmation.',
  'missing-genesis': 'The first record, by which all others are judged, is not there.',
  genesis: 'The first record is not what it has to be.',
  'missing-head': 'The newest record that the confirmation counts is not there.',
  'governance-chain': 'The chain of records on who may sign is broken: one of them is missing or was put in.',
  policy: 'The enclosed policy names another key than the record book’s own.',
  statement: 'It carries what somebody signed elsewhere, and that can’t stand there: it is not whole, for another record book or '
    + 'case, or too late.',
  duplicate: 'It carries what somebody signed elsewhere a second time.',
  times: 'A confirmation that it encloses for an earlier time is not one of this record book.',
  'does-not-continue': 'It does not continue what you kept: something in that was changed or removed.',
  jsonl: 'The enclosed reading copy says something else than the records.',
  transparent: 'The enclosed receipt does not belong to it.',
};

/** One sentence on a fault, or null. */
export function faultMeaning(code) {
  return Object.hasOwn(MEANING, code) ? MEANING[code] : null;
}
