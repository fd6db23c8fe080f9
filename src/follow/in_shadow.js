// The page's own elements in shadow roots, which no query of the document finds.

/** @type {Set<HTMLElement>} */
const elements = new Set();

/** @type {(element: HTMLElement) => void} */
export const note = (element) => {
  if (element.getRootNode() !== document) elements.add(element);
};

// Whether one of them is in the page now.
/** @type {() => boolean} */
export const isInShadow = () => {
  for (const element of elements) if (!element.isConnected) elements.delete(element);
  return elements.size > 0;
};
