// Replacements for the browser's globals in wasm-bindgen's glue; esbuild injects these names into the whole bundle.
import { guarded } from "./guard.js";

// Guards deferred calls like synchronous ones: WebKit does not report the file in which a trap in a timer happened.
/** @type {(call: () => void) => () => void} */
const later = (call) => () => guarded(call);
/** @type {(call: () => void, ms?: number) => number} */
const setTimeout = (call, ms) => window.setTimeout(later(call), ms);
/** @type {(call: () => void) => void} */
const queueMicrotask = (call) => void (isApart ? window.setTimeout : window.queueMicrotask)(later(call));

/** @type {boolean | undefined} */
let isApart;
// While `call` runs, microtasks of the module are deferred to tasks of their own, so that a slow phone can respond to
// its reader in between.
/** @type {<T>(call: () => T) => T} */
export const apart = (call) => {
  isApart = true;
  try {
    return call();
  } finally {
    isApart = false;
  }
};

// Methods are bound to the real object, because most reject any other.
/** @type {(target: any, get: (name: PropertyKey) => any) => any} */
const proxy = (target, get) =>
  new Proxy(target, {
    get: (_, name) => {
      const found = get(name);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });

// js-sys takes the window from `self`. An element of the page such as `<img name=createElement>` shadows
// `document.createElement`, so the module gets a document with the browser's own members only.
const bare = proxy(document, (name) => Reflect.get(Object.getPrototypeOf(document), name, document));
const self = proxy(window, (name) => (name === "document" ? bare : /** @type {any} */ (window)[name]));

// The glue tests values by these globals, which libraries replace.
/** @type {(is: (value: any) => boolean) => object} */
const kind = (is) => ({ [Symbol.hasInstance]: is });
const Element = kind((value) => value?.nodeType === 1);
const Window = kind((value) => value === self);

export { Element, Window, queueMicrotask, self, setTimeout };
