// The verdict in sentences: is it intact, whose word is it, what is missing; each for the person in charge
// and for an inspector.
//
// The sentences say what was checked and no more. Each part is a list of paragraphs.

import { dayOf, moment } from './dates.js';
import { faultMeaning } from './faults.js';
import { roleTitle, spoken } from './kinds.js';
import { confirmedInOneSentence, confirmedWords, outsideForInspector } from './outside.js';
import { continuityWords, contradictionWords, erasedWords, statedWords } from './outside.js';
import { count, foreign, joined, listed, quoted, records } from './phrases.js';

/** How every verdict ends. */
export const CLOSING = 'This check shows whether the records are as signed. It doesn’t show that they are true, '
  + 'complete, or that the decisions were right.';

/** The one sentence above all others, and what to do next. */
export function summary(verdict) {
  if (verdict.verdict === 'not-genuine') return notGenuine(verdict);
  if (verdict.verdict === 'cannot-check') {
    return ['This evidence could not be checked whole. What could be checked holds together; what could not must '
      + 'not be relied on yet. Next: open it with a newer version of this page.'];
  }
  const whose = verdict.fingerprint.compared
    ? 'They are from the record book whose code you typed.'
    : 'No code was typed to compare, so this can’t show whose record book they are from: ask for the code in the '
      + 'governors’ minutes.';
  return [`The ${records(verdict.entries)} here are exactly as signed. ${whose} `, ...confirmedInOneSentence(verdict),
    butFor(verdict)];
}

// What the person in charge must not miss in what is intact.
function butFor({ doubtful, incomplete }) {
  const hands = new Set(doubtful.map((doubt) => doubt.entry)).size;
  return (hands ? ` But whose hand signed ${count(hands, 'of them', 'of them')} is in doubt: see what is missing.` : '')
    + (incomplete.length ? ` ${count(incomplete.length, 'act is', 'acts are')} not complete: see what is missing.` : '');
}

// The faults by which a record itself was changed after signing.
const CHANGED = ['signature', 'commitment'];

function notGenuine(verdict) {
  const { fault, fingerprint } = verdict;
  const contradiction = contradictionWords(verdict);
  if (contradiction) return contradiction.head;
  const advice = 'Don’t rely on this copy. Ask whoever sent it for a new one, and keep this one.';
  if (fault.code === 'genesis' && fingerprint.compared && fault.what === 'the fingerprint') {
    return ['This is another record book than the one whose code you typed: its code is ', foreign(fault.found),
      '. Check the code in your minutes; if that is right, don’t rely on this evidence.'];
  }
  if (fault.entry === null) return [`This evidence is not as it was made. ${faultMeaning(fault.code) || ''} ${advice}`];
  if (CHANGED.includes(fault.code)) return [`Record ${fault.entry} is not as it was signed. ${advice}`];
  return [`The first failure is at record ${fault.entry}. ${faultMeaning(fault.code) || ''} ${advice}`];
}

