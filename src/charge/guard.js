// The widgets in the page, and their end: a trap leaves the wasm's memory in any state, so that nothing of it may run again.

export const mounted = new Set();

let files;
let trapped = false;

const fail = (error) => {
  if (!trapped) console.error(`Gema: ${files.wasm} stopped, and the widget goes on without it. ${error}`);
  trapped = true;
  mounted.forEach((widget) => widget.fallBack());
  mounted.clear();
};

// Also what comes after the end is told of it, and no line is written again.
export const guarded = (call) => {
  if (trapped) return fail();
  try {
    return call();
  } catch (error) {
    fail(error);
  }
};

// Whether it came out of the wasm. WebKit names no file where it was in WebAssembly: any module's trap is taken for ours.
const isOurs = (error) =>
  [files.js, files.wasm].some((name) => error?.stack?.includes(name)) ||
  (error instanceof WebAssembly.RuntimeError && error.stack.includes("@<?>:wasm-function"));

// Traps in a listener or timer of the widget's own end here, and not in the host page's reports.
const caught = (event) => {
  const error = event.error ?? event.reason;
  if (!isOurs(error)) return;
  event.preventDefault();
  fail(error);
};

export const guards = (assets) => {
  files = assets;
  addEventListener("error", caught);
  addEventListener("unhandledrejection", caught);
};
