// entries.jsonl (section 14): one line per entry, derived from entries and bodies.

import { hex } from './bytes.js';

const SHORT_ESCAPES = { '"': '\\"', '\\': '\\\\', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

// Only the quotation mark, the backslash and what is below U+0020 are escaped.
function quoted(text) {
  const escaped = text.replace(
    /["\\\u0000-\u001f]/g,
    (letter) => SHORT_ESCAPES[letter] ?? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}

function json(value) {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint8Array) return `"${hex(value)}"`;
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  return `{${[...value].map(([key, item]) => `${quoted(key)}:${json(item)}`).join(',')}}`;
}

export function jsonLine(entry, body) {
  const disclosed = new Map([...(body ?? [])].map(([name, pair]) => [name, pair.value]));
  const links = entry.links.map((link) => new Map([['rel', link.rel], ['entry', link.entry]]));
  const line = new Map([
    ['seq', entry.seq],
    ['hash', entry.hash],
    ['kid', entry.kid],
    ['iss', entry.iss],
    ['sub', entry.sub],
    ['iat', entry.iat],
    ['prev', entry.prev],
    ['gov', entry.gov],
    ['case', entry.caseHash],
    ['kind', entry.kind],
    ['v', entry.v],
    ['role', entry.role],
    ['links', links],
    ['clear', entry.clear],
    ['body', entry.body],
    ['disclosed', disclosed],
  ]);
  return `${json(line)}\n`;
}
