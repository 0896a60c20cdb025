// Paper and files: before printing everything is built and opened, so that nothing is left out on paper; and
// the check can be kept as JSON.
//
// A program that prints the page opens it with `#print`. Then the page holds its load event back, by a frame
// whose document stays open, until it has come to a verdict and shows everything; the title says which verdict.

import { buildAll, el, save } from './dom.js';
import { unfoldTexts } from './values.js';
import { buildBlocks } from './story.js';
import { plain } from './phrases.js';
import { intact, summary, whatIsMissing, whoseWord, CLOSING } from './words.js';

const PRINTED = { intact: 'intact', 'not-genuine': 'not genuine', 'cannot-check': 'cannot check' };
let opened = [];
let hold = null;

/** Whether a program prints the page. */
export function isPrinting() {
  return hold !== null;
}

/** Holds the load event back if a program prints the page. */
export function beginPrinting() {
  if (location.hash !== '#print') return;
  hold = el('iframe', { hidden: true, title: 'none' });
  document.body.append(hold);
  hold.contentDocument.open();
}

/** Lets the load event go, with everything shown and the verdict in the title. */
export function endPrinting(verdict, fingerprint) {
  if (!hold) return;
  prepareForPaper();
  const code = /^[0-9a-f]{64}$/.test(fingerprint || '') ? fingerprint.slice(0, 8) : 'unknown';
  document.title = `Evidence bundle ${code}, checked: ${PRINTED[verdict]}`;
  hold.contentDocument.close();
  hold.remove();
}


/** Builds and opens everything. */
export function prepareForPaper() {
  buildAll();
  buildBlocks();
  unfoldTexts();
  for (const fold of document.querySelectorAll('details:not([open])')) {
    fold.open = true;
    opened.push(fold);
  }
}

/** Closes again what was opened for paper. */
export function backToScreen() {
  for (const fold of opened) fold.open = false;
  opened = [];
}

/** Puts origin and code into the foot of each printed page. Both are of few characters that need no escape. */
export function nameOnPaper({ origin, fingerprint, size }) {
  document.adoptedStyleSheets = [];
  if (!/^[a-z0-9./-]{1,255}$/.test(origin || '') || !/^[0-9a-f]{64}$/.test(fingerprint.hash || '')) return;
  const text = `${origin}, ${size} records, code ${fingerprint.hash.slice(0, 8)}…${fingerprint.hash.slice(-8)}`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { @bottom-left { content: "${text}"; } }`);
  document.adoptedStyleSheets = [sheet];
}

/** Lets the reader keep the check: the verdict as the command gives it, and its sentences. */
export function saveCheck(model, subject) {
  const { verdict } = model;
  const parts = [intact(verdict), whoseWord(verdict), whatIsMissing(verdict, model.carried)];
  const sentences = (voice) => parts.flatMap((part) => part[voice].map(plain));
  const kept = {
    ...verdict,
    head: [plain(summary(verdict)), ...sentences('head'), CLOSING],
    inspector: [...sentences('inspector'), CLOSING],
    checked: {
      by: document.querySelector('meta[name=generator]').content,
      at: new Date().toISOString(),
      subject,
      // Whom the reader trusted, as far as they gave files.
      trusted: model.trust,
    },
  };
  save('check.json', `${JSON.stringify(kept, null, 2)}\n`, 'application/json');
}
