"""The Merkle tree of section 9."""

import hashlib


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves):
    """The root over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(root(leaves[:k]), root(leaves[k:]))


def _climb(f, s):
    """Halve both until f is odd or 0."""
    while f and not f & 1:
        f, s = f >> 1, s >> 1
    return f, s


def inclusion(index, size, leaf, hashes, expected):
    if index >= size:
        return False
    f, s, r = index, size - 1, leaf
    for c in hashes:
        if s == 0:
            return False
        if f & 1 or f == s:
            r = node_hash(c, r)
            f, s = _climb(f, s)
        else:
            r = node_hash(r, c)
        f, s = f >> 1, s >> 1
    return s == 0 and r == expected


def consistency(m, n, old, new, hashes):
    if not 0 < m <= n:
        return False
    if m == n:
        return not hashes and old == new
    if not hashes:
        return False
    path = ([old] if m & (m - 1) == 0 else []) + list(hashes)
    f, s = m - 1, n - 1
    while f & 1:
        f, s = f >> 1, s >> 1
    a = b = path[0]
    for c in path[1:]:
        if s == 0:
            return False
        if f & 1 or f == s:
            a, b = node_hash(c, a), node_hash(c, b)
            f, s = _climb(f, s)
        else:
            b = node_hash(b, c)
        f, s = f >> 1, s >> 1
    return s == 0 and a == old and b == new
