// The newsroom's numbers on the site's own pages: reads of the last hours and their trend beside each headline, for editors who
// come from the newsroom's pages. A file of its own, which does nothing for readers: without a token it only looks at the
// address. Nothing of it is sent to other origins, and no cookie is used: the token is in the address's fragment at first, then
// in sessionStorage. The loader of the widget loads it where the address requests it (follow/newsroom.js); a line or a bookmark
// of its own does too.
import { handOver } from "./embed/hand_over.js";

const TOKEN_STORAGE_KEY = "gema:newsroom";
const TOKEN_FRAGMENT = /^#gema-newsroom=([\w-]{22})$/;

// Interval of requests for the numbers while the page is visible, in ms.
const HEADLINES_INTERVAL_MS = 30_000;

// A link with fewer characters is no headline.
const MIN_HEADLINE_CHARS = 8;

const TEXTS = {
  id: {
    heading: "Redaksi",
    marked: "{n} judul ditandai; dibaca sejak pukul {hour}",
    none: "Tidak ada judul di halaman ini yang dibaca sejak pukul {hour}",
    reads: "dibaca {n} kali sejak pukul {hour}",
    up: "naik",
    down: "turun",
    same: "seperti biasa",
    over: "Buka dari halaman redaksi untuk melihat angka.",
    fails: "Angka sedang tidak dapat dimuat.",
    open: "Halaman redaksi",
    close: "Tutup",
  },
  en: {
    heading: "Newsroom",
    marked: "Headlines marked: {n}; reads since {hour}",
    none: "No headline of this page was read since {hour}",
    reads: "Reads since {hour}: {n}",
    up: "rising",
    down: "falling",
    same: "as usual",
    over: "Open this from the newsroom's pages to see numbers.",
    fails: "The numbers cannot be loaded at the moment.",
    open: "The newsroom's pages",
    close: "Close",
  },
};

const SIGNS = { up: "\u25b2", down: "\u25bc", same: "" };

/** @typedef {{ path: string, reads: number, trend: "up" | "down" | "same" }} Article */
/** @typedef {{ since: number, articles: Article[] }} Numbers */

// The page's policy may forbid style elements; constructed sheets are scripts' own.
const STYLE = `
  :host { all: initial; }
  .mark { display: inline-block; margin-inline-start: .4em; padding: 0 .4em; border-radius: .25em; background: #16181c; color: #fff;
    font: 600 13px/1.5 system-ui, sans-serif; vertical-align: middle; white-space: nowrap; border: 1px solid #fff; }
  .up { background: #14532d; }
  .down { background: #7f1d1d; }
  section { position: fixed; inset-inline-end: 1rem; bottom: 1rem; z-index: 2147483647; box-sizing: border-box; max-width: min(22rem, calc(100vw - 2rem));
    padding: .75rem 1rem; border: 1px solid #fff; border-radius: .5rem; background: #16181c; color: #fff; font: 14px/1.5 system-ui, sans-serif; }
  h2 { margin: 0; font-size: 14px; }
  p { margin: .25rem 0 .5rem; }
  a { color: #8ab8f2; }
  button { min-height: 2rem; padding: 0 .75rem; border: 1px solid #8ab8f2; border-radius: .25rem; background: none; color: #8ab8f2; font: inherit; cursor: pointer; }
  :focus-visible { outline: 3px solid #8ab8f2; outline-offset: 2px; }
  .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media print { :host, section, .mark { display: none; } }`;

const tag = /** @type {HTMLScriptElement} */ (document.currentScript);
const endpoint = new URL(".", tag.src).href;
const site = tag.dataset.site ?? new URL(tag.src).searchParams.get("site") ?? "";
const language = /^(id|in)\b/i.test(document.documentElement.lang || navigator.language) ? "id" : "en";
const texts = TEXTS[language];

/** @param {string} text @param {{ [name: string]: string }} blanks */
const fill = (text, blanks) => text.replace(/\{(\w+)\}/g, (_, name) => blanks[name] ?? "");

const storage = () => {
  try {
    return sessionStorage;
  } catch {
    return null; // The page is sandboxed, or storage is switched off.
  }
};

// The token, which is taken out of the address so that it is neither bookmarked nor shared.
const takeToken = () => {
  const found = TOKEN_FRAGMENT.exec(location.hash)?.[1];
  if (!found) {
    return storage()?.getItem(TOKEN_STORAGE_KEY) ?? "";
  }
  history.replaceState(history.state, "", location.pathname + location.search);
  storage()?.setItem(TOKEN_STORAGE_KEY, found);
  return found;
};

const isAsked = () => new URLSearchParams(location.search).get("gema") === "newsroom";

/** @type {CSSStyleSheet | undefined} */
let sheet;

