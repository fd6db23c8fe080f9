// What follows the page (follow.js), as a file of its own.
import { once, script } from "./files.js";
import { pageChanged } from "./page_changes.js";

export const follower = once(async (file) => {
  const module = await script(...file("follow.js"));
  module.observe(pageChanged);
  return module;
});
