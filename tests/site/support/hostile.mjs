// Answers that try to become part of a page's HTML: for every kind of record, in every question that
// takes text.

/** What is put into every text. */
export const HOSTILE = `<script>alert(1)</script>"><img src=x onerror=alert(2)>'&lt;b&gt;{{7*7}}\`</textarea></title>`;

/** What must not be on any page: an answer that was not escaped. */
export const UNESCAPED = /<script>alert|<img src=x|<\/textarea><\/title>|<svg\/onload/i;

const PAST = '2026-01-05';

function answer(form, members) {
  if (form.startsWith('a list, each item ')) {
    const item = answer(form.slice('a list, each item '.length), members);
    return item === undefined ? undefined : [item];
  }
  if (form.startsWith('a group')) return group(members);
  if (form.startsWith('one of ')) return form.slice('one of '.length).split(', ')[0];
  if (form === 'text' || form === 'a line of text' || form === 'a person\'s name') return HOSTILE;
  if (form === 'yes or no') return true;
  if (form === 'a moment') return `${PAST} 09:30`;
  if (form.startsWith('a day as')) return PAST;
  if (form.startsWith('a whole number')) return 1;
  if (form.startsWith('a reference')) return 'p-7f3a2c';
  if (form.startsWith('a SHA-256')) return 'ab'.repeat(32);
  return undefined;
}

function group(fields) {
  const said = fields.map(({ name, form, members }) => [name, answer(form, members)]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said);
}

/** Answers to everything that a kind asks, as `probity kinds KIND --json` describes it. */
export const answers = (kind) => group(kind.fields);

/** The same as the fields of the page's form: texts alone, so that what is asked in other ways is missing or wrong. */
export function typed(kind) {
  const pairs = [];
  const add = (name, value) => {
    if (Array.isArray(value)) value.forEach((one, at) => add(`${name}.${at}`, one));
    else if (value && typeof value === 'object') for (const [member, one] of Object.entries(value)) add(`${name}.${member}`, one);
    else pairs.push([name, value === HOSTILE ? value : `${value}${HOSTILE}`], ...(typeof value === 'string' ? ['day', 'month', 'year', 'time'].map((part) => [`${name}-${part}`, HOSTILE]) : []));
  };
  for (const [name, value] of Object.entries(answers(kind))) add(`a.${name}`, value);
  return pairs;
}
