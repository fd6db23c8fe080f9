// Observes changes of the page in place that may affect the article: of its address, title and canonical link.
import { ofDocument } from "./loader.js";

// Calls `changed` after each change.
/** @type {(changed: () => void) => void} */
export const observe = (changed) => {
  const all = { attributes: true, characterData: true, childList: true, subtree: true };
  /** @type {HTMLHeadElement | null | undefined} */
  let head;
  const observer = new MutationObserver(() => {
    if (head !== ofDocument("head")) follow();
    changed();
  });
  // A framework that renders the whole document may replace the head.
  const follow = () => {
    const root = ofDocument("documentElement");
    observer.disconnect();
    observer.observe(document, { childList: true });
    observer.observe(root, { childList: true });
    head = ofDocument("head");
    observer.observe(head || root, all);
  };
  follow();
  for (const type of ["popstate", "hashchange", "pageshow"]) addEventListener(type, changed);
  // `history.pushState` fires no other event than this; where it is missing, the change of the title is observed. (A
  // page may have a variable named `navigation`.)
  try {
    EventTarget.prototype.addEventListener.call(/** @type {any} */ (globalThis).navigation, "currententrychange", changed);
  } catch {
    // `navigation` is a variable of the page.
  }
  changed();
};
