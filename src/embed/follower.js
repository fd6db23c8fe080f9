// The script that follows the page (follow.js), loaded as a separate file.
import { tools } from "./files.js";
import { pageChanged } from "./page_changes.js";

/** @type {Once<Follow>} */
export const follower = tools.once(async (file) => {
  const module = await tools.script(...file("follow.js"));
  module.observe(pageChanged);
  return module;
});
