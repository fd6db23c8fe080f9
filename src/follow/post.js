// Sends events of an article to its endpoint.
import { at, request, stringify } from "./loader.js";
import { judge } from "./outcome.js";

/** @type {(list: unknown) => unknown} */
const hasEntries = (list) => Array.isArray(list) && list.length;

/** @type {(run: Run, batch: object) => Promise<Posted>} */
export const post = async (run, batch) => {
  const answer = /** @type {Posted} */ (await request(at(run, "events"), true, stringify(batch)));
  const { status, body } = answer;
  const isGemas = status === 200 && body && (hasEntries(body.tallies) || hasEntries(body.refused));
  answer.isLater = judge(run, answer, isGemas);
  return answer;
};
