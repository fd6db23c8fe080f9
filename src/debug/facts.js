// How each element stands, and what the page as a whole says.
import { directory } from "../embed/native.js";
import { boxOf } from "../follow/seen.js";
import { textOf } from "../follow/text.js";
import { all, ofDocument, said } from "./browser.js";
import { canonicalLink } from "./canonical.js";
import { others } from "./policy.js";
import { whyNoWasm } from "./said.js";

const self = ofDocument("currentScript").src;

// The name that the files of a release have in common.
export const nameOf = (address) => address.split("/").pop().split(".")[0];
export const release = nameOf(self);

// The elements, each with what it does, if it has come so far.
export const articles = ({ hosts }) =>
  all("gema-article").map((element) => {
    const host = hosts.get(element);
    const isRunning = host && host.run.still();
    return { element, host: isRunning && host, run: isRunning && host.run, ready: element.getAttribute("data-ready") };
  });

// An option of the tag.
export const option = ({ tag }, name) => {
  const value = tag.getAttribute(`data-${name}`);
  return value === null ? new URL(tag.src, location.href).searchParams.get(name) : value;
};

export const endpointOf = (page) =>
  directory(option(page, "endpoint")) || directory(new URL(".", page.tag.src || location.href).href);

// The origins that the widget asks.
export const origins = (page, shown) =>
  [endpointOf(page), ...shown.map(({ run }) => run && run.endpoint)].filter(Boolean).map((address) => new URL(address).origin);

const source = (element) => {
  if (said(element, "article")) return element.hasAttribute("data-bare") ? "from the tag" : "from the element's attribute";
  return canonicalLink() && !/^#!?\//.test(location.hash) ? "from the canonical link" : "from the page's address";
};

const keyOf = ({ element, run }) => (run ? `${run.article} (${source(element)})` : said(element, "article") || "none yet");

const stateOf = (page, { element, host, ready }) => {
  if (said(element, "consent") === "wait") return "waits for consent";
  if (ready === "no") return "nothing is shown: see above";
  if (ready === "fragment") return "drawn by the endpoint; the WebAssembly comes when its reader is near";
  if (ready === "wasm") return "works, by WebAssembly";
  if (ready === "plain") return `works, without WebAssembly: ${whyNoWasm(page, host)}`;
  return "waits for the page or for the endpoint";
};

const countsOf = ({ element, host, run }) => {
  const { counts, identity, refusal } = run.drawn.view;
  if (refusal) return `no: ${refusal}`;
  if (said(element, "count") === "off") return 'no: count="off"';
  if (counts === false) return "no: the site ignores this article";
  if (!host.counts()) return "no";
  return identity === "off" ? "choices and shares; reads are not" : "yes";
};

// As it counts as being read.
const isInView = (host) => {
  const { top, bottom } = boxOf(textOf(host)).getBoundingClientRect();
  const height = innerHeight;
  const seen = Math.min(bottom, height) - Math.max(top, 0);
  return (top < height / 2 && bottom > height / 2) || (bottom > top && seen >= (bottom - top) * 0.9);
};

const readOf = (shown) => {
  const { host, run } = shown;
  const taken = countsOf(shown);
  if (!/^yes/.test(taken)) return "is not counted";
  const { sent, until } = run.kept.read(`read:${run.article}`);
  if (until > Date.now()) return sent ? "counted" : "sent, and not acknowledged yet";
  const seconds = run.drawn.view.read_after / 1000;
  return `waits until the text has been in view for ${seconds} seconds; now it is ${isInView(host) ? "" : "not "}in view`;
};

const language = ({ run }) => `asked: ${run.lang}; shown: ${run.drawn.view.locale.split("-u-")[0]}`;

const ofArticle = (page, shown) => {
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

export const facts = (page, shown) => {
  const running = shown.find(({ run }) => run);
  const site = [
    ["Site", (running && running.run.site) || option(page, "site") || "none"],
    ["Endpoint", (running && running.run.endpoint) || endpointOf(page) || "none"],
    ["Release", release],
    ["Canonical link", canonicalLink() ? canonicalLink().href : "none"],
    ["Other things that the page's policy forbids", `${others(origins(page, shown))}`],
  ];
  const rows = [{ name: "The page", values: site }];
  shown.forEach((one, index) => rows.push({ name: shown.length > 1 ? `Element ${index + 1}` : "The element", values: ofArticle(page, one) }));
  return rows;
};
