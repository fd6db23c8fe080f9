// The tag alone is enough: where the page has no element, one is made for its article. Not on a page of counts, which lists
// articles and is none.
import { follower } from "follower";
import { OPTIONS } from "./context.js";
import { tools } from "./files.js";
import { option, say, tag } from "./home.js";
import { ofDocument } from "./native.js";
import { onPageChange } from "./page_changes.js";
import { put } from "./place.js";

/** @type {HTMLElement} */
let element;

// Under the browser's own `title`, the headline would be shown as a tooltip.
const dress = () => {
  for (const name of OPTIONS) {
    const attribute = name === "title" ? "data-title" : name;
    const said = option(name);
    const value = name === "body" && said === null ? "page" : said;
    if (value === null) element.removeAttribute(attribute);
    else element.setAttribute(attribute, value);
  }
};

// Puts it where it belongs: where that is, or `undefined` where no article is, or `null` where several are.
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
  follower.ahead().then((follow) => follow && onPageChange(follow.keepPlaced({ dress, element, place, say, tag, tools })));
};
