// Which of a page's articles is the one that is read, and where the element of a bare tag belongs.
import { canonical } from "./context.js";
import { findTag, tag } from "./home.js";
import { ofDocument } from "./native.js";

/** @type {(selector: string) => HTMLElement[]} */
const all = (selector) => [...ofDocument("querySelectorAll", selector)];
/** @type {(node: Node) => number} */
const length = (node) => /** @type {string} */ (node.textContent).length;

// An article as long as three of those beside it is no teaser in a list.
const DOMINANT = 3;

// The most characters of a teaser.
const TEASER = 1_500;

/** @type {(href: string) => string} */
const page = (href) => href.replace(/\/?(#.*)?$/, "");

// The headline of a teaser is a link to the article, which is another page; an article's own is none, or leads to itself.
/** @type {(node: Element) => boolean} */
const leadsAway = (node) => {
  const heading = node.querySelector("h1") || node.querySelector("h2,h3,h4");
  const link = heading && (heading.closest("a") || heading.querySelector("a"));
  if (!link || length(link) < length(heading) || length(node) > TEASER) return false;
  // A campaign may have brought the reader.
  return ![location.href, location.origin + location.pathname, canonical()].map(page).includes(page(link.href));
};

// In one parent, or each in wrappers of its own, which are the same.
/** @type {(one: any, other: any) => boolean} */
const isBeside = ({ parentNode: a }, { parentNode: b }) => a === b || (a.localName === b.localName && isBeside(a, b));

// Of those that stand in no other article and are no teasers, the first; else the page's main part. `undefined`: there is none. `null`: several stand side
// by side, as in a list.
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
  const exceeds = (one, other) => one === other || length(one) >= length(other) * DOMINANT;
  /** @type {(other: Node) => boolean} */
  const isTeaser = (other) => isBeside(first, other) && !exceeds(first, other);
  return found.find((one) => found.every((other) => exceeds(one, other))) || (found.some(isTeaser) ? null : first);
};

// Puts the element there, unless it is there: behind a tag in the body, else at the end of the article. Where that is.
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
