// The style sheet, for browsers whose shadow roots cannot share one (Chromium before 73, Firefox before 101, Safari
// before 16.4).
import { ofDocument } from "./loader.js";

/** @type {(name: string, fields: object) => any} */
const create = (name, fields) => Object.assign(ofDocument("createElement", name), fields);

// Adds the style sheet as an element; if the page's policy forbids that, as a link, which a policy can allow. Resolves
// when it is loaded.
/** @type {Follow["dress"]} */
export const dress = (shadow, { href, integrity, text }) => {
  const style = create("style", { textContent: text });
  // Insert it first: the last child is what is shown.
  shadow.prepend(style);
  if (style.sheet) return undefined;
  return new Promise((done) => {
    style.replaceWith(create("link", { rel: "stylesheet", crossOrigin: "", integrity, href, onload: done, onerror: done }));
  });
};
