// Keeps the element of a bare tag with the page's article, while a hydration or an application of one page draws that anew.
import { ofDocument } from "../embed/native.js";
import { debug } from "./debug.js";

// Changes less than so many ms apart are one.
const DEBOUNCE = 50;

// A page that draws its article itself has it after so many ms at the latest.
const PATIENCE = 5_000;

// A framework that takes the element away more often than that, at one address, has the last word.
const MOST = 5;

// One of the page's own: what is made here says so, also in a copy that a framework keeps of the page.
const OWN = "gema-article:not([data-bare])";

// `place` puts the element where it belongs, and tells where that is.
/** @type {(page: BarePage) => () => void} */
export const keepPlaced = ({ dress, element, place, say, tag, tools }) => {
  debug({ say, tag, tools });
  let places = 0;
  /** @type {string | undefined} */
  let address;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {MutationObserver | undefined} */
  let waiting;
  /** @type {Element | null | undefined} */
  let hasOwn;

  const settle = () => {
    if (address !== location.href) [address, places] = [location.href, 0];
    const wasPlaced = element.isConnected;
    // A page that brings an element of its own does so wherever it wants one.
    hasOwn ||= ofDocument("querySelector", OWN);
    if (hasOwn && !wasPlaced) return;
    if (!wasPlaced && places > MOST) return;
    if (!place()) wait();
    else if (!wasPlaced && element.isConnected && ++places > MOST) say("this page removes the widget: write <gema-article> into its markup");
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(settle, DEBOUNCE);
  };

  // Until the page has drawn its article.
  const wait = () => {
    if (waiting) return;
    waiting = new MutationObserver(soon);
    waiting.observe(ofDocument("documentElement"), { childList: true, subtree: true });
    setTimeout(() => {
      /** @type {MutationObserver} */ (waiting).disconnect();
      waiting = undefined;
      if (element.isConnected) return;
      const where = place();
      if (!where) say(`${where === null ? "a list of articles" : "no article"} here: place <gema-article>`);
    }, PATIENCE);
  };

  // Consent, for one, may be given on the tag, and may have been before this came. What the page has given on the element stays.
  /** @type {(change: MutationRecord) => unknown} */
  const isOurs = ({ attributeName }) => /** @type {string} */ (attributeName).startsWith("data-");
  if (tag) new MutationObserver((changes) => changes.some(isOurs) && dress()).observe(tag, { attributes: true });
  if (element.getAttribute("consent") === "wait") dress();
  settle();
  return soon;
};
