import { keepPlaced } from "./bare_tag.js";
import { dress } from "./dress.js";
import { note } from "./in_shadow.js";
import { borrow } from "./loader.js";
import { observe } from "./page_changes.js";
import { follow } from "./run.js";
import { nameSlides } from "./slides.js";

/** @type {Follow["found"]} */
const found = (element, run) => {
  note(element);
  nameSlides(element, run);
};

// Starts the follower: it calls `changed` after each change of the page.
/** @type {(changed: () => void, borrowed: Borrowed) => Follow} */
export const start = (changed, borrowed) => {
  borrow(borrowed);
  observe(changed);
  return { dress, follow, found, keepPlaced };
};
