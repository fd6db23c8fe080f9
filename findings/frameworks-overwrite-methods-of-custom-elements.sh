#!/bin/sh
# React, Preact and Vue overwrite a custom element's method when the element has an attribute of the same name.
#
# One would expect: `<x-count show="all">` has the attribute `show`, as it has when a server draws it, whatever methods its class has.
# Seen with React 19.3.1, Preact 11.2.0 and Vue 3.5.45: because `"show" in element`, they assign `element.show = "all"`. The method is a
# text from then on, and there is no attribute. The same markup that the server has drawn, and that they hydrate, keeps both.
# Fails if one of them sets the attribute and leaves the method.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts react@19.3.1 react-dom@19.3.1 preact@11.2.0 vue@3.5.45 jsdom@26.1.0
cat > finding.cjs <<'JS'
const { JSDOM } = require("jsdom");

const { window } = new JSDOM("<div id=react></div><div id=preact></div><div id=vue></div>", { pretendToBeVisual: true });
Object.assign(globalThis, { window, document: window.document });
for (const name of ["Element", "HTMLElement", "HTMLIFrameElement", "MathMLElement", "Node", "SVGElement", "ShadowRoot", "Text"]) {
  globalThis[name] ??= window[name];
}
window.customElements.define("x-count", class extends window.HTMLElement {
  show() {}
});
const at = (id) => document.getElementById(id);
const main = async () => {
  const { flushSync } = require("react-dom");
  flushSync(() => require("react-dom/client").createRoot(at("react")).render(require("react").createElement("x-count", { show: "all" })));
  require("preact").render(require("preact").h("x-count", { show: "all" }), at("preact"));
  const vue = require("vue");
  vue.createApp({ render: () => vue.h("x-count", { show: "all" }) }).mount(at("vue"));
  console.log(`react ${require("react").version}, preact 11.2.0, vue ${vue.version}`);
  console.log("expected: the attribute is all, and show is a function");
  for (const id of ["react", "preact", "vue"]) {
    const element = at(id).firstElementChild;
    console.log(`seen in ${id}: the attribute is ${element.getAttribute("show")}, and show is a ${typeof element.show}`);
    if (element.hasAttribute("show") || typeof element.show === "function") process.exitCode = 1;
  }
  if (process.exitCode) console.log("this has changed");
};
main();
JS
NODE_ENV=production node finding.cjs
