// Elements and hostile text.
//
// Every text of a record is written by somebody whom nobody has checked yet. It comes into the page by one
// way only, `textContent`, so that markup in it is text; and by `shown`, so that characters which a reader
// can't see, or which turn the direction of writing, are spelt out as \u202e and stay in their own isolated
// run. Nothing here or elsewhere writes HTML.
'use strict';

// What no reader sees or what turns the text around it: controls but tab and line end, the marks, embeddings
// and isolates of the bidirectional algorithm, blanks without width, tags. Joiners between other than Latin
// letters are part of the spelling, and stay.
const HIDDEN = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b'
  + '\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]'
  + '|(?<![^\\u0000-\\u007f])[\\u200c\\u200d]|[\\u200c\\u200d](?![^\\u0000-\\u007f])', 'gu');

/** A text with what is hidden in it spelt out. */
export function visible(text) {
  return text.replace(/\r\n/g, '\n').replace(HIDDEN, (char) => {
    const code = char.codePointAt(0);
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** An element: attributes by name, `class` and `data-…` too; children are elements, texts of ours, or null. */
export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  append(element, children);
  return element;
}

/** Puts children into an element; lists are flattened, null and false left out. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== '') element.append(child);
  }
  return element;
}

/** A foreign text in its own isolated run. */
export function shown(text, name) {
  const element = el(name || 'bdi', { dir: 'auto', class: 'foreign' });
  element.textContent = visible(String(text));
  return element;
}

/** A button that does something. */
export function button(label, action, attributes) {
  const element = el('button', { type: 'button', class: 'button', ...attributes }, label);
  element.addEventListener('click', action);
  return element;
}

/** Rows of a summary list: `[label, content]`; rows without content are left out. */
export function rows(pairs, attributes) {
  const list = el('dl', { class: 'rows', ...attributes });
  for (const [label, content] of pairs) {
    if (content === null || content === undefined) continue;
    list.append(el('div', {}, el('dt', {}, label), append(el('dd'), [content])));
  }
  return list;
}

/** Something that opens. */
export function details(summary, content, attributes) {
  return el('details', attributes, el('summary', {}, summary), el('div', { class: 'inside' }, content));
}

// What is built only when it is opened.
const unbuilt = new Set();

/** Something that opens, and whose content is built then. */
export function lazyDetails(summary, content, attributes) {
  const inside = el('div', { class: 'inside' });
  const fold = el('details', attributes, el('summary', {}, summary), inside);
  const build = () => {
    if (unbuilt.delete(build)) append(inside, [content()]);
  };
  unbuilt.add(build);
  fold.addEventListener('toggle', build);
  return fold;
}

/** Builds all that was not opened yet, as before printing. */
export function buildAll() {
  for (const build of [...unbuilt]) build();
}

/** Forgets what belongs to a bundle that is no longer shown. */
export function forgetUnbuilt() {
  unbuilt.clear();
}

/** Lets the browser draw and react before work goes on. */
export function breath() {
  return new Promise((resolve) => { setTimeout(resolve, 0); });
}

export function byId(id) {
  return document.getElementById(id);
}

/** Gives somebody a file to keep. */
export function save(name, bytes, type) {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = el('a', { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/** Bytes as lower-case hexadecimal digits. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The SHA-256 of bytes, as hexadecimal digits. */
export async function sha256(bytes) {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
