// Access to the page that it cannot interfere with, and options of elements.
import { attribute, ofDocument } from "../embed/native.js";

export { attribute, ofDocument };

/** @type {(selector: string) => any[]} */
export const all = (selector) => [...ofDocument("querySelectorAll", selector)];

// An element of this name in <svg> or <math> is not ours.
/** @type {(element: unknown) => element is HTMLElement} */
export const isHtml = (element) => element instanceof HTMLElement;

// An option of an element: the attribute, with or without `data-`.
/** @type {(element: Element, name: string) => string | null} */
export const said = (element, name) => {
  const value = attribute(element, name);
  return value === null ? attribute(element, `data-${name}`) : value;
};

/** @type {() => Promise<void>} */
export const parsed = () =>
  new Promise((done) => {
    if (ofDocument("body") && ofDocument("readyState") !== "loading") done();
    else addEventListener("DOMContentLoaded", () => done());
  });
