// The other side of files.js: a file that the loader has asked for gives it what it exports, by the script element that it came by.
import { ofDocument } from "./native.js";

// A copy of that element, which a page has kept or made, runs the file too, and has nothing to give it to.
/** @type {(exports: object) => void} */
export const handOver = (exports) => {
  const { gema } = ofDocument("currentScript") || {};
  if (gema) gema(exports);
};
