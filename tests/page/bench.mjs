// How long the page takes for a large bundle, and whether it stays responsive. Run by hand:
//
//     node tests/page/bench.mjs [BUNDLE.zip | NUMBER OF ENTRIES]      (10,000 unless told)
//
// Prints one JSON object. `seconds` is from opening the file to the verdict; `blocked_ms` the
// longest time for which the page's own thread answered nothing, `long_tasks_at` when that was; `ratio` is the time beside that of
// `probity verify` on the same bundle and machine (PROBITY_BIN, else the release build).

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { close, newPage, unharmed } from './support/browser.js';
import { Forged, note } from './support/forge.js';
import { pageOf, written } from './support/page.js';
import { verified } from './support/school.js';

const what = process.argv[2] ?? '10000';

function made(count) {
  const book = new Forged();
  for (let seq = 2; seq < count; seq++) {
    const sub = `other-2026-${String(seq % 500 + 1).padStart(3, '0')}`;
    book.add('note', { ...note(`Record ${seq}: ${'what was done and by whom; '.repeat(8)}`), sub });
  }
  return book.zip();
}

const zip = /^\d+$/.test(what) ? made(Number(what)) : readFileSync(what);
const file = written('bench.zip', zip);
const begun = performance.now();
const said = verified(file);
const program = (performance.now() - begun) / 1000;

const watched = await newPage();
const { page } = watched;
await page.evaluateOnNewDocument(() => {
  globalThis.seen = { long: [], gap: 0, steps: [], bar: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      globalThis.seen.long.push([Math.round(startTime), Math.round(duration)]);
    }
  }).observe({ type: 'longtask', buffered: true });
  document.addEventListener('DOMContentLoaded', () => {
    globalThis.seen.parsed = performance.now();
    const root = document.documentElement;
    let last = performance.now();
    const tick = setInterval(() => {
      const now = performance.now();
      globalThis.seen.gap = Math.max(globalThis.seen.gap, now - last - 20);
      last = now;
      if (!document.querySelector('#progress').hidden) globalThis.seen.bar += 1;
    }, 20);
    new MutationObserver(() => {
      const { verdict } = root.dataset;
      const { steps } = globalThis.seen;
      const step = document.querySelector('#step').textContent.split(':')[0];
      if (step && steps.at(-1)?.[0] !== step) steps.push([step, Math.round(performance.now())]);
      if (verdict !== 'checking' && verdict !== undefined) {
        globalThis.seen.done ??= performance.now();
        setTimeout(() => clearInterval(tick), 1000);
      }
    }).observe(root, { attributeFilter: ['data-verdict'], childList: true, characterData: true, subtree: true });
  });
});
await page.goto(pageOf(zip), { waitUntil: 'domcontentloaded', timeout: 300_000 });
await page.waitForFunction(() => globalThis.seen.done, { timeout: 600_000, polling: 100 });
await new Promise((done) => { setTimeout(done, 1500); });
const { seen, verdict } = await page.evaluate(() => ({ seen: globalThis.seen, verdict: globalThis.probity.verdict }));
unharmed(watched);
if (verdict.verdict !== said.verdict) throw new Error(`the page says ${verdict.verdict}, the program ${said.verdict}`);
const round = (number) => Math.round(number * 100) / 100;
console.log(JSON.stringify({
  entries: verdict.entries,
  verdict: verdict.verdict,
  page_mib: round(zip.length * 4 / 3 / 2 ** 20),
  seconds: round(seen.done / 1000),
  parsed_seconds: round(seen.parsed / 1000),
  blocked_ms: Math.round(Math.max(0, seen.gap, ...seen.long.map(([, duration]) => duration))),
  long_tasks_at: Object.fromEntries(seen.long.filter(([, duration]) => duration > 200)),
  bar_seen_for_s: round(seen.bar * 0.02),
  steps: Object.fromEntries(seen.steps),
  program_seconds: round(program),
  ratio: round(seen.done / 1000 / program),
  processor: cpus()[0].model,
}, null, 1));
await close();
