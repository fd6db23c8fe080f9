// The bare tag: if the page has no element, creates one for its article. Not on a page with counts, which lists
// articles.
import { follower } from "follower";
import { OPTIONS } from "./context.js";
import { option, tag } from "./home.js";
import { ofDocument } from "./native.js";
import { onPageChange } from "./page_changes.js";
import { put } from "./place.js";

/** @type {HTMLElement} */
let element;

// Set `data-title` instead of `title`, which browsers display as a tooltip.
const dress = () => {
  for (const name of OPTIONS) {
    const attribute = name === "title" ? "data-title" : name;
    const said = option(name);
    const value = name === "body" && said === null ? "page" : said;
    if (value === null) element.removeAttribute(attribute);
    else element.setAttribute(attribute, value);
  }
};

// Inserts the element at its place, or removes it if the page has elements of its own. Returns the place, or `true`;
// `undefined`: there is no article; `null`: there are several.
const place = () => {
  const elements = [...ofDocument("querySelectorAll", "gema-article, gema-count")];
  if (elements.some((one) => one !== element)) {
    element.replaceWith();
    return true;
  }
  return put(element);
};

export const placeBareTag = () => {
  element = ofDocument("createElement", "gema-article");
  element.dataset.bare = "";
  dress();
  place();
  follower.ahead().then((follow) => follow && onPageChange(follow.keepPlaced({ dress, element, place, tag })));
};
