// Finding records: by number, by words, by kind; and following links to them wherever they are folded away.

import { byId } from './dom.js';
import { desk } from './judge.js';
import { jump, search, tell } from './story.js';
import { records } from './phrases.js';

async function find() {
  const [words, kind] = [byId('find-words').value.trim(), byId('find-kind').value];
  const { model } = desk.current;
  const number = /^\d+$/.test(words) && !kind ? Number(words) : null;
  if (number !== null && model.bySeq.has(number)) {
    byId('found').textContent = '';
    lead(`record-${number}`);
    return;
  }
  const asked = Boolean(words || kind);
  const found = asked ? await search(model, words, kind) : null;
  if (asked && !found) return;
  const absent = number === null ? '' : `; record ${number} is not in this bundle`;
  byId('found').textContent = found
    ? `${records(found.length)} of ${model.entries.length.toLocaleString('en-GB')}${absent}.` : '';
  if (found !== desk.found) tell(model, found);
  desk.found = found;
}

// Leads to a record or case, even if what was found leaves it out.
function lead(id) {
  if (jump(id) || !desk.found) return;
  tell(desk.current.model);
  desk.found = null;
  byId('found').textContent = '';
  jump(id);
}

/** Makes the form for finding work, and links within the page. */
export function listenForFinding() {
  const go = (hash) => {
    if (/^#(record|case)-/.test(hash) && desk.current && desk.current.model) lead(hash.slice(1));
  };
  byId('find').addEventListener('submit', (event) => {
    event.preventDefault();
    find();
  });
  byId('find-kind').addEventListener('change', find);
  byId('find-all').addEventListener('click', () => {
    byId('find-words').value = '';
    byId('find-kind').value = '';
    find();
  });
  addEventListener('hashchange', () => go(location.hash));
  document.addEventListener('click', (event) => {
    const link = event.target.closest ? event.target.closest('a[href^="#"]') : null;
    // A second click on the same link changes nothing in the address.
    if (link && link.getAttribute('href') === location.hash) go(location.hash);
  });
}
