// Files that a reader drops or chooses: a document is looked for in the evidence, a bundle is verified.

import { byId, el, sha256, shown } from './dom.js';
import { bodyFields, roleTitle } from './kinds.js';
import { sizeWords } from './documents.js';
import { reference } from './record.js';
import { listed } from './phrases.js';

/** Lets files be chosen and dropped anywhere on the page. */
export function listenForFiles(take) {
  const input = byId('file');
  input.addEventListener('change', () => {
    if (input.files.length) take([...input.files]);
    input.value = '';
  });
  const mark = (on) => document.documentElement.classList.toggle('dragging', on);
  addEventListener('dragover', (event) => { event.preventDefault(); mark(true); });
  addEventListener('dragleave', (event) => { if (!event.relatedTarget) mark(false); });
  addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    if (event.dataTransfer && event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
}

async function bytesAt(file, from, to) {
  return new Uint8Array(await file.slice(from, to).arrayBuffer());
}

// Longer than a confirmation is, and than lists of witnesses and certificates are.
const LONGEST_GIVEN = 1 << 20;

// Whether a file looks like something that a reader may trust: roots, a confirmation, a list of witnesses. That it was
// dropped says nothing of whose it is: it may have come with the evidence.
async function looksGiven(file) {
  if (file.size > LONGEST_GIVEN) return false;
  const text = new TextDecoder().decode(await bytesAt(file, 0, file.size));
  return /^-----BEGIN CERTIFICATE-----\r?$/m.test(text)
    || /^[a-z0-9./-]+\n\d+\n[A-Za-z0-9+/]{43}=\n\n\u2014 /.test(text)
    || (/^(log|witness)[ \t]/m.test(text) && /^quorum[ \t]+\S+[ \t]*$/m.test(text));
}

/** What a file is: `bundle`, `encrypted`, `document`, or `given`: one that looks like what a reader trusts. */
export async function sortOf(file) {
  const start = await bytesAt(file, 0, 10);
  const zip = start[0] === 0x50 && start[1] === 0x4b;
  // The first member's flag for encryption, and the method that stands for AES.
  if (zip && start[2] === 3 && ((start[6] & 1) || start[8] === 99)) return 'encrypted';
  if (/\.zip$/i.test(file.name)) return 'bundle';
  if (!zip) return (await looksGiven(file)) ? 'given' : 'document';
  const tail = new TextDecoder('latin1').decode(await bytesAt(file, Math.max(0, file.size - (1 << 20)), file.size));
  return tail.includes('/bagit.txt') ? 'bundle' : 'document';
}

/** Whether a record names a file of this size, so that hashing a large one is worth while. */
export function namesSize(model, size) {
  return [...model.mentions.values()].flat().some(({ file }) => file.size === size);
}

/** The SHA-256 of a file, or null if the browser can't hold it. */
export async function hashOf(file) {
  try {
    return await sha256(await file.arrayBuffer());
  } catch {
    return null;
  }
}

/** What the evidence says of a file. */
export function documentResult(model, file, hash) {
  const box = (state, title, ...content) => el('div', { class: `result ${state}` },
    el('h3', {}, title, ': ', shown(file.name)), ...content,
    hash ? el('p', { class: 'fine' }, `${sizeWords(file.size)}, SHA-256 `, el('code', { class: 'hash' }, hash)) : null);
  if (!hash) {
    return box('cannot-check', 'Too large to check here', el('p', {}, 'This browser can’t hold the file. Compute its '
      + 'SHA-256 by another program, and look for it in the records.'));
  }
  const mentions = (model.mentions.get(hash) || []).filter(({ entry }) => entry.sound);
  if (mentions.length) {
    return box('intact', 'Part of the evidence', el('p', {}, 'This file, byte for byte, is named in:'),
      el('ul', {}, mentions.map((mention) => el('li', {}, mentionWords(model, mention, file)))));
  }
  if (model.mentions.has(hash)) {
    return box('not-genuine', 'Named only in records that are not relied on',
      el('p', {}, 'What failed is said at the top.'));
  }
  const untold = untoldEntries(model);
  return box(untold.length ? 'cannot-check' : 'not-genuine', 'Not part of the evidence',
    el('p', {}, 'No record that this copy shows names this file. A file that was changed by a single character, or saved '
      + 'anew by another program, is another file: ask for the very file that was signed.'),
    untold.length ? el('p', {}, `This copy leaves open which documents these records name: ${listed(untold)}.`) : null);
}

function mentionWords(model, { entry, file }, dropped) {
  const undone = (model.later.get(entry.hash) || [])
    .filter(({ rel, from }) => from.sound && (rel === 'corrects' || rel === 'withdraws'));
  const later = { corrects: '; corrected later by ', withdraws: '; withdrawn later by ' };
  return [reference(model, entry.seq), ', signed as ', shown(roleTitle(entry.role)),
    file.name === dropped.name ? ', under this name' : [', under the name ', shown(file.name)],
    undone.map(({ rel, from }) => [later[rel], reference(model, from.seq)]),
    model.doubtful.has(entry.seq) ? '; the key that signed it is in doubt' : '', '.'];
}

// Records whose kind has documents and whose documents this copy does not show.
function untoldEntries(model) {
  const hides = (entry) => bodyFields(entry).some((field) => field.form === 'list' && field.item === 'doc'
    && !entry.disclosed.has(field.name));
  return model.entries.filter(hides).map((entry) => entry.seq);
}

/** What to do with an encrypted zip. */
export function encryptedResult(file) {
  return el('div', { class: 'result cannot-check' }, el('h3', {}, 'Encrypted: ', shown(file.name)),
    el('p', {}, 'This zip is locked with a password. Unpack it with 7-Zip and the password, which should have come to you '
      + 'apart from the file. The bundle’s own zip is inside: drop that one here.'));
}

/** Where a file is given of whom the reader trusts; `model` is null before any evidence. */
export function chooseIt(model) {
  return el('p', {}, 'If it is a confirmation that you kept, your list of witnesses or your timestamp authorities, and you have it '
    + 'from somebody other than whoever gave you the evidence, choose it under ',
  model ? el('a', { href: '#trust' }, 'Whom do you trust?') : 'Whom do you trust?, once the bundle is here.');
}

/** A document before any evidence. */
export function tooSoonResult(file) {
  return el('div', { class: 'result cannot-check' }, el('h3', {}, 'No evidence yet: ', shown(file.name)),
    el('p', {}, 'Drop the bundle (a zip file) first, then the document.'));
}

/** Adds a result on top of those before. */
export function showResult(node) {
  const box = byId('results');
  box.prepend(node);
  while (box.children.length > 20) box.lastChild.remove();
  node.scrollIntoView({ block: 'nearest' });
}
