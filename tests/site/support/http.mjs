// A client without a browser, so that it can send what no browser would.

import { request } from 'node:http';
import { PASSPHRASE } from './program.mjs';

const LONGEST = 60_000;

/** One request: `{ status, headers, text, bytes }`. `body` is text, bytes, or a form's pairs. */
export function ask(url, { method = 'GET', headers = {}, body } = {}) {
  const { hostname, port } = new URL(url);
  // As it is written: `new URL` would tidy away what tests of paths are about.
  const path = url.replace(/^[a-z]+:\/\/[^/]*/, '') || '/';
  let sent = body;
  const all = { ...headers };
  if (body && typeof body === 'object' && !Buffer.isBuffer(body)) {
    sent = new URLSearchParams(Array.isArray(body) ? body : Object.entries(body)).toString();
    all['content-type'] ??= 'application/x-www-form-urlencoded';
  }
  if (sent !== undefined) all['content-length'] ??= Buffer.byteLength(sent);
  return new Promise((done, fail) => {
    const asked = request({ hostname, port, path, method, headers: all, agent: false, timeout: LONGEST });
    asked.on('timeout', () => asked.destroy(new Error(`no answer from ${path} in time`)));
    asked.on('error', fail);
    asked.on('response', (answer) => {
      const pieces = [];
      answer.on('error', fail);
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => {
        const bytes = Buffer.concat(pieces);
        done({ status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString('utf8') });
      });
    });
    asked.end(sent);
  });
}

/** A form with files: its content type and its bytes. `parts` are `[name, text]` or `[name, file, bytes]`. */
export function multipart(parts) {
  const mark = `----probity${Math.random().toString(16).slice(2)}`;
  const pieces = [];
  for (const [name, text, bytes] of parts) {
    const file = bytes === undefined ? '' : `; filename="${text}"\r\ncontent-type: application/octet-stream`;
    pieces.push(Buffer.from(`--${mark}\r\ncontent-disposition: form-data; name="${name}"${file}\r\n\r\n`));
    pieces.push(Buffer.from(bytes ?? text), Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${mark}--\r\n`));
  return { headers: { 'content-type': `multipart/form-data; boundary=${mark}` }, body: Buffer.concat(pieces) };
}

/** What HTML's few entities stand for. */
export const plain = (text) =>
  text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&amp;/g, '&');

/** The forms of a page: where each goes, and its fields with what they hold: `[name, value, type]`. */
export function forms(text) {
  const attribute = (tag, name) => {
    const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s>])`).exec(tag);
    return found && plain(found[1] ?? '');
  };
  return [...text.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => {
    const [head] = /^<form\b[^>]*>/.exec(form);
    const fields = [];
    for (const [tag, kind, rest] of form.matchAll(/<(input|textarea|select|button)\b[^>]*>([^<]*)/g)) {
      const open = tag.slice(0, tag.indexOf('>') + 1);
      const name = attribute(open, 'name');
      if (!name) continue;
      const type = kind === 'input' ? (attribute(open, 'type') ?? 'text') : kind;
      fields.push([name, kind === 'textarea' ? plain(rest) : (attribute(open, 'value') ?? ''), type, attribute(open, 'checked') !== null]);
    }
    return { action: attribute(head, 'action'), method: attribute(head, 'method') ?? 'get', fields, files: head.includes('multipart') };
  });
}

/** A client that keeps its cookie, as a browser would. */
export class Client {
  constructor(url) {
    this.url = url;
    this.jar = new Map();
  }

  /** The cookies of this client, as it sends them. */
  get cookie() {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ') || undefined;
  }

  set cookie(text) {
    this.jar = new Map(text.split('; ').map((one) => one.split(/=(.*)/s).slice(0, 2)));
  }

  async ask(path, { headers = {}, ...rest } = {}) {
    const all = { ...(this.cookie && { cookie: this.cookie }), ...headers };
    const answer = await ask(this.url + path, { headers: all, ...rest });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(line);
      if (/;\s*max-age=0/i.test(line)) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return answer;
  }

  get(path, headers) {
    return this.ask(path, { headers });
  }

  /** Sends a form with this session's token, or with what `token` says (`null`: none). */
  async post(path, fields = {}, { token, headers } = {}) {
    const pairs = Array.isArray(fields) ? [...fields] : Object.entries(fields);
    const mark = token === undefined ? await this.token() : token;
    if (mark !== null) pairs.push(['token', mark]);
    return this.ask(path, { method: 'POST', headers, body: pairs });
  }

  /** The token of this session, as its pages carry it. */
  async token() {
    const { text } = await this.get(this.unlocked ? '/accessibility' : '/unlock');
    const found = /name="token" value="([0-9a-f]+)"/.exec(text);
    if (!found) throw new Error(`no token in:\n${text.slice(0, 2000)}`);
    return found[1];
  }

  /** Unlocks with a key of the tour. */
  async unlock(key, passphrase = PASSPHRASE, next = '/') {
    const answer = await this.post('/unlock', { key, passphrase, next });
    this.unlocked = answer.status === 303;
    return answer;
  }
}

/** An unlocked client, or an error that shows the page that came instead. */
export async function unlocked(url, key) {
  const client = new Client(url);
  const answer = await client.unlock(key);
  if (answer.status !== 303) throw new Error(`${key} could not unlock: ${answer.status}\n${answer.text.slice(0, 3000)}`);
  return client;
}
