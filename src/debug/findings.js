// What is wrong here.
import { all, ofDocument, said } from "./browser.js";
import { judge } from "./canonical.js";
import { endpointOf, nameOf, option, origins, release } from "./facts.js";
import { error, note, warning } from "./finding.js";
import { forbidden } from "./policy.js";
import { told } from "./said.js";

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
  if (location.protocol === "https:" && /^http:/.test(endpoint)) {
    add(error("mixed-content", `The page is of https, and the endpoint of http: ${endpoint}.`, "Give the endpoint https."));
  }
};

const ofElements = (shown, add) => {
  const keys = new Map();
  for (const { element, run } of shown) {
    const key = run && run.article;
    if (key) keys.set(key, (keys.get(key) || 0) + 1);
    if (element.parentElement && element.parentElement.closest("gema-article")) {
      add(warning("element-nested", "An element is within another one.", "Put one behind the other."));
    }
  }
  const unnamed = shown.filter(({ element }) => !said(element, "article")).length;
  if (unnamed > 1) {
    add(warning("several-unnamed", `${unnamed} elements have no article: all of them are the page's own.`, 'Name each: <gema-article article="…">.'));
  } else {
    for (const [key, count] of keys) {
      if (count > 1) add(warning("several-same", `${count} elements have the same article "${key}", and the same counts.`, "Keep one, or name each."));
    }
  }
};

const isRoom = (element, pseudo) => {
  const { content, display, height } = getComputedStyle(element, pseudo);
  return content === '""' && display === "block" && parseFloat(height) > 0;
};

const ofElement = ({ element, run, ready }, add) => {
  if (said(element, "consent") === "wait") add(note("consent-wait", "The widget waits for consent.", "Call consent() on the element when it is given."));
  if (said(element, "count") === "off") add(note("count-off", 'count="off": nothing is counted.', 'Remove count="off" on articles.'));
  const style = getComputedStyle(element);
  if (style.display !== "contents" && !element.getClientRects().length) {
    add(warning("hidden", "The page hides the element.", "Remove `display: none` from it, or from what is around it."));
  }
  const isLeft = isRoom(element, "::before") || isRoom(element, "::after") || (ready === "no" && parseFloat(style.minHeight) > 0);
  if (ready && isLeft) {
    add(warning("room-for-ever", "The room that the page reserves stays.", "Reserve it for gema-article:not([data-ready]) only, and end it after ten seconds."));
  }
  if (!run || !run.drawn) return;
  const { view } = run.drawn;
  if (view.counts === false) {
    add(note("article-ignored", "Nothing of this article counts: the site's `ignore` in gema.toml matches its name.", "Nothing, if it is a preview or a search page."));
  }
  if (!run.asked().title) add(warning("headline-missing", "There is no headline to share.", "<title>…</title>"));
  if (!element.closest("[lang]")) add(warning("lang-missing", "The page does not say its language.", "<html lang=\"…\">"));
  const { follow } = view.assets;
  if (/^widget-/.test(release) && follow && nameOf(follow) !== release) {
    add(note("endpoint-version", `The script is of the release ${release}, and the endpoint is of ${nameOf(follow)}.`, "Clear the cache in front of embed.js."));
  }
};

const ofPolicy = (page, shown, add) => {
  for (const { id, directive, blocked, isReport } of forbidden(origins(page, shown))) {
    const what = `${directive} ${isReport ? "would forbid" : "forbids"} ${blocked}`;
    if (isReport) add(note(id, `A policy that only reports: ${what}.`));
    else add((/wasm|img|frame|style/.test(id) ? warning : error)(id, `The page's policy: ${what}.`, id === "csp-wasm" ? "Add 'wasm-unsafe-eval' to script-src." : `Add the endpoint to ${directive}.`));
  }
};

export const findings = (page, shown) => {
  // One of a name: what the console was told, then what is seen here.
  const found = new Map();
  const add = (one) => found.has(one.id) || found.set(one.id, one);
  const lines = told(page);
  // Why the endpoint does not answer is the policy.
  ofPolicy(page, shown, add);
  if (found.has("csp-connect-src")) lines.delete("endpoint-unreachable");
  lines.forEach(add);
  ofTag(page, add);
  ofElements(shown, add);
  shown.forEach((one) => ofElement(one, add));
  const isKey = shown.some(({ element }) => !said(element, "article"));
  judge(isKey).forEach(add);
  if (!all("gema-article, gema-count")[0] && !found.has("place-none") && !found.has("place-list")) {
    if (ofDocument("readyState") === "complete") add(error("place-none", "No <article> or <main> here.", "Place <gema-article> where the article is."));
  }
  return [...found.values()];
};
