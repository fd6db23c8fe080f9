// The lines that the widget has written to the console, as findings.
import { error, note, warning } from "./finding.js";
import { isWasmForbidden } from "./policy.js";

const isOfPolicy = (text) => isWasmForbidden() || /Content.Security|\bCSP\b|unsafe-eval/i.test(text.split(". Has script-src")[0]);

// The first that fits: a line, what makes a finding of it, and its name.
const LINES = [
  [/may not send anything/, error, "origin-refused"],
  [/no site/i, error, "site-unknown"],
  [/^no wasm:/, warning, (text) => (isOfPolicy(text) ? "csp-wasm" : "wasm-failed")],
  [/no answer from/, error, "endpoint-unreachable"],
  [/not as Gema does/, error, "endpoint-not-gema"],
  [/is empty here/, warning, "element-empty"],
  [/^name the article/, warning, "front-page"],
  [/^name the site/, error, "site-missing"],
  [/^several articles share/, warning, "several-share-address"],
  [/^a list of articles here/, error, "place-list"],
  [/^no article here/, error, "place-none"],
  [/has no language/, warning, "lang-unknown"],
  [/removes the widget/, warning, "element-removed"],
  [/^refused:/, error, "refused"],
];

export const told = ({ say }) => {
  const found = new Map();
  for (const text of Object.keys(say)) {
    const [, of, name] = LINES.find(([line]) => line.test(text)) || [0, note, "console"];
    const id = typeof name === "function" ? name(text) : name;
    if (!found.has(id)) found.set(id, of(id, text));
  }
  return found;
};

export const whyNoWasm = ({ say }, host) => {
  if (host && host.hasTrapped()) return "it has stopped: see the console";
  const line = Object.keys(say).find((text) => text.startsWith("no wasm:"));
  return line || "this browser lacks what it needs";
};
