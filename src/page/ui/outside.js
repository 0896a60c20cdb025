// What the verdict says of evidence from outside, of what the reader kept, of what was signed elsewhere, and of what was
// erased. Whoever is trusted here is somebody whom the reader named.

import { moment } from './dates.js';
import { count, foreign, joined, listed, quoted, records } from './phrases.js';

const ofState = (verdict, state) => verdict.outside.filter((one) => one.state === state);

// Which records the evidence of one state is over: `all` of them in the words given, or the first so many of the book.
function reach(verdict, state, all) {
  const below = ofState(verdict, state).reduce((most, { size }) => Math.max(most, size), 0);
  return below >= verdict.size ? all : `the first ${records(below)} of the book`;
}

/** How far evidence from outside carries the records, in one sentence or two. */
export function confirmedInOneSentence(verdict) {
  const last = verdict.existed_by[verdict.existed_by.length - 1];
  if (last) {
    const all = last.below >= verdict.size;
    return [`Somebody outside whom you trust confirmed that ${all ? 'they' : `the first ${records(last.below)} of the book`} `
      + `existed, exactly so, by ${moment(last.time)}. Who signed them${all ? '' : ', and all after those,'} rests on the `
      + 'word of whoever holds the keys.'];
  }
  const so = 'so they rest on the word of whoever holds the keys.';
  if (ofState(verdict, 'trusted').length) {
    return [`Somebody whom you trust signed ${reach(verdict, 'trusted', 'them')}, but ${NOT_ENOUGH}; ${so}`];
  }
  if (ofState(verdict, 'claimed').length) {
    return [`The bundle holds confirmations of ${reach(verdict, 'claimed', 'them')} by somebody for whom only it vouches; ${so}`];
  }
  return [`Nobody outside ${verdict.outside.length ? 'whom you trust ' : ''}has confirmed them, ${so}`];
}

const NOT_ENOUGH = 'they were at no point signed by as many as your list of witnesses asks for, or your list is for another record '
  + 'book';

/** For the person in charge: who confirmed what, as far as the reader trusts them. */
export function confirmedWords(verdict) {
  const { existed_by: pairs, not_before: after, outside } = verdict;
  if (!outside.length) return ['Nobody outside has confirmed it, so it rests on the word of whoever holds these keys.'];
  const lines = pairs.map(({ below, time }) => `Confirmed by somebody outside whom you trust: the first ${records(below)} existed, `
    + `exactly so and in this order, by ${moment(time)}.`);
  for (const { above, time } of after) {
    lines.push(`Records after record ${above} were not put on record before ${moment(time)}: they build on what somebody outside whom `
      + 'you trust said then.');
  }
  if (!pairs.length) {
    lines.push(ofState(verdict, 'trusted').length
      ? `Somebody whom you trust signed ${reach(verdict, 'trusted', 'all records')}, but ${NOT_ENOUGH}. So it rests on the word of `
        + 'whoever holds these keys.'
      : 'Nobody outside whom you trust has confirmed it, so it rests on the word of whoever holds these keys.');
  }
  const [claimed, invalid] = ['claimed', 'invalid'].map((state) => ofState(verdict, state).length);
  if (claimed) {
    lines.push(`${count(claimed, 'confirmation is', 'confirmations are')} by somebody for whom only the bundle vouches: if you know `
      + 'them, give this page their keys from elsewhere.');
  }
  if (invalid) lines.push(`${count(invalid, 'confirmation is', 'confirmations are')} not valid, and count for nothing.`);
  return lines;
}

const MOST = 24;

