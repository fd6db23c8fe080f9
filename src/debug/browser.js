// The browser's own, and what the elements say.
import { attribute, ofDocument } from "../embed/native.js";

export { ofDocument };

export const all = (selector) => [...ofDocument("querySelectorAll", selector)];

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
