// How nearly every test of the page begins: the made-up school, served, and somebody at it. What is
// opened here is closed when the tests of its file are over.

import { after, beforeEach } from 'node:test';
import { log, school, serve } from './program.mjs';

const ends = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});

// A file that fails before its first test ends without its `exit`, and would leave all of it running.
const early = (error) => {
  console.error(error);
  process.exit(1);
};
process.on('uncaughtExceptionMonitor', early);
beforeEach(() => { process.off('uncaughtExceptionMonitor', early); });

/** A browser at a server, unlocked as the holder of the key `as`, where one is named. */
export async function visit(server, { as, ...how } = {}) {
  // Those who only send things by hand need none of what drives it.
  const { browser } = await import('./browser.mjs');
  const page = await browser(how);
  ends.push(() => page.end());
  // A server has a name only where it has a certificate.
  page.url = how.name ? `https://${how.name}:${server.port}` : server.url;
  if (as) await page.unlock(as);
  return page;
}

/**
 * A copy of the made-up school, or what else is `made`, as `serve` with these `args` shows it:
 * `{ made, server, page, last }`, where `last` reads the newest record. The browser comes as `page`
 * says: what `visit` is told, or nothing, for none.
 */
export async function opening({ made = school(), args = [], page } = {}) {
  const server = await serve(made.home, ...args);
  ends.push(() => server.end());
  return { made, server, page: page && await visit(server, page), last: () => log(made.home).at(-1) };
}
