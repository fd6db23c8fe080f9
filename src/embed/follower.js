// The script that follows the page (follow.js), loaded as a separate file.
import { borrowed } from "./borrowed.js";
import { once, script } from "./files.js";
import { pageChanged } from "./page_changes.js";

/** @type {Once<Follow>} */
export const follower = once((file) => script(...file("follow.js")).then((start) => start(pageChanged, borrowed)));
