// The verifier as the page runs it: its modules joined to one script, started as a worker, spoken to by messages.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { joined } from './assemble.mjs';
import { KINDS, ROOT, binaryVerdict, vectorNames, withManifests, zipOf } from './verifier-support.js';
import { readBundle } from './support/corpus.js';

const ORDER = JSON.parse(readFileSync(`${ROOT}/src/page/order.json`)).verifier;
const SCRIPT = joined('verifier', ORDER);
// What a browser's worker has and Node's hasn't.
const AROUND = `
  const { parentPort } = require('node:worker_threads');
  class WorkerGlobalScope { static [Symbol.hasInstance]() { return true; } }
  const postMessage = (message) => parentPort.postMessage(message);
  const addEventListener = (_, take) => parentPort.on('message', (data) => take({ data }));
`;

function start() {
  const worker = new Worker(AROUND + SCRIPT, { eval: true });
  const all = [];
  const ask = (message, ...types) =>
    new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (data) => {
        all.push(data);
        if (types.includes(data.type) && data.id === message.id) resolve(data);
      });
      worker.postMessage(message);
    });
  return { all, ask, end: () => worker.terminate() };
}

test('the modules keep the rules under which they are joined', () => {
  const names = new Map();
  for (const name of ORDER) {
    for (const line of readFileSync(`${ROOT}/src/page/verifier/${name}`, 'utf8').split('\n')) {
      if (line.startsWith('import ')) assert.match(line, /^import \{.*\} from '\.\/[a-z0-9]+\.js';$/, name);
      if (line.startsWith('export ')) assert.match(line, /^export (async function|function\*?|class|const) /, name);
      assert.doesNotMatch(line, /<\/script|<!--|\bimport\(|^await /i, name);
      const declared = /^(?:export )?(?:async )?(?:function\*?|class|const|let|var) ([\w$]+)/.exec(line)?.[1];
      if (declared) names.set(declared, [...(names.get(declared) ?? []), name]);
    }
  }
  assert.deepEqual([...names].filter(([, files]) => files.length > 1), []);
});

test('every module is joined', () => {
  assert.deepEqual([...ORDER].sort(), readdirSync(`${ROOT}/src/page/verifier`).sort());
});

test('the worker verifies, tells what the page shows, and gives out documents', async () => {
  const name = vectorNames('bundle').find((one) => one.startsWith('bundles-a-case-entry-left-out'));
  const bytes = zipOf(withManifests(readBundle(name).files));
  const worker = start();
  try {
    const zip = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const { verdict, bundle } = await worker.ask({ type: 'verify', id: 1, zip, kinds: KINDS }, 'done');
    assert.deepEqual(verdict, binaryVerdict(bytes));
    assert.equal(bundle.checkpoint.size, verdict.size);
    // Entries come before, in portions.
    assert.deepEqual(bundle.entries, []);
    const entries = worker.all.filter(({ type, id }) => type === 'entries' && id === 1).flatMap((part) => part.entries);
    assert.equal(entries.length, verdict.entries);
    assert.ok(entries.every((entry) => entry.sound));
    assert.deepEqual(entries[0].links, []);
    const told = entries.find((entry) => entry.disclosed.length > 0);
    assert.ok(told.disclosed.some(([field, value]) => field === 'text' && typeof value === 'string'));
    const [[sha256, held]] = Object.entries(bundle.documents).filter(([, one]) => one.inside);
    const given = await worker.ask({ type: 'document', id: 2, sha256 }, 'document');
    assert.equal(given.bytes.byteLength, held.size);
    const absent = await worker.ask({ type: 'document', id: 3, sha256: 'f'.repeat(64) }, 'document');
    assert.equal(absent.bytes, null);
    const progress = worker.all.filter(({ type }) => type === 'progress');
    assert.ok(progress.every(({ step, done, total }) => step && done <= total));
  } finally {
    await worker.end();
  }
});

test('the worker says when something is no zip, and when a fingerprint is none', async () => {
  const worker = start();
  try {
    const zip = new TextEncoder().encode('%PDF-1.7 this is no zip').buffer;
    const { what } = await worker.ask({ type: 'verify', id: 1, zip, kinds: KINDS }, 'done', 'unreadable');
    assert.match(what, /zip/);
    const wrong = await worker.ask({ type: 'verify', id: 2, zip, fingerprint: 'abc', kinds: KINDS }, 'unreadable');
    assert.match(wrong.what, /64 hexadecimal digits/);
  } finally {
    await worker.end();
  }
});

test('the worker tells its verdict however the schedule is written', async () => {
  const worker = start();
  const shown = async (schedule) => {
    const some = new Map(readBundle(vectorNames('bundle').find((name) => name.startsWith('bundles-any-choice'))).files);
    some.set('data/schedule.csv', Buffer.from(schedule));
    const bytes = zipOf(withManifests(some));
    const zip = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const { verdict, bundle } = await worker.ask({ type: 'verify', id: schedule.length, kinds: KINDS, zip }, 'done');
    assert.equal(verdict.verdict, 'intact');
    return bundle.schedule;
  };
  try {
    assert.deepEqual(await shown('entry,why\r\n3,"a ""b"", c"\n\n,\n4,'), [['entry', 'why'], ['3', 'a "b", c'], ['', ''], ['4', '']]);
    for (const other of ['a"b', '"a"b', '"a', 'a\rb']) assert.equal(await shown(other), null);
    const begun = performance.now();
    assert.equal(await shown(`${'"'.repeat(200000)}x`), null);
    assert.equal(await shown(`${'"'.repeat(200001)}x`), null);
    assert.equal(await shown('"'.repeat(10000000)), null);
    assert.ok(performance.now() - begun < 20000);
  } finally {
    await worker.end();
  }
});
