// The style sheet, in browsers whose shadow roots share none (Chromium before 73, Firefox before 101, Safari before 16.4).
import { ofDocument } from "../embed/native.js";

/** @type {(name: string, fields: object) => any} */
const create = (name, fields) => Object.assign(ofDocument("createElement", name), fields);

// As an element; and where the page's policy forbids that, as a link, which a policy can name. Until it is there.
/** @type {Follow["dress"]} */
export const dress = (shadow, { href, integrity, text }) => {
  const style = create("style", { textContent: text });
  // The last child is what is shown.
  shadow.prepend(style);
  if (style.sheet) return undefined;
  return new Promise((done) => {
    style.replaceWith(create("link", { rel: "stylesheet", crossOrigin: "", integrity, href, onload: done, onerror: done }));
  });
};
