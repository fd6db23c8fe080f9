// The script that follows the page (follow.js), loaded as a separate file.
import { tools } from "./files.js";
import { pageChanged } from "./page_changes.js";

/** @type {Once<Follow>} */
export const follower = tools.once((file) =>
  tools.script(...file("follow.js")).then((module) => {
    module.observe(pageChanged);
    return module;
  }),
);
