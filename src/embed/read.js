// The read: one an article and window, under a key made when it is due and kept with it.
import { request } from "./endpoint.js";

const DAY = 86_400_000;

// 96 random bits in base64url.
const randomKey = () =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(12))))
    .replaceAll("+", "-")
    .replaceAll("/", "_");

// The entry of a read that is due now: a new one, or the one of this window. The page may have been
// open for longer than its view's window.
export const dueRead = (kept, article, windowEnds) => {
  const name = `read:${article}`;
  const now = Date.now();
  const entry = kept.read(name);
  if (entry.until > now) return { entry, isNew: false };
  const fresh = { key: randomKey(), until: windowEnds > now ? windowEnds : now + DAY, sent: false };
  kept.set(name, JSON.stringify(fresh));
  return { entry: fresh, isNew: true };
};

// Without the widget, or before it: once now, and on the next page if that fails.
export const sendRead = async ({ endpoint, site, article, kept }, entry) => {
  const body = JSON.stringify({ events: [{ type: "read", article, key: entry.key }] });
  const answer = await request(endpoint, `v1/sites/${encodeURIComponent(site)}/events`, body).catch(() => ({}));
  if (answer.status !== 200) return;
  kept.set(`read:${article}`, JSON.stringify({ ...entry, sent: true }));
  const tally = answer.body?.tallies?.[0];
  if (tally) kept.set(`tally:${article}`, JSON.stringify({ tally, at: Date.now() }));
};
