// Which of a page's articles is the one that is read, and where the element of a bare tag belongs.
import { findTag, tag } from "./home.js";
import { ofDocument } from "./native.js";

const all = (selector) => [...ofDocument("querySelectorAll", selector)];
const length = (node) => node.textContent.length;

// An article as long as three of those beside it is no teaser in a list.
const DOMINANT = 3;

// In one parent, or each in wrappers of its own, which are the same.
const isBeside = ({ parentNode: a }, { parentNode: b }) => a === b || (a.localName === b.localName && isBeside(a, b));

// Of those that stand in no other article, the first; else the page's main part. `undefined`: there is none. `null`: several stand side
// by side, as in a list.
export const pagesArticle = () => {
  const outermost = (selector) => all(selector).filter((node) => !node.matches("article article"));
  const inMain = outermost("main article");
  const found = inMain.length ? inMain : outermost("article");
  const [first] = found;
  if (!first) return all("main")[0];
  const exceeds = (one, other) => one === other || length(one) >= length(other) * DOMINANT;
  const isTeaser = (other) => isBeside(first, other) && !exceeds(first, other);
  return found.find((one) => found.every((other) => exceeds(one, other))) ?? (found.some(isTeaser) ? null : first);
};

// Puts the element there, unless it is there: behind a tag in the body, else at the end of the article. Where that is.
export const put = (element) => {
  const script = tag?.isConnected ? tag : findTag();
  if (script && ofDocument("body")?.contains(script)) {
    if (script.nextElementSibling !== element) script.after(element);
    return script;
  }
  const article = pagesArticle();
  if (!article) element.replaceWith();
  else if (element.parentNode !== article) article.append(element);
  return article;
};

// The text that an element is about: what is in it, else the article around it, else the page's.
export const textOf = (element) => {
  if (element.firstElementChild || element.textContent.trim()) return element;
  return element.closest("article, main") ?? pagesArticle() ?? element;
};
