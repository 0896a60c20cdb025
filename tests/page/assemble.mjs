// Puts the evidence page together as the program does, from the files in src/page/, for tests and for work
// on the page without a Rust build.
//
//     node tests/page/assemble.mjs OUT.html [BUNDLE.zip]

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOM = new URL('../../src/page/', import.meta.url);
const END = '</script></body></html>\n';

function read(path) {
  return readFileSync(new URL(path, ROOM), 'utf8');
}

/** The modules of a group as one script: without the lines that import, and with `export ` cut off. */
export function joined(folder, names) {
  return names.flatMap((name) => read(`${folder}/${name}`).replace(/\n$/, '').split('\n'))
    .filter((line) => !line.startsWith('import '))
    .map((line) => `${line.replace(/^export /, '')}\n`).join('');
}

function cspHash(text) {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Everything before the data. */
export function constant(order = JSON.parse(read('order.json'))) {
  const [ui, style] = [joined('ui', order.ui), read('page.css')];
  const version = /^version = "(.+)"/m.exec(readFileSync(new URL('../../Cargo.toml', ROOM), 'utf8'))[1];
  const parts = {
    csp: `default-src 'none'; script-src '${cspHash(ui)}'; style-src '${cspHash(style)}'; worker-src blob:; `
      + "img-src data: blob:; base-uri 'none'; form-action 'none'",
    version, style, ui, kinds: read('kinds.json'), verifier: joined('verifier', order.verifier),
  };
  const page = read('page.html').replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
  return page.slice(0, -END.length);
}

/** The page around a bundle's zip; without one, the empty page. */
export function around(zip, order) {
  return `${constant(order)}${zip ? Buffer.from(zip).toString('base64') : ''}${END}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out, zip] = process.argv.slice(2);
  if (!out) throw new Error('expected OUT.html [BUNDLE.zip]');
  writeFileSync(out, around(zip && readFileSync(zip)));
}
