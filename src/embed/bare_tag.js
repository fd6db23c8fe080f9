// The tag alone is enough: where the page has no element, one is made for its article. Not on a page of counts, which lists
// articles and is none.
import { follower } from "follower";
import { OPTIONS } from "./context.js";
import { option, say, tag } from "./home.js";
import { ofDocument } from "./native.js";
import { onPageChange } from "./page_changes.js";
import { put } from "./place.js";

let element;

// Under the browser's own `title`, the headline would be shown as a tooltip.
const dress = () => {
  for (const name of OPTIONS) {
    const attribute = name === "title" ? "data-title" : name;
    const value = option(name) ?? (name === "body" ? "page" : null);
    if (value === null) element.removeAttribute(attribute);
    else element.setAttribute(attribute, value);
  }
};

// Whether it is where it belongs. `tell`: no more will come, and the webmaster is told what to do.
const place = (tell) => {
  const elements = [...ofDocument("querySelectorAll", "gema-article, gema-count")];
  if (elements.some((one) => one !== element)) {
    element.replaceWith();
    return true;
  }
  const where = put(element);
  tell?.(`${where === null ? "several articles" : "no article"} here: place <gema-article>`);
  return where;
};

export const placeBareTag = () => {
  element = ofDocument("createElement", "gema-article");
  dress();
  place();
  follower.ahead().then((module) => module && onPageChange(module.keepPlaced({ dress, element, place, say, tag })));
};
