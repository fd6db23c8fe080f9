// Listeners for changes of the page in place. (follow.js, a separate file, observes the page.)

/** @type {Set<() => void>} */
const listeners = new Set();

export const pageChanged = () => listeners.forEach((listener) => listener());

// Adds a listener. Returns a function that removes it.
/** @type {(listener: () => void) => () => unknown} */
export const onPageChange = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
