#!/bin/sh
# Waline's client 3 fills only the first of several elements for the page's own count, and throws at the second.
#
# One would expect: each element of `selector` shows the count, as with `update: false`, and as in version 2.
# Seen with @waline/client 3.15.2: the answer to the update has one entry, [{ "time": 842 }], as Waline's server sends it, and the client reads
# one entry for each element: "Cannot read properties of undefined (reading 'time')". A page with its count above and below the text shows it
# above only.
# Fails if both elements show the count.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts @waline/client@3.15.2 jsdom@24.1.3
cat > finding.mjs <<'JS'
import { createServer } from "node:http";
import { JSDOM } from "jsdom";
import { pageviewCount, version } from "./node_modules/@waline/client/dist/pageview.js";

const answer = JSON.stringify({ errno: 0, errmsg: "", data: [{ time: 842 }] });
const server = createServer((request, response) => response.end(answer)).listen(0, "127.0.0.1");
await new Promise((listens) => server.once("listening", listens));
const count = '<span class="waline-pageview-count"></span>';
const { window } = new JSDOM(`<p>${count}</p><p>${count}</p>`, { url: "https://news.example/a" });
Object.assign(globalThis, { window, document: window.document });
const thrown = new Promise((fails) => process.once("unhandledRejection", fails));
const shown = () => [...document.querySelectorAll("span")].map((one) => one.textContent);
pageviewCount({ serverURL: `http://127.0.0.1:${server.address().port}`, lang: "en" });
const all = new Promise((done) => {
  const look = () => (shown().every(Boolean) ? done("nothing") : setTimeout(look, 10));
  look();
});
const error = await Promise.race([thrown, all]);
server.close();
server.closeAllConnections();
console.log(`@waline/client ${version}`);
console.log('expected: 842 842');
console.log(`seen: ${shown().join(" ")} (thrown: ${error.message ?? error})`);
if (shown().every((text) => text === "842")) {
  console.log("this has changed");
  process.exit(1);
}
process.exit(0);
JS
node finding.mjs
