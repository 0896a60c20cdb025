// Counts, lists and paragraphs of which sentences are made. A paragraph is a text or a list of texts and foreign words
// `{foreign}`, which the page shows isolated.

/** `1 record`, `12 records`. */
export function count(number, one, many) {
  return `${Number(number).toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}

/** `12 records`. */
export function records(number) {
  return count(number, 'record', 'records');
}

/** `3, 7 and 12`, with a number where there are many. */
export function listed(all) {
  const some = all.slice(0, 12).map(String);
  if (all.length > 12) return `${some.join(', ')} and ${all.length - 12} more`;
  return some.length < 2 ? some.join('') : `${some.slice(0, -1).join(', ')} and ${some[some.length - 1]}`;
}

/** A text of the bundle's, which the page shows isolated. */
export function foreign(text) {
  return { foreign: String(text) };
}

/** A name, of bounded length. */
export function shortName(name) {
  const letters = [...name];
  return letters.length > 80 ? `${letters.slice(0, 80).join('')}…` : name;
}

/** The bundle's own words in a sentence of ours: of bounded length, in quotation marks that they can't end. */
export function quoted(text) {
  return ['“', foreign(shortName(String(text).replace(/[“”]/g, '"'))), '”'];
}

/** Parts with something between them, as one list. */
export function joined(parts, between) {
  return parts.flatMap((part, at) => (at ? [between, part] : [part])).flat();
}

/** A paragraph as plain text, for the file that a reader keeps. */
export function plain(paragraph) {
  return [paragraph].flat(Infinity).map((part) => (typeof part === 'string' ? part : part.foreign)).join('');
}
