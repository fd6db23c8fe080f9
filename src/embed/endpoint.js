// Asking the endpoint. Rejects where nothing came in time; every answer, an error too, is a result.

const PATIENCE = 10_000; // ms

// A browser that a program drives says so; its reads are for the endpoint to count or not.
const signed = (body) => (navigator.webdriver ? body.replace("{", '{"signals":["webdriver"],') : body);

export const request = async (endpoint, path, body) => {
  const response = await fetch(endpoint + path, {
    credentials: "omit",
    signal: AbortSignal.timeout?.(PATIENCE),
    // As text/plain, which needs no preflight; and to its end, even if the page goes.
    ...(body && { method: "POST", body: signed(body), keepalive: true }),
  });
  const retry = Number(response.headers.get("Retry-After")) || undefined;
  return { status: response.status, retry, body: await response.json().catch(() => undefined) };
};

const pause = (ms) =>
  new Promise((done) => {
    setTimeout(done, ms);
    addEventListener("online", done, { once: true });
  });

// The view. An endpoint that is away is asked again, ever more rarely, as long as `again` says so;
// one that says no is believed, and what it says is thrown.
export const firstView = async ({ endpoint, site, article, lang }, body, again) => {
  const query = new URLSearchParams({ article, lang, ...(body && { body: 1 }) });
  for (let wait = 2_000; ; wait = Math.min(wait * 4, 300_000)) {
    const answer = await request(endpoint, `v1/sites/${encodeURIComponent(site)}/view?${query}`).catch(() => ({}));
    if (answer.body?.tally) return answer.body;
    if (answer.status < 500 && answer.status !== 429) throw answer.body?.detail ?? `HTTP ${answer.status}`;
    if (!again()) return;
    await pause(wait);
  }
};
