// Records violations of the page's policy from the time when this file runs; where the browser buffers reports, also
// earlier ones.

/** @type {{ directive: string, blocked: string, disposition: string, policy: string, sample: string }[]} */
const violations = [];

/** @type {(violation: any) => unknown} */
const add = ({ effectiveDirective, blockedURI, blockedURL, disposition, originalPolicy, sample }) =>
  violations.push({
    directive: effectiveDirective || "",
    blocked: blockedURI || blockedURL || "",
    disposition,
    policy: originalPolicy || "",
    sample: sample || "",
  });

export const sees = () => {
  document.addEventListener("securitypolicyviolation", add);
  try {
    const options = { types: ["csp-violation"], buffered: true };
    const observer = new ReportingObserver((reports) => reports.forEach(({ body }) => add(body)), options);
    observer.observe();
  } catch (_) {
    // The browser has no ReportingObserver.
  }
};

// The violated directive, the finding, and the directives that may decide, the most specific first. The doctor has the
// same list.
/** @type {[of: RegExp, id: string, directives: string[]][]} */
const IDS = [
  [/^trusted-types|^require-trusted-types/, "csp-trusted-types", ["trusted-types"]],
  [/^script-src|^default-src/, "csp-script-src", ["script-src-elem", "script-src", "default-src"]],
  [/^connect-src/, "csp-connect-src", ["connect-src", "default-src"]],
  [/^img-src/, "csp-img-src", ["img-src", "default-src"]],
  [/^frame-src|^child-src/, "csp-frame-src", ["frame-src", "child-src", "default-src"]],
  [/^style-src/, "csp-style-src", ["style-src-elem", "style-src", "default-src"]],
];
/** @type {[of: number, id: string, directives: string[]]} */
const OF_WASM = [0, "csp-wasm", ["script-src", "default-src"]];

const WASM = "wasm-eval";

export const isWasmForbidden = () => violations.some(({ blocked, disposition }) => blocked === WASM && disposition !== "report");

// Whether a violation concerns the endpoint or WebAssembly; others are not ours.
/** @type {(origins: string[]) => (one: { blocked: string, sample: string }) => boolean} */
const isOurs = (origins) => ({ blocked, sample }) => blocked === WASM || /^gema\b/.test(sample) || origins.some((origin) => blocked.startsWith(origin));

// The policy's directives, each with its sources.
/** @type {(policy: string) => { [name: string]: string[] }} */
const parse = (policy) => {
  /** @type {{ [name: string]: string[] }} */
  const found = {};
  for (const directive of policy.split(";")) {
    const [name, ...sources] = directive.trim().split(/\s+/);
    if (!found[name]) found[name] = sources;
  }
  return found;
};

/** @type {(need: Need) => string} */
const sourceOf = ({ id, blocked }) => {
  if (id === "csp-wasm") return "'wasm-unsafe-eval'";
  return id === "csp-trusted-types" ? "gema" : new URL(blocked).origin;
};

// The directive to write. If default-src decides, a copy of its sources, because the specific directive replaces it.
/** @type {(need: Need) => { isReplaced: boolean, name: string, sources: string[] }} */
const amended = ({ directives, policy }) => {
  const known = parse(policy);
  const decides = directives.find((name) => known[name]);
  const name = decides && decides !== "default-src" ? decides : directives[0].replace("-elem", "");
  const sources = ((decides && known[decides]) || []).filter((source) => source.toLowerCase() !== "'none'");
  return { isReplaced: decides === name, name, sources };
};

// The complete directive, with the sources that the other findings about this policy need.
/** @type {(need: Need, needs: Need[]) => string} */
const write = (need, needs) => {
  if (!need.policy) return `Add ${sourceOf(need)} to ${need.directive}.`;
  const { isReplaced, name, sources } = amended(need);
  const same = needs.filter((one) => one.policy === need.policy && amended(one).name === name);
  const whole = new Set([name, ...sources, ...same.map(sourceOf)]);
  return `${isReplaced ? "In the policy, write in place of that directive" : "Add to the policy"}: ${[...whole].join(" ")};`;
};

// The violations, without duplicates: finding, blocked address, whether it was only reported, and the remedy.
/** @type {(origins: string[]) => (Need & { write: string })[]} */
export const forbidden = (origins) => {
  const found = new Map();
  for (const { directive, blocked, disposition, policy } of violations.filter(isOurs(origins))) {
    const [, id, directives] = blocked === WASM ? OF_WASM : IDS.find(([of]) => of.test(directive)) || [];
    const isReport = disposition === "report";
    if (id) found.set([id, isReport, policy].join(), { id, directive, directives, blocked, isReport, policy });
  }
  const needs = [...found.values()];
  return needs.map((need) => Object.assign({ write: write(need, needs) }, need));
};

/** @type {(origins: string[]) => number} */
export const others = (origins) => violations.filter((one) => !isOurs(origins)(one)).length;
