// A bundle with evidence from outside, something signed elsewhere and something erased.

import { authority, pem, timestamp } from './authority.js';
import { Book, witness } from '../verifier-book.js';

export const NOW = 1790000000;
const COUNCIL = witness('council.example/witness');

/** A book of eight records, of which somebody outside confirmed five, and a token stands over six. */
export function witnessed({ name = 'Example TSA' } = {}) {
  const tsa = authority({ name });
  const book = new Book();
  const dpo = book.person('Dana Officer', ['dpo']);
  const target = book.add('note', { by: book.head, fields: { text: 'about a pupil' }, withheld: ['text'] });
  book.enter(book.statement('note', { by: dpo, fields: { text: 'seen on a visit' } }), { by: book.head });
  const erasure = book.add('erasure', {
    by: book.head, clear: { entries: [[3, ['text']]], ground: 'retention' }, links: [{ rel: 'erases', entry: target }],
  });
  book.add('dpo-advice', { by: dpo, links: [{ rel: 'advises', entry: erasure }], fields: { recommendation: 'proceed' } });
  book.add('note', { by: book.head, fields: { text: 'the last' } });
  const files = {};
  const head = (m, ending, content) => {
    files[`data/times/${m}.txt`] = book.headAt(m).text;
    files[`data/times/${m}.consistency`] = book.consistency(m);
    files[`data/times/${m}.1.${ending}`] = content;
  };
  head(5, 'note', book.headAt(5, COUNCIL.line(book.headAt(5).text, NOW + 600)).note);
  head(6, 'tsr', timestamp(Buffer.from(book.headAt(6).text), tsa, { time: NOW + 900 }));
  files['data/policy.txt'] = `log ${book.vkey}\nwitness council ${COUNCIL.vkey}\nquorum none\n`;
  return { book, files, zip: book.zip(() => true, '', files), policy: `witness council ${COUNCIL.vkey}\nquorum council\n`, roots: pem(tsa.root) };
}
