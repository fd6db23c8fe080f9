// What follows the page, for the script that stays for a major version: that knows no file's name, and brings this along.
import { follow, keepPlaced, observe } from "../follow.js";
import { pageChanged } from "./page_changes.js";

let started;
const start = async () => {
  if (!started) observe(pageChanged);
  started = true;
  return { follow, keepPlaced };
};

export const follower = { ahead: start, told: start };
