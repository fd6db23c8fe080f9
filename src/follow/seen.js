// How long a text was in view.
import { ofDocument } from "../embed/native.js";

// What of an element counts as being read: it reaches the middle of the window, or nearly all of it is in view. Of long articles
// one below the other, that is one at a time.
const READ = [
  { rootMargin: "-49% 0px", threshold: 0 },
  { rootMargin: "0px", threshold: 0.9 },
];

// Resolves when the element was read for `ms` in all, in a page that is visible: no hidden tab, which a prerendered page is as well. With
// false, if it left the page before: a framework has drawn it anew. Never, if `still` says no before.
export const readFor = (element, ms, still) =>
  new Promise((done) => {
    const holding = new Set();
    let since;
    let timer;
    const end = () => {
      observers.forEach((observer) => observer.disconnect());
      removeEventListener("visibilitychange", change);
      clearTimeout(timer);
      if (still()) done(element.isConnected);
    };
    const change = () => {
      if (!still() || !element.isConnected) return end();
      clearTimeout(timer);
      if (since) ms -= performance.now() - since;
      since = holding.size && ofDocument("visibilityState") === "visible" && performance.now();
      if (since) timer = setTimeout(end, ms);
    };
    const observers = READ.map((options) => {
      const observer = new IntersectionObserver((entries) => {
        const { isIntersecting, intersectionRatio } = entries.pop();
        holding[isIntersecting && intersectionRatio >= options.threshold ? "add" : "delete"](observer);
        change();
      }, options);
      observer.observe(element);
      return observer;
    });
    addEventListener("visibilitychange", change);
  });
