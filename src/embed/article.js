// <gema-article>: the page's own article, or the endpoint's copy of it, with the widget around it.
import { elements, guarded, load, spread } from "./code.js";
import { canonical, context } from "./context.js";
import { firstView, request } from "./endpoint.js";
import { parsed, say } from "./home.js";
import { keep } from "./keep.js";
import { dueRead, sendRead } from "./read.js";
import { inView, visibleFor } from "./seen.js";

// Attributes that change what is shown, and not whose counts.
export const FORWARDED = ["share", "reads", "poll", "theme", "bar"];

export class GemaArticle extends HTMLElement {
  static observedAttributes = ["article", "site", "endpoint", "lang", ...FORWARDED];
  #run; // What this element is doing; another object as soon as it does something else.
  #mounted; // Tells the widget what has happened.
  #unmount;
  #shown; // The copy that is shown.
  #isCopy = false; // Whether the light DOM is, or will be, the endpoint's copy.
  #consented = false;
  #askConsent;

  connectedCallback() {
    this.#settleSoon();
  }

  // A move is a removal followed by an insertion: judged when both are done.
  disconnectedCallback() {
    this.#settleSoon();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#run || before === now) return;
    if (FORWARDED.includes(name)) this.tell("attributes", this.#attributes());
    else this.#settleSoon();
  }

  // With consent="wait": from now on there may be stored and sent.
  consent() {
    this.#consented = true;
    this.#askConsent?.();
  }

  // Where its entries are kept; known to those who spread them.
  get prefix() {
    return this.#run?.kept?.prefix;
  }

  tell(what, detail) {
    guarded(() => this.#mounted?.(what, detail));
  }

  fallBack() {
    this.#mounted = undefined;
    this.#bare();
    this.setAttribute("data-ready", "no");
  }

  #settleSoon() {
    queueMicrotask(() => {
      const now = this.isConnected ? context(this) : undefined;
      if (JSON.stringify(now) === this.#run?.context) return;
      this.#stop();
      if (!now?.article) return;
      const run = (this.#run = { ...now, context: JSON.stringify(now) });
      const still = () => this.#run === run;
      this.#start(run, still).catch((error) => {
        if (this.#give(still)) say(`no widget here, and the page stays as it is: ${error}`);
      });
    });
  }

  #stop() {
    const unmount = this.#unmount;
    this.#run = this.#mounted = this.#unmount = undefined;
    elements.delete(this);
    if (unmount) guarded(unmount);
    this.#bare();
    if (this.#shown) this.innerHTML = this.#shown = "";
  }

  // The page's own markup, and nothing of ours.
  #bare() {
    this.shadowRoot?.replaceChildren(document.createElement("slot"));
    this.removeAttribute("data-ready");
  }

  async #start(run, still) {
    if (this.getAttribute("consent") === "wait" && !this.#consented) {
      await new Promise((done) => (this.#askConsent = done));
    }
    if (!still()) return;
    elements.add(this);
    run.kept = keep(run.site);
    const code = load();
    code.catch(() => {}); // Told below, if it comes to that.
    // An element with something in it has its article; an empty one may still be being parsed.
    const empty = () => !this.textContent.trim() && !this.firstElementChild;
    if (empty()) await parsed;
    const body = this.getAttribute("body");
    this.#isCopy ||= body ? body === "endpoint" : empty();
    run.view = await firstView(run, this.#isCopy, () => this.#give(still));
    if (!still()) return;
    run.kept.inMemory = run.view.identity === "hash";
    this.#countRead(run, still);
    const [glue, sheet] = await code;
    if (still()) this.#mount(run, still, glue, sheet);
  }

  // Nothing of ours comes, for now or at all: the article as it is, and no room kept for the rest.
  #give(still) {
    if (!still()) return false;
    this.#showBody(this.#run.view);
    this.setAttribute("data-ready", "no");
    return true;
  }

  // The endpoint's copy, made safe when it was stored. Shown in the frame that brings the heading
  // above it, so that it does not move.
  #showBody(view) {
    const html = this.#isCopy ? view?.article?.html : undefined;
    if (html !== undefined && html !== this.#shown) this.innerHTML = this.#shown = html;
  }

  // Mounted apart, and swapped in within the frame in which it is drawn.
  #mount(run, still, glue, sheet) {
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    if (!shadow.firstChild) this.#bare();
    shadow.adoptedStyleSheets = [sheet];
    const root = document.createElement("div");
    const page = {
      ...run.kept,
      set: (name, text) => {
        run.kept.set(name, text);
        spread(run.kept.prefix, name, text, this);
      },
      post: async (number, body) => {
        const path = `v1/sites/${encodeURIComponent(run.site)}/events`;
        const answer = await request(run.endpoint, path, body).catch(() => ({}));
        // The number is one of that widget, and of no later one.
        if (still()) this.tell("ended", { number, ...answer });
      },
      refresh: async () => {
        const view = await firstView(run, this.#isCopy, () => false).catch(() => undefined);
        if (!view || !still()) return;
        this.#showBody(view);
        run.view = view;
        this.tell("view", view);
      },
      copy: async (text) => {
        const copy = async () => navigator.clipboard.writeText(text);
        this.tell(await copy().then(() => "copied", () => "uncopied"));
      },
      ready: () => {
        if (!still()) return;
        this.#showBody(run.view);
        shadow.replaceChildren(root);
        this.setAttribute("data-ready", "");
      },
      tell: (what, detail) => this.tell(what, detail),
      fire: (name, field, value) => this.#fire(name, { article: run.article, [field]: value ?? null }),
    };
    const number = guarded(() => glue.mount(root, page, this.#attributes(), run.view));
    if (number === undefined) throw "the endpoint's view is not one.";
    this.#mounted = (what, detail) => glue.tell(number, what, detail);
    this.#unmount = () => glue.unmount(number);
  }

  #attributes() {
    const { site, endpoint, article, lang, view } = this.#run;
    const forwarded = FORWARDED.map((name) => [name, this.getAttribute(name) ?? undefined]);
    const copy = this.#isCopy ? view.article : undefined;
    return {
      ...Object.fromEntries(forwarded),
      ...{ site, endpoint, article, lang },
      body: this.#isCopy ? "1" : undefined,
      title: copy?.title ?? document.querySelector('meta[property="og:title"]')?.content ?? document.title,
      url: copy?.url ?? canonical() ?? location.href.split("#")[0],
    };
  }

  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }

  async #countRead(run, still) {
    if (document.querySelectorAll("gema-article").length > 1) await inView(this);
    await visibleFor(run.view.read_after);
    if (!still() || run.view.identity === "off") return;
    const { entry, isNew } = dueRead(run.kept, run.article, run.view.window_ends);
    if (isNew) this.#fire("gema-read", { article: run.article });
    if (entry.sent) return;
    if (this.#mounted) this.tell("read", entry);
    else sendRead(run, entry);
  }
}
