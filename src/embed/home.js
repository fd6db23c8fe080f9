// Where this script comes from, and what its tag says.
/* global WIDGET_FILES */

// What the paths of this release's files begin with, relative to this script: esbuild puts it in; "" where it is of no
// release.
export const FILES = WIDGET_FILES;

// An optimiser that inlines or defers scripts hides `currentScript`.
export const tag = document.currentScript ?? document.querySelector("script[data-site]") ?? document.head;

export const here = new URL(".", tag.src ?? location.origin).href;

// The endpoint, unless an element names another one.
export const endpoint = tag.dataset.endpoint || here;

const said = new Set();
// For whoever builds the page; each thing once.
export const say = (text) => {
  if (!said.has(text)) console.warn(`Gema: ${text}`);
  said.add(text);
};

export const parsed = new Promise((done) => {
  if (document.readyState !== "loading") done();
  else addEventListener("DOMContentLoaded", done);
});
