#!/bin/sh
# Chromium 113 to 115 know color-mix(), and mix `currentColor` in it as if it were transparent.
#
# One would expect: black text mixed with 20% of grey is nearly black, as in Chromium 116. `@supports (color: color-mix(in srgb, red, blue))`
# holds in both, so a style sheet cannot tell them apart by that.
# Seen with the Chromium of npm's @sparticuz/chromium 113.0.1 and 116.0.0: in 113 the grey with an alpha of 0.2,
# whose contrast with white is 1.3.
# Fails if this changes. Downloads 120 MB. Needs Node.js and the shared libraries of a Chromium (on Debian those of the package chromium).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > seen.js <<'JS'
// Opens a page in ./chromium and prints what the page reports.
const { spawn } = require("child_process");
const page = `<!doctype html>
<p id="text" style="color: color-mix(in srgb, currentColor 80%, #767676)">text</p>
<script>
  const version = navigator.userAgent.match(/Chrome\\/(\\d+)/)[1];
  const supports = CSS.supports("color: color-mix(in srgb, red, blue)");
  const { color } = getComputedStyle(document.getElementById("text"));
  fetch("/seen", { method: "POST", body: ["Chromium", version, "supports", supports, "color", color].join(" ") });
</script>`;
const server = require("http").createServer(async (request, response) => {
  if (request.url !== "/seen") return response.setHeader("content-type", "text/html").end(page);
  for await (const text of request) console.log(String(text));
  browser.kill();
  process.exit();
});
let browser;
server.listen(0, "127.0.0.1", () => {
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", `--user-data-dir=${process.cwd()}/profile`];
  browser = spawn("./chromium", [...flags, `http://127.0.0.1:${server.address().port}/`], { stdio: "ignore" });
  setTimeout(() => { browser.kill(); process.exit(1); }, 60000);
});
JS

seen() {
    npm pack --silent --ignore-scripts "@sparticuz/chromium@$1" > name
    tar -xzf "$(cat name)"
    node -e 'const fs = require("fs"); fs.writeFileSync("chromium", require("zlib").brotliDecompressSync(fs.readFileSync("package/bin/chromium.br")), { mode: 0o755 })'
    node seen.js
    rm -rf package chromium profile "$(cat name)"
}

echo "expected: the same colour in both, color(srgb 0.092549 0.092549 0.092549)"
old=$(seen 113.0.1)
new=$(seen 116.0.0)
echo "seen: $old"
echo "seen: $new"
if [ "$old" != "Chromium 113 supports true color color(srgb 0.462745 0.462745 0.462745 / 0.2)" ] ||
    [ "$new" != "Chromium 116 supports true color color(srgb 0.092549 0.092549 0.092549)" ]; then
    echo "this has changed"
    exit 1
fi
