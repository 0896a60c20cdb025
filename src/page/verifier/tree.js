// The tree (section 9): RFC 9162 inclusion and consistency. Numbers reach 2^53, so halving is division.

import { equal } from './bytes.js';
import { sha256 } from './sha2.js';

const NODE = Uint8Array.of(0x01);

const isOdd = (n) => n % 2 === 1;
const half = (n) => Math.floor(n / 2);

export function nodeHash(left, right) {
  return sha256(NODE, left, right);
}

// The root over leaf hashes, at least one.
export function rootOf(leaves) {
  let level = leaves;
  while (level.length > 1) {
    const above = [];
    for (let i = 0; i + 1 < level.length; i += 2) above.push(nodeHash(level[i], level[i + 1]));
    if (level.length % 2 === 1) above.push(level[level.length - 1]);
    level = above;
  }
  return level[0];
}

export function includes(index, size, leaf, path, root) {
  if (index >= size) return false;
  let [f, s, r] = [index, size - 1, leaf];
  for (const c of path) {
    if (s === 0) return false;
    if (isOdd(f) || f === s) {
      r = nodeHash(c, r);
      while (!isOdd(f) && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      r = nodeHash(r, c);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 && equal(r, root);
}

export function isConsistent(m, n, rootOfM, rootOfN, hashes) {
  if (m <= 0 || m > n) return false;
  if (m === n) return hashes.length === 0 && equal(rootOfM, rootOfN);
  if (hashes.length === 0) return false;
  const path = 2 ** Math.round(Math.log2(m)) === m ? [rootOfM, ...hashes] : hashes;
  let [f, s] = [m - 1, n - 1];
  while (isOdd(f)) [f, s] = [half(f), half(s)];
  let [a, b] = [path[0], path[0]];
  for (const c of path.slice(1)) {
    if (s === 0) return false;
    if (isOdd(f) || f === s) {
      [a, b] = [nodeHash(c, a), nodeHash(c, b)];
      while (!isOdd(f) && f !== 0) [f, s] = [half(f), half(s)];
    } else {
      b = nodeHash(b, c);
    }
    [f, s] = [half(f), half(s)];
  }
  return s === 0 && equal(a, rootOfM) && equal(b, rootOfN);
}
