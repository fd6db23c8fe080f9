// What follows the page and its reader, in a file of its own, which comes after the widget is shown: when an article was read, when an
// application of one page goes to another article, and what a press is about by then.
import { keepPlaced } from "./follow/bare_tag.js";
import { observe } from "./follow/page_changes.js";
import { guard } from "./follow/press.js";
import { countRead } from "./follow/read.js";

export { keepPlaced, observe };

// Follows one run of an element, until another one begins.
export const follow = (host) => {
  guard(host);
  countRead(host);
};