/** The same for an inspector, piece by piece. */
export function outsideForInspector(verdict) {
  const { outside, witnessed, existed_by: pairs, not_before: after } = verdict;
  if (!outside.length) {
    return ['Self-asserted. Without outside evidence, whoever holds the controlling keys could have rewritten all or removed '
      + 'the newest.'];
  }
  const line = ({ size, file, by, time, state }) => [...(by ? quoted(by) : ['no name']), ` over ${size} entries`,
    time === null ? '' : ` at ${moment(time)} (${time})`, ', ', foreign(file), `: ${state}`];
  const more = outside.length > MOST ? `; and ${outside.length - MOST} more` : '';
  const heads = witnessed.map(({ size, time }) => `${size} entries at ${moment(time)}`);
  return [
    ['Outside evidence: ', ...joined(outside.slice(0, MOST).map(line), '; '), `${more}.`],
    `Witnessed by the quorum given: ${heads.join('; ') || 'no head'}. Existed by: `
      + `${pairs.map(({ below, time }) => `entries below ${below} by ${moment(time)}`).join('; ') || 'not told'}. Not put on record before: `
      + `${after.map(({ above, time }) => `entries above ${above}, ${moment(time)}`).join('; ') || 'not told'}.`,
    'For the rest self-asserted: whoever holds the controlling keys could have rewritten what nobody trusted stands over, or '
      + 'removed the newest. Certificates’ revocation was not looked at.',
  ];
}

/** How the bundle stands to an older head that the reader kept, if they gave one. */
export function continuityWords({ continuity }) {
  if (!continuity) return [];
  const kept = `the confirmation of ${records(continuity.size)} that you kept`;
  if (continuity.result === 'continues') {
    return [`It continues ${kept}: nothing in those was changed or removed.`
      + (continuity.signed ? '' : ' That confirmation does not carry this record book’s signature.')];
  }
  return [`Whether it continues ${kept} can’t be told from this bundle: give the school the file that you kept, and ask for the `
    + 'same bundle with the proof for it; it needs no more records.'];
}

/** What is to be said where the bundle contradicts what the reader kept; null where it doesn't. */
export function contradictionWords({ continuity, fault }) {
  if (!continuity || continuity.result !== 'does-not-continue') return null;
  const { size, signed, first_difference: first, other_ledger: other } = continuity;
  const both = signed ? 'both carry the record book’s key' : 'the older one is not signed by a key that this record book names';
  const place = first === null
    ? `Something in the first ${records(size)} was changed or removed; only the older records can show what.`
    : `The first record that differs is ${first}.`;
  return {
    head: other !== null
      ? ['What you kept is of another record book (', foreign(other), '), not of this one. Either it is the wrong file, or this is '
        + 'not the record book that it was taken from: look for the right file first.']
      : [`This does not continue the record book that you kept a confirmation of (${records(size)}). It was rewritten, or an old copy `
        + 'was restored and carried on; this check can’t tell which. Keep both; tell your data protection officer and chair of '
        + 'governors today.'],
    inspector: [['Does not continue: ', foreign(fault.what), ' and this bundle contradict each other; ', `${both}. `,
      other !== null ? 'They are of two record books.' : place, ' Root kept: ', foreign(fault.expected), '.']],
  };
}

/** What was signed elsewhere. */
export function statedWords({ stated }) {
  if (!stated.length) return [];
  const others = stated.filter((one) => one.by !== one.entered_by).length;
  return [`${count(stated.length, 'record was', 'records were')} signed elsewhere and entered later`
    + `${others ? `, ${others === stated.length ? '' : `${others} of them `}by somebody else` : ''} `
    + `(${listed(stated.map((one) => one.entry))}). Each counts as its author’s.`];
}

const GROUNDS = {
  retention: 'under the school’s retention rules', request: 'because whom they are about asked for it',
  withdrawal: 'because a consent was withdrawn', court: 'by order of a court or the regulator',
};

/** Why something was erased. */
export function groundWords(ground) {
  return Object.hasOwn(GROUNDS, ground) ? GROUNDS[ground] : '';
}

/** What was erased for ever: a sentence for each erasure. */
export function erasedWords({ erased }) {
  const by = new Map();
  for (const one of erased) by.set(one.by, [...(by.get(one.by) || []), one]);
  return [...by].map(([seq, all]) => {
    const answers = all.reduce((sum, { fields }) => sum + fields.length, 0);
    return `${count(answers, 'answer', 'answers')} in ${all.length === 1 ? 'record' : 'records'} ${listed(all.map((one) => one.entry))} `
      + `${answers === 1 ? 'was' : 'were'} erased ${groundWords(all[0].ground)} (record ${seq}): what they said is gone and can’t be checked.`;
  });
}
