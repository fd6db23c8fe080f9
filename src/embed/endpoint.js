// Requests to the endpoint. They never reject: without a response in time, the result has no status.
import { parse, plain } from "./json.js";

// The URL of a site's resource.
/** @type {(where: { endpoint: string, site: string }, noun: string) => string} */
export const at = ({ endpoint, site }, noun) => `${endpoint}v1/sites/${encodeURIComponent(site)}/${noun}`;

const REQUEST_TIMEOUT_MS = 10_000;

// Sends a request. `isFresh`: revalidate cached responses. A text as `body` needs no preflight; `keepalive` completes
// the request even if the page is left. Sends the page's credentials (on a password-protected test server) to its own
// origin only.
/** @type {(url: string, isFresh: unknown, body?: BodyInit) => Promise<Answer>} */
export const request = (url, isFresh, body) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), REQUEST_TIMEOUT_MS);
  const asked = plain(
    { cache: isFresh ? "no-cache" : undefined, credentials: "same-origin", signal: abort.signal },
    body && { method: "POST", body, keepalive: true },
  );
  /** @type {(response: Response) => Promise<Answer>} */
  const read = (response) =>
    response.text().then((text) =>
      plain({
        status: response.status,
        retry: Math.min(/** @type {any} */ (response.headers.get("Retry-After")), 3_600), // 0 without the header.
        text,
        body: parse(text),
      }),
    );
  // In a promise: the page may have replaced `fetch` by a function that throws.
  return new Promise((/** @type {(response: Promise<Response>) => void} */ done) => done(window.fetch(url, asked)))
    .then(read)
    .catch(() => plain())
    .then((answer) => {
      clearTimeout(timer);
      return answer;
    });
};

// Whether to send the request again later: there was no response, or a temporary error.
/** @type {(answer: Answer) => boolean} */
export const isLater = ({ status }) => !(/** @type {any} */ (status) < 500) || [408, 425, 429].includes(/** @type {any} */ (status));

// The reason for an unusable response, for the webmaster: the endpoint's own sentence if it has one.
/** @type {(answer: Answer, where: { endpoint: string }) => string} */
export const reason = ({ status, body }, { endpoint }) =>
  (body && body.detail) ||
  (status ? `${endpoint} answers ${status}, not as Gema` : `no answer from ${endpoint}. Is it up, in connect-src?`);

/** @type {(ms: number) => Promise<unknown>} */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
