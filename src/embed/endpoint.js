// Asking the endpoint. Never rejects: where nothing comes in time, the answer has no status.
import { parse } from "./json.js";

// What a site's noun is called.
export const at = ({ endpoint, site }, noun) => `${endpoint}v1/sites/${encodeURIComponent(site)}/${noun}`;

// `isFresh`: as it is now, where a cache may know less. `body` as text needs no preflight, and goes to its end even if the
// page goes.
export const request = async (address, isFresh, body) => {
  try {
    const response = await fetch(address, {
      cache: isFresh ? "no-cache" : "default",
      credentials: "omit",
      signal: AbortSignal.timeout(10_000),
      ...(body && { method: "POST", body, keepalive: true }),
    });
    const text = await response.text();
    const retry = +response.headers.get("Retry-After"); // 0 where it is not said.
    return { status: response.status, retry, text, body: parse(text) };
  } catch {
    return {};
  }
};

// Not now: nothing came, or it is to be asked again.
export const isLater = ({ status }) => !(status < 500) || status === 429;

// What an answer says that is none.
export const reason = ({ status, body }) => body?.detail ?? status;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
