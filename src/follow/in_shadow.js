// The page's own elements in shadow roots, which no query of the document finds.
import { ofDocument } from "./loader.js";

/** @type {Set<HTMLElement>} */
const elements = new Set();

/** @type {(element: HTMLElement) => void} */
export const note = (element) => {
  if (element.getRootNode() !== document) elements.add(element);
};

// Whether one of these nodes has a shadow root with an element of ours, at any depth.
/** @type {(nodes: Iterable<Element>) => boolean} */
const hold = (nodes) =>
  [...nodes].some(({ shadowRoot: root }) => root && (root.querySelector("gema-article,gema-count") || hold(root.querySelectorAll("*"))));

// Whether there is such an element in the page now: one that was noted, also in a closed shadow root, or one in an open
// shadow root.
/** @type {() => boolean} */
export const isInShadow = () => {
  for (const element of elements) if (!element.isConnected) elements.delete(element);
  return elements.size > 0 || hold(ofDocument("querySelectorAll", "*"));
};
