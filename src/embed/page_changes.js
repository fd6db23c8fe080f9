// Who is to know when what the page says may have changed in place. (It is observed by a file of its own: follow.js.)

/** @type {Set<() => void>} */
const listeners = new Set();

export const pageChanged = () => listeners.forEach((listener) => listener());

// Listens until the result is called.
/** @type {(listener: () => void) => () => unknown} */
export const onPageChange = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
