// What wasm-bindgen's glue finds in the place of the browser's own globals, in all of this file's bundle: esbuild injects these names.
import { guarded } from "./guard.js";

// What runs later is guarded like what runs at once: WebKit names no file where a trap in a timer came from.
const later = (call) => () => guarded(call);
const setTimeout = (call, ms) => window.setTimeout(later(call), ms);
const queueMicrotask = (call) => (isApart ? window.setTimeout : window.queueMicrotask)(later(call));

let isApart;
// What the module puts off meanwhile becomes a task of its own: a small phone answers its reader in between.
export const apart = (call) => {
  isApart = true;
  try {
    return call();
  } finally {
    isApart = false;
  }
};

// Methods run on the real object: most refuse any other.
const proxy = (target, get) =>
  new Proxy(target, {
    get: (_, name) => {
      const found = get(name);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });

// js-sys takes the window from `self`. `<img name=createElement>` in the page's markup makes `document.createElement` that image: the
// document that the module sees has the browser's own members only.
const bare = proxy(document, (name) => Reflect.get(Document.prototype, name, document));
const self = proxy(window, (name) => (name === "document" ? bare : window[name]));

export { queueMicrotask, self, setTimeout };
