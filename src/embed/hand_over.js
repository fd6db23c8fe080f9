// The counterpart of files.js: a file that the loader has requested passes its exports to the script element that
// loaded it.
import { ofDocument } from "./native.js";

// A copy of that element in saved markup also runs the file, but has no such property.
/** @type {(exports: object) => void} */
export const handOver = (exports) => {
  const { gema } = ofDocument("currentScript") || {};
  if (gema) gema(exports);
};
