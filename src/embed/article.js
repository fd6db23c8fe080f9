// <gema-article>: the page's own article, or the endpoint's copy of it, with the widget around it. First as the endpoint
// draws it, which works by itself; then, near the reader, the wasm is in charge.
import { canonical, context } from "./context.js";
import { at, request } from "./endpoint.js";
import { code, style } from "./files.js";
import { fragment, included } from "./fragment.js";
import { parsed, say } from "./home.js";
import { keep } from "./keep.js";
import { choose, press, send } from "./poll.js";
import { dueRead, sendRead } from "./read.js";
import { inView, visibleFor } from "./seen.js";

// Attributes that change what is shown, and not whose counts.
const FORWARDED = ["share", "reads", "poll", "bar"];

export class GemaArticle extends HTMLElement {
  static observedAttributes = ["article", "site", "endpoint", "lang", ...FORWARDED];
  #run; // What this element is doing; another object as soon as it does something else.
  #widget; // The wasm's, once it is in charge.
  #hasTrapped; // Whether it never will be again.
  #isCopy; // Whether the light DOM is, or will be, the endpoint's copy.
  #shown; // Its text, once it is.
  // With consent="wait": from the call of `consent` on there may be stored and sent.
  #consented = new Promise((done) => (this.consent = done));

  connectedCallback() {
    this.#settleSoon();
  }

  // A move is a removal followed by an insertion: judged when both are done.
  disconnectedCallback() {
    this.#settleSoon();
  }

  attributeChangedCallback(name, before, now) {
    if (!this.#run || before === now) return;
    const isShown = FORWARDED.includes(name);
    if (isShown && this.#widget) this.#widget.tell("attributes");
    else this.#settleSoon(isShown);
  }

  #settleSoon(again) {
    queueMicrotask(() => {
      const now = this.isConnected && context(this);
      const state = JSON.stringify(now);
      if (!again && state === this.#run?.state) return;
      this.#stop();
      if (!now?.article) return;
      const level = this.#hasTrapped ? "plain" : "fragment";
      const run = { ...now, state, level, pressed: [], still: () => this.#run === run, asked: () => this.#asked(now) };
      this.#run = run;
      this.#start(run).catch((error) => {
        if (run.still()) say(`no widget here: ${error}`, this.#is("no"));
      });
    });
  }

  // The page's own markup, and nothing of ours.
  #stop() {
    if (!this.#run) return;
    const widget = this.#widget;
    if (this.#shown) this.replaceChildren();
    this.#run = this.#widget = this.#shown = undefined;
    widget?.end();
    this.shadowRoot?.replaceChildren(document.createElement("slot"));
    delete this.dataset.ready;
  }

  // How far it is, for the page's style sheet and ours: "no", "fragment", "plain" (which it stays), "wasm".
  #is(ready) {
    this.dataset.ready = ready;
  }

  async #start(run) {
    if (this.getAttribute("consent") === "wait") await this.#consented;
    if (!run.still()) return;
    style.ahead();
    const isNear = inView(this, run, "100%").then(code.ahead);
    run.kept = keep(run.site);
    // An element with something in it has its article; an empty one may still be being parsed.
    const empty = () => !this.textContent.trim() && !this.firstElementChild;
    if (empty()) await parsed;
    const body = this.getAttribute("body");
    this.#isCopy ||= body ? body === "endpoint" : empty();
    // While nothing comes, the article stands as it is, and no room is kept for the rest.
    run.drawn = included(this) ?? (await fragment(run, () => run.still() && !this.#is("no")));
    if (!run.still()) return;
    run.kept.inMemory = run.drawn.view.identity === "hash";
    this.#countRead(run);
    const sheet = await style.told(run);
    if (!run.still()) return;
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [sheet];
    this.#show(run);
    if (this.#hasTrapped) return;
    await isNear;
    try {
      const [charge, wasm] = await code.told(run);
      const take = await charge.start(wasm, run.drawn.view.assets);
      if (run.still()) this.#widget = take(this.#host(run));
    } catch (error) {
      run.level = "plain";
      if (run.still()) this.#is(run.level);
      say(`no wasm: ${error}. Has script-src ${run.endpoint} 'wasm-unsafe-eval'?`);
    }
  }

  // As the endpoint draws it.
  #show(run) {
    const { root } = run.drawn;
    if (navigator.share) root.querySelector("[data-part=native]")?.parentNode.removeAttribute("hidden");
    root.addEventListener("click", ({ target }) => {
      const part = target.closest("a,[type=button]")?.dataset.part;
      if (part) run.pressed.push(part);
      run.seen?.();
    });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#fire(run, "gema-react", { reaction: choose(run, event.submitter.value) });
      press(run);
      this.#send(run);
    });
    press(run);
    this.#swap(run, root);
    this.#send(run);
  }

  // One at a time; and where the wasm is in charge, it goes on with what is unsent.
  async #send(run) {
    if (run.isSending) return;
    run.isSending = true;
    const drawn = await send(run, () => run.still() && !this.#widget);
    run.isSending = false;
    if (!run.still()) return;
    if (this.#widget) this.#widget.kept();
    else if (drawn) {
      run.drawn = drawn;
      this.#show(run);
    } else press(run);
  }

  // Within one frame; what has the focus has it still. A press is a click only if it ends where it began: till then that stays, and
  // then comes what is the last.
  #swap(run, root = run.root) {
    const shadow = this.shadowRoot;
    run.root = root;
    if (shadow.querySelector(":active")) return requestAnimationFrame(() => run.still() && this.#swap(run));
    const { html, body } = run.drawn;
    const part = shadow.activeElement?.dataset.part;
    if (this.#isCopy && body && html !== this.#shown) {
      this.#shown = html;
      this.replaceChildren(body);
    }
    if (shadow.firstChild !== root) shadow.replaceChildren(root);
    root.querySelector(`[data-part="${part}"]`)?.focus();
    this.#is(run.level);
  }

  // What the wasm's side may ask of this element.
  #host(run) {
    return {
      run,
      post: (body) => request(at(run, "events"), true, body),
      draws: () => fragment(run, () => false).catch(() => {}),
      show: (root) => {
        run.level = "wasm";
        if (run.still()) this.#swap(run, root);
      },
      fire: (name, detail) => this.#fire(run, name, detail),
      // It has come to its end.
      fallBack: () => {
        this.#hasTrapped = true;
        this.#settleSoon(true);
      },
    };
  }

  // What is to be drawn, as the endpoint and the wasm are asked.
  #asked(context) {
    const title = document.querySelector('meta[property="og:title"]')?.content ?? document.title;
    const asked = { ...context, title, url: canonical() ?? location.href.split("#")[0] };
    if (this.#isCopy) asked.body = 1;
    for (const name of FORWARDED) if (this.hasAttribute(name)) asked[name] = this.getAttribute(name);
    return asked;
  }

  #fire({ article }, name, detail) {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail: { article, ...detail } }));
  }

  async #countRead(run) {
    const { read_after, identity, window_ends } = run.drawn.view;
    if (document.querySelectorAll("gema-article").length > 1) await inView(this, {});
    await visibleFor(read_after);
    if (!run.still() || identity === "off") return;
    const { entry, isNew } = dueRead(run, window_ends);
    if (isNew) this.#fire(run, "gema-read");
    if (entry.sent) return;
    if (this.#widget) this.#widget.tell("read", entry);
    else sendRead(run, entry);
  }
}
