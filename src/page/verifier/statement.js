// Statements (section 5): what somebody signed away from the ledger, carried by an entry of kind `statement` that somebody
// else may have signed.

import { Fault } from './fault.js';
import { GOVERNANCE, parseForm } from './entry.js';
import { isBytes, isCount } from './values.js';

const STATEMENT_TYP = 'application/vnd.probity.statement+cose';
const STATEMENT_KEYS = ['v', 'body', 'kind', 'role', 'after', 'clear', 'links', 'expires'];
export const LONGEST_STATEMENT = 60000;

// Whether an entry carries a statement, as far as kind and version say.
export function isCarrier(entry) {
  return !entry.foreign && entry.kind === 'statement' && entry.v === 1;
}

// Whether it carries one in a form that isn't known, so that nobody here can tell what its openings open.
export function carriesUnread(entry) {
  return entry.kind === 'statement' && !isCarrier(entry);
}

// Reads a statement, or throws the fault `statement`.
export function parseStatement(bytes) {
  try {
    const { of, ...form } = parseForm(bytes, STATEMENT_KEYS);
    const after = of('after');
    const good = Array.isArray(after) && after.length === 2 && isCount(after[0]) && isBytes(after[1], 32);
    const sized = bytes.length <= LONGEST_STATEMENT;
    if (!sized || !good || !isCount(of('expires')) || form.typ !== STATEMENT_TYP) {
      throw new Fault('statement', 'the statement in it', 'another form', 'a statement');
    }
    return { ...form, after: { seq: after[0], hash: after[1] }, expires: of('expires') };
  } catch (error) {
    if (error instanceof Fault) error.code = 'statement';
    throw error;
  }
}

// Whether a statement may stand in this entry: Appendix B, step 8, item 1 of its part. `at(seq)` gives an entry of the
// bundle. Returns the fault, or null.
export function statementFault(statement, entry, at) {
  const refuse = (what, found, expected) => new Fault('statement', `${what} the statement in it`, found, expected);
  const { iss, sub, kind, after, expires } = statement;
  if (iss !== entry.iss) return refuse('the ledger of', iss, entry.iss);
  if (sub !== entry.sub) return refuse('the case of', sub, entry.sub);
  if (GOVERNANCE.has(kind) || kind === 'erasure' || kind === 'statement') {
    return refuse('the kind of', kind, 'one that can be stated');
  }
  if (after.seq >= entry.seq) return refuse('the entry known to', String(after.seq), `one below ${entry.seq}`);
  if (entry.iat >= expires) return refuse('the last time to enter', String(expires), `one after ${entry.iat}`);
  const known = at(after.seq);
  const same = known === undefined || known.hash.every((byte, i) => byte === after.hash[i]);
  return same ? null : refuse('the entry known to', 'another hash', `that of entry ${after.seq}`);
}

// What an entry puts on record: what the statement says, at the entry's own place.
export function saidBy(entry, statement) {
  const { kid, iat, kind, v, role, links, clear, body, wrapped, payloadBytes, signature } = statement;
  return { ...entry, kid, iat, kind, v, role, links, clear, body, wrapped, payloadBytes, signature };
}
