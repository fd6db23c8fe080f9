// Asking the endpoint. Never rejects: where nothing comes in time, the answer has no status.
import { parse, plain } from "./json.js";

// What a site's noun is called.
/** @type {(where: { endpoint: string, site: string }, noun: string) => string} */
export const at = ({ endpoint, site }, noun) => `${endpoint}v1/sites/${encodeURIComponent(site)}/${noun}`;

const TIMEOUT = 10_000;

// `isFresh`: as it is now, where a cache may know less. `body` as text needs no preflight, and goes to its end even if the
// page goes. The page's own password, on a test server, goes to its own origin only.
/** @type {(url: string, isFresh: unknown, body?: BodyInit) => Promise<Answer>} */
export const request = async (url, isFresh, body) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  try {
    const asked = plain(
      { cache: isFresh ? "no-cache" : "default", credentials: "same-origin", signal: abort.signal },
      body && { method: "POST", body, keepalive: true },
    );
    const response = await window.fetch(url, asked);
    const text = await response.text();
    const retry = Math.min(/** @type {any} */ (response.headers.get("Retry-After")), 3_600); // 0 where it is not said.
    return plain({ status: response.status, retry, text, body: parse(text) });
  } catch (_) {
    return plain();
  } finally {
    clearTimeout(timer);
  }
};

// Not now: nothing came, or it is to be asked again.
/** @type {(answer: Answer) => boolean} */
export const isLater = ({ status }) => !(/** @type {any} */ (status) < 500) || [408, 425, 429].includes(/** @type {any} */ (status));

// Why an answer is none, for the webmaster: the endpoint's own sentence, where it has one.
/** @type {(answer: Answer, where: { endpoint: string }) => string} */
export const reason = ({ status, body }, { endpoint }) =>
  (body && body.detail) ||
  (status ? `${endpoint} answers ${status}, not as Gema does` : `no answer from ${endpoint}. Is it up, in connect-src?`);

/** @type {(ms: number) => Promise<unknown>} */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
