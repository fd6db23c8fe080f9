// Facts about each element, and about the page as a whole.
import { directory } from "../embed/native.js";
import { boxOf } from "../follow/seen.js";
import { textOf } from "../follow/text.js";
import { all, isHtml, ofDocument, said } from "./browser.js";
import { canonicalText, namedBy } from "./canonical.js";
import { others } from "./policy.js";
import { refused, whyNoWasm, whyNothing } from "./said.js";

const self = ofDocument("currentScript").src;

// The common part of the names of a release's files.
/** @type {(address: string) => string} */
export const nameOf = (address) => /** @type {string} */ (address.split("/").pop()).split(".")[0];
export const release = nameOf(self);

/** @type {(element: Element) => boolean} */
const isUnnamed = (element) => !said(element, "article");

// The page's elements, each with its state, as far as it has started.
/** @type {(page: DebugPage) => ShownElement[]} */
export const articles = ({ hosts }) =>
  all("gema-article").filter(isHtml).map((element) => {
    const host = hosts.get(element);
    const isRunning = host && host.run.still();
    return { element, host: isRunning && host, run: isRunning && host.run, ready: element.getAttribute("data-ready") };
  });

// An option of the tag.
/** @type {(page: { tag: HTMLScriptElement }, name: string) => string | null} */
export const option = ({ tag }, name) => {
  const value = tag.getAttribute(`data-${name}`);
  return value === null ? new URL(tag.src, location.href).searchParams.get(name) : value;
};

/** @type {(page: DebugPage) => string | undefined} */
export const endpointOf = (page) =>
  directory(option(page, "endpoint")) || directory(new URL(".", page.tag.src || location.href).href);

/** @type {(page: DebugPage, element: Element) => string | null} */
export const siteOf = (page, element) => said(element, "site") || option(page, "site");

/** @type {(page: DebugPage, element: Element) => string | undefined} */
export const elementsEndpoint = (page, element) => directory(said(element, "endpoint")) || endpointOf(page);

// The origins to which the widget sends requests.
/** @type {(page: DebugPage, shown: ShownElement[]) => string[]} */
export const origins = (page, shown) =>
  /** @type {string[]} */ ([endpointOf(page), ...shown.map(({ element }) => elementsEndpoint(page, element))].filter(Boolean)).map(
    (address) => new URL(address).origin,
  );

const SOURCES = {
  link: "from the canonical link",
  address: "from the page's address",
  invalid: "from the page's address: the canonical link has no address of the web",
  route: "from the page's address, which has a route",
  stale: "from the page's address: the canonical link is of another page",
};

/** @type {(shown: ShownElement) => string} */
const source = ({ element, run }) => {
  if (said(element, "article")) return element.hasAttribute("data-bare") ? "from the tag" : "from the element's attribute";
  return SOURCES[namedBy(run)];
};

/** @type {(shown: ShownElement) => string} */
const keyOf = (shown) => (shown.run ? `${shown.run.article} (${source(shown)})` : said(shown.element, "article") || "none yet");

// The reason why an element shows nothing; "" if there is none.
/** @type {(page: DebugPage, shown: Pick<ShownElement, "element" | "run" | "ready">) => string} */
export const lacks = (page, { element, run, ready }) => {
  if (!siteOf(page, element)) return "no site is named";
  if (!elementsEndpoint(page, element)) return "no endpoint is named";
  return !run && !ready && isUnnamed(element) ? "the article has no name" : "";
};

/** @type {(page: DebugPage, shown: ShownElement) => string} */
const stateOf = (page, shown) => {
  const { element, host, ready } = shown;
  if (said(element, "consent") === "wait") return "waits for consent";
  const lack = lacks(page, shown);
  if (lack) return `nothing is shown: ${lack}`;
  if (ready === "no") return `nothing is shown: ${whyNothing(siteOf(page, element), elementsEndpoint(page, element)) || "see above"}`;
  if (ready === "fragment") return "drawn by the endpoint; the WebAssembly comes when its reader is near";
  if (ready === "wasm") return "works, by WebAssembly";
  if (ready === "plain") return `works, without WebAssembly: ${whyNoWasm(host)}`;
  return "waits for the page or for the endpoint";
};

