// The script that follows the page, bundled with the frozen loader, which knows no file names.
import { start } from "../follow/start.js";
import { borrowed } from "./borrowed.js";
import { pageChanged } from "./page_changes.js";

/** @type {Follow | undefined} */
let follow;
const once = async () => (follow = follow || start(pageChanged, borrowed));

export const follower = { ahead: once, told: once };
