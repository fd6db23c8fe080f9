import { plain } from "./loader.js";
import { boxOf } from "./seen.js";

// Resolves when the element is in view, or less than a window's height away; or when `run.seen` is called.
/** @type {(element: HTMLElement, run: Run) => Promise<unknown>} */
export const inView = (element, run) =>
  new Promise((done) => {
    run.seen = /** @type {any} */ (done);
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) done(observer.disconnect());
    }, plain({ rootMargin: "100%" }));
    observer.observe(boxOf(element));
  });
