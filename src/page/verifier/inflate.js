// Raw deflate (RFC 1951), unpacked piece by piece, so that whoever takes the pieces can stop a bomb while it is small.
// The browser's own unpacker isn't used: browsers differ in what they make of bytes after the end of the packed data,
// and asking it for each of thousands of small files takes longer than this.

const WINDOW = 32768;
const ROOM = 4 * WINDOW;
const LONGEST_MATCH = 258;
const FAST_BITS = 9;
const FAST_MASK = (1 << FAST_BITS) - 1;
// Lengths of matches for the symbols from 257 on, and distances: the least, and how many bits are added to it.
const LENGTH_BITS = Array.from({ length: 29 }, (_, i) => (i < 8 || i === 28 ? 0 : (i >> 2) - 1));
const LENGTHS = LENGTH_BITS.map((bits, i) => (i < 8 ? i + 3 : i === 28 ? 258 : ((4 + (i & 3)) << bits) + 3));
const DISTANCE_BITS = Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
const DISTANCES = DISTANCE_BITS.map((bits, i) => (i < 4 ? i + 1 : ((2 + (i & 1)) << bits) + 1));
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

export class InflateError extends Error {}

// A canonical Huffman code from the lengths of its codes: `fast` gives what the next FAST_BITS bits begin with, as
// symbol * 16 + length; longer codes are followed bit by bit. Codes that are used twice, or that leave bits without
// meaning (but for a single code), are refused.
function huffman(lengths) {
  const counts = new Uint16Array(16);
  for (let i = 0; i < lengths.length; i++) counts[lengths[i]] += 1;
  counts[0] = 0;
  // Where the symbols of each length begin, and the first code of each length.
  const starts = new Uint16Array(16);
  const codes = new Uint16Array(16);
  let left = 1;
  let used = 0;
  for (let length = 1; length < 16; length++) {
    left = 2 * left - counts[length];
    if (left < 0) throw new InflateError('codes that overlap');
    codes[length] = (codes[length - 1] + counts[length - 1]) << 1;
    starts[length] = used;
    used += counts[length];
  }
  if (left > 0 && used !== counts[1]) throw new InflateError('codes that are not complete');
  const symbols = new Uint16Array(used);
  const fast = new Uint16Array(1 << FAST_BITS);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length === 0) continue;
    symbols[starts[length]++] = symbol;
    const code = codes[length]++;
    if (length > FAST_BITS) continue;
    // Deflate sends codes from their first bit, numbers from their last.
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < fast.length; at += 1 << length) fast[at] = symbol * 16 + length;
  }
  return { counts, symbols, fast };
}

const FIXED_LENGTHS = Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
const FIXED_CODES = [huffman(FIXED_LENGTHS), huffman(new Uint8Array(32).fill(5))];

class BitReader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }

  // At least so many bits are held; beyond the end they are zeros, which atEnd() finds out.
  fill(count) {
    while (this.count < count) {
      this.held |= this.bytes[this.at++] << this.count;
      this.count += 8;
    }
  }

  atEnd() {
    if (this.at - (this.count >> 3) > this.bytes.length) throw new InflateError('an end that comes too early');
  }

  bits(count) {
    this.fill(count);
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  symbol(code) {
    this.fill(15);
    const found = code.fast[this.held & FAST_MASK];
    if (found === 0) return this.longSymbol(code);
    const length = found & 15;
    this.held >>>= length;
    this.count -= length;
    return found >> 4;
  }

  longSymbol({ counts, symbols }) {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length < 16; length++) {
      code |= (this.held >> (length - 1)) & 1;
      if (code - first < counts[length]) {
        this.bits(length);
        return symbols[index + code - first];
      }
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new InflateError('bits that are no code');
  }

  // The whole bytes that follow: a stored block's length, its complement, its content.
  stored() {
    this.at -= this.count >> 3;
    [this.held, this.count] = [0, 0];
    const [a, b, c, d] = this.bytes.subarray(this.at, this.at + 4);
    const length = a | (b << 8);
    const fits = d !== undefined && (length ^ (c | (d << 8))) === 0xffff;
    if (!fits) throw new InflateError('a stored block of two lengths');
    const start = this.at + 4;
    this.at = start + length;
    if (this.at > this.bytes.length) throw new InflateError('an end that comes too early');
    return this.bytes.subarray(start, this.at);
  }
}

