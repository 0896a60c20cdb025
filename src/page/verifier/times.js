// Step 9c: the files under data/times/ (section 15), as far as their form goes. What cosignatures and tokens are worth is
// judged for the report alone, in outside.js.

import { base64, equal, utf8 } from './bytes.js';
import { readFile } from './container.js';
import { Fault } from './fault.js';
import { logSignatureFault, parseCheckpoint, parseHead } from './note.js';
import { isConsistent } from './tree.js';

const MOST_HASHES_BETWEEN = 63;
// Most signature lines of all notes that stand there. Their text has three lines, and an empty one.
const MOST_NOTE_LINES = 100000;
const LINES_BEFORE = 4;

// The heads that stand there, ascending: {origin, size, root, signed, notes, tokens}; a note or token is
// {path, sha256, file}. Or throws the fault `times`.
export async function readTimes(verification) {
  const bySize = new Map();
  let lines = 0;
  for (const file of verification.files.values()) {
    if (file.part !== 'time') continue;
    if (file.ending === 'note') lines += Math.max(0, file.lineEnds - LINES_BEFORE);
    if (lines > MOST_NOTE_LINES) {
      throw new Fault('times', 'the notes under `data/times/`', 'too many signature lines', `at most ${MOST_NOTE_LINES} together`);
    }
    if (bySize.has(file.m)) bySize.get(file.m).push(file);
    else bySize.set(file.m, [file]);
  }
  const sizes = [...bySize.keys()].sort((a, b) => a - b);
  const heads = [];
  for (const [i, size] of sizes.entries()) {
    heads.push(await readHead(verification, size, bySize.get(size)));
    await verification.progress('comparing', i, sizes.length);
  }
  return heads;
}

async function readHead(verification, size, files) {
  const { source, checkpoint, authority, unsureAtEnd } = verification;
  const refuse = (path, found, expected) => {
    throw new Fault('times', `\`${path}\``, found, expected);
  };
  const first = `data/times/${size}.txt`;
  if (size < 2 || size > checkpoint.size) {
    refuse(files[0].path, `evidence over ${size} entries`, `over 2 to ${checkpoint.size}`);
  }
  const [text, proof] = ['txt', 'consistency'].map((ending) => files.find((file) => file.ending === ending));
  if (!text) refuse(first, 'no such file', 'the head that the others are over');
  const head = headOf(await readFile(source, text));
  if (head === null || head.origin !== checkpoint.origin || head.size !== size) {
    refuse(first, 'another text', 'origin, size and root');
  }
  if (size === checkpoint.size) {
    if (!equal(head.root, checkpoint.root)) refuse(first, 'another root', "the checkpoint's");
    if (proof) refuse(proof.path, 'a proof', 'none for the checkpoint itself');
  } else {
    if (!proof) refuse(`data/times/${size}.consistency`, 'no such file', 'the proof that the bundle extends it');
    const hashes = hashesOf(await readFile(source, proof));
    if (hashes === null) refuse(proof.path, 'another form', 'lines of one hash each');
    if (!isConsistent(size, checkpoint.size, head.root, checkpoint.root, hashes)) {
      refuse(proof.path, 'a proof that leads elsewhere', 'one from this head to the checkpoint');
    }
  }
  const notes = [];
  const ofEnding = (ending) => files.filter((file) => file.ending === ending).sort((a, b) => a.k - b.k);
  for (const file of ofEnding('note')) {
    const note = parseCheckpoint(await readFile(source, file), file.path, 'times');
    if (!equal(note.signed, head.signed)) refuse(file.path, 'another head', `that of \`${first}\``);
    const why = logSignatureFault(note, authority.logKey(size)?.vkey ?? null);
    if (why !== null) {
      verification.find(new Fault('times', `\`${file.path}\``, why, `a signature by the log key at ${size} entries`), unsureAtEnd);
    }
    // The note itself is read again when it is judged: many of them have more lines than there is room for.
    notes.push({ path: file.path, sha256: file.sha256, file });
  }
  const tokens = ofEnding('tsr').map((file) => ({ path: file.path, sha256: file.sha256, file }));
  return { ...head, notes, tokens };
}

// The three lines of a head, each with its line end.
function headOf(bytes) {
  const text = utf8(bytes);
  const head = text === null ? null : parseHead(text.split('\n').slice(0, 3));
  return head !== null && equal(head.signed, bytes) ? head : null;
}

function hashesOf(bytes) {
  const text = utf8(bytes);
  if (text === null || (text !== '' && !text.endsWith('\n'))) return null;
  const hashes = text === '' ? [] : text.slice(0, -1).split('\n').map(base64);
  const good = hashes.length <= MOST_HASHES_BETWEEN && hashes.every((hash) => hash?.length === 32);
  return good ? hashes : null;
}
