// Whom the reader trusts: files of their own, beside the bundle. Each makes the verdict say more; none is taken from the
// bundle, and none leaves the computer.

import { append, button, byId, el, shown } from './dom.js';
import { desk, judge } from './judge.js';
import { joined, records } from './phrases.js';

// What may be given: the names of the places on the page.
const GIVEN = ['older', 'policy', 'roots'];

/** Lets the files be chosen. */
export function listenForTrust() {
  for (const which of GIVEN) {
    byId(which).addEventListener('change', (event) => {
      const [file] = event.target.files;
      event.target.value = '';
      if (file) give(which, file);
    });
  }
}

// Takes a file of whom the reader trusts, and has the evidence judged by it.
async function give(which, file) {
  sayProblem(which, null);
  desk.given = { ...desk.given, [which]: file };
  await judge(desk.current);
}

function leaveOut(which) {
  const { [which]: gone, ...rest } = desk.given;
  desk.given = rest;
  sayProblem(which, null);
  showGiven(null);
  judge(desk.current);
  byId(which).focus();
}

function sayProblem(which, problem) {
  const place = byId(`${which}-problem`);
  place.replaceChildren();
  append(place, [problem]);
  place.hidden = !problem;
  byId(which).setAttribute('aria-invalid', problem ? 'true' : 'false');
}

/** Says why a file can't be used, and leaves it out. */
export function refuseGiven(which, why) {
  const { [which]: file, ...rest } = desk.given;
  desk.given = rest;
  sayProblem(which, [shown(file ? file.name : 'The file'), ' can’t be used: ', shown(why), '. It was left out.']);
}

/** Shows what was given, and what was read in it (`trust`; null if it wasn't read yet). */
export function showGiven(trust) {
  for (const which of GIVEN) {
    const file = desk.given[which];
    const place = byId(`${which}-given`);
    place.replaceChildren();
    place.hidden = !file;
    if (!file) continue;
    append(place, [el('p', {}, shown(file.name, 'strong'), ...readWords(which, trust && trust[which])),
      button(['Leave it out', el('span', { class: 'hidden' }, ` (${LABELS[which]})`)], () => leaveOut(which), { class: 'button small' })]);
  }
}

const LABELS = { older: 'what I kept', policy: 'my witnesses', roots: 'my timestamp authorities' };

function readWords(which, read) {
  if (!read) return [': it is used once evidence is here.'];
  if (which === 'older') return [`: ${read.isBundle ? 'a bundle at' : 'a confirmation of'} ${records(read.size)} of `, shown(read.origin), '.'];
  const names = which === 'roots' ? read : read.witnesses;
  const some = joined(names.slice(0, 12).map((name) => shown(name || 'no name')), ', ');
  const more = names.length > 12 ? ` and ${names.length - 12} more` : '';
  if (which === 'roots') return [': ', ...some, `${more}.`];
  if (!names.length) return [': no witness that can confirm anything.'];
  return [': ', ...some, `${more}. `, read.quorum === 'none' ? 'Any one of them is enough.' : 'As many as the file says have to confirm.'];
}
