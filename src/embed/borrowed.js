// The functions that the script that follows the page borrows (follow/loader.js).
import { at, isLater, reason, request } from "./endpoint.js";
import { code, needed, once, script } from "./files.js";
import { say } from "./home.js";
import { plain, stringify } from "./json.js";
import { ofDocument } from "./native.js";
import { near } from "./near.js";

/** @type {Borrowed} */
export const borrowed = { at, code, isLater, near, needed, ofDocument, once, plain, reason, request, say, script, stringify };
