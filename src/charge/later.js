// What the module does later is guarded as what it does at once: WebKit tells nobody where a trap in a timer came from. These
// stand for the browser's own in all of this file's bundle.
import { guarded } from "./guard.js";

const later = (call) => () => guarded(call);
const setTimeout = (call, ms) => globalThis.setTimeout(later(call), ms);
const queueMicrotask = (call) => globalThis.queueMicrotask(later(call));

export { queueMicrotask, setTimeout };
