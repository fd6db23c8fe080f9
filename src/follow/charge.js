// The wasm, which takes charge of an element once its reader is near.
import { inView } from "./near.js";

// A module with a function that takes an `externref`: of what ours needs, browsers had reference types last (Chromium 96, Firefox 79,
// Safari 15).
const NEEDED = "\0asm\x01\0\0\0\x01\x05\x01`\x01o\0";

/** @type {boolean | undefined} */
let canRun;
try {
  canRun = WebAssembly.validate(Uint8Array.from(NEEDED, (one) => /** @type {any} */ (one).charCodeAt()));
} catch (_) {
  // It has no WebAssembly at all.
}

/** @type {Once<[any, Response]> | undefined} */
let code;

// Begins as soon as this element's reader is near.
/** @type {Follow["near"]} */
export const near = (element, run, { get, once, script }) => {
  // Both at the same time: one after the other costs a round trip.
  code = code || once((file) => Promise.all([script(...file("js")), get(...file("wasm"))]));
  run.near = canRun && inView(element, run).then(code.ahead);
};

// Nothing is loaded that this browser cannot run: there it stays as the endpoint draws it.
/** @type {(host: FollowHost) => Promise<void>} */
export const charge = async (host) => {
  const { element, hasTrapped, run, say, stays, take, tools } = host;
  if (hasTrapped()) return;
  if (!canRun) {
    stays();
    return;
  }
  if (!run.near) near(element, run, tools);
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
