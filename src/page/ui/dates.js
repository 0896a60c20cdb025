// Days and moments as people in the school write them: 21 November 2026, 14:02 GMT.
//
// Moments are shown in Europe/London with the zone, wherever the reader's computer stands. A record may
// hold any integer; what is no moment of the calendar is shown as the number that it is.

const LONDON = { timeZone: 'Europe/London' };
const DAY = new Intl.DateTimeFormat('en-GB', { ...LONDON, day: 'numeric', month: 'long', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', {
  ...LONDON, hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short',
});
const PLAIN_DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric',
});
// The year 9999 ends here.
const LATEST = 253402300799;

function calendar(seconds) {
  const sane = Number.isSafeInteger(seconds) && Math.abs(seconds) <= LATEST;
  return sane ? new Date(seconds * 1000) : null;
}

/** `21 November 2026, 14:02 GMT`. */
export function moment(seconds) {
  const date = calendar(seconds);
  return date ? `${DAY.format(date)}, ${CLOCK.format(date)}` : `${seconds} seconds after 1970`;
}

/** `21 November 2026`, of a moment. */
export function dayOf(seconds) {
  const date = calendar(seconds);
  return date ? DAY.format(date) : `${seconds} seconds after 1970`;
}

/** `21 November 2026`, of a day written YYYY-MM-DD; null if it is none. */
export function day(text) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return null;
  const date = new Date(`${text}T00:00:00Z`);
  const same = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(parts[3]);
  return same ? PLAIN_DAY.format(date) : null;
}
