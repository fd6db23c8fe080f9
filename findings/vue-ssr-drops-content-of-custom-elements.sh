#!/bin/sh
# Vue's server renderer leaves a custom element that it does not know out of the HTML, with all text in it, and does not fail.
#
# One would expect: an element with a hyphen in its name is written as it stands, as browsers and Vue's own client build do (the client
# build draws it, with a warning in development).
# Seen with Vue 3.5.45 in production: a comment in its place, and nothing on the console. `compilerOptions.isCustomElement` brings it back.
# Fails if the text is in the HTML without that.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts vue@3.5.45
cat > finding.cjs <<'JS'
const { createSSRApp, version } = require("vue");
const { renderToString } = require("vue/server-renderer");

const render = (isCustomElement) => {
  const app = createSSRApp({ template: "<main><x-note><p>The text.</p></x-note></main>" });
  if (isCustomElement) app.config.compilerOptions.isCustomElement = isCustomElement;
  return renderToString(app);
};
const main = async () => {
  const [plain, told] = [await render(), await render((tag) => tag.startsWith("x-"))];
  console.log(`vue ${version}`);
  console.log("expected: <main><x-note><p>The text.</p></x-note></main>");
  console.log(`seen: ${plain}`);
  console.log(`with isCustomElement: ${told}`);
  if (plain.includes("The text.") || !told.includes("The text.")) {
    console.log("this has changed");
    process.exitCode = 1;
  }
};
main();
JS
NODE_ENV=production node finding.cjs
