// The kept bundles of tests/vectors/bundle: the first line of each is its verdict, fault code and
// entry; then what the reader brings and what is reported (ledger/tests/common/bundle_vector.rs);
// manifests that are not among the files are made to fit.

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

// What a reader may bring beside the code, by the names of the page's inputs.
const GIVEN = { policy: 'policy', 'tsa-roots': 'roots', older: 'older' };

function read(text) {
  const [first, ...lines] = text.split('\n');
  const vector = {
    expected: first.replace(/^expect: /, ''), fingerprint: null, given: {}, erased: [], report: null, files: new Map(),
  };
  let path = null;
  for (const line of lines) {
    if (line.startsWith('== ')) vector.files.set((path = line.slice(3)), '');
    else if (path !== null) vector.files.set(path, vector.files.get(path) + line);
    else if (line !== '' && !line.startsWith('# ')) {
      const [, name, value] = /^([a-z-]+): (.+)$/.exec(line);
      if (name === 'fingerprint') vector.fingerprint = value;
      else if (name === 'erased') vector.erased.push(value);
      else if (name === 'report') vector.report = JSON.parse(value);
      else if (Object.hasOwn(GIVEN, name)) vector.given[GIVEN[name]] = Buffer.from(value, 'hex');
      else throw new Error(`a vector has a line that nobody reads: ${line}`);
    }
  }
  for (const [name, hex] of vector.files) vector.files.set(name, Buffer.from(hex, 'hex'));
  return vector;
}

/** The names of all kept bundles. */
export const bundleNames = () => readdirSync(FOLDER).filter((name) => name.endsWith('.txt')).sort();

/**
 * One kept bundle: {name, expected, fingerprint, given, erased, report, files}. The fingerprint is in
 * hexadecimal or null, `given` holds the reader's own files, the report is null if there is none.
 */
export function readBundle(name) {
  return { name: basename(name, '.txt'), ...read(readFileSync(new URL(name, FOLDER), 'utf8')) };
}

/** Every kept bundle, with its zip. */
export function corpus() {
  return bundleNames().map(readBundle).map(({ files, ...rest }) => {
    return { ...rest, zip: pack([...listed(files)], 'bundle/', 1) };
  });
}

/** A verdict as the first line of a vector says it. */
export function said({ verdict, fault }) {
  return fault ? `${verdict} ${fault.code} ${fault.entry ?? '-'}` : verdict;
}

/** What a verdict says is erased, as the vectors have it. */
export function saidErased({ erased }) {
  return erased.map(({ entry, fields, by, ground }) => `${entry} ${fields.join(' ')} by ${by} ${ground}`);
}

/** What a verdict says of evidence from outside, as the vectors have it; null where there is none. */
export function saidOutside({ outside, witnessed, existed_by, not_before, doubtful }) {
  if (outside.length === 0) return null;
  return { outside, witnessed, existed_by, not_before, doubtful: doubtful.map(({ entry }) => entry) };
}
