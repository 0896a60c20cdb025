// Files that records name: shown in a record, saved from the page, and looked for when a reader drops one.

import { button, byId, el, save, shown } from './dom.js';

/** A size as people say it. */
export function sizeWords(size) {
  if (size < 1024) return size === 1 ? '1 byte' : `${size} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let [value, unit] = [size / 1024, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

// The ending that the file has in a bundle, by the writer's rule.
function ending(name) {
  const dot = name.lastIndexOf('.');
  const found = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
  return /^[a-z0-9]{1,8}$/.test(found) ? found : 'bin';
}

// A name that no system takes for a path or a command; the name itself is shown as it is.
function safeName(file) {
  const plain = file.name.replace(/[^A-Za-z0-9 ._()-]/g, '_').replace(/^[. ]+/, '_').slice(-100);
  return plain || `document.${ending(file.name)}`;
}

/** A file as a record names it. */
export function documentNode(file, model) {
  const held = model.bundle.documents[file.sha256];
  return el('div', { class: 'document' },
    el('p', {}, el('strong', {}, shown(file.name)), ` (${sizeWords(file.size)}, `, shown(file.type), ')'),
    el('p', { class: 'fine' }, 'SHA-256 ', el('code', { class: 'hash' }, file.sha256)),
    held && held.inside ? savingNode(file, model) : absentNode(file, model));
}

function savingNode(file, model) {
  const label = el('span', { class: 'hidden' }, ' ', shown(file.name));
  const saving = button(['Save this file', label], async () => {
    const bytes = await model.fetchDocument(file.sha256);
    if (bytes) save(safeName(file), bytes, 'application/octet-stream');
    else byId('status').textContent = 'The file could not be read from the bundle.';
  }, { class: 'button small no-print' });
  return el('p', {}, saving, ' ', el('span', { class: 'fine' }, 'It is in this bundle, and has this SHA-256.'));
}

// The page can't see what lies beside it, so it says where to look, and how to check what is found there.
function absentNode(file, model) {
  if (!model.carried) {
    return el('p', { class: 'fine' }, 'The file itself is not in this bundle. Whoever has it can drop it on this page '
      + 'to check it.');
  }
  const path = `documents/${file.sha256}/file.${ending(file.name)}`;
  return el('p', { class: 'fine' }, 'The file itself is not inside this page. If it was sent, it lies beside the page: ',
    el('a', { href: path, rel: 'noopener' }, `documents/${file.sha256.slice(0, 8)}…/file.${ending(file.name)}`),
    '. Drop it on this page to check it.');
}
