// Responses for a page without counting, such as a preview, or a page from which the endpoint accepts nothing: the
// widget works, and its events are not sent.
import { plain } from "../embed/json.js";

// Seconds.
const LATER = 60;

// The response to a batch with events of this article; `undefined` if it only has events of others. Choices, and events
// of other articles, are kept to be sent from another page.
/** @type {(host: Pick<FollowHost, "counts" | "run">, batch: Batch) => Answer | undefined} */
export const uncounted = ({ counts, run }, { events }) => {
  const isCounted = counts() && !run.drawn.view.refusal;
  if (isCounted || !events.some(({ article }) => article === run.article)) return undefined;
  /** @type {(event: GemaEvent) => boolean} */
  const isDropped = ({ article, type }) => article === run.article && type !== "react";
  const refused = events.map((event, index) => plain({ index, retry_after: isDropped(event) ? undefined : LATER }));
  return plain({ status: 200, body: plain({ tallies: [], refused }) });
};
