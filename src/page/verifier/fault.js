// What a verification finds: a fault code of Appendix B, the entry, and three short texts.

export class Fault extends Error {
  constructor(code, what, found, expected, entry = null) {
    super(`${what}: found ${found}, expected ${expected}`);
    this.code = code;
    this.entry = entry;
    this.what = what;
    this.found = found;
    this.expected = expected;
  }

  // The same fault, in the entry at that index.
  at(entry) {
    this.entry = entry;
    return this;
  }

  // Marked C in Appendix B: it only means that this verifier can't judge.
  get cannotCheck() {
    return this.code === 'typ' || this.code === 'kind-unknown';
  }

  plain() {
    const { code, entry } = this;
    return { code, entry, what: clipped(this.what), found: clipped(this.found), expected: clipped(this.expected) };
  }
}

// Runs a rule; a fault that it throws is one of that entry.
export function inEntry(seq, rule) {
  try {
    return rule();
  } catch (error) {
    if (error instanceof Fault) error.at(seq);
    throw error;
  }
}

// The first 300 characters: texts come from the bundle.
export function clipped(text) {
  const letters = Array.from(text.slice(0, 602));
  return letters.length > 300 ? `${letters.slice(0, 300).join('')}…` : text;
}

// The input is no zip at all: there is nothing to give a verdict on.
export class Unreadable extends Error {}

// Something that a reader gave can't be used: which (`policy`, `roots`, `older`), and why.
export class BadInput extends Error {
  constructor(which, why) {
    super(why);
    this.which = which;
  }
}
