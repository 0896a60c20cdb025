// A picture of a page with few colours is a third as large with a palette: Chromium's PNG in, another
// PNG out.

import { deflateSync, inflateSync } from 'node:zlib';

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc(body));
  return Buffer.concat([length, body, sum]);
}

/** The pixels of a PNG of 8 bits without interlacing: width, height, bytes of a pixel, and all of them. */
function pixels(png) {
  const data = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const each = { 2: 3, 6: 4 }[png[25]];
  if (png[24] !== 8 || !each || png[28] !== 0) throw new Error('another sort of PNG than Chromium makes');
  const [raw, line] = [inflateSync(Buffer.concat(data)), width * each];
  const all = Buffer.alloc(line * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (line + 1)];
    for (let x = 0; x < line; x += 1) {
      const at = y * line + x;
      const left = x >= each ? all[at - each] : 0;
      const up = y > 0 ? all[at - line] : 0;
      const corner = x >= each && y > 0 ? all[at - line - each] : 0;
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const near = a <= b && a <= c ? left : b <= c ? up : corner;
      all[at] = raw[y * (line + 1) + 1 + x] + [0, left, up, (left + up) >> 1, near][filter];
    }
  }
  return { width, height, each, all };
}

/** The same picture with a palette of at most 256 colours. */
export function small(png) {
  const { width, height, each, all } = pixels(png);
  for (let coarse = 0; coarse < 6; coarse += 1) {
    const mask = 0xff & (0xff << coarse);
    const palette = new Map();
    const lines = Buffer.alloc((width + 1) * height);
    for (let at = 0; at < width * height && palette.size <= 256; at += 1) {
      const [r, g, b] = [0, 1, 2].map((part) => {
        const kept = all[at * each + part] & mask;
        // White stays white.
        return kept === mask ? 0xff : kept;
      });
      const colour = (r << 16) | (g << 8) | b;
      if (!palette.has(colour)) palette.set(colour, palette.size);
      lines[Math.floor(at / width) * (width + 1) + 1 + (at % width)] = palette.get(colour);
    }
    if (palette.size > 256) continue;
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 3, 0, 0, 0], 8);
    const colours = Buffer.from([...palette.keys()].flatMap((colour) => [colour >> 16, (colour >> 8) & 0xff, colour & 0xff]));
    return Buffer.concat([png.subarray(0, 8), chunk('IHDR', head), chunk('PLTE', colours), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
  }
  throw new Error('too many colours');
}
