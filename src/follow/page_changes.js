// When what a page says of its article may have changed in place: its address, its title, its canonical link.
import { ofDocument } from "../embed/native.js";

// Calls back after each change.
/** @type {Follow["observe"]} */
export const observe = (changed) => {
  const all = { attributes: true, characterData: true, childList: true, subtree: true };
  /** @type {HTMLHeadElement | null | undefined} */
  let head;
  const observer = new MutationObserver(() => {
    if (head !== ofDocument("head")) follow();
    changed();
  });
  // A framework that draws the whole document anew makes another head.
  const follow = () => {
    const root = ofDocument("documentElement");
    observer.disconnect();
    observer.observe(document, { childList: true });
    observer.observe(root, { childList: true });
    head = ofDocument("head");
    observer.observe(head ?? root, all);
  };
  follow();
  for (const type of ["popstate", "hashchange", "pageshow"]) addEventListener(type, changed);
  // `history.pushState` fires no other event. Without this one, the title tells.
  // (A page may call something of its own `navigation`.)
  try {
    EventTarget.prototype.addEventListener.call(/** @type {any} */ (globalThis).navigation, "currententrychange", changed);
  } catch {
    // It is the page's.
  }
  changed();
};
