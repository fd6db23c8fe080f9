// Keeps the element of a bare tag at its place while a hydration or a single-page application renders the page again.
import { debug } from "./debug.js";
import { isInShadow } from "./in_shadow.js";
import { ofDocument, say } from "./loader.js";
import { showNewsroom } from "./newsroom.js";

// Changes less than this many ms apart are handled together.
const DEBOUNCE_MS = 50;

// Maximum time until a page that renders its article itself has done so, in ms.
const ARTICLE_TIMEOUT_MS = 5_000;

// If a framework removes the element more often than this at one address, it is not inserted again.
const MAX_PLACEMENTS = 5;

// An element that the page itself contains. Ours has a marking attribute, which a framework's copies of the page keep.
const PAGES_OWN_ELEMENT = "gema-article:not([data-bare])";

// Keeps the element placed. `place` inserts it and returns the place. Returns a function to call after changes of the
// page.
/** @type {(page: BarePage) => () => void} */
export const keepPlaced = ({ dress, element, place, tag }) => {
  debug(tag);
  showNewsroom(tag);
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
    // If the page has an element of its own anywhere, do not insert ours.
    hasOwn ||= ofDocument("querySelector", PAGES_OWN_ELEMENT);
    if (isInShadow()) return element.replaceWith();
    if (hasOwn && !wasPlaced) return;
    if (!wasPlaced && places > MAX_PLACEMENTS) return;
    if (!place()) wait();
    else if (!wasPlaced && element.isConnected && ++places > MAX_PLACEMENTS) say("this page removes the widget: write <gema-article> into its markup");
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(settle, DEBOUNCE_MS);
  };

  // Waits until the page has rendered its article.
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
    }, ARTICLE_TIMEOUT_MS);
  };

  // Options on the tag may change, for example consent, and may have changed before this script was loaded. Attributes
  // that the page has set on the element are kept.
  /** @type {(change: MutationRecord) => unknown} */
  const isOurs = ({ attributeName }) => /** @type {string} */ (attributeName).startsWith("data-");
  if (tag) new MutationObserver((changes) => changes.some(isOurs) && dress()).observe(tag, { attributes: true });
  if (element.getAttribute("consent") === "wait") dress();
  settle();
  soon(); // Elements in shadow roots are noted meanwhile.
  return soon;
};
