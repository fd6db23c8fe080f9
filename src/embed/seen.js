import { plain } from "./json.js";

// Resolves when the element is in view, or so near to it; or as soon as `run.seen` is called.
export const inView = (element, run, rootMargin) =>
  new Promise((done) => {
    run.seen = done;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) done(observer.disconnect());
    }, plain({ rootMargin }));
    observer.observe(element);
  });
