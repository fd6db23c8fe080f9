#!/bin/sh
# jQuery loads an external script of inserted markup by another script element, without the attributes of the one in the markup.
#
# One would expect: after $(place).html('<script src="https://other.example/x.js" data-site="s"></script>') the script finds `data-site` at
# document.currentScript, as it does in a page that has the tag from the start.
# Seen with jQuery 1.12.4, 3.7.1 and 4.0.0: currentScript is an element that jQuery has made for the request, with `src` only. The element of the markup is
# in the page too, and has not been run.
# Fails if one of them keeps the attribute.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts jq1@npm:jquery@1.12.4 jq3@npm:jquery@3.7.1 jq4@npm:jquery@4.0.0 jsdom@26.1.0
cat > finding.cjs <<'JS'
const http = require("http");
const fs = require("fs");
const { JSDOM } = require("jsdom");

const SCRIPT = "window.seen(document.currentScript)";
const server = http.createServer((_, answer) => {
  answer.writeHead(200, { "content-type": "text/javascript" });
  answer.end(SCRIPT);
});
const within = (ms, promise) => Promise.race([promise, new Promise((done) => setTimeout(done, ms, "never run"))]);
server.listen(0, "127.0.0.1", async () => {
  const src = `http://127.0.0.1:${server.address().port}/x.js`;
  console.log("expected: data-site is s");
  for (const name of ["jq1", "jq3", "jq4"]) {
    const { window } = new JSDOM("<main></main>", { url: "http://news.example/", runScripts: "dangerously", resources: "usable", pretendToBeVisual: true });
    window.eval(fs.readFileSync(`node_modules/${name}/dist/jquery.js`, "utf8"));
    const ran = new Promise((done) => (window.seen = (element) => done(element.getAttribute("data-site"))));
    window.jQuery("main").html(`<script async src="${src}" data-site="s"></` + "script>");
    const site = await within(5000, ran);
    console.log(`seen with jQuery ${window.jQuery.fn.jquery}: data-site is ${site}`);
    if (site !== null) process.exitCode = 1;
    window.close();
  }
  if (process.exitCode) console.log("this has changed");
  server.close();
});
JS
node finding.cjs
