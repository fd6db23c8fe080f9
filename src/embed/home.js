// The address of this script, and the options of its tag.
/* global WIDGET_FILES */
import { address, directory, ofDocument } from "./native.js";

// WIDGET_FILES: prefix of the paths of this release's files, relative to this script. esbuild defines it; "" if the
// script belongs to no release.

/** @type {(node: Element, name: string) => boolean} */
const has = (node, name) => node.hasAttribute(`data-${name}`);
/** @type {(node: HTMLScriptElement) => boolean} */
const isFile = ({ src }) => /\/embed(\.v1)?\.js\b/.test(src);
/** @type {(node: HTMLScriptElement) => boolean} */
const isTag = (node) =>
  (has(node, "site") || /[?&]site=/.test(node.src)) && (isFile(node) || has(node, "endpoint"));

// The tag: the running script element, or, if an optimiser inlines, bundles or defers scripts, one with our attributes.
// (Other scripts may also be named embed.js, or have a `data-site`.) jQuery runs the scripts of markup by elements of
// its own, without their attributes: another element that names the site comes first.
/** @type {() => HTMLScriptElement | undefined} */
export const findTag = () => {
  const current = ofDocument("currentScript");
  const own = current && (isFile(current) || has(current, "site")) ? [current] : [];
  return [...own, ...ofDocument("querySelectorAll", "script")].find(isTag) || own[0];
};
export const tag = findTag();

const source = tag && address(tag.src);
const query = new URLSearchParams(source ? source.search : "");
// An option of the tag: `data-site`, or `?site=` in the script's address, which tag managers keep. `null`: neither.
/** @type {(name: string) => string | null} */
export const option = (name) => {
  const value = tag && tag.getAttribute(`data-${name}`);
  return value == null ? query.get(name) : value;
};

const from = source && /** @type {URL} */ (address(".", source)).href;

// The default endpoint, for elements that name none.
export const endpoint = directory(option("endpoint")) || from;

// Prefix of the addresses of this release's files. An inlined or bundled script has no address; then they are relative
// to the endpoint.
const here = from || endpoint;
export const files = WIDGET_FILES && here && here + WIDGET_FILES;

// Warns the webmaster in the console, once per text. Records each text as a property.
/** @type {any} */
export const say = (/** @type {string} */ text) => {
  if (!say[text]) console.warn(`Gema: ${text}`);
  say[text] = text;
};

// The warning if the site or the endpoint is missing.
export const UNNAMED = "name the site: data-site, data-endpoint";

/** @type {Promise<unknown>} */
export const parsed = new Promise((done) => {
  if (ofDocument("readyState") !== "loading") /** @type {any} */ (done)();
  else addEventListener("DOMContentLoaded", done);
});