/** Is it intact? */
export function intact(verdict) {
  const { entries, size, root, fault } = verdict;
  const all = entries === size ? `All ${records(entries)}`
    : `${Number(entries).toLocaleString('en-GB')} of the ${records(size)}`;
  const contradiction = contradictionWords(verdict);
  if (contradiction) {
    return { head: ['The records fit together by themselves, and not with what you kept.'], inspector: contradiction.inspector };
  }
  if (verdict.verdict === 'not-genuine') {
    return {
      head: ['No. What failed first is said above. Nothing later is relied on, and this doesn’t show who did it or '
        + 'why.'],
      inspector: [[`First failure (fault ${fault.code}): `, fault.entry === null ? '' : `entry ${fault.entry}, `,
        foreign(fault.what), ': found ', foreign(fault.found), ', expected ', foreign(fault.expected), '.']],
    };
  }
  const checked = `${count(entries, 'entry', 'entries')} of ${size}: signatures, roles and fields agree; each is `
    + `proven to the checkpoint of ${size} entries (root ${root}). By what its authors signed, the governance chain is `
    + `whole from entry ${size - 1} down to 0.`;
  if (verdict.verdict === 'cannot-check') {
    const from = verdict.unjudged_from === null ? '' : `, from record ${verdict.unjudged_from} on`;
    return {
      head: [[`Not wholly known. ${records(verdict.unjudged_entries)} can’t be judged by this version${from}`,
        fault ? [' (', foreign(fault.what), ': ', ...quoted(fault.found), ')'] : '', '. Nothing false was found.'].flat(),
      ...continuityWords(verdict)],
      inspector: [`Not checked whole: above an unjudged governance entry, signatures by unknown keys and all authority are `
        + `unjudged too. What could be checked agrees: ${checked}`, ...continuityWords(verdict)],
    };
  }
  return {
    head: [`Yes. ${all} that the confirmation counts are here. Each is exactly as signed, by a key that could sign it `
      + 'then, and has its place in the record book.', ...continuityWords(verdict)],
    inspector: [`Intact: ${checked}`, ...continuityWords(verdict)],
  };
}

/** Whose word is it? */
export function whoseWord(verdict) {
  if (verdict.verdict === 'not-genuine') {
    const said = verdict.school ? ['It says that it is from ', ...quoted(verdict.school), '. '] : [];
    return {
      head: [[...said, 'Nobody’s word stands behind what is not genuine: whoever made or changed this copy could '
        + 'write any name in it.']],
      inspector: ['Not judged: verification ended at the failure.'],
    };
  }
  const { fingerprint, keys, times } = verdict;
  const people = new Set(keys.map((key) => key.person)).size;
  const accepted = keys.filter((key) => key.accepted).length;
  const school = verdict.school ? ['The record book calls itself ', ...quoted(verdict.school), '. '] : [];
  const code = fingerprint.compared
    ? 'Its code is the one that you typed. '
    : 'Nothing here proves that it is this school’s: compare the code with the one in the governors’ minutes. ';
  const named = keys.map((key) => [...(key.name ? quoted(key.name) : ['name not disclosed']), ' (', foreign(key.roles.map(roleTitle).join(', ')),
    `, key ${key.kid.slice(0, 8)}, ${count(key.entries, 'entry', 'entries')}${key.accepted ? '' : ', not accepted'}`
    + `${key.revoked_by === null ? '' : `, revoked by entry ${key.revoked_by}`})`]);
  const span = times ? `, from ${moment(times[0])} to ${moment(times[1])}` : '';
  return {
    head: [[...school, code, `${count(keys.length, 'key', 'keys')} signed what is here, appointed to `
      + `${count(people, 'person', 'people')}.`], ...confirmedWords(verdict), ...statedWords(verdict)],
    inspector: [
      `Fingerprint ${fingerprint.hash || 'not known'} (${fingerprint.compared ? 'compared with the one given'
        : 'not compared with any that you hold'}).`,
      ...outsideForInspector(verdict),
      [`${count(keys.length, 'key', 'keys')} signed in this bundle, ${accepted} of them accepted by their holders `
        + '(this can’t show that different people hold them): ', ...joined(named, '; '), `. Times are claims${span}.`],
      ...statedWords(verdict),
    ],
  };
}

const actWords = (act) => [`record ${act.entry} (`, foreign(spoken(act.kind)), '): ', foreign(act.why)];
const fieldWords = (of) => [`record ${of.entry} (`, ...joined(of.fields.map((name) => foreign(spoken(name))), ', '), ')'];

function acts(all) {
  return joined(all.map(actWords), '; ');
}

function fieldsOf(all) {
  return joined(all.map(fieldWords), '; ');
}

