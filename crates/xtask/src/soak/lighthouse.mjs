// Audits the endpoint's demo page with Lighthouse, emulating a phone, and the same page without the widget,
// alternately.
// node lighthouse.mjs MODULES ENDPOINT ROUNDS FLAGS: prints a line of JSON for each page and round. CHROME_PATH names
// the browser.
import { createServer, request } from "node:http";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [modules, endpoint, rounds, flags] = process.argv.slice(2);
const module = (file) => import(pathToFileURL(`${modules}/${file}`));
const { default: lighthouse } = await module("lighthouse/core/index.js");
const { launch } = await module("chrome-launcher/dist/index.js");

// The audit contacts no other machine.
const chromeFlags = [...JSON.parse(flags), "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"];

// The page without the tag; everything else as the endpoint serves it.
const TAG = /<script async src="\/embed\.js"[^>]*><\/script>/;
const without = createServer((asked, answer) => {
  const isPage = asked.url === "/";
  const headers = isPage ? { ...asked.headers, "accept-encoding": "identity" } : asked.headers;
  const forwarded = request(endpoint + asked.url, { method: asked.method, headers }, (came) => {
    if (!isPage) return came.pipe(answer.writeHead(came.statusCode, came.headers));
    const pieces = [];
    came.on("data", (piece) => pieces.push(piece)).on("end", () => {
      const html = Buffer.concat(pieces).toString();
      if (!TAG.test(html)) throw new Error("the demo page has no tag to be left out");
      answer.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-encoding": "gzip" });
      answer.end(gzipSync(html.replace(TAG, "")));
    });
  });
  asked.pipe(forwarded);
});
await new Promise((done) => without.listen(0, "127.0.0.1", done));

const METRICS = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"];

const judge = async (page, address) => {
  // A new browser for each audit, with an empty cache.
  const chrome = await launch({ chromeFlags });
  try {
    const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: "error" });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const scores = Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score * 100]));
    const asked = Object.values(lhr.categories).filter(({ id }) => id !== "performance").flatMap(({ auditRefs }) => auditRefs);
    const isFault = ({ score, scoreDisplayMode }) => score !== null && score < 1 && !["informative", "manual", "notApplicable"].includes(scoreDisplayMode);
    const faults = asked.map(({ id }) => lhr.audits[id]).filter(isFault);
    const told = faults.map(({ id, title, explanation, details }) => `${id}: ${explanation ?? title} ${JSON.stringify(details?.items ?? [])}`);
    const metrics = METRICS.map((id) => lhr.audits[id].numericValue);
    console.log(JSON.stringify({ page, scores, faults: told, metrics }));
  } finally {
    chrome.kill();
  }
};

for (let round = 0; round < rounds; round++) {
  await judge("with", `${endpoint}/`);
  await judge("without", `http://127.0.0.1:${without.address().port}/`);
}
without.close();
without.closeAllConnections();
