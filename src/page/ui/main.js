// The page's life: take the bundle that the page carries, or wait for one; take files and the school's code.

import { breath, byId, el, shown } from './dom.js';
import { carriedZip, lacking } from './check.js';
import { chooseIt, documentResult, encryptedResult, tooSoonResult } from './drop.js';
import { hashOf, listenForFiles, namesSize, showResult, sortOf } from './drop.js';
import { listenForFinding } from './find.js';
import { readCode } from './fingerprint.js';
import { cannotCheck, desk, judge, progress, say } from './judge.js';
import { listenForTrust } from './trust.js';
import { backToScreen, beginPrinting, prepareForPaper, saveCheck } from './print.js';

async function take(files) {
  const sorted = [];
  for (const file of files) sorted.push([await sortOf(file), file]);
  // Bundles first, so that documents that come with one are looked for in it.
  sorted.sort(([a], [b]) => (b === 'bundle') - (a === 'bundle'));
  for (const [sort, file] of sorted) {
    const model = desk.current && desk.current.model;
    const hash = !['bundle', 'encrypted'].includes(sort) || (model && namesSize(model, file.size)) ? await hashOf(file) : null;
    if (sort === 'encrypted') {
      showResult(encryptedResult(file));
    } else if (sort === 'bundle' && !(model && model.mentions.has(hash))) {
      await judge({ zip: file, name: file.name, checker: null, model: null });
      scrollTo(0, 0);
      byId('title').focus({ preventScroll: true });
    } else {
      const result = model ? documentResult(model, file, hash) : tooSoonResult(file);
      if (sort === 'given') result.append(chooseIt(model));
      showResult(result);
    }
  }
}

function compareCode() {
  const { digits, problem } = readCode(byId('code').value);
  byId('code-problem').textContent = problem || '';
  byId('code-problem').hidden = !problem;
  byId('code').setAttribute('aria-invalid', problem ? 'true' : 'false');
  if (problem) {
    byId('code').focus();
    return;
  }
  desk.code = digits;
  judge(desk.current);
}

function listen() {
  listenForFiles((files) => take(files).catch((error) => say(`The file could not be read: ${error.message}`)));
  listenForFinding();
  listenForTrust();
  byId('code-form').addEventListener('submit', (event) => {
    event.preventDefault();
    compareCode();
  });
  byId('code').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    compareCode();
  });
  byId('save').addEventListener('click', () => {
    saveCheck(desk.current.model, desk.current.name || 'the data that the page carries');
    say('The check was saved as check.json.');
  });
  byId('print').addEventListener('click', () => print());
  addEventListener('beforeprint', prepareForPaper);
  addEventListener('afterprint', backToScreen);
}

async function start() {
  byId('waiting').remove();
  byId('maker').textContent = document.querySelector('meta[name=generator]').content;
  const missing = lacking();
  if (missing) {
    cannotCheck('This browser can’t check the evidence', el('p', {}, `It lacks: ${missing}. Open this page in a newer `
      + 'Edge, Chrome, Firefox or Safari.'));
    return;
  }
  listen();
  document.documentElement.dataset.verdict = 'checking';
  progress('unpacking', 0, 0);
  const zip = await carriedZip(breath);
  byId('check').hidden = false;
  if (zip) {
    await judge({ zip, name: null, checker: null, model: null });
    return;
  }
  byId('provenance').textContent = 'This page carries no evidence: it waits for a bundle, and checks it here, without '
    + 'a network.';
  byId('title').textContent = 'Check an evidence bundle';
  byId('empty').hidden = false;
  byId('progress').hidden = true;
  delete document.documentElement.dataset.verdict;
  say('');
}

beginPrinting();
start().catch((error) => cannotCheck('The page could not start', el('p', {}, shown(error.message))));
