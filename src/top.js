// <gema-top>: the most read or most answered articles of a site, as an <ol> in the light DOM, so that the page's own styles
// for lists and links apply. A separate file, without wasm. Lists only articles whose title and address the endpoint has;
// hidden if there are none.
import { at, reason, request } from "./embed/endpoint.js";
import { UNNAMED, parsed, say } from "./embed/home.js";
import { webAddress } from "./embed/native.js";
import { said, where } from "./aside/where.js";

/** @typedef {{ article: string, count: number, text?: string, title?: string, url?: string }} TopArticle */

// The attributes that are parameters of the request, by their names in it.
const PARAMETERS = ["by", "days", "limit", "section"];

// The address of an element's list.
/** @type {(element: Element) => { address: string, endpoint: string, site: string }} */
const wanted = (element) => {
  const { site, endpoint, lang } = where(element);
  const query = new URLSearchParams({ titled: "1", lang });
  for (const name of PARAMETERS) {
    const value = said(element, name);
    if (value) query.set(name, value);
  }
  return { address: `${at({ site, endpoint }, "top.json")}?${query}`, endpoint, site };
};

/** @type {(name: string, className: string, text: string) => HTMLElement} */
const made = (name, className, text) => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};

// An entry; `undefined` where its address is none of the web.
/** @type {(article: TopArticle, counts: boolean) => HTMLElement | undefined} */
const entry = ({ title, url, text }, counts) => {
  const address = url && webAddress(url);
  if (!title || !address) return undefined;
  const item = document.createElement("li");
  const link = /** @type {HTMLAnchorElement} */ (made("a", "gema-top-link", title));
  link.href = address.href;
  item.append(link);
  if (counts && text) item.append(" ", made("small", "gema-top-count", text));
  return item;
};

// Changes texts and addresses of a list that has the same articles, so that the focus stays where it is.
/** @type {(list: HTMLElement, items: HTMLElement[]) => void} */
const fill = (list, items) => {
  const before = [...list.children];
  items.forEach((item, place) => {
    const old = before[place];
    if (!old) list.append(item);
    else if (old.outerHTML !== item.outerHTML) old.replaceWith(item);
  });
  before.slice(items.length).forEach((old) => old.remove());
};

class GemaTop extends HTMLElement {
  static get observedAttributes() {
    return [...PARAMETERS, "counts", "site", "endpoint", "lang"];
  }

  connectedCallback() {
    parsed.then(() => {
      if (this.isConnected) show(this);
    });
  }

  /** @type {(name: string, before: string | null, now: string | null) => void} */
  attributeChangedCallback(name, before, now) {
    if (before !== now && this.isConnected) this.connectedCallback();
  }
}

// The newest request of each element: a list that comes later than a newer one is not shown.
/** @type {WeakMap<Element, string>} */
const newest = new WeakMap();

// Hides an element without entries, with its own content such as a heading. Also by a style, because a page that sets the
// element's `display` overrides the attribute.
/** @type {(element: HTMLElement, isEmpty: boolean) => void} */
const hide = (element, isEmpty) => {
  element.hidden = isEmpty;
  if (isEmpty) element.style.setProperty("display", "none", "important");
  else element.style.removeProperty("display");
};

/** @type {(element: GemaTop) => Promise<void>} */
const show = async (element) => {
  const { address, endpoint, site } = wanted(element);
  if (!site) return say(UNNAMED);
  const counts = said(element, "counts") !== "off";
  const shown = `${address} ${counts}`;
  if (newest.get(element) === shown) return undefined;
  newest.set(element, shown);
  const answer = await request(address, false);
  if (newest.get(element) !== shown) return undefined;
  const articles = answer.body && answer.body.articles;
  // The page's own content stays, or the previous list.
  if (!articles) return say(reason(answer, { endpoint }));
  /** @type {HTMLElement[]} */
  const items = articles.map((/** @type {TopArticle} */ article) => entry(article, counts)).filter(Boolean);
  let list = /** @type {HTMLElement | null} */ (element.querySelector(".gema-top-list"));
  if (!list) {
    list = made("ol", "gema-top-list", "");
    // VoiceOver ignores lists without markers, unless they have the role.
    list.setAttribute("role", "list");
  }
  fill(list, items);
  if (!list.isConnected) element.append(list);
  hide(element, !items.length);
  return undefined;
};

if (!customElements.get("gema-top")) customElements.define("gema-top", GemaTop);
