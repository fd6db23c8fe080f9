// Stores an article's tally in the browser: a cache may be late when the reader opens the next page, and responses may
// arrive out of order.

// How long a tally is kept although the endpoint sends one with a lower `rev`, in ms. A cache may be late by a minute;
// after a restored backup, the endpoint's `rev` stays lower for long.
const HEALS_AFTER_MS = 600_000;

// Stores a tally unless the stored one is newer.
/** @type {(kept: Kept, tally: Tally | undefined) => void} */
export const storeTally = (kept, tally) => {
  if (!tally) return;
  const name = `tally:${tally.article}`;
  const { tally: known, at } = kept.read(name);
  const now = Date.now();
  if (known && tally.rev < known.rev && Math.abs(now - at) <= HEALS_AFTER_MS) return;
  kept.write(name, { tally, at: now });
};
