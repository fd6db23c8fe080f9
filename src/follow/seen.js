// Measures how long a text was in view.
import { ofDocument, plain } from "./loader.js";

// An element counts as being read if it reaches the middle of the window, or if nearly all of it is in view. Of several
// long articles, that is one at a time.
const READ = [
  { rootMargin: "-49% 0px", threshold: 0 },
  { rootMargin: "0px", threshold: 0.9 },
];

// The element, or its closest ancestor with a box: an observer never reports elements without one.
/** @type {(element: HTMLElement) => HTMLElement} */
export const boxOf = (element) =>
  getComputedStyle(element).display === "contents" && element.parentElement ? boxOf(element.parentElement) : element;

// Resolves in a task of its own after the next frame. To measure the page earlier would lay it out within the task that has
// just changed it, and together they block a slow phone. `requestAnimationFrame` may be the page's own; an observer reports
// once after a frame, in view or not, unless the root has no box (`display: contents`): the timer is for that.
/** @type {() => Promise<unknown>} */
export const laidOut = () =>
  new Promise((done) => {
    const observer = new IntersectionObserver(() => done(observer.disconnect()));
    observer.observe(ofDocument("documentElement"));
    setTimeout(done, 999);
  });

// The pieces of an element that stands in several columns, which WebKit's observers misplace; none of any other.
/** @type {(element: HTMLElement) => DOMRect[]} */
export const pieces = (element) => {
  const all = [...element.getClientRects()];
  return all.length > 1 ? all : [];
};

// Whether a piece reaches the middle of the window, or is in view as a whole.
/** @type {(piece: DOMRect) => boolean} */
const isRead = ({ bottom, top }) => (top < innerHeight / 2 ? top >= 0 || bottom > innerHeight / 2 : bottom <= innerHeight);

// Time since the page was opened, in ms. Does not depend on the system clock, nor on names that the page may have
// redefined.
const now = () => ofDocument("createEvent", "Event").timeStamp;

// Interval at which the text's presence and visibility are checked, in ms: no observer reports those.
const VISIBILITY_CHECK_MS = 1_000;

// Options of `checkVisibility`: hidden or transparent text is not read, although it has a box. The last two names are
// for Chromium before 121.
const VISIBLE = { contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true, checkOpacity: true, checkVisibilityCSS: true };

/** @type {(element: HTMLElement) => boolean} */
const isVisible = (element) =>
  element.checkVisibility ? element.checkVisibility(plain(VISIBLE)) : getComputedStyle(element).visibility !== "hidden";

// Resolves when the element that `find` returns has been read for `ms` in total while the page was visible (a
// prerendered page is hidden). Never resolves if `still` returns false before.
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
      since = (holding.size || pieces(element).some(isRead)) && ofDocument("visibilityState") === "visible" && isVisible(element) && now();
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
    // A framework that renders the page again replaces the element: find the new one.
    const watch = () => {
      if (!still()) return end();
      if (element && element.isConnected) return change();
      element = find();
      holding.clear();
      change();
      for (const observer of observers) {
        observer.disconnect();
        observer.observe(element);
      }
    };
    const watching = setInterval(watch, VISIBILITY_CHECK_MS);
    watch();
    addEventListener("visibilitychange", change);
  });
