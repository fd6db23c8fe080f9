// The outcome of a request with events or a choice; for the wasm, see src/outcome.rs.
import { isLater, reason, say } from "./loader.js";

// Whether to send the request again later: there was no response, a temporary error, or the answer of another server,
// such as a captive portal's.
/** @type {(answer: Answer, isGemas: unknown) => boolean} */
export const hasFailed = (answer, isGemas) => isLater(answer) || (!isGemas && /** @type {number} */ (answer.status) < 400);

// The same, with a warning for the webmaster if the response is neither the endpoint's nor temporary.
/** @type {(run: { endpoint: string }, answer: Answer, isGemas: unknown) => boolean} */
export const judge = (run, answer, isGemas) => {
  if (!isGemas && !isLater(answer)) say(`refused: ${reason(answer, run)}`);
  return hasFailed(answer, isGemas);
};
