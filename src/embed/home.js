// Where this script comes from, and what its tag says.
/* global WIDGET_FILES */
import { address, directory, ofDocument } from "./native.js";

// WIDGET_FILES: what the paths of this release's files begin with, relative to this script. esbuild puts it in; "" where it is of no
// release.

/** @type {(node: Element, name: string) => boolean} */
const has = (node, name) => node.hasAttribute(`data-${name}`);
/** @type {(node: HTMLScriptElement) => boolean} */
const isFile = ({ src }) => /\/embed(\.v1)?\.js\b/.test(src);
/** @type {(node: HTMLScriptElement) => boolean} */
const isTag = (node) =>
  (has(node, "site") || /[?&]site=/.test(node.src)) && (isFile(node) || has(node, "endpoint"));

// The script that runs; where an optimiser that inlines, bundles or defers hides which one that is, one that says what ours does. (Others
// have an embed.js, or a `data-site`, too.)
/** @type {() => HTMLScriptElement | undefined} */
export const findTag = () => {
  const current = ofDocument("currentScript");
  if (current instanceof HTMLScriptElement && (isFile(current) || has(current, "site"))) return current;
  return [...ofDocument("querySelectorAll", "script")].find((node) => node instanceof HTMLScriptElement && isTag(node));
};
export const tag = findTag();

const source = tag && tag.src && address(tag.src);
const query = new URLSearchParams(source ? source.search : "");
// An option of the tag: `data-site`, or in the script's address `?site=`, which survives a tag manager. `null`: neither.
/** @type {(name: string) => string | null} */
export const option = (name) => {
  const value = tag && tag.getAttribute(`data-${name}`);
  return value == null ? query.get(name) : value;
};

const from = source && /** @type {URL} */ (address(".", source)).href;

// The endpoint, unless an element names another one.
export const endpoint = directory(option("endpoint")) || from;

// What the addresses of this release's files begin with: a script that is part of the page or of a bundle does not tell.
const here = from || endpoint;
export const files = WIDGET_FILES && here && here + WIDGET_FILES;

// For whoever builds the page; each thing once. Its own fields are named by what it has said.
/** @type {any} */
export const say = (/** @type {string} */ text) => {
  if (!say[text]) console.warn(`Gema: ${text}`);
  say[text] = text;
};

// What a webmaster is told where one of them is missing.
export const UNNAMED = "name the site: data-site, data-endpoint";

/** @type {Promise<unknown>} */
export const parsed = new Promise((done) => {
  if (ofDocument("readyState") !== "loading") /** @type {any} */ (done)();
  else addEventListener("DOMContentLoaded", done);
});
