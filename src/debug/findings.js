// All findings about the page.
import { all } from "./browser.js";
import { ofAnswers } from "./answer.js";
import { judge } from "./canonical.js";
import { ofElement, ofTagsValues } from "./element.js";
import { endpointOf, option, origins } from "./facts.js";
import { error, note, warning } from "./finding.js";
import { ofBare } from "./misplaced.js";
import { ofPlace, ofSeveral } from "./place.js";
import { forbidden } from "./policy.js";

/** @type {(page: DebugPage, add: AddFinding) => void} */
const ofTag = (page, add) => {
  const { tag } = page;
  const names = /\/embed(\.v1)?\.js\b/;
  const tags = all("script").filter((one) => names.test(one.src));
  if (tags.length > 1) {
    const differ = new Set(tags.map((one) => [option({ tag: one }, "site"), one.src].join(" "))).size > 1;
    add((differ ? warning : note)("tag-twice", `There are ${tags.length} tags: the first one that runs counts.`, "Keep one of them."));
  }
  if (tag.src && !tag.async && !tag.defer && tag.type !== "module") {
    add(note("tag-blocks", "The tag lacks async: the page waits for the script.", "<script async …>"));
  }
  const endpoint = endpointOf(page);
  if (location.protocol === "https:" && /^http:/.test(endpoint || "")) {
    add(error("mixed-content", `The page is of https, and the endpoint of http: ${endpoint}.`, "Give the endpoint https."));
  }
  ofTagsValues(page, add);
};

/** @type {(page: DebugPage, shown: ShownElement[], add: AddFinding) => void} */
const ofPolicy = (page, shown, add) => {
  for (const { id, directive, blocked, isReport, write } of forbidden(origins(page, shown))) {
    const what = `${directive} ${isReport ? "would forbid" : "forbids"} ${blocked}`;
    if (isReport) add(note("csp-report-only", `A policy that only reports: ${what}.`, write), write);
    else add((/wasm|img|frame|style/.test(id) ? warning : error)(id, `The page's policy: ${what}.`, write), id + write);
  }
};

/** @type {(page: DebugPage, shown: ShownElement[]) => Finding[]} */
export const findings = (page, shown) => {
  /** @type {Map<string, Finding>} */
  const found = new Map();
  // At most one finding for each name, or for each key.
  /** @type {AddFinding} */
  const add = (one, key = one.id) => found.has(key) || found.set(key, one);
  /** @type {(id: string) => boolean} */
  const has = (id) => [...found.values()].some((one) => one.id === id);
  ofPolicy(page, shown, add);
  // If the policy is the cause, its finding replaces those for a missing answer and for WebAssembly that does not run.
  /** @type {{ [id: string]: string }} */
  const causes = { "endpoint-unreachable": "csp-connect-src", "csp-wasm": "csp-wasm" };
  ofAnswers(page, shown, (one) => has(causes[one.id]) || add(one));
  ofTag(page, add);
  ofPlace(add);
  ofBare(shown, add);
  ofSeveral(shown, add);
  shown.forEach((one) => ofElement(one, add));
  judge(shown).forEach((one) => add(one));
  return [...found.values()];
};
