// The kept bundles of tests/vectors/bundle: the first line of each is its verdict, fault code and
// entry; manifests that are not among the files are made to fit.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { pack } from './zip.js';

const FOLDER = new URL('../../vectors/bundle/', import.meta.url);

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/** Adds the two manifests to a Map of files by path. */
export function listed(files) {
  const list = (below) => [...files]
    .filter(([path]) => path.startsWith('data/') === below && path !== 'tagmanifest-sha256.txt')
    .map(([path, bytes]) => [Buffer.from(path), bytes])
    .sort(([a], [b]) => Buffer.compare(a, b))
    .map(([path, bytes]) => `${sha256(bytes).toString('hex')}  ${path}\n`)
    .join('');
  files.set('manifest-sha256.txt', Buffer.from(list(true)));
  files.set('tagmanifest-sha256.txt', Buffer.from(list(false)));
  return files;
}

function read(text) {
  const vector = { expected: undefined, fingerprint: undefined, files: new Map() };
  let path;
  let hex = '';
  const close = () => {
    if (path !== undefined) vector.files.set(path, Buffer.from(hex, 'hex'));
    hex = '';
  };
  for (const line of text.split('\n')) {
    if (vector.expected === undefined) vector.expected = line.replace('expect: ', '');
    else if (line.startsWith('== ')) {
      close();
      path = line.slice(3);
    } else if (path === undefined && line.startsWith('fingerprint: ')) {
      vector.fingerprint = line.slice('fingerprint: '.length);
    } else if (path !== undefined) hex += line;
  }
  close();
  return vector;
}

/** Every kept bundle: {name, expected, fingerprint, zip}. */
export function corpus() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.txt')).sort();
  return names.map((name) => {
    const { expected, fingerprint, files } = read(readFileSync(new URL(name, FOLDER), 'utf8'));
    return { name: basename(name, '.txt'), expected, fingerprint, zip: pack([...listed(files)], 'bundle/', 1) };
  });
}

/** A verdict as the first line of a vector says it. */
export function said({ verdict, fault }) {
  return fault ? `${verdict} ${fault.code} ${fault.entry ?? '-'}` : verdict;
}
