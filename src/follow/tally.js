// The tally of an article as the browser stores it. A cache may be late for the reader's next page, and an answer later than the one after it.

// For so many ms a tally with a greater `rev` than the endpoint's own stands: a cache may be late by a minute, a restored backup is behind for
// ever.
const HEALS_AFTER = 600_000;

// The newest stands.
/** @type {(kept: Kept, tally: Tally | undefined) => void} */
export const storeTally = (kept, tally) => {
  if (!tally) return;
  const name = `tally:${tally.article}`;
  const { tally: known, at } = kept.read(name);
  const now = Date.now();
  if (known && tally.rev < known.rev && Math.abs(now - at) <= HEALS_AFTER) return;
  kept.write(name, { tally, at: now });
};
