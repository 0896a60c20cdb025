// Files that are too large, come too slowly, or from somebody who is not unlocked: each has its
// answer in bounded time, and nothing is left on the disk.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, multipart, unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { PASSPHRASE, log } from './support/program.mjs';

const MIB = 1 << 20;
const MARK = '----probity-upload';
const FORM = `multipart/form-data; boundary=${MARK}`;

const { made, server } = await opening();
const head = await unlocked(server.url, 'amina-okafor');

const uploads = () => {
  const folder = join(made.home, 'page', 'uploads');
  return existsSync(folder) ? readdirSync(folder) : [];
};
/** Most memory that the server ever had, in bytes. */
const most = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) * 1024;

/** A request that is written by hand: `send` bytes, `answer` when the server has said something. */
function raw(path, headers) {
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  let ended = false;
  const began = Date.now();
  socket.setTimeout(90_000, () => socket.destroy());
  socket.on('error', () => {});
  const answer = new Promise((done) => {
    const tell = () => done({ text, after: Date.now() - began });
    socket.on('data', (bytes) => { text += bytes; if (/\r\n\r\n/.test(text)) tell(); });
    socket.on('close', () => { ended = true; tell(); });
  });
  const all = { host: `127.0.0.1:${server.port}`, ...headers };
  socket.write(`POST ${path} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  const send = (bytes) => new Promise((done) => {
    if (ended || socket.destroyed || socket.write(bytes)) return done();
    const go = () => { socket.off('drain', go); socket.off('close', go); done(); };
    socket.on('drain', go);
    socket.on('close', go);
  });
  return { socket, send, answer, over: () => ended || text !== '', said: () => text };
}

const begin = (token) =>
  `--${MARK}\r\ncontent-disposition: form-data; name="token"\r\n\r\n${token}\r\n`
  + `--${MARK}\r\ncontent-disposition: form-data; name="attach"; filename="large.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`;

test('what comes too slowly has its answer within a minute, and holds nobody up', { timeout: 120_000 }, async () => {
  const token = await head.token();
  const { cookie } = head;
  const waiting = [
    raw('/lock', { cookie, 'content-type': 'application/x-www-form-urlencoded', 'content-length': 1000 }),
    raw('/lock', { cookie, 'content-type': FORM, 'content-length': 100_000 }),
    raw('/record/note', { cookie, 'content-type': FORM, 'content-length': 100_000 }),
  ];
  await waiting[0].send('token=');
  await waiting[1].send(begin(token));
  await waiting[2].send(`${begin(token)}the first bytes`);
  // Headers that never end.
  const half = connect(server.port, '127.0.0.1', () => half.write('GET / HTTP/1.1\r\nHost: '));
  const began = Date.now();
  const cut = new Promise((done) => half.on('close', () => done(Date.now() - began)).on('error', () => {}).resume());

  const quick = Date.now();
  assert.equal((await head.get('/')).status, 200);
  assert.ok(Date.now() - quick < 5000, 'others are answered meanwhile');
  assert.ok(await cut < 30_000, 'headers are not waited for');
  for (const { answer, socket } of waiting) {
    const { text, after } = await answer;
    assert.match(text, /^HTTP\/1\.1 (4\d\d|503) /, 'refused, and not done');
    assert.ok(after < 60_000, `${after} ms`);
    socket.destroy();
  }
  assert.deepEqual(uploads(), []);
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
});

test('a file that drips in is cut off, and one address holds not every connection', { timeout: 120_000 }, async () => {
  const token = await head.token();
  const drip = raw('/record/note', { cookie: head.cookie, 'content-type': FORM, 'content-length': MIB });
  await drip.send(begin(token));
  for (let at = 0; at < 60 && !drip.over(); at += 1) {
    await drip.send(Buffer.alloc(1024, 0x61));
    await wait(1000);
  }
  const { text, after } = await drip.answer;
  assert.match(text, /^HTTP\/1\.1 4\d\d /);
  assert.ok(after < 45_000, `${after} ms`);
  drip.socket.destroy();
  assert.deepEqual(uploads(), []);

  const held = Array.from({ length: 80 }, () => connect(server.port, '127.0.0.1'));
  const closed = new Set();
  for (const socket of held) socket.on('error', () => {}).on('close', () => closed.add(socket)).resume();
  await wait(2000);
  assert.ok(closed.size >= 80 - 64 && closed.size < 80, `${closed.size} were closed`);
  const other = connect({ port: server.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
  const answered = new Promise((done) => other.on('data', (bytes) => done(String(bytes))).on('error', done).on('close', done));
  other.write(`GET /accessibility HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: close\r\n\r\n`);
  assert.match(String(await answered), /^HTTP\/1\.1 200 /, 'others find room');
  for (const socket of [...held, other]) socket.destroy();
  await wait(200);
  assert.equal((await head.get('/')).status, 200, 'and so does everybody afterwards');
});

// A browser that can't send all of it shows that the connection broke, and no answer.
test('a file of 300 MiB is refused once all of it has come, and never all in memory', { timeout: 120_000 }, async () => {
  const token = await head.token();
  const first = begin(token);
  const last = `\r\n--${MARK}--\r\n`;
  const length = first.length + 300 * MIB + last.length;
  const before = most();
  const sent = raw('/lock', { cookie: head.cookie, 'content-type': FORM, 'content-length': length });
  await sent.send(first);
  const piece = Buffer.alloc(MIB, 0x61);
  for (let at = 0; at < 300; at += 1) {
    assert.ok(!sent.over(), `it was answered after ${at} MiB`);
    await sent.send(piece);
  }
  await sent.send(last);
  const { text } = await sent.answer;
  assert.match(text, /^HTTP\/1\.1 4\d\d /);
  for (let at = 0; at < 50 && !sent.said().includes('</html>'); at += 1) await wait(100);
  assert.match(sent.said(), /The file large\.bin is longer than 256 MiB/);
  assert.ok(most() - before < 64 * MIB, `it took ${(most() - before) / MIB} MiB of memory`);
  sent.socket.destroy();
  await wait(200);
  assert.deepEqual(uploads(), []);
  assert.equal((await head.get('/')).status, 200, 'still unlocked');
});

test('a connection that breaks leaves no file', async () => {
  const token = await head.token();
  const sent = raw('/lock', { cookie: head.cookie, 'content-type': FORM, 'content-length': 10 * MIB });
  await sent.send(begin(token));
  await sent.send(Buffer.alloc(2 * MIB, 0x61));
  await wait(300);
  sent.socket.destroy();
  for (let at = 0; at < 50 && uploads().length > 0; at += 1) await wait(100);
  assert.deepEqual(uploads(), []);
});

test('too many files and too many fields are refused', async () => {
  const token = await head.token();
  const files = Array.from({ length: 51 }, (_, at) => ['attach', `${at}.txt`, `file ${at}`]);
  const fields = Array.from({ length: 5001 }, (_, at) => [`a.${at}`, 'x']);
  for (const parts of [files, fields, [['a.text', 'x'.repeat(3 * MIB)]]]) {
    const { status, text } = await head.ask('/record/note', { method: 'POST', ...multipart([['token', token], ...parts]) });
    assert.equal(status, 422);
    assert.match(text, /more than|longer than/i);
    assert.deepEqual(uploads(), []);
  }
});

test('nobody who is not unlocked puts a file on the disk', async () => {
  const stranger = new Client(server.url);
  const token = await stranger.token();
  for (const path of ['/unlock', '/lock', '/record/note', '/verify', '/sign', '/start/school', '/practice', '/sign-elsewhere']) {
    const sent = raw(path, { cookie: stranger.cookie, 'content-type': FORM, 'content-length': 10 * MIB });
    await sent.send(begin(token));
    await sent.send(Buffer.alloc(2 * MIB, 0x61));
    try {
      for (let at = 0; at < 10 && !sent.over(); at += 1) {
        assert.deepEqual(uploads(), [], `${path} keeps a stranger’s file`);
        await wait(50);
      }
    } finally {
      sent.socket.destroy();
      await wait(200);
    }
  }
});

test('an upload’s own name names no folder', async () => {
  const before = log(made.home).length;
  const token = await head.token();
  for (const name of ['../../../../tmp/probity-evil.txt', '..\\..\\evil.txt', '/etc/probity-evil', 'a\0b', '.', '..', '"; filename="other', 'x'.repeat(5000)]) {
    const { status } = await head.ask('/record/note', {
      method: 'POST', ...multipart([['token', token], ['a.text', 'a note'], ['attach', name.replace(/"/g, '%22'), 'bytes'], ['passphrase', PASSPHRASE]]),
    });
    assert.ok(status < 500, `${status} ${name}`);
  }
  for (const path of ['/tmp/probity-evil.txt', '/etc/probity-evil']) assert.ok(!existsSync(path), path);
  assert.deepEqual(uploads(), []);
  assert.ok(log(made.home).length >= before);
});

// It comes from another school by e-mail, and each of its values once became dozens of bytes.
test('a request of millions of values is refused, and everybody’s page goes on', { timeout: 120_000 }, async () => {
  const bomb = Buffer.alloc(60 * MIB, 0xf6);
  bomb.writeUInt8(0x9a, 0);
  bomb.writeUInt32BE(bomb.length - 5, 1);
  const before = most();
  const form = multipart([['token', await head.token()], ['request', 'bomb.request', bomb]]);
  const { status, text } = await head.ask('/sign-elsewhere', { method: 'POST', ...form });
  assert.equal(status, 422);
  assert.match(text, /values, expected at most 262144/);
  assert.match(text, /have the school make a new one/i);
  assert.ok(most() - before < 256 * MIB, `it took ${(most() - before) / MIB} MiB of memory`);
  assert.equal((await head.ask('/')).status, 200);
});
