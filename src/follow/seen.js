// How long a text was in view.
import { plain } from "../embed/json.js";
import { ofDocument } from "../embed/native.js";

// What of an element counts as being read: it reaches the middle of the window, or nearly all of it is in view. Of long articles
// one below the other, that is one at a time.
const READ = [
  { rootMargin: "-49% 0px", threshold: 0 },
  { rootMargin: "0px", threshold: 0.9 },
];

// What has no box of its own is never in view.
/** @type {(element: HTMLElement) => HTMLElement} */
export const boxOf = (element) =>
  getComputedStyle(element).display === "contents" && element.parentElement ? boxOf(element.parentElement) : element;

// In ms since the page began: no clock that is set, nor a name that the page may have taken.
const now = () => new Event("").timeStamp;

// Whether the text is still there, and not hidden by a style, is looked at every so many ms: no observer tells.
const WATCH = 1_000;

// Hidden or transparent text is read by nobody, though it has its place on the page. The second names are those of Chromium before 121.
const VISIBLE = plain({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true });

/** @type {(element: HTMLElement) => boolean} */
const isVisible = (element) =>
  element.checkVisibility ? element.checkVisibility(VISIBLE) : getComputedStyle(element).visibility !== "hidden";

// Resolves when the element that `find` returns was being read for `ms` in total while the page was visible (a prerendered page is
// hidden). Never resolves if `still` returns false before that.
/** @type {(find: () => HTMLElement, ms: number, still: () => boolean) => Promise<void>} */
export const readFor = (find, ms, still) =>
  new Promise((done) => {
    /** @type {Set<IntersectionObserver>} */
    const holding = new Set();
    /** @type {HTMLElement} */
    let element;
    /** @type {number | false | undefined} */
    let since;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const end = () => {
      clearInterval(watching);
      observers.forEach((observer) => observer.disconnect());
      removeEventListener("visibilitychange", change);
      clearTimeout(timer);
      if (still()) done();
    };
    const change = () => {
      if (!still()) return end();
      clearTimeout(timer);
      if (since) ms -= now() - since;
      since = holding.size && ofDocument("visibilityState") === "visible" && isVisible(element) && now();
      if (since) timer = setTimeout(end, ms);
    };
    const observers = READ.map((options) => {
      const observer = new IntersectionObserver((entries) => {
        const { isIntersecting, intersectionRatio } = /** @type {IntersectionObserverEntry} */ (entries.pop());
        holding[isIntersecting && intersectionRatio >= options.threshold ? "add" : "delete"](observer);
        change();
      }, plain(options));
      return observer;
    });
    // What a framework draws anew is another element.
    const watch = () => {
      if (!still()) return end();
      if (element?.isConnected) return change();
      element = find();
      holding.clear();
      change();
      for (const observer of observers) {
        observer.disconnect();
        observer.observe(element);
      }
    };
    const watching = setInterval(watch, WATCH);
    watch();
    addEventListener("visibilitychange", change);
  });
