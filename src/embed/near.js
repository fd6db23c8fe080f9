// Loads the wasm when a reader is near.
import { code } from "./files.js";
import { plain } from "./json.js";

// Time by which the fragment, the style sheet and the script that follows the page are requested first, in ms: on a slow
// line, the wasm would delay the counts.
const HEAD_START_MS = 99;

// Starts loading when the element is in view, or less than a window's height away; or when `run.seen` is called.
// Resolves when the files are there.
/** @type {(element: HTMLElement, run: Run) => Promise<unknown>} */
export const near = (element, run) =>
  new Promise((done) => {
    run.seen = /** @type {any} */ (done);
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setTimeout(done, HEAD_START_MS, observer.disconnect());
    }, plain({ rootMargin: "100%" }));
    observer.observe(element);
  }).then(code.ahead);
