// The real program, and the made-up school of its tour.

import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FOLDER } from './browser.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PROGRAM = resolve(process.env.PROBITY_BIN ?? join(ROOT, 'target/release/probity'));
const PYTHON = process.env.PROBITY_PYTHON ?? 'python3';

/** What every key of the tour opens with. */
const PASSPHRASE = 'practice makes nobody perfect yet';

const environment = () => ({
  ...process.env, PROBITY_PASSPHRASE: PASSPHRASE, NO_COLOR: '1', CARGO: undefined, PROBITY_HOME: undefined,
});

/** Runs the program; what it prints. A status that isn't listed as good throws. */
export function probity(args, { good = [0], maxBuffer = 1 << 28 } = {}) {
  try {
    return execFileSync(PROGRAM, args, {
      cwd: FOLDER, env: environment(), encoding: 'utf8', maxBuffer, stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (good.includes(error.status)) return error.stdout;
    throw new Error(`probity ${args.join(' ')}: ${error.status}\n${error.stdout}\n${error.stderr}`);
  }
}

/** The verdict of the program, as `verify --json` prints it. */
export const verified = (bundle, ...options) => (
  JSON.parse(probity(['verify', bundle, '--json', ...options], { good: [0, 1, 2] })));

/** The verdict of the verifier in Python. */
export function verifiedByPython(bundle, ...options) {
  return new Promise((done, failed) => {
    execFile(PYTHON, ['-m', 'probity_verifier', ...options, bundle], {
      env: { ...process.env, PYTHONPATH: join(ROOT, 'tests/verifier') }, maxBuffer: 1 << 28,
    }, (error, out, said) => (out ? done(JSON.parse(out)) : failed(new Error(`no verdict: ${error} ${said}`))));
  });
}

let made;

/** The tour's school: {folder, home, fingerprint, bundle, document}, made once. */
export function tour() {
  if (!made) {
    const folder = join(FOLDER, 'tour');
    const report = JSON.parse(probity(['tour', '--dir', folder, '--json']));
    made = { ...report, document: join(folder, 'documents', 'dpia-homework-app.txt') };
  }
  return made;
}

/** Records something in a school's book; the report on it. */
export function record(home, kind, by, role, ...options) {
  return JSON.parse(probity(['--home', home, 'record', kind, '--by', by, '--as', role, '--json', ...options]));
}

/** Exports a bundle of a book, once for each name; the file. */
export function exported(home, name, ...options) {
  const file = join(FOLDER, name);
  if (!existsSync(file)) probity(['--home', home, 'export', ...options, '-o', file]);
  return file;
}

/** The page as the program gives it out, with nothing in it. */
export function emptyPage() {
  return process.env.PROBITY_PAGE ? readFileSync(process.env.PROBITY_PAGE, 'utf8') : probity(['page']);
}
