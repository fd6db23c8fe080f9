// Files that are loaded once per page: the widget's style sheet and scripts.
import { trusted } from "./fragment.js";
import { files, tag } from "./home.js";
import { plain } from "./json.js";
import { ofDocument } from "./native.js";

/** @type {(address: string, integrity?: string) => Promise<Response>} */
export const get = (address, integrity) =>
  window.fetch(address, plain({ integrity })).then((response) => {
    if (!response.ok) throw `${response.status} ${address}`;
    return response;
  });

/** @type {(element: Element) => void} */
const put = (element) => ofDocument("head").append(element);

// Loads a script through a script element, which supports integrity hashes. Resolves with the exports that it hands
// over (hand_over.js). Not with `import()`, a syntax error in the oldest browsers, which would disable this whole file.
/** @type {Borrowed["script"]} */
export const script = (address, integrity = "") =>
  new Promise((gema, reject) => {
    const element = ofDocument("createElement", "script");
    // Remove the element, so that it is not part of markup that the page may save.
    element.onload = element.onerror = () => /** @type {any} */ (reject)(`${address} fails`, element.remove());
    // A policy that allows the tag by its nonce must allow the scripts that it loads.
    Object.assign(element, { crossOrigin: "", nonce: tag && tag.nonce, integrity, gema, src: trusted("createScriptURL", address) });
    put(element);
  });

// Loads something once per page, with `load`, which is passed the addresses and integrity hashes of files. `ahead`:
// before the view is known, the files of this script's release. `told`: if that release is gone or unknown, the files
// that the endpoint's view names, with their integrity hashes.
/** @type {Borrowed["once"]} */
export const once = (load) => {
  /** @type {Promise<any> | undefined} */
  let own;
  /** @type {Promise<any> | undefined} */
  let named;
  const ahead = () => (own = own || Promise.resolve(/** @type {any} */ (files)).then((prefix) => prefix && load((kind) => [prefix + kind])).catch(() => {}));
  return {
    ahead,
    told: ({ endpoint, drawn }) => {
      const { assets } = drawn.view;
      /** @type {FileOf} */
      const file = (kind) => [endpoint + assets[kind], assets.integrity[kind]];
      const loadNamed = () => load((kind) => file(kind.split(".")[0]));
      return ahead().then((done) => done || (named = named || loadNamed()));
    },
  };
};

// A constructed style sheet that shadow roots share; in browsers without them, the text and address of the style sheet
// (follow/dress.js).
export const style = once((file) => {
  const [href, integrity = ""] = file("css");
  return get(href, integrity)
    .then((response) => response.text())
    .then((text) => (ofDocument("adoptedStyleSheets") ? new CSSStyleSheet().replace(text) : plain({ href, integrity, text })));
});

// A module with a function that takes an `externref`. Of the features that ours requires, browsers supported reference
// types last (Chromium 96, Firefox 79, Safari 15).
export const needed = new TextEncoder().encode("\0asm\x01\0\0\0\x01\x05\x01`\x01o\0");

// The wasm and its JavaScript: both concurrently, which saves a round trip. Nothing is loaded where the page's policy
// forbids WebAssembly, or the browser cannot run ours; but WebKit compiles this module whatever the policy is, and loads
// them in vain.
/** @type {Once<[any, Response]>} */
export const code = once((file) => {
  new WebAssembly.Module(needed);
  return Promise.all([script(...file("js")), get(...file("wasm"))]);
});
