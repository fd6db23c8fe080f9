// A page on which nothing counts, such as a preview, or one of which the endpoint takes nothing: the widget works, and what is done there is not
// sent.
import { plain } from "../embed/json.js";

// Seconds.
const LATER = 60;

// The answer to events of this article; none where all of them are of others. What was done of others, or chosen before, goes from another page.
export const uncounted = ({ counts, run }, { events }) => {
  const isCounted = counts() && !run.drawn.view.refusal;
  if (isCounted || !events.some(({ article }) => article === run.article)) return undefined;
  const isDropped = ({ article, type }) => article === run.article && type !== "react";
  const refused = events.map((event, index) => plain({ index, retry_after: isDropped(event) ? undefined : LATER }));
  return plain({ status: 200, body: plain({ tallies: [], refused }) });
};
