// <gema-reader>: for the site's privacy page. Shows a reader in plain words what this browser and the endpoint keep of them for the site,
// offers that as a file, and deletes it on both sides. A file of its own, which no other page loads. In the light DOM, in the
// page's own typography.
import { UNNAMED, parsed, say } from "./embed/home.js";
import { choicesAt, forgetAt, labelsAt } from "./aside/reader/endpoint.js";
import { forget, keptOf, numberOf } from "./aside/reader/kept.js";
import { filled, textsOf } from "./aside/reader/texts.js";
import { where } from "./aside/where.js";

/** @typedef {import("./aside/reader/endpoint.js").Place} Place */
/** @typedef {import("./aside/reader/kept.js").KeptFacts} KeptFacts */
/** @typedef {import("./aside/reader/texts.js").ReaderTexts} ReaderTexts */

/**
 * What is known, here and at the endpoint.
 * @typedef {object} Facts
 * @property {KeptFacts} kept
 * @property {Map<string, string | null>} [choices] the choices at the endpoint; absent if it has not answered
 * @property {{ [key: string]: string }} labels
 */

/** @type {(name: string, ...children: (Node | string)[]) => HTMLElement} */
const made = (name, ...children) => {
  const element = document.createElement(name);
  element.append(...children);
  return element;
};

/** @type {(place: Place) => Promise<Facts>} */
const ask = async (place) => {
  const kept = keptOf(place.site);
  const articles = [...kept.choices.keys()];
  if (!kept.visitor || !articles.length) return { kept, choices: new Map(), labels: {} };
  const [choices, labels] = await Promise.all([choicesAt(place, kept.visitor, articles), labelsAt(place, articles[0])]);
  return { kept, choices, labels };
};

// The facts about this browser, each a sentence.
/** @type {(kept: KeptFacts, texts: ReaderTexts) => HTMLElement} */
const ofBrowser = (kept, texts) => {
  const { entries, choices, visitor } = kept;
  if (kept.isDenied) return made("p", texts.denied);
  /** @type {[number, string][]} */
  const numbers = [
    [choices.size, texts.reactions],
    [numberOf(kept, "read"), texts.reads],
    [numberOf(kept, "share"), texts.shares],
    [numberOf(kept, "tally"), texts.tallies],
  ];
  const sentences = numbers.filter(([n]) => n).map(([n, text]) => filled(text, { n }));
  if (visitor) sentences.unshift(texts.visitor);
  if (entries.instance) sentences.push(filled(texts.instance, { name: entries.instance }));
  if (!sentences.length) return made("p", texts.nothing);
  return made("ul", ...sentences.map((sentence) => made("li", sentence)));
};

// The choices, here and there.
/** @type {(facts: Facts, texts: ReaderTexts) => HTMLElement} */
const table = ({ kept, choices, labels }, texts) => {
  const cell = (/** @type {string} */ text) => {
    const data = made("td", text);
    // A key is a long word.
    data.style.overflowWrap = "anywhere";
    return data;
  };
  const rows = [...kept.choices].map(([article, reaction]) =>
    made("tr", cell(article), cell(reaction ? labels[reaction] || reaction : texts.none), cell(choices && choices.has(article) ? texts.yes : texts.no)),
  );
  const heads = [texts.article, texts.choice, texts.kept].map((text) => {
    const head = made("th", text);
    head.setAttribute("scope", "col");
    return head;
  });
  return made("table", made("thead", made("tr", ...heads)), made("tbody", ...rows));
};

/** @type {(facts: Facts, texts: ReaderTexts) => HTMLElement[]} */
const ofEndpoint = (facts, texts) => {
  const { choices, kept } = facts;
  const seen = numberOf(kept, "read") + numberOf(kept, "share") ? [made("p", texts.endpointReads)] : [];
  if (!choices) return [made("p", texts.endpointUnknown), ...seen];
  const votes = choices.size ? filled(texts.endpointVotes, { n: choices.size }) : texts.endpointNothing;
  return [made("p", votes), ...(kept.choices.size ? [table(facts, texts)] : []), ...seen];
};

// Downloads everything that is shown, as a JSON file.
/** @type {(place: Place, facts: Facts) => void} */
const download = ({ site, endpoint }, { kept, choices }) => {
  const told = {
    site,
    endpoint,
    made: new Date().toISOString(),
    browser: kept.entries,
    at_endpoint: choices ? [...choices].map(([article, reaction]) => ({ article, reaction })) : null,
  };
  const url = URL.createObjectURL(new Blob([JSON.stringify(told, null, 2)], { type: "application/json" }));
  const link = /** @type {HTMLAnchorElement} */ (made("a"));
  link.href = url;
  link.download = `gema-${site}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

/** @type {(name: string, text: string, press: () => void) => HTMLElement} */
const button = (name, text, press) => {
  const pressed = /** @type {HTMLButtonElement} */ (made("button", text));
  pressed.type = "button";
  pressed.dataset.gema = name;
  pressed.addEventListener("click", press);
  return pressed;
};

/** @type {(element: HTMLElement, to: string) => void} */
const focus = (element, to) => {
  const found = /** @type {HTMLElement | null} */ (element.querySelector(`[data-gema="${to}"]`));
  if (found) found.focus();
};

class GemaReader extends HTMLElement {
  connectedCallback() {
    parsed.then(() => {
      if (this.isConnected) open(this);
    });
  }
}

/** @type {WeakSet<Element>} */
const opened = new WeakSet();

/** @type {(element: HTMLElement) => Promise<void>} */
const open = async (element) => {
  const place = where(element);
  if (opened.has(element)) return undefined;
  if (!place.site) return say(UNNAMED);
  opened.add(element);
  const texts = textsOf(place.lang);
  element.lang = texts === textsOf("id") ? "id" : "en";
  const facts = made("div");
  const actions = made("p");
  const result = made("p");
  // In the page before it has a text, so that screen readers announce the text; it can take the focus.
  result.setAttribute("aria-live", "polite");
  result.dataset.gema = "result";
  result.tabIndex = -1;
  element.replaceChildren(facts, actions, result);

  const show = async () => {
    const known = await ask(place);
    facts.replaceChildren(
      made("h2", texts.browser),
      ofBrowser(known.kept, texts),
      made("h2", texts.endpoint),
      ...ofEndpoint(known, texts),
    );
    return known;
  };
  /** @type {() => void} */
  const offer = () =>
    actions.replaceChildren(
      button("download", texts.download, async () => download(place, await ask(place))),
      " ",
      button("forget", texts.forget, askAgain),
    );
  const askAgain = () => {
    const sure = made("span", texts.sure);
    sure.id = "gema-reader-sure";
    const now = button("forget-now", texts.forgetNow, forgetAll);
    now.setAttribute("aria-describedby", sure.id);
    const back = () => {
      offer();
      focus(element, "forget");
    };
    actions.replaceChildren(sure, " ", now, " ", button("cancel", texts.cancel, back));
    focus(element, "cancel");
  };
  const forgetAll = async () => {
    result.textContent = texts.working;
    focus(element, "result");
    offer();
    const { visitor, choices } = keptOf(place.site);
    const isForgotten = !visitor || (await forgetAt(place, visitor, [...choices.keys()]));
    if (isForgotten) forget(place.site);
    await show();
    result.textContent = isForgotten ? texts.forgotten : texts.failed;
  };
  await show();
  offer();
  return undefined;
};

if (!customElements.get("gema-reader")) customElements.define("gema-reader", GemaReader);
