// The school's code: the hash of the first record, which the governors' minutes hold. It is what makes a
// record book this school's, so it is compared over all 32 bytes, or not at all.

import { el, visible } from './dom.js';

/** Reads a code as people copy it: 64 hexadecimal digits, grouped or not. `{digits}` or `{problem}`. */
export function readCode(text) {
  const digits = text.toLowerCase().replace(/[\s:.\-\u2010-\u2015\u00a0]/g, '');
  if (!digits) return { problem: 'Type the code first. It has 64 digits and letters from a to f.' };
  const wrong = /[^0-9a-f]/u.exec(digits);
  if (wrong) {
    return { problem: `“${visible(wrong[0])}” can’t be part of the code: it has only the digits 0 to 9 and the letters a to f.` };
  }
  if (digits.length < 64) {
    return { problem: `This is too short: ${digits.length} of the 64 digits and letters. A beginning is not enough, since `
      + 'another code can be made to begin alike.' };
  }
  if (digits.length > 64) {
    return { problem: `This is too long: ${digits.length} digits and letters, and the code has 64.` };
  }
  return { digits };
}

/** A code in groups of four for the eye; copied, it is in one piece. */
export function codeNode(digits) {
  return el('code', { class: 'code' }, digits.match(/.{1,4}/g).map((group) => el('span', {}, group)));
}
