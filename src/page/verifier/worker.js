// The verifier as a worker. It is sent
//   {type: 'verify', id, zip: ArrayBuffer or Blob, kinds, fingerprint?: text, policy?, roots?, older?: Blobs}   and answers
//   {type: 'progress', id, step, done, total} now and then, at last
//   {type: 'done', id, verdict, bundle, trust} or {type: 'unreadable', id, what}, or
//   {type: 'refused', id, which, what} where `policy`, `roots` or `older` can't be used;
//   before `done`, the bundle's entries in portions: {type: 'entries', id, entries}. In `done` the list is empty;
//   {type: 'document', id, sha256}, answered by {type: 'document', id, sha256, bytes: ArrayBuffer or null}.

import { unhex } from './bytes.js';
import { readFile } from './container.js';
import { BrowserCheck } from './fast.js';
import { BadInput } from './fault.js';
import { readGiven, summaryOf } from './given.js';
import { verdictOn } from './report.js';
import { bundleOf } from './shown.js';

const PAUSE = 100;

// Tells about progress every 100 ms at most, and lets messages through.
function reporter(id, send) {
  let next = 0;
  return async (step, done, total) => {
    const now = performance.now();
    if (now < next) return;
    next = now + PAUSE;
    send({ type: 'progress', id, step, done, total });
    await new Promise((resume) => setTimeout(resume, 0));
  };
}

// The fingerprint as people copy it: 64 hexadecimal digits, in groups or not.
function fingerprintOf(text) {
  const bytes = unhex(text.replace(/[\s-]/g, '').toLowerCase());
  if (bytes?.length !== 32) throw new Error('a fingerprint has 64 hexadecimal digits');
  return bytes;
}

// Answers messages through `send`. Documents are given out from the bundle that was verified last.
export function serve(send) {
  let browser = null;
  let latest = null;
  const verify = async ({ id, zip, fingerprint, kinds, ...kept }) => {
    browser ??= BrowserCheck.begin();
    const expected = fingerprint ? fingerprintOf(fingerprint) : null;
    const common = { kinds, browser: await browser, progress: reporter(id, send) };
    const given = await readGiven(kept, common);
    const { verdict, verification, unreadable } = await verdictOn(zip, { ...common, fingerprint: expected, given });
    if (unreadable !== undefined) return send({ type: 'unreadable', id, what: unreadable });
    latest = verification;
    return send({ type: 'done', id, verdict, bundle: bundleOf(verification, verdict), trust: summaryOf(given) });
  };
  const document = async ({ id, sha256 }) => {
    const file = latest?.documents.get(sha256);
    const bytes = file ? (await readFile(latest.source, file)).buffer : null;
    return send({ type: 'document', id, sha256, bytes });
  };
  return async (message) => {
    try {
      if (message.type === 'verify') await verify(message);
      if (message.type === 'document') await document(message);
    } catch (error) {
      const { id, sha256 } = message;
      if (message.type === 'document') send({ type: 'document', id, sha256, bytes: null });
      else if (error instanceof BadInput) send({ type: 'refused', id, which: error.which, what: error.message });
      else send({ type: 'unreadable', id, what: `the check could not be made: ${error.message}` });
    }
  };
}

// Taking over ten thousand entries in one message would hold the page up.
const PORTION = 500;

function inPortions(message) {
  if (message.type !== 'done') return [message];
  const { entries, ...bundle } = message.bundle;
  const portions = [];
  for (let at = 0; at < entries.length; at += PORTION) {
    portions.push({ type: 'entries', id: message.id, entries: entries.slice(at, at + PORTION) });
  }
  return [...portions, { ...message, bundle: { ...bundle, entries: [] } }];
}

if (typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope) {
  const answer = serve((message) => inPortions(message).forEach((part) => postMessage(part)));
  addEventListener('message', ({ data }) => answer(data));
}
