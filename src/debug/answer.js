// Findings about the endpoint's responses, or about their absence.
import { all, isHtml, said } from "./browser.js";
import { isFront, isRoute } from "./canonical.js";
import { elementsEndpoint, lacks, siteOf } from "./facts.js";
import { error, note, warning } from "./finding.js";
import { isWasmForbidden } from "./policy.js";
import { lastLine, refused, whyNothing } from "./said.js";

/** @type {(site: string) => string} */
const ORIGINS = (site) => `In gema.toml, then gema reload: [sites.${site}] origins = ["${location.origin}"], beside those that are there.`;

const LOG = "See the endpoint's log.";

// Reasons why the endpoint shows nothing; the first that matches applies: pattern of the console line, id of the
// finding, and remedy.
/** @type {[line: RegExp, id: string, write: (site: string) => string][]} */
const REASONS = [
  [/no site/, "site-unknown", (site) => `Write the site's name as it stands in gema.toml into data-site, or add [sites.${site}] there.`],
  [/^no answer/, "endpoint-unreachable", () => "See that the endpoint runs, and that its name and certificate are right."],
  [/not as Gema does/, "endpoint-not-gema", () => "Write the address of your endpoint into the tag, or into data-endpoint."],
  [/^\w*Error: /, "console", () => "See the console."],
  [/./, "endpoint-status", () => LOG],
];

/** @type {(element: Element) => unknown} */
const isNamed = (element) => said(element, "article") || element.localName === "gema-count";

// Elements, articles and counts, for which the endpoint has not responded.
/** @type {(shown: ShownElement[]) => Element[]} */
const unanswered = (shown) =>
  shown.filter(({ ready }) => ready === "no").map(({ element }) => element).concat(all("gema-count").filter((one) => isHtml(one) && !one.shadowRoot));

/** @type {(page: DebugPage, shown: ShownElement[], add: AddFinding) => void} */
const ofNothing = (page, shown, add) => {
  for (const element of unanswered(shown)) {
    const site = siteOf(page, element);
    const endpoint = elementsEndpoint(page, element);
    const why = site && endpoint && whyNothing(site, endpoint);
    if (!why) continue;
    const [, id, write] = /** @type {(typeof REASONS)[number]} */ (REASONS.find(([line]) => line.test(why)));
    add((id === "console" ? note : error)(id, why, write(site)));
  }
};

/** @type {(page: DebugPage, shown: ShownElement[], add: AddFinding) => void} */
const ofNames = (page, shown, add) => {
  const counts = all("gema-count").filter(isHtml).map((element) => ({ element }));
  for (const one of shown.concat(counts)) {
    const lack = lacks(page, one);
    const tag = `<script async src="${elementsEndpoint(page, one.element) || "https://gema.example/"}embed.js" data-site="${siteOf(page, one.element) || "SITE"}"></script>`;
    if (/no site/.test(lack)) add(error("site-missing", "Nothing names the site.", tag));
    else if (/no endpoint/.test(lack)) add(error("endpoint-missing", "Nothing names the endpoint.", tag));
    else if (lack && !isNamed(one.element) && isFront(location.pathname) && !isRoute() && lastLine(/^name the article/)) {
      add(warning("front-page", "This is the site's front page, of which nothing is counted.", 'If it shows an article, name it: <gema-article article="…">.'));
    }
  }
};

/** @type {(shown: ShownElement[], add: AddFinding) => void} */
const ofRefusal = (shown, add) => {
  const running = shown.find(({ run }) => run && run.drawn && run.drawn.view.refusal) || shown.find(({ run }) => run);
  if (!running) return;
  const { drawn, site } = running.run;
  const why = (drawn && drawn.view.refusal) || refused();
  if (!why) return;
  if (/may not send/.test(why)) {
    add(error("origin-refused", `The endpoint does not count what readers of this page do. It says: ${why}`, ORIGINS(site)));
  } else {
    add(error("refused", `The endpoint has refused the last press or read. It says: ${why}`, LOG));
  }
};

/** @type {(shown: ShownElement[], add: AddFinding) => void} */
const ofWasm = (shown, add) => {
  const line = shown.some(({ ready }) => ready === "plain") && lastLine(/^no wasm:/);
  if (!line) return;
  const isOfPolicy = isWasmForbidden() || /Content.Security|\bCSP\b|unsafe-eval/i.test(line.split(". Has script-src")[0]);
  if (isOfPolicy) add(warning("csp-wasm", line, "Add 'wasm-unsafe-eval' to the policy's script-src."));
  else add(warning("wasm-failed", line, "See the console, and that the widget's files come as the endpoint sends them."));
};

/** @type {(page: DebugPage, shown: ShownElement[], add: AddFinding) => void} */
export const ofAnswers = (page, shown, add) => {
  ofNames(page, shown, add);
  ofNothing(page, shown, add);
  ofRefusal(shown, add);
  ofWasm(shown, add);
};
