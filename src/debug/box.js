// The debug box: plain text in a shadow root, styled by script, which every policy permits. It must be readable on any
// page, so it uses the browser's own colours and font size.
import { isAsked } from "../follow/asked.js";
import { all, parsed, ofDocument } from "./browser.js";
import { articles, facts } from "./facts.js";
import { findings } from "./findings.js";
import { sees } from "./policy.js";
import { listen } from "./said.js";
import { stand } from "./stand.js";

// Interval of updates, in ms.
const REDRAW_INTERVAL_MS = 500;

// The first values are for browsers without system colours.
const COLOURS = "background: #fff; color: #111; color-scheme: light dark; background: Canvas; color: CanvasText;";
/** @type {{ [name: string]: string }} */
const STYLES = {
  section: `${COLOURS} display: flex; flex-direction: column; box-sizing: border-box; max-height: 50vh; border-top: 3px solid; font: 100%/1.5 system-ui, sans-serif; letter-spacing: normal; word-spacing: normal; text-align: left; word-break: break-word; overflow-wrap: anywhere;`,
  header: "display: flex; flex-wrap: wrap; align-items: center; flex: none; padding: 0.25em 0.75em;",
  h2: "flex: 1 1 auto; margin: 0; font-size: 1em;",
  h3: "margin: 0.75em 0 0; font-size: 1em;",
  button: `${COLOURS} font: inherit; min-height: 2em; margin: 0 0.25em 0 0; padding: 0 0.75em; border: 1px solid; border-radius: 0.25em; cursor: pointer;`,
  body: "overflow: auto; padding: 0 0.75em 0.75em;",
  ul: "margin: 0; padding: 0 0 0 1.25em;",
  dl: "margin: 0;",
  dt: "font-weight: bold;",
  dd: "margin: 0 0 0 1.25em;",
};

// `append` inserts strings as text, not as markup.
/** @type {(name: string, content?: (string | Node)[], style?: string) => HTMLElement} */
const make = (name, content = [], style = name) => {
  const element = ofDocument("createElement", name);
  element.style.cssText = STYLES[style] || "";
  element.append(...content);
  return element;
};

/** @type {(rows: [name: string, value: string][]) => HTMLElement} */
const list = (rows) => make("dl", /** @type {Node[]} */ ([]).concat(...rows.map(([name, value]) => [make("dt", [name]), make("dd", [value])])));

/** @type {(found: Finding) => HTMLElement} */
const finding = ({ id, level, wrong, write }) => {
  const item = make("li", [make("strong", [`${level} ${id}`]), ` ${wrong}`]);
  if (write) item.append(make("br"), `→ ${write}`);
  return item;
};

const LEVELS = ["ERROR", "WARNING", "NOTE"];
/** @type {{ [level: string]: string }} */
const NAMES = { ERROR: "Errors", WARNING: "Warnings", NOTE: "Notes" };

/** @type {(found: Finding[]) => string[]} */
const counts = (found) => LEVELS.map((level) => `${NAMES[level]}: ${found.filter((one) => one.level === level).length}`);

/** @type {(element: Element, values: { [name: string]: any }) => void} */
const describe = (element, values) => {
  for (const name of Object.keys(values)) element.setAttribute(name, values[name]);
};

/** @type {boolean | undefined} */
let isShown;

/** @type {(page: DebugPage) => Promise<void>} */
export const show = async (page) => {
  // The frozen loader may request the box although the tag's option is off.
  if (isShown || !page.tag || ![page.tag, ...all("script[data-site]")].some(isAsked)) return;
  isShown = true;
  sees();
  await parsed();

  const title = make("h2");
  const fold = make("button");
  const close = make("button", ["Close"]);
  const body = make("div", [], "body");
  body.tabIndex = 0;
  describe(body, { role: "region", "aria-label": "Findings and facts" });
  const section = make("section", [make("header", [title, fold, close]), body]);
  describe(section, { "aria-label": "Gema: what is wrong here", lang: "en", dir: "ltr" });
  const place = stand(make("gema-debug"), section);

  /** @type {string | undefined} */
  let drawn;
  /** @type {Finding[]} */
  let found = [];
  let isFolded = false;
  const label = () => {
    place.folds(isFolded);
    for (const part of [title, close, body]) part.hidden = isFolded;
    title.textContent = `Gema: ${counts(found).join(". ")}.`;
    fold.textContent = isFolded ? `Gema: ${found.length}` : "Fold";
    describe(fold, { "aria-expanded": !isFolded });
  };
  const draw = () => {
    place.keeps();
    const shown = articles(page);
    listen(page, shown);
    found = findings(page, shown);
    found.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
    const rows = facts(page, shown);
    const now = JSON.stringify([found, rows]);
    if (now === drawn) return;
    drawn = now;
    const { scrollTop } = body;
    label();
    body.textContent = "";
    body.append(found.length ? make("ul", found.map(finding)) : make("p", ["Nothing wrong was found."]));
    for (const { name, values } of rows) body.append(make("h3", [name]), list(values));
    body.scrollTop = scrollTop;
  };

  const timer = setInterval(draw, REDRAW_INTERVAL_MS);
  const end = () => {
    clearInterval(timer);
    place.ends();
  };
  fold.addEventListener("click", () => {
    isFolded = !isFolded;
    label();
  });
  close.addEventListener("click", end);
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    // If the box is in a dialog, keep that open.
    event.preventDefault();
    end();
  });
  draw();
};
