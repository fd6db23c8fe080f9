// What a policy of the page forbids, from when this file is there; where the browser remembers, also before.

const violations = [];

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
    // It has none.
  }
};

// What is violated, the finding, and the directives that decide, the most specific first: as the doctor has them.
const IDS = [
  [/^trusted-types|^require-trusted-types/, "csp-trusted-types", ["trusted-types"]],
  [/^script-src|^default-src/, "csp-script-src", ["script-src-elem", "script-src", "default-src"]],
  [/^connect-src/, "csp-connect-src", ["connect-src", "default-src"]],
  [/^img-src/, "csp-img-src", ["img-src", "default-src"]],
  [/^frame-src|^child-src/, "csp-frame-src", ["frame-src", "child-src", "default-src"]],
  [/^style-src/, "csp-style-src", ["style-src-elem", "style-src", "default-src"]],
];
const OF_WASM = [0, "csp-wasm", ["script-src", "default-src"]];

const WASM = "wasm-eval";

export const isWasmForbidden = () => violations.some(({ blocked, disposition }) => blocked === WASM && disposition !== "report");

// Of the endpoint, or of WebAssembly: what else the page forbids is not ours.
const isOurs = (origins) => ({ blocked, sample }) => blocked === WASM || /^gema\b/.test(sample) || origins.some((origin) => blocked.startsWith(origin));

// The policy's directives, each with its sources.
const parse = (policy) => {
  const found = {};
  for (const directive of policy.split(";")) {
    const [name, ...sources] = directive.trim().split(/\s+/);
    if (!found[name]) found[name] = sources;
  }
  return found;
};

const sourceOf = ({ id, blocked }) => {
  if (id === "csp-wasm") return "'wasm-unsafe-eval'";
  return id === "csp-trusted-types" ? "gema" : new URL(blocked).origin;
};

// The directive to write: a copy of default-src's sources where that decides, because another directive replaces it.
const amended = ({ directives, policy }) => {
  const known = parse(policy);
  const decides = directives.find((name) => known[name]);
  const name = decides && decides !== "default-src" ? decides : directives[0].replace("-elem", "");
  const sources = (known[decides] || []).filter((source) => source.toLowerCase() !== "'none'");
  return { isReplaced: decides === name, name, sources };
};

// The whole directive, with what the other findings of this policy need of it.
const write = (need, needs) => {
  if (!need.policy) return `Add ${sourceOf(need)} to ${need.directive}.`;
  const { isReplaced, name, sources } = amended(need);
  const same = needs.filter((one) => one.policy === need.policy && amended(one).name === name);
  const whole = new Set([name, ...sources, ...same.map(sourceOf)]);
  return `${isReplaced ? "In the policy, write in place of that directive" : "Add to the policy"}: ${[...whole].join(" ")};`;
};

// Each once: its name, what was blocked, whether it was only reported, and what to write.
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

export const others = (origins) => violations.filter((one) => !isOurs(origins)(one)).length;
