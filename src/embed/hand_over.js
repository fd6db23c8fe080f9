// The other side of files.js: a file that the loader has asked for gives it what it exports, by the script element that it came by.
import { ofDocument } from "./native.js";

export const handOver = (exports) => ofDocument("currentScript").gema(exports);
