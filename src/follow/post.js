// Sends events of an article to its endpoint.
import { at, isLater, reason, request, say, stringify } from "./loader.js";

/** @type {(run: Run, batch: object) => Promise<Posted>} */
export const post = async (run, batch) => {
  const answer = /** @type {Posted} */ (await request(at(run, "events"), true, stringify(batch)));
  answer.isLater = isLater(answer);
  if (!answer.isLater && !(answer.body && answer.body.tallies)) say(`refused: ${reason(answer, run)}`);
  return answer;
};
