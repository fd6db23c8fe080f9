// Loads the wasm, which takes over an element when its reader is near.
import { note } from "./in_shadow.js";
import { get, once, say, script } from "./loader.js";
import { inView } from "./near.js";
import { pieces } from "./seen.js";
import { nameSlides } from "./slides.js";

// A module with a function that takes an `externref`. Of the features that ours requires, browsers supported reference
// types last (Chromium 96, Firefox 79, Safari 15).
const NEEDED = "\0asm\x01\0\0\0\x01\x05\x01`\x01o\0";

/** @type {boolean | undefined} */
let canRun;
try {
  canRun = WebAssembly.validate(Uint8Array.from(NEEDED, (one) => /** @type {any} */ (one).charCodeAt()));
} catch (_) {
  // There is no WebAssembly.
}

/** @type {Once<[any, Response]> | undefined} */
let code;

// Starts loading when this element's reader is near.
/** @type {Follow["near"]} */
export const near = (element, run) => {
  note(element);
  nameSlides(element, run);
  // Load both concurrently, which saves a round trip.
  code = code || once((file) => Promise.all([script(...file("js")), get(...file("wasm"))]));
  run.near = canRun && inView(element, run).then(code.ahead);
};

// Runs the wasm in the element. If this browser cannot run it, loads nothing and keeps the endpoint's markup.
/** @type {(host: FollowHost) => Promise<void>} */
export const charge = async (host) => {
  const { element, run, stays, take } = host;
  host.hasTrapped = run.level === "plain";
  if (host.hasTrapped) return;
  if (!canRun) {
    stays();
    return;
  }
  if (!run.near) near(element, run);
  // An element that no observer reports counts as near.
  if (pieces(element).length && run.seen) run.seen();
  await run.near;
  try {
    const [{ start }, wasm] = await /** @type {Once<[any, Response]>} */ (code).told(run);
    const made = await start(wasm, run.drawn.view.assets);
    if (run.still()) take(made(host));
  } catch (error) {
    if (run.still()) stays();
    say(`no wasm: ${error}. Has script-src ${run.endpoint} 'wasm-unsafe-eval'?`);
  }
};
