// Names and values (section 3).
export function isName(value) {
  return typeof value === 'string' && /^[a-z][a-z0-9-]{0,63}$/.test(value);
}

// The rule for iss, and for the key name of a log.
export function isOrigin(value) {
  return typeof value === 'string' && /^[a-z0-9./-]{1,255}$/.test(value);
}

export function isSubject(value) {
  return value === 'ledger' || (typeof value === 'string' && /^[a-z]+(-[a-z]+)*-[0-9]{4}-[0-9]{3,}$/.test(value));
}

export function isBytes(value, length) {
  return value instanceof Uint8Array && value.length === length;
}

// An integer from `least` to 2^53 - 1.
export function isCount(value, least = 0) {
  return Number.isSafeInteger(value) && value >= least;
}

// Names in strictly ascending bytewise order, at least one. (They are ASCII, so text order is bytewise.)
export function isRoles(value) {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((role, i) => isName(role) && (i === 0 || value[i - 1] < role))
  );
}

export function hasExactly(map, keys) {
  return map instanceof Map && map.size === keys.length && keys.every((key) => map.has(key));
}

// A map with exactly the four keys of `doc`, of those types.
export function isDocument(value) {
  return (
    hasExactly(value, ['name', 'type', 'size', 'sha256']) &&
    typeof value.get('name') === 'string' &&
    typeof value.get('type') === 'string' &&
    isCount(value.get('size')) &&
    isBytes(value.get('sha256'), 32)
  );
}

// Every document value in a value, at any depth, in stored order.
export function documentsIn(value, found = []) {
  if (Array.isArray(value)) {
    for (const item of value) documentsIn(item, found);
  } else if (value instanceof Map) {
    if (isDocument(value)) found.push(value);
    else for (const item of value.values()) documentsIn(item, found);
  }
  return found;
}

// What may not occur in a field's value: empty text, empty arrays and maps, empty keys. Returns which, or null.
export function emptiness(value) {
  if (value === '') return 'empty text';
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : firstOf(value, emptiness);
  }
  if (value instanceof Map) {
    if (value.size === 0) return 'an empty group';
    return value.has('') ? 'an empty key' : firstOf([...value.values()], emptiness);
  }
  return null;
}

export function firstOf(list, judge) {
  for (const item of list) {
    const found = judge(item);
    if (found !== null) return found;
  }
  return null;
}

// Orders texts by their code points, which is the order of their UTF-8 bytes.
export function byCodePoints(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i) - b.codePointAt(i);
  }
  return a.length - b.length;
}

// Somebody else's words in a sentence of ours: one line of bounded length in quotation marks, that can't end them itself.
export function inQuotes(words) {
  const plain = [...words].filter((letter) => !/[\u0000-\u001f\u007f-\u009f]/.test(letter)).slice(0, 80).join('');
  const more = [...words].length > 80 ? '\u2026' : '';
  return `\u201c${plain.replace(/[\u201c\u201d]/g, '"')}${more}\u201d`;
}
