// Every address of the page that a school has: what is linked from the front page, and from there.

import { forms, plain } from './http.mjs';

/** Those that everybody is shown. */
export const OPEN = ['/unlock', '/accessibility'];

/** The page's parts, which are there whatever a school has on record. */
export const PARTS = [
  '/', '/record', '/sign', '/cases', '/due', '/registers', '/search', '/chain', '/verify', '/export', '/people', '/waiting',
  '/settings', '/outside', '/erase', '/backup',
];

const MOST = 600;

/** Where links of a page lead on this server, without their places. */
export const links = (text) =>
  [...text.matchAll(/<a\b[^>]*\shref="([^"]*)"/g)].map(([, to]) => plain(to).replace(/#.*$/, '')).filter((to) => /^\/(?!\/)/.test(to));

/** The shape of an address: what stands for one record, case, kind or draft is a star. */
export const shape = (path) =>
  path.replace(/\?.*$/, (query) => `?${[...new URLSearchParams(query.slice(1)).keys()].sort().join('&')}`)
    .replace(/^\/(entry|case|breach|task|draft|record|registers)\/[^/?]+/, '/$1/*')
    .replace(/[0-9a-f]{64}/g, '*')
    .replace(/\/\d+(?=\/|$|\?)/g, '/*');

/**
 * Walks from link to link and gives back what each address answered: `[path, answer]`. Of each shape
 * in its query at most `alike` addresses are asked for, so that sorted tables don't fill the walk.
 */
export async function walk(client, { from = PARTS, alike = 8, skip = () => false } = {}) {
  const known = new Set(from);
  const queue = [...from];
  const shapes = new Map();
  const found = new Map();
  while (queue.length > 0) {
    const path = queue.shift();
    if (found.size >= MOST) throw new Error(`more than ${MOST} addresses: ${path}`);
    const answer = await client.get(path);
    found.set(path, answer);
    if (!String(answer.headers['content-type']).startsWith('text/html')) continue;
    for (const to of links(answer.text)) {
      if (known.has(to) || skip(to)) continue;
      known.add(to);
      const like = shape(to);
      const many = shapes.get(like) ?? 0;
      shapes.set(like, many + 1);
      if (like.includes('?') && many >= alike) continue;
      queue.push(to);
    }
  }
  return found;
}

/** Every form that takes something, of pages that were walked: `{ page, action, fields, files }`. */
export function acts(pages) {
  const all = new Map();
  for (const [page, { text, headers }] of pages) {
    if (!String(headers['content-type']).startsWith('text/html')) continue;
    for (const form of forms(text)) {
      if (form.method.toLowerCase() !== 'post') continue;
      const names = form.fields.map(([name]) => name).join();
      const action = form.action || page;
      all.set(`${shape(action)} ${names}`, { ...form, page, action });
    }
  }
  return [...all.values()];
}
