// The log of looking after a full disk or a power cut: half a line in it hides no later look, and keeps
// nobody from the records.

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { unlocked } from './support/http.mjs';
import { opening } from './support/opening.mjs';
import { log } from './support/program.mjs';

const { made, server } = await opening();
const dpo = await unlocked(server.url, 'priya-raman');
const kept = join(made.home, 'page', 'looks.jsonl');
const sensitive = log(made.home).filter(({ kind }) => kind === 'breach-report').map(({ entry }) => entry);

/** How often a look at this record is listed. */
const listed = async (entry) => {
  const { status, text } = await dpo.get('/settings/looks');
  assert.equal(status, 200, text);
  return text.split(`href="/entry/${entry}"`).length - 1;
};

test('a look after half a line is listed, and no record is shut', async () => {
  assert.equal((await dpo.post('/settings/looks', { on: 'yes' })).status, 303);
  const [entry] = sensitive;
  assert.equal((await dpo.get(`/entry/${entry}`)).status, 200);
  assert.equal(await listed(entry), 1);
  let count = 1;
  for (const torn of ['{"time":1795269719,"name":"Pri', Buffer.from('{"time":1795269719,"name":"Jos\xc3', 'latin1'), Buffer.alloc(40)]) {
    appendFileSync(kept, torn);
    const { status, text } = await dpo.get(`/entry/${entry}`);
    assert.equal(status, 200, text);
    count += 1;
    assert.equal(await listed(entry), count, 'what was shown is listed');
  }
  // Half a line at the beginning, too.
  writeFileSync(kept, Buffer.concat([Buffer.from('ya Raman"}\n'), readFileSync(kept)]));
  assert.equal((await dpo.get(`/entry/${entry}`)).status, 200);
  assert.equal(await listed(entry), count + 1);
});