// The codes of a block: for literals and lengths, and for distances.
function readCodes(reader) {
  const literals = reader.bits(5) + 257;
  const distances = reader.bits(5) + 1;
  const count = reader.bits(4) + 4;
  if (literals > 286 || distances > 30) throw new InflateError('too many codes');
  const codeLengths = new Uint8Array(19);
  for (let i = 0; i < count; i++) codeLengths[CODE_LENGTH_ORDER[i]] = reader.bits(3);
  const code = huffman(codeLengths);
  const lengths = new Uint8Array(literals + distances);
  for (let at = 0; at < lengths.length; ) {
    const symbol = reader.symbol(code);
    if (symbol < 16) {
      lengths[at++] = symbol;
      continue;
    }
    if (symbol === 16 && at === 0) throw new InflateError('a repetition of nothing');
    const times = symbol === 16 ? 3 + reader.bits(2) : symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
    if (at + times > lengths.length) throw new InflateError('too many codes');
    if (symbol === 16) lengths.fill(lengths[at - 1], at, at + times);
    at += times;
  }
  if (lengths[256] === 0) throw new InflateError('no code for the end');
  return [huffman(lengths.subarray(0, literals)), huffman(lengths.subarray(literals))];
}

// Rooms that were used and can be used again; what an earlier file left in one can't be reached.
const rooms = [];

// The unpacked bytes in pieces. A piece is only good until the next one is asked for.
export function* inflated(packed) {
  const out = rooms.pop() ?? new Uint8Array(ROOM);
  yield* unpackInto(out, new BitReader(packed));
  rooms.push(out);
}

function* unpackInto(out, reader) {
  let at = 0;
  let given = 0;
  for (let last = false; !last; ) {
    last = reader.bits(1) === 1;
    const type = reader.bits(2);
    if (type === 3) throw new InflateError('a block of an unknown type');
    if (type === 0) {
      for (let rest = reader.stored(); rest.length > 0; ) {
        const some = rest.subarray(0, ROOM - at);
        out.set(some, at);
        at += some.length;
        rest = rest.subarray(some.length);
        if (at === ROOM) yield* turnOver();
      }
      continue;
    }
    const [literalCode, distanceCode] = type === 1 ? FIXED_CODES : readCodes(reader);
    for (;;) {
      if (at > ROOM - LONGEST_MATCH) yield* turnOver();
      const symbol = reader.symbol(literalCode);
      if (symbol < 256) out[at++] = symbol;
      else if (symbol === 256) break;
      else {
        if (symbol > 285) throw new InflateError('a length that is none');
        const length = LENGTHS[symbol - 257] + reader.bits(LENGTH_BITS[symbol - 257]);
        const distanceSymbol = reader.symbol(distanceCode);
        if (distanceSymbol > 29) throw new InflateError('a distance that is none');
        const distance = DISTANCES[distanceSymbol] + reader.bits(DISTANCE_BITS[distanceSymbol]);
        if (distance > at) throw new InflateError('a distance beyond the beginning');
        for (const end = at + length; at < end; at++) out[at] = out[at - distance];
      }
    }
  }
  reader.atEnd();
  yield out.subarray(given, at);

  // Gives out what is new and keeps as much as matches can reach back.
  function* turnOver() {
    reader.atEnd();
    yield out.subarray(given, at);
    out.copyWithin(0, at - WINDOW, at);
    at = WINDOW;
    given = WINDOW;
  }
}
