// The read: one an article and window, under a key made when it is due and kept with it.
import { at, isLater, request } from "./endpoint.js";

// A browser that a program drives says so; its reads are for the endpoint to count or not.
const signals = () => (navigator.webdriver ? ["webdriver"] : []);

const name = ({ article }) => `read:${article}`;

// The entry of a read that is due now: a new one, or the one of this window. The page may have been
// open for longer than its view's window.
export const dueRead = (run, windowEnds) => {
  const now = Date.now();
  const entry = run.kept.read(name(run));
  if (entry.until > now) return { entry };
  const fresh = { key: run.kept.random(16), until: windowEnds > now ? windowEnds : now + 86_400_000, sent: false };
  run.kept.write(name(run), fresh);
  return { entry: fresh, isNew: true };
};

// Without the widget, or before it: once now, and on the next page if that fails. One that is refused for good is done.
export const sendRead = async (run, entry) => {
  const events = [{ type: "read", article: run.article, key: entry.key }];
  const answer = await request(at(run, "events"), true, JSON.stringify({ signals: signals(), events }));
  if (isLater(answer) || answer.body?.refused?.[0]?.retry_after) return;
  run.kept.write(name(run), { ...entry, sent: true });
  run.kept.tally(answer.body?.tallies?.[0]);
};
