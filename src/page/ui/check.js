// The verifier, at work in a thread of its own.
//
// It is the text in the page's block `verifier`, started as a worker from a Blob: no network, no server, and
// the page stays responsive. One worker keeps the bundle that it verified, to give out files from it.

/** Starts a verifier; its `tell(step, done, total)` is told how far it is. */
export function startChecker() {
  const source = document.getElementById('verifier').textContent;
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const kinds = JSON.parse(document.getElementById('kinds').textContent);
  const waiting = new Map();
  let last = 0;

  const fail = (event) => {
    const what = (event && event.message) || 'the browser gave no reason';
    for (const { reject } of waiting.values()) reject(new Error(what));
    waiting.clear();
  };
  worker.addEventListener('error', fail);
  worker.addEventListener('messageerror', fail);
  worker.addEventListener('message', ({ data }) => {
    if (data.type === 'progress') {
      if (waiting.has(data.id)) checker.tell(data.step, data.done, data.total);
    } else if (data.type === 'entries') {
      if (waiting.has(data.id)) waiting.get(data.id).entries.push(...data.entries);
    } else if (waiting.has(data.id)) {
      const { resolve, entries } = waiting.get(data.id);
      if (data.type === 'done') data.bundle.entries = entries;
      resolve(data);
      waiting.delete(data.id);
    }
  });

  const ask = (message) => new Promise((resolve, reject) => {
    const id = ++last;
    waiting.set(id, { resolve, reject, entries: [] });
    worker.postMessage({ ...message, id });
  });
  const checker = {
    tell: () => {},
    // `given`: the reader's own policy, roots, older head, as files.
    verify: (zip, fingerprint, given) => ask({
      type: 'verify', zip, kinds, ...given, ...(fingerprint ? { fingerprint } : {}),
    }),
    document: (hash) => ask({ type: 'document', sha256: hash }).then((answer) => answer.bytes),
    end: () => { worker.terminate(); URL.revokeObjectURL(url); fail({ message: 'it was ended' }); },
  };
  return checker;
}

/** What this browser lacks to check anything, in words; null if nothing. */
export function lacking() {
  const needs = [['Worker', 'background work'], ['DecompressionStream', 'unpacking'], ['BigInt', 'large numbers'],
    ['IntersectionObserver', 'showing long pages']];
  const missing = needs.filter(([name]) => typeof globalThis[name] === 'undefined').map(([, words]) => words);
  if (!globalThis.crypto || !globalThis.crypto.subtle) missing.push('hashing');
  return missing.length ? missing.join(', ') : null;
}

/** The bytes that the page carries, as a Blob; null if it is empty. */
export async function carriedZip(breath) {
  const text = document.getElementById('bundle').textContent.trim();
  if (!text) return null;
  const parts = [];
  // Small enough for the page to answer in between, and a plain loop: `Uint8Array.from` takes twenty times as long.
  const portion = 1 << 20;
  for (let at = 0; at < text.length; at += portion) {
    const binary = atob(text.slice(at, at + portion));
    const bytes = new Uint8Array(binary.length);
    for (let place = 0; place < binary.length; place++) bytes[place] = binary.charCodeAt(place);
    parts.push(bytes);
    await breath();
  }
  return new Blob(parts, { type: 'application/zip' });
}
