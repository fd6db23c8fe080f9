// <gema-count>: an article's count on a list page, as a text of the endpoint in the page's own typography. The text is in
// a shadow root, because a framework that renders the light DOM again would remove it. One request for all elements of a
// page, no wasm, and never a read. A hidden element, which only prevents a bare tag's widget, is not requested until it
// is shown.
import { context } from "./context.js";
import { at, reason, request } from "./endpoint.js";
import { UNNAMED, parsed, say } from "./home.js";
import { plain } from "./json.js";
import { keep } from "./keep.js";

/** @type {Set<GemaCount>} */
const waiting = new Set();

/** @type {(element: GemaCount) => string} */
const articleOf = (element) => context(element).article;

const ask = () => {
  // The elements of each address.
  /** @type {Map<string, GemaCount[]>} */
  const lists = new Map();
  for (const element of waiting) {
    const where = context(element);
    const list = at(where, `tallies?lang=${where.lang}`);
    if (!where.site) say(UNNAMED);
    else if (where.article && element.isConnected && !element.hidden) lists.set(list, (lists.get(list) || []).concat(element));
  }
  waiting.clear();
  lists.forEach((elements, list) => fill(list, elements, [...new Set(elements.map(articleOf))].sort()));
};

// At most 100 keys and 6 KB a request, each key of 600 bytes at most.
/** @type {(list: string, elements: GemaCount[], keys: string[]) => void} */
const fill = (list, elements, keys) => {
  /** @type {string[]} */
  const asked = [];
  const where = context(elements[0]);
  let address = list;
  while (keys.length && asked.length < 100 && address.length < 5_000) {
    const article = /** @type {string} */ (keys.shift());
    asked.push(article);
    address += `&${new URLSearchParams({ article })}`;
  }
  request(address, asked.some(keep(where.site).isKnown)).then((answer) => {
    const { texts } = answer.body || plain();
    if (!texts) say(reason(answer, where));
    // An element's article may have changed since the request.
    else for (const element of elements) draw(element, texts[asked.indexOf(articleOf(element))]);
  });
  if (keys.length) fill(list, elements, keys);
};

// Shows the reads, or with show="reactions" the number of reactions; without an answer, the page's own text stays. Not a
// method of the element: frameworks set a property if an element has one, instead of the attribute `show`.
/** @type {(element: GemaCount, texts?: { [show: string]: string }) => void} */
const draw = (element, texts) => {
  const text = texts && (texts[/** @type {string} */ (element.getAttribute("show"))] || texts.reads);
  if (text) (element.shadowRoot || element.attachShadow(plain({ mode: "open" }))).textContent = text;
};

export class GemaCount extends HTMLElement {
  static get observedAttributes() {
    return ["article", "show", "site", "endpoint", "lang", "hidden"];
  }

  connectedCallback() {
    if (!waiting.size) setTimeout(() => parsed.then(ask)); // Not in a microtask: there may be one after each element.
    waiting.add(this);
  }

  /** @type {(name: string, before: string | null, now: string | null) => void} */
  attributeChangedCallback(name, before, now) {
    if (before !== now && this.isConnected) this.connectedCallback();
  }
}
