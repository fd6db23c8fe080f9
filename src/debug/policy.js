// What a policy of the page forbids, from when this file is there; where the browser remembers, also before.

const violations = [];

const add = ({ effectiveDirective, blockedURI, blockedURL, disposition, sample }) =>
  violations.push({ directive: effectiveDirective || "", blocked: blockedURI || blockedURL || "", disposition, sample: sample || "" });

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

const IDS = [
  [/^trusted-types|^require-trusted-types/, "csp-trusted-types", "gema"],
  [/^script-src|^default-src/, "csp-script-src"],
  [/^connect-src/, "csp-connect-src"],
  [/^img-src/, "csp-img-src"],
  [/^frame-src|^child-src/, "csp-frame-src"],
  [/^style-src/, "csp-style-src"],
];

const WASM = "wasm-eval";

export const isWasmForbidden = () => violations.some(({ blocked, disposition }) => blocked === WASM && disposition !== "report");

// Of the endpoint, or of WebAssembly: what else the page forbids is not ours.
const isOurs = (origins) => ({ blocked, sample }) => blocked === WASM || /^gema\b/.test(sample) || origins.some((origin) => blocked.startsWith(origin));

// Each once: its name, what was blocked, and whether it was only reported.
export const forbidden = (origins) => {
  const found = new Map();
  for (const { directive, blocked, disposition } of violations.filter(isOurs(origins))) {
    const [, id] = IDS.find(([of]) => of.test(directive)) || [];
    const name = blocked === WASM ? "csp-wasm" : id;
    if (!name) continue;
    const isReport = disposition === "report";
    found.set(`${name}${isReport}`, { id: isReport ? "csp-report-only" : name, directive, blocked, isReport });
  }
  return [...found.values()];
};

export const others = (origins) => violations.filter((one) => !isOurs(origins)(one)).length;
