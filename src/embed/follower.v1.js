// The script that follows the page, bundled with the frozen loader, which knows no file names.
import { keepPlaced } from "../follow/bare_tag.js";
import { near } from "../follow/charge.js";
import { dress } from "../follow/dress.js";
import { observe } from "../follow/page_changes.js";
import { follow } from "../follow/run.js";
import { pageChanged } from "./page_changes.js";

let started;
const start = async () => {
  if (!started) observe(pageChanged);
  started = true;
  return { dress, follow, keepPlaced, near };
};

export const follower = { ahead: start, told: start };
