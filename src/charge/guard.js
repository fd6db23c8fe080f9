// The page's widgets, and the response to a trap: it leaves the wasm's memory in an undefined state, so no code of the
// module may run afterwards.

/** @type {Set<ModuleWidget>} */
export const mounted = new Set();

/** @type {Assets} */
let files;
let trapped = false;

/** @type {(error?: unknown) => undefined} */
const fail = (error) => {
  if (!trapped) console.error(`Gema: ${files.wasm} stopped, and the widget goes on without it. ${error}`);
  trapped = true;
  mounted.forEach((widget) => widget.fallBack());
  mounted.clear();
  return undefined;
};

// Runs a call of the module. After a trap, falls back without running it; the error is logged only once.
/** @type {<T>(call: () => T) => T | undefined} */
export const guarded = (call) => {
  if (trapped) return fail();
  try {
    return call();
  } catch (error) {
    return fail(error);
  }
};

// Whether the wasm or its script has thrown the error. WebKit does not report the file of an error in WebAssembly, so
// any module's trap counts as ours.
/** @type {(error: any) => boolean} */
const isOurs = (error) =>
  [files.js, files.wasm].some((name) => error?.stack?.includes(name)) ||
  (error instanceof WebAssembly.RuntimeError && !!error.stack?.includes("@<?>:wasm-function"));

// Handles traps outside a guarded call, and keeps them out of the host page's error reports.
/** @type {(event: any) => void} */
const caught = (event) => {
  const error = event.error ?? event.reason;
  if (!isOurs(error)) return;
  event.preventDefault();
  fail(error);
};

/** @type {(assets: Assets) => void} */
export const guards = (assets) => {
  files = assets;
  addEventListener("error", caught);
  addEventListener("unhandledrejection", caught);
};
