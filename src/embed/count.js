// <gema-count>: an article's counts on a page that lists it. Light DOM, in the page's own typography;
// all of a page in one request, and no wasm. Never a read.
import { context } from "./context.js";
import { request } from "./endpoint.js";
import { parsed, say } from "./home.js";
import { keep, newest } from "./keep.js";

const waiting = new Set();

const ask = async () => {
  await parsed;
  const groups = new Map();
  for (const element of waiting) {
    if (!element.isConnected) continue;
    const { article, ...group } = context(element);
    const name = JSON.stringify(group);
    if (article) groups.set(name, [...(groups.get(name) ?? []), { element, article }]);
  }
  waiting.clear();
  for (const [group, members] of groups) fill(JSON.parse(group), members).catch((error) => say(error));
};

// At most 100 keys and 6 KB a request.
const split = (keys) => {
  const parts = [];
  let room = 0;
  for (const key of keys) {
    const length = encodeURIComponent(key).length + "article=&".length;
    if (length > room || parts.at(-1).length === 100) {
      parts.push([]);
      room = 5_900;
    }
    parts.at(-1).push(key);
    room -= length;
  }
  return parts;
};

const fill = async ({ site, endpoint, lang }, members) => {
  const kept = keep(site);
  const keys = [...new Set(members.map(({ article }) => article))].sort();
  for (const part of split(keys)) {
    const query = new URLSearchParams([...part.map((key) => ["article", key]), ["lang", lang]]);
    const { status, body } = await request(endpoint, `v1/sites/${encodeURIComponent(site)}/tallies?${query}`);
    if (status !== 200) throw body?.detail ?? `HTTP ${status}`;
    for (const asked of body.tallies) {
      const tally = newest(kept, asked);
      for (const { element, article } of members) if (article === asked.article) element.show(tally, body);
    }
  }
};

export class GemaCount extends HTMLElement {
  static observedAttributes = ["article", "show", "site", "endpoint", "lang"];

  connectedCallback() {
    if (!waiting.size) queueMicrotask(ask);
    waiting.add(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }

  // Reads, or with show="reactions" how many have reacted.
  show({ reads, reactions }, { labels, locale }) {
    const reacted = this.getAttribute("show") === "reactions";
    const number = reacted ? Object.values(reactions).reduce((sum, count) => sum + count, 0) : reads;
    const texts = reacted ? labels.responses : labels.reads;
    const text = texts[new Intl.PluralRules(locale).select(number)] ?? texts.other;
    this.textContent = text.replace("{n}", number.toLocaleString(locale));
  }
}
