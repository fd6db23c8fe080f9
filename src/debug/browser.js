// The browser's own, and what the elements say.
import { attribute, ofDocument } from "../embed/native.js";

export { attribute, ofDocument };

export const all = (selector) => [...ofDocument("querySelectorAll", selector)];

// In <svg> and <math> the same name is another element.
export const isHtml = (element) => element instanceof HTMLElement;

// An option of an element, under its own name or with `data-` before it.
export const said = (element, name) => {
  const value = attribute(element, name);
  return value === null ? attribute(element, `data-${name}`) : value;
};

export const parsed = () =>
  new Promise((done) => {
    if (ofDocument("body") && ofDocument("readyState") !== "loading") done();
    else addEventListener("DOMContentLoaded", done);
  });
