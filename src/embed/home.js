// Where this script comes from, and what its tag says.
/* global WIDGET_FILES */

// The widget's files, relative to this script: esbuild puts in the names, hashed in a release.
export const FILES = WIDGET_FILES;

// An optimiser that inlines or defers scripts hides `currentScript`.
export const tag =
  document.currentScript ?? document.querySelector("script[data-site]") ?? document.createElement("script");

const here = tag.src ? new URL(".", tag.src).href : new URL("/", location.href).href;

// The endpoint, unless an element names another one.
export const endpoint = tag.dataset.endpoint || here;

export const file = (name) => new URL(FILES[name], here).href;

const said = new Set();
// For whoever builds the page; each thing once.
export const say = (text) => {
  if (!said.has(text)) console.warn(`Gema: ${text}`);
  said.add(text);
};

export const parsed = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else document.addEventListener("DOMContentLoaded", () => done());
});
