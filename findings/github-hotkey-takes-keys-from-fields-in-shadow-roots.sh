#!/bin/sh
# @github/hotkey runs a single-key shortcut while somebody types in a field of a shadow root.
#
# One would expect: what is typed into an <input> runs no single-key shortcut, as its README says, wherever the field is.
# Seen with @github/hotkey 3.1.4: it looks at `event.target`, which at the document is the host of the shadow root and no field. hotkeys-js
# 4.1.2 looks at `composedPath()` and leaves the key alone.
# Fails if @github/hotkey leaves it alone, or hotkeys-js takes it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-save --no-audit --no-fund --ignore-scripts hotkeys-js@4.1.2 @github/hotkey@3.1.4 jsdom@26.1.0
cat > finding.mjs <<'JS'
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<input id=light><div id=host></div><button id=search data-hotkey='/'></button>", { pretendToBeVisual: true });
for (const name of ["window", "document", "HTMLElement", "HTMLInputElement", "HTMLTextAreaElement", "Element", "Node", "KeyboardEvent", "CustomEvent"]) {
  globalThis[name] = name === "window" ? window : window[name];
}
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
const inner = document.getElementById("host").attachShadow({ mode: "open" }).appendChild(document.createElement("input"));
const ran = new Set();
const hotkeys = (await import("hotkeys-js")).default;
hotkeys("/", () => ran.add("hotkeys-js"));
const { install } = await import("@github/hotkey");
const search = document.getElementById("search");
install(search);
search.addEventListener("click", () => ran.add("@github/hotkey"));

const typed = (field) => {
  ran.clear();
  field.focus();
  for (const type of ["keydown", "keypress", "keyup"]) {
    field.dispatchEvent(new window.KeyboardEvent(type, { key: "/", code: "Slash", keyCode: 191, which: 191, charCode: type === "keypress" ? 47 : 0, bubbles: true, composed: true, cancelable: true }));
  }
  return [...ran].sort().join(", ") || "none";
};
const page = typed(document.body);
const light = typed(document.getElementById("light"));
const shadow = typed(inner);
console.log(`expected: "/" in a field runs no shortcut. Seen in the page's own field: ${light}`);
console.log(`seen on the page, outside of fields: ${page}`);
console.log(`seen in a field of a shadow root: ${shadow}`);
if (light !== "none" || shadow !== "@github/hotkey" || page !== "@github/hotkey, hotkeys-js") {
  console.log("this has changed");
  process.exitCode = 1;
}
process.exit();
JS
node finding.mjs
