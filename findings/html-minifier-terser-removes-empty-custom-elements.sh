#!/bin/sh
# html-minifier-terser's removeEmptyElements removes custom elements that are empty in the markup, and their attributes with them.
#
# One would expect: an element with a hyphen in its name is no empty element: its class fills it, as a browser fills <video> or <iframe>,
# which the option leaves alone.
# Seen with html-minifier-terser 7.2.0: it is gone.
# Fails if it is kept, or <iframe> is removed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts html-minifier-terser@7.2.0
cat > finding.cjs <<'JS'
const { minify } = require("html-minifier-terser");
const { version } = require("html-minifier-terser/package.json");

const html = '<p>Read <x-count article="a"></x-count> times <iframe src="a.html"></iframe></p>';
minify(html, { removeEmptyElements: true }).then((seen) => {
  console.log(`html-minifier-terser ${version}`);
  console.log(`expected: ${html}`);
  console.log(`seen: ${seen}`);
  if (seen.includes("x-count") || !seen.includes("iframe")) {
    console.log("this has changed");
    process.exitCode = 1;
  }
});
JS
node finding.cjs
