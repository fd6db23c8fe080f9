// Finds the page's main article, and the place for the element of a bare tag.
import { canonical } from "./context.js";
import { findTag, tag } from "./home.js";
import { ofDocument } from "./native.js";

/** @type {(selector: string) => HTMLElement[]} */
const all = (selector) => [...ofDocument("querySelectorAll", selector)];
/** @type {(node: Node) => number} */
const length = (node) => /** @type {string} */ (node.textContent).length;

// An article this many times as long as each of its neighbours is not a teaser.
const MIN_LENGTH_RATIO = 3;

// Maximum length of a teaser, in characters.
const MAX_TEASER_CHARS = 1_500;

/** @type {(href: string) => string} */
const page = (href) => href.replace(/\/?(#.*)?$/, "");

// Whether the headline links to another page, as in a teaser. The headline of an article has no link, or links to
// itself.
/** @type {(node: Element) => boolean} */
const leadsAway = (node) => {
  const heading = node.querySelector("h1") || node.querySelector("h2,h3,h4");
  const link = heading && (heading.closest("a") || heading.querySelector("a"));
  if (!link || length(link) < length(heading) || length(node) > MAX_TEASER_CHARS) return false;
  // Compare without query too: the page's address may contain campaign parameters.
  return ![location.href, location.origin + location.pathname, canonical()].map(page).includes(page(link.href));
};

// Whether two articles are siblings, also within wrappers of the same kind.
/** @type {(one: any, other: any) => boolean} */
const isBeside = ({ parentNode: a }, { parentNode: b }) => a === b || (a.localName === b.localName && isBeside(a, b));

// The first article that is neither within another one nor a teaser; else the page's main part. `undefined`: there is
// none. `null`: there are several siblings, as in a list.
/** @type {() => HTMLElement | null | undefined} */
export const pagesArticle = () => {
  /** @type {(selector: string) => HTMLElement[]} */
  const outermost = (selector) => all(selector).filter((node) => !node.matches("article article"));
  const inMain = outermost("main article");
  const articles = inMain.length ? inMain : outermost("article");
  const found = articles.filter((one) => !leadsAway(one));
  const [first] = found;
  if (!first) return articles[0] ? null : all("main")[0];
  /** @type {(one: Node, other: Node) => boolean} */
  const exceeds = (one, other) => one === other || length(one) >= length(other) * MIN_LENGTH_RATIO;
  /** @type {(other: Node) => boolean} */
  const isTeaser = (other) => isBeside(first, other) && !exceeds(first, other);
  return found.find((one) => found.every((other) => exceeds(one, other))) || (found.some(isTeaser) ? null : first);
};

// Inserts the element, unless it is there already: after a tag in the body, else at the end of the article. Returns the
// place.
/** @type {(element: HTMLElement) => HTMLElement | null | undefined} */
export const put = (element) => {
  const script = tag && tag.isConnected ? tag : findTag();
  const body = ofDocument("body");
  if (script && body && body.contains(script)) {
    if (script.nextElementSibling !== element) script.after(element);
    return script;
  }
  const article = pagesArticle();
  if (!article) element.replaceWith();
  else if (element.parentNode !== article) article.append(element);
  return article;
};
