// Findings about one element.
import { language } from "../follow/told.js";
import { attribute, said } from "./browser.js";
import { nameOf, option, pollOf, release } from "./facts.js";
import { note, warning } from "./finding.js";

// The valid values of options with a fixed set of values.
/** @type {{ [name: string]: string[] }} */
const VALUES = {
  body: ["page", "endpoint"],
  bar: ["top"],
  share: ["off"],
  reads: ["off"],
  poll: ["off", "closed"],
  theme: ["auto", "light", "dark"],
  count: ["off"],
  consent: ["wait", "given"],
};

// Checks the values of options. `read` returns an option of an element or of the tag.
/** @type {(read: (name: string) => string | null, add: AddFinding) => void} */
export const values = (read, add) => {
  for (const name of Object.keys(VALUES)) {
    const value = read(name);
    if (value === null || VALUES[name].includes(value)) continue;
    const known = VALUES[name].map((one) => `${name}="${one}"`).join(" or ");
    const says = `"${value}" is no value of ${name}: it is as if the attribute were not there.`;
    add(warning("attribute-value", says, `Write ${known}, or leave the attribute out.`), says);
  }
};

/** @type {(lang: string) => boolean} */
const isTag = (lang) => {
  try {
    return !lang.includes("_") && (!Intl.Locale || Boolean(new Intl.Locale(lang)));
  } catch (_) {
    return false;
  }
};

/** @type {(shown: ShownElement, add: AddFinding) => void} */
const ofLanguage = ({ element, run }, add) => {
  const closest = element.closest("[lang]");
  const lang = closest && attribute(closest, "lang");
  const shown = language(run.drawn.view.locale);
  if (!lang) {
    add(warning("lang-missing", "The page does not say its language, so each reader sees the language of their browser.", '<html lang="…">'));
  } else if (!isTag(lang)) {
    const fixed = lang.replace(/_/g, "-");
    add(warning("lang-invalid", `"${lang}" is no language tag.`, `Write a BCP 47 tag: lang="${isTag(fixed) ? fixed : "id"}"`));
  } else if (language(run.lang) !== shown) {
    const write = `Add "${language(run.lang)}" to the site's languages in gema.toml, if Gema has it, or correct the page's lang.`;
    add(warning("lang-unknown", `The page is in "${run.lang}", which the site does not have: the widget speaks "${shown}".`, write));
  }
};

// The ancestor, or the element itself, that has `display: none`.
/** @type {(element: HTMLElement) => HTMLElement | undefined} */
const hiding = (element) => {
  for (let around = /** @type {HTMLElement | null} */ (element); around; around = around.parentElement) {
    if (getComputedStyle(around).display === "none") return around;
  }
  return undefined;
};

/** @type {(element: Element, pseudo: string) => boolean} */
const isRoom = (element, pseudo) => {
  const { content, display, height } = getComputedStyle(element, pseudo);
  return content === '""' && display === "block" && parseFloat(height) > 0;
};

/** @type {(element: Element) => boolean} */
const isEmpty = (element) => !element.textContent.trim() && !element.firstElementChild;

/** @type {(shown: ShownElement, add: AddFinding) => void} */
const ofRun = (shown, add) => {
  const { element, run } = shown;
  const { view } = run.drawn;
  const closed = pollOf(shown);
  if (view.counts === false) {
    add(note("article-ignored", "Nothing of this article counts: the site's `ignore` in gema.toml matches its name.", "Nothing, if it is a preview or a search page."));
  } else if (closed && !view.refusal && said(element, "count") !== "off") {
    const write = /^poll=/.test(closed) ? "Remove the attribute poll." : "See `poll` and `poll_closes_after_days` in gema.toml.";
    add(note("poll-closed", `Readers cannot react: ${closed}.`, write));
  }
  if (run.isEmpty && isEmpty(element)) {
    const write =
      "Put the article between <gema-article> and </gema-article>, or give the endpoint a copy. If the article stands behind the element, an editor has put a paragraph around its opening tag: enter it in the HTML view.";
    add(warning("element-empty", `The element is empty, and the endpoint has no copy of "${run.article}".`, write));
  }
  if (!run.asked().title) add(warning("headline-missing", "There is no headline to share.", "<title>…</title>"));
  ofLanguage(shown, add);
  const { follow } = view.assets;
  if (/^widget-/.test(release) && follow && nameOf(follow) !== release) {
    add(note("endpoint-version", `The script is of the release ${release}, and the endpoint is of ${nameOf(follow)}.`, "Clear the cache in front of embed.js."));
  }
};

/** @type {(shown: ShownElement, add: AddFinding) => void} */
export const ofElement = (shown, add) => {
  const { element, run, ready } = shown;
  if (said(element, "consent") === "wait") add(note("consent-wait", "The widget waits for consent.", "Call consent() on the element when it is given."));
  if (said(element, "count") === "off") add(note("count-off", 'count="off": nothing is counted.', 'Remove count="off" on articles.'));
  values((name) => said(element, name), add);
  const hidden = hiding(element);
  if (hidden) {
    const what = `<${hidden.localName}${hidden.id && ` id="${hidden.id}"`}>`;
    add(warning("hidden", `The page hides the element: ${what} has display: none.`, "Remove `hidden` or display: none."));
  }
  const isLeft = isRoom(element, "::before") || isRoom(element, "::after") || (ready === "no" && parseFloat(getComputedStyle(element).minHeight) > 0);
  if (ready && isLeft) {
    add(warning("room-for-ever", "The room that the page reserves stays.", "Reserve it for gema-article:not([data-ready]) only, and end it after ten seconds."));
  }
  if (run && run.drawn) ofRun(shown, add);
};

/** @type {(page: DebugPage, add: AddFinding) => void} */
export const ofTagsValues = (page, add) => values((name) => option(page, name), add);
