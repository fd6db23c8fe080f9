// What the module does later is guarded as what it does at once: WebKit tells nobody where a trap in a timer came from. These
// stand for the browser's own in all of this file's bundle.
import { guarded } from "./guard.js";

const later = (call) => () => guarded(call);
const setTimeout = (call, ms) => globalThis.setTimeout(later(call), ms);
const queueMicrotask = (call) => (isApart ? globalThis.setTimeout : globalThis.queueMicrotask)(later(call));

let isApart;
// What the module puts off meanwhile becomes a task of its own: a small phone answers its reader in between.
export const apart = (call) => {
  isApart = true;
  try {
    return call();
  } finally {
    isApart = false;
  }
};

export { queueMicrotask, setTimeout };
