// When what a page says of its article may have changed in place: its address, its title, its canonical link.
import { ofDocument } from "../embed/native.js";

// Calls back after each change.
export const observe = (changed) => {
  const all = { attributes: true, characterData: true, childList: true, subtree: true };
  new MutationObserver(changed).observe(ofDocument("head") ?? ofDocument("documentElement"), all);
  for (const type of ["popstate", "hashchange", "pageshow"]) addEventListener(type, changed);
  // `history.pushState` fires no other event. Without this one, the title tells.
  if (typeof Navigation === "function") navigation.addEventListener("currententrychange", changed);
  changed();
};