// The reason why readers cannot react; "" if they can.
/** @type {(shown: ShownElement) => string} */
export const pollOf = ({ element, run }) => {
  const own = said(element, "poll");
  if (own === "off" || own === "closed") return `poll="${own}"`;
  const { poll } = run.drawn.view;
  if (poll === "off") return "the site has no poll";
  return poll === "closed" ? "the site's rule has closed the poll" : "";
};

// The reason why nothing is counted; "" if events are counted.
/** @type {(shown: ShownElement) => string} */
const uncounted = ({ element, host, run }) => {
  const { counts, refusal } = run.drawn.view;
  const why = refusal || refused();
  if (why) return `no: ${why}`;
  if (said(element, "count") === "off") return 'no: count="off"';
  if (counts === false) return "no: the site ignores this article";
  return host.counts() ? "" : "no";
};

/** @type {(shown: ShownElement) => boolean} */
const hasReads = ({ run }) => run.drawn.view.identity !== "off";

/** @type {(shown: ShownElement) => string} */
const countsOf = (shown) => {
  const closed = pollOf(shown);
  const taken = [hasReads(shown) && "reads", !closed && "choices", "shares"].filter(Boolean).join(", ");
  return uncounted(shown) || (taken === "reads, choices, shares" ? "yes" : `${taken} only${closed && `: ${closed}`}`);
};

// Whether the text counts as being read.
/** @type {(host: FollowHost) => boolean} */
const isInView = (host) => {
  const box = boxOf(textOf(host));
  // Content of a closed <details> has a rectangle, but is not rendered.
  if (box.checkVisibility && !box.checkVisibility()) return false;
  const { top, bottom } = box.getBoundingClientRect();
  const height = innerHeight;
  const seen = Math.min(bottom, height) - Math.max(top, 0);
  return (top < height / 2 && bottom > height / 2) || (bottom > top && seen >= (bottom - top) * 0.9);
};

/** @type {(shown: ShownElement) => string} */
const readOf = (shown) => {
  const { host, run } = shown;
  if (uncounted(shown) || !hasReads(shown)) return "is not counted";
  const { sent, until } = run.kept.read(`read:${run.article}`);
  if (until > Date.now()) return sent ? "counted" : "sent, and not acknowledged yet";
  const seconds = run.drawn.view.read_after / 1000;
  return `waits until the text has been in view for ${seconds} seconds; now it is ${isInView(host) ? "" : "not "}in view`;
};

/** @type {(shown: ShownElement) => string} */
const language = ({ run }) => `asked: ${run.lang}; shown: ${run.drawn.view.locale.split("-u-")[0]}`;

/** @type {(page: DebugPage, shown: ShownElement) => [name: string, value: string][]} */
const ofArticle = (page, shown) => {
  /** @type {[name: string, value: string][]} */
  const values = [
    ["Article", keyOf(shown)],
    ["State", stateOf(page, shown)],
  ];
  if (shown.run && shown.run.drawn) {
    const { title, url } = shown.run.asked();
    values.push(
      ["Language", language(shown)],
      ["Counts taken", countsOf(shown)],
      ["Read", readOf(shown)],
      ["Shared", `${title || "no headline"}, ${url || "no address"}`],
    );
  }
  return values;
};

/** @type {(page: DebugPage, shown: ShownElement[]) => { name: string, values: [name: string, value: string][] }[]} */
export const facts = (page, shown) => {
  const running = shown.find(({ run }) => run);
  /** @type {[name: string, value: string][]} */
  const site = [
    ["Site", (running && running.run.site) || option(page, "site") || "none"],
    ["Endpoint", (running && running.run.endpoint) || endpointOf(page) || "none"],
    ["Release", release],
    ["Canonical link", canonicalText()],
    ["Other things that the page's policy forbids", `${others(origins(page, shown))}`],
  ];
  const rows = [{ name: "The page", values: site }];
  shown.forEach((one, index) => rows.push({ name: shown.length > 1 ? `Element ${index + 1}` : "The element", values: ofArticle(page, one) }));
  return rows;
};