/** An element of ours with its own styles. @param {string} name */
const host = (name) => {
  const element = document.createElement(name);
  const root = element.attachShadow({ mode: "open" });
  sheet ??= new CSSStyleSheet();
  if (!sheet.cssRules.length) {
    sheet.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [sheet];
  return { element, root };
};

/** @param {string} name @param {string} text @param {string} [className] */
const made = (name, text, className = "") => {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = className;
  return element;
};

// ---- marks

/** The mark of each link. @type {Map<HTMLAnchorElement, HTMLElement>} */
const marks = new Map();

/** The first link of each path that is long enough for a headline. @returns {Map<string, HTMLAnchorElement>} */
const headlines = () => {
  /** @type {Map<string, HTMLAnchorElement>} */
  const found = new Map();
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[href]"))) {
    const path = link.pathname + link.search;
    const isHeadline = link.host === location.host && (link.textContent ?? "").trim().length >= MIN_HEADLINE_CHARS;
    if (isHeadline && !found.has(path)) {
      found.set(path, link);
    }
  }
  return found;
};

/** @param {Article} article @param {string} hour */
const mark = (article, hour) => {
  const { element, root } = host("gema-mark");
  const n = article.reads.toLocaleString(document.documentElement.lang || undefined);
  const shown = made("span", `${n} ${SIGNS[article.trend]}`.trim(), `mark ${article.trend}`);
  shown.ariaHidden = "true";
  const said = `${fill(texts.reads, { n, hour })}, ${texts[article.trend]}`;
  shown.title = said;
  root.append(shown, made("span", said, "said"));
  return element;
};

const removeMarks = () => {
  for (const element of marks.values()) {
    element.remove();
  }
  marks.clear();
};

/** @param {Numbers} numbers */
const showNumbers = ({ since, articles }) => {
  removeMarks();
  const hour = `${String(since).padStart(2, "0")}:00`;
  const links = headlines();
  for (const article of articles) {
    const link = links.get(article.path);
    if (link) {
      const element = mark(article, hour);
      link.after(element);
      marks.set(link, element);
    }
  }
  const n = String(marks.size);
  say(fill(marks.size ? texts.marked : texts.none, { n, hour }));
};

// ---- the panel

/** @type {HTMLElement | undefined} */
let panel;

/** @type {HTMLElement | undefined} */
let message;

/** Shows a sentence in the panel. @param {string} text @param {boolean} [leads] to the newsroom's pages */
const say = (text, leads = false) => {
  if (!panel || !message) {
    const { element, root } = host("gema-newsroom");
    const section = document.createElement("section");
    section.setAttribute("aria-label", texts.heading);
    message = made("p", "");
    message.setAttribute("role", "status");
    const close = made("button", texts.close);
    close.addEventListener("click", () => end());
    section.append(made("h2", texts.heading), message, close);
    root.append(section);
    panel = element;
    document.body.append(panel);
  }
  if (message.textContent === text) {
    return;
  }
  message.textContent = text;
  if (leads) {
    const link = /** @type {HTMLAnchorElement} */ (made("a", texts.open));
    link.href = `${endpoint}redaksi/${encodeURIComponent(site)}/overlay`;
    message.append(" ", link);
  }
};

let isOver = false;

// Whether the script runs in this page already: a property of the document, which other copies of the script see.
const RUNNING = Symbol.for("gema:newsroom");
const state = /** @type {{ [RUNNING]?: boolean }} */ (/** @type {unknown} */ (document));

// Removes everything, for this tab.
const end = () => {
  isOver = true;
  state[RUNNING] = false;
  storage()?.removeItem(TOKEN_STORAGE_KEY);
  removeMarks();
  panel?.remove();
  removeEventListener("keydown", onKey);
};

/** @param {KeyboardEvent} event */
const onKey = (event) => {
  const target = event.composedPath()[0];
  const isField = target instanceof Element && target.closest("input, select, textarea, [contenteditable]") !== null;
  if (event.key === "Escape" && !event.defaultPrevented && !isField) {
    event.preventDefault();
    end();
  }
};

// ---- requests

/** @param {string} token */
const refresh = async (token) => {
  if (document.visibilityState !== "visible") {
    return;
  }
  try {
    const address = `${endpoint}v1/sites/${encodeURIComponent(site)}/overlay.json`;
    const response = await fetch(address, {
      cache: "no-store",
      credentials: "omit",
      headers: { "gema-newsroom": token },
      referrerPolicy: "no-referrer",
    });
    if (isOver) {
      return;
    }
    if (response.ok) {
      showNumbers(/** @type {Numbers} */ (await response.json()));
    } else if (response.status === 403 || response.status === 404) {
      storage()?.removeItem(TOKEN_STORAGE_KEY);
      removeMarks();
      isOver = true;
      say(texts.over, true);
    } else {
      say(texts.fails);
    }
  } catch {
    say(texts.fails);
  }
};

/** @param {string} token */
const follow = async (token) => {
  await refresh(token);
  if (!isOver) {
    setTimeout(() => void follow(token), HEADLINES_INTERVAL_MS);
  }
};

const start = () => {
  const token = takeToken();
  if (!token && !isAsked() && !tag.dataset.opened) {
    return;
  }
  // The page's own line, the widget's loader and the bookmark may all be there.
  if (state[RUNNING]) {
    return;
  }
  state[RUNNING] = true;
  addEventListener("keydown", onKey);
  if (token) {
    void follow(token);
  } else {
    say(texts.over, true);
  }
};

handOver({});
if (document.readyState === "loading") {
  addEventListener("DOMContentLoaded", start);
} else {
  start();
}
