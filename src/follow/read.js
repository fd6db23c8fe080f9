// Reads: one per article and window. The idempotency key is created when the read is due, and stored with it.
import { plain } from "./loader.js";
import { boxOf, laidOut, readFor } from "./seen.js";
import { storeTally } from "./tally.js";
import { textOf } from "./text.js";

/** @type {(run: { article: string }) => string} */
const name = ({ article }) => `read:${article}`;

// Maximum length of a window, in ms.
const MAX_WINDOW_MS = 86_400_000;

// The entry of a read that is due now: a new one, or the stored one of the current window. The page may have been open
// for longer than its view's window.
/** @type {(host: Pick<FollowHost, "run" | "fire">) => ReadEntry} */
export const due = ({ run, fire }) => {
  const now = Date.now();
  const { window_ends } = run.drawn.view;
  const entry = run.kept.read(name(run));
  if (entry.until > now) return entry;
  const latest = now + MAX_WINDOW_MS;
  const until = window_ends > now ? Math.min(window_ends, latest) : latest;
  const fresh = { key: run.kept.random(16), until, sent: false };
  run.kept.write(name(run), fresh);
  fire("gema-read");
  return fresh;
};

// Sends the read without the widget: once now, and on the next page if that fails. A read that is rejected permanently
// counts as sent. A widget that has taken over meanwhile would add the read to a live tally that contains it.
/** @type {(host: FollowHost, entry: ReadEntry) => Promise<void>} */
const send = async ({ post, run, widget }, entry) => {
  const { isStandIn: stand_in, signals } = run.kept;
  const answer = await post({ signals, stand_in, events: [{ type: "read", article: run.article, key: entry.key }] });
  const { refused, tallies } = answer.body || plain();
  if (answer.isLater || (refused && refused[0] && refused[0].retry_after)) return;
  run.kept.write(name(run), plain(entry, { sent: true }));
  storeTally(run.kept, tallies && tallies[0]);
  const taken = run.still() && widget();
  if (taken) taken.kept();
};

/**
 * Waits until the article was read, then counts the read: by the widget if it runs, else directly.
 * @type {(host: FollowHost) => Promise<void>}
 */
export const countRead = async (host) => {
  const { run } = host;
  const { identity, read_after, refusal } = run.drawn.view;
  if (identity === "off" || refusal || !host.counts()) return;
  await laidOut();
  // After a navigation, another run counts that page's read; if the page has come back, count from the start.
  do await readFor(() => boxOf(textOf(host)), read_after, run.still);
  while (!host.isCurrent());
  const entry = due(host);
  if (entry.sent) return;
  const widget = host.widget();
  if (widget) widget.read(entry.key, entry.until);
  else send(host, entry);
};
