import { keepPlaced } from "./bare_tag.js";
import { near } from "./charge.js";
import { dress } from "./dress.js";
import { borrow } from "./loader.js";
import { observe } from "./page_changes.js";
import { follow } from "./run.js";

// Starts the follower: it calls `changed` after each change of the page.
/** @type {(changed: () => void, borrowed: Borrowed) => Follow} */
export const start = (changed, borrowed) => {
  borrow(borrowed);
  observe(changed);
  return { dress, follow, keepPlaced, near };
};
