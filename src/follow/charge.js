// Loads the wasm, which takes over an element when its reader is near.
import { code, near, needed, say } from "./loader.js";
import { boxOf, laidOut, pieces } from "./seen.js";

// Whether the browser can run ours. (Whether the page's policy allows it is seen when it is loaded.)
const canRun = () => {
  try {
    return WebAssembly.validate(needed);
  } catch (_) {
    return false; // There is no WebAssembly.
  }
};

// Waits for the reader. The loader observes the element itself, but no observer reports one without a box.
/** @type {(element: HTMLElement, run: Run) => Promise<unknown>} */
const reader = async (element, run) => {
  await laidOut();
  const box = boxOf(element);
  const isNear = box === element ? run.near : near(box, run);
  // Nor one in several columns: it counts as near.
  if (pieces(element).length) run.seen();
  return isNear;
};

// Runs the wasm in the element. If this browser cannot run it, loads nothing and keeps the endpoint's markup.
/** @type {(host: FollowHost) => Promise<void>} */
export const charge = async (host) => {
  const { element, run, stays, take } = host;
  host.hasTrapped = run.level === "plain";
  if (host.hasTrapped) return;
  if (!canRun()) {
    stays();
    return;
  }
  await reader(element, run);
  try {
    const [{ start }, wasm] = await code.told(run);
    const made = await start(wasm, run.drawn.view.assets);
    if (run.still()) take(made(host));
  } catch (error) {
    if (run.still()) stays();
    say(`no wasm: ${error}. Has script-src ${run.endpoint} 'wasm-unsafe-eval'?`);
  }
};