/** What is missing? */
export function whatIsMissing(verdict, carried) {
  if (verdict.verdict === 'not-genuine') {
    const known = ['Not known: the check ended at the failure.'];
    return { head: known, inspector: known };
  }
  const head = [];
  const inspector = [];
  const { doubtful, incomplete, on_paper: onPaper, withheld, absent_documents: absent } = verdict;
  if (doubtful.length) {
    const since = Math.min(...doubtful.map((doubt) => doubt.suspect_since));
    const which = [...new Set(doubtful.map((doubt) => doubt.entry))];
    head.push(`A key may have been in other hands from ${dayOf(since)}: whose hand signed ${records(which.length)} `
      + `(${listed(which)}) is in doubt. Ask its holder which are theirs; have those signed again.`);
    inspector.push(`Signature valid, authorship unproven (suspect keys, revoked by entry `
      + `${listed([...new Set(doubtful.map((doubt) => doubt.revocation))])}): ${listed(which)}.`);
  }
  if (incomplete.length) head.push(['Not complete: ', ...acts(incomplete), '.']);
  if (onPaper.length) head.push(['Complete only through a signature on paper: ', ...acts(onPaper), '.']);
  const partly = withheld.filter((of) => !of.bare);
  const bare = withheld.length - partly.length;
  if (partly.length) {
    head.push(['Withheld from this copy, sealed so that it can be shown later and checked: ', ...fieldsOf(partly), '.']);
  }
  head.push(...erasedWords(verdict));
  if (bare) head.push(`${count(bare, 'record stands', 'records stand')} here without answers, to prove order and authority.`);
  if (absent.length) {
    head.push([`Named in the records and not ${carried ? 'carried inside this page' : 'in this bundle'}: `,
      ...joined([...new Set(absent.map((one) => one.name))].map(quoted), ', '),
      carried ? '. If they were sent, they lie beside this page; drop one on it to check it.' : '.']);
  }
  if (!head.length) {
    head.push('Nothing is withheld from the records that are shown, and no document that they name is missing.');
  }
  head.push(verdict.continuity && verdict.continuity.result === 'continues'
    ? 'Records newer than the confirmation that you kept may have been there: their removal can’t be seen from this.'
    : 'Records newer than these may exist: the removal of the newest can’t be seen from this alone.');
  inspector.push(...missingForInspector(verdict, partly, bare));
  return { head, inspector };
}

function missingForInspector(verdict, partly, bare) {
  const lines = [];
  if (partly.length) lines.push(['Withheld from entries that are shown: ', ...fieldsOf(partly), '.']);
  if (verdict.erased.length) {
    const line = (of) => [...fieldWords(of), `, by entry ${of.by}, ground ${of.ground}`];
    lines.push(['Erased: ', ...joined(verdict.erased.map(line), '; '), '.']);
  }
  lines.push(`${partly.length ? '' : 'Withheld from entries that are shown: nothing. '}Entries without their answers: ${bare}.`);
  const absent = verdict.absent_documents.map((one) => [`entry ${one.entry} `, ...quoted(one.name), ` (${one.sha256})`]);
  lines.push(absent.length ? ['Documents absent: ', ...joined(absent, '; '), '.'] : 'Documents absent: none.');
  for (const one of verdict.cases) {
    lines.push(one.whole
      ? `${one.case}: nothing was left out before entry ${one.newest}, by what their authors signed; later entries can’t `
        + 'be excluded, and only the whole record book can show that authors named the entry before.'
      : `${one.case}: a selection; other entries of this case exist.`);
  }
  if (verdict.clock.length) lines.push(`Claimed time steps back at: ${listed(verdict.clock.map((step) => step.entry))}.`);
  if (verdict.unjudged.length) lines.push(['Not judged: ', ...joined(verdict.unjudged.map(foreign), '; '), '.']);
  if (verdict.reading_copies.length) {
    const copies = joined(verdict.reading_copies.map(foreign), ', ');
    lines.push(['Reading copies, not checked beyond their hashes: ', ...copies, '.']);
  }
  return lines;
}
