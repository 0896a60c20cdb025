// The program under test: its commands, made-up schools, and its server. Everything that is started
// here is ended by its own process id, and everything that is written lies in one folder, which goes
// away at the end.

import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The program, which tests/run names. */
export const BIN = resolve(process.env.PROBITY_BIN ?? 'target/debug/probity');

/** The passphrase of every key of the tour (src/work/tour.rs). */
export const PASSPHRASE = 'practice makes nobody perfect yet';

/** The tour's people: the name of each key, and what its holder is called. */
export const PEOPLE = {
  head: ['amina-okafor', 'Amina Okafor'],
  chair: ['gareth-lloyd', 'Gareth Lloyd'],
  dpo: ['priya-raman', 'Priya Raman'],
  owner: ['tom-fielding', 'Tom Fielding'],
  caretaker: ['joe-marsh', 'Joe Marsh'],
  office: ['ruth-bell', 'Ruth Bell'],
};

/** A folder for the files of these tests. */
export const FOLDER = mkdtempSync(join(tmpdir(), 'probity-site-'));
const passphrase = join(FOLDER, 'passphrase');
writeFileSync(passphrase, `${PASSPHRASE}\n`, { mode: 0o600 });

const running = new Set();
// A test that failed before it ended its server would wait for it for ever.
if (process.env.NODE_TEST_CONTEXT) {
  const { after } = await import('node:test');
  after(() => { for (const child of running) child.kill('SIGTERM'); });
}
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(FOLDER, { recursive: true, force: true });
});

/** A new path in the folder of these tests. */
let paths = 0;
export const newPath = (name) => join(FOLDER, `${++paths}-${name}`);

/** Runs a command of the program on a home and gives back what it printed; throws what it refused. */
export function probity(home, ...args) {
  const all = [...(home ? ['--home', home] : []), '--passphrase-file', passphrase, ...args];
  return execFileSync(BIN, all, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
}

/** The same, as JSON. */
export const asked = (home, ...args) => JSON.parse(probity(home, '--json', ...args));

/** Every line of what the record book holds, oldest first. */
export const log = (home) =>
  probity(home, '--json', 'log').split('\n').filter(Boolean).map((line) => JSON.parse(line));

let made;

/** A copy of the tour's school, which is made once: `{ folder, home, document, bundle }`. */
export function school() {
  made ??= process.env.PROBITY_TOUR;
  if (!made || !existsSync(made)) {
    made = newPath('tour');
    execFileSync(BIN, ['--quiet', 'tour', '--dir', made], { stdio: 'ignore', timeout: 120_000 });
  }
  const folder = newPath('school');
  cpSync(made, folder, { recursive: true });
  return {
    folder,
    home: join(folder, 'home'),
    document: join(folder, 'documents', 'dpia-homework-app.txt'),
    bundle: join(folder, 'PRACTICE-evidence.zip'),
  };
}

/**
 * Serves a home at a free port of this machine: `{ url, port, pid, end }`. Ends with `end()`, and at
 * the latest with these tests.
 */
export const serve = (home, ...args) =>
  begin('--home', home, '--json', 'serve', '--no-browser', '--listen', '127.0.0.1:0', ...args);

/** Begins a server of the program, which says its address in one line of JSON. */
export async function begin(...all) {
  const child = spawn(BIN, all, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let said = '';
  child.stderr.on('data', (bytes) => { said += bytes; });
  const ended = new Promise((done) => child.once('exit', (code) => { running.delete(child); done(code); }));
  const url = await new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`the server did not begin within 30 seconds: ${said}`)), 30_000);
    createInterface({ input: child.stdout }).once('line', (line) => { clearTimeout(late); done(JSON.parse(line).url); });
    ended.then((code) => { clearTimeout(late); fail(new Error(`the server ended with ${code}: ${said}`)); });
  });
  const end = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    const code = await ended;
    clearTimeout(late);
    return code;
  };
  return { url: url.replace(/\/$/, ''), port: Number(new URL(url).port), pid: child.pid, end, said: () => said };
}
