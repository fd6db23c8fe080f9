// <gema-article>: the page's own article, or the endpoint's copy of it, with the widget around it. First as the endpoint
// draws it, which works by itself; then, near the reader, the wasm is in charge.
import { follower } from "follower";
import { OPTIONS, context, said, shared } from "./context.js";
import { at, isLater, reason, request } from "./endpoint.js";
import { code, style } from "./files.js";
import { fragment, included } from "./fragment.js";
import { parsed, say } from "./home.js";
import { plain, stringify } from "./json.js";
import { keep } from "./keep.js";
import { ofDocument } from "./native.js";
import { onPageChange, pageChanged } from "./page_changes.js";
import { textOf } from "./place.js";
import { choose, press, send } from "./poll.js";
import { inView } from "./seen.js";

// Options that change what is shown, and not whose counts.
const FORWARDED = ["share", "reads", "poll", "bar"];
const OBSERVED = [...OPTIONS, "site", "endpoint"];

// An application of one page changes its address, its head and its body one after the other: within so many ms.
const NAVIGATION = 60;

export class GemaArticle extends HTMLElement {
  static observedAttributes = ["data-ready", ...OBSERVED, ...OBSERVED.map((name) => `data-${name}`)];
  #run; // What this element is doing; another object as soon as it does something else.
  #state = ""; // Whose counts, as text: what the run is for.
  #settling; // Whether that is judged soon; "again": even if it is the same.
  #leave; // Ends the observation of the page.
  #ready; // How far it is.
  #widget; // The wasm's, once it is in charge.
  #hasTrapped; // Whether it never will be again.
  #isCopy; // Whether the light DOM is, or will be, the endpoint's copy.
  #shown; // Its text, once it is.

  connectedCallback() {
    this.#leave ??= onPageChange(() => this.#settleSoon());
    pageChanged();
  }

  // A move is a removal followed by an insertion: judged when both are done.
  disconnectedCallback() {
    pageChanged();
  }

  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    // A framework that draws the page's markup anew takes away what is not in it.
    if (name === "data-ready") {
      if (this.#ready && now !== this.#ready) this.#is(this.#ready);
      return;
    }
    const isShown = FORWARDED.includes(name.replace("data-", ""));
    if (isShown && this.#widget) this.#widget.tell("attributes");
    else this.#settleSoon(isShown);
  }

  // With consent="wait": from the call of it on there may be stored and sent. Frameworks set a property where an element has one, and
  // mean the attribute.
  get consent() {
    return () => (this.consent = "given");
  }

  set consent(value) {
    this.setAttribute("consent", value);
  }

  #settleSoon(again) {
    const isPending = this.#settling;
    if (!isPending || again) this.#settling = again ? "again" : "once";
    if (isPending) return;
    const settle = () => {
      const isAgain = this.#settling === "again";
      this.#settling = undefined;
      this.#settle(isAgain);
    };
    // While the page loads, its head is there first.
    if (ofDocument("readyState") !== "complete" || said(this, "article")) queueMicrotask(settle);
    else setTimeout(settle, NAVIGATION);
  }

  #settle(again) {
    if (!this.isConnected) {
      this.#leave?.();
      this.#leave = undefined;
    }
    const now = this.isConnected ? context(this) : undefined;
    const state = this.#stateOf(now);
    if (!again && state === this.#state) return this.#run?.share?.();
    this.#stop();
    this.#state = state;
    if (!state) return;
    const level = this.#hasTrapped ? "plain" : "fragment";
    const run = plain({ ...now, level, pressed: [], still: () => this.#run === run, asked: () => this.#asked(now) });
    this.#run = run;
    this.#start(run).catch((error) => {
      if (run.still()) say(`no widget here: ${error}`, this.#is("no"));
    });
  }

  // "" where nothing is to be done.
  #stateOf(now) {
    if (!now?.article || said(this, "consent") === "wait") return "";
    if (now.site && now.endpoint) return stringify({ ...now, counts: this.#counts(), body: said(this, "body") });
    say("name the site and endpoint: data-site, data-endpoint");
    return "";
  }

  // Whether anything counts here: a preview says that it does not, or the site says so of some articles.
  #counts(run) {
    return said(this, "count") !== "off" && run?.drawn?.view.counts !== false;
  }

  // The page may have gone to another article since: that one is not shown yet, and nothing is done for it.
  #isCurrent() {
    const isCurrent = this.#stateOf(context(this)) === this.#state;
    if (!isCurrent) this.#settleSoon();
    return isCurrent;
  }

  // The page's own markup, and nothing of ours.
  #stop() {
    if (!this.#run) return;
    const widget = this.#widget;
    if (this.#shown) this.replaceChildren();
    this.#run = this.#widget = this.#shown = this.#ready = undefined;
    widget?.end();
    this.shadowRoot?.replaceChildren(ofDocument("createElement", "slot"));
    delete this.dataset.ready;
  }

  // How far it is, for the page's style sheet and ours: "no", "fragment", "plain" (which it stays), "wasm".
  #is(ready) {
    this.#ready = ready;
    this.dataset.ready = ready;
  }

  async #start(run) {
    style.ahead();
    follower.ahead();
    const isNear = inView(this, run).then(code.ahead);
    run.kept = keep(run.site);
    // An element with something in it has its article; an empty one may still be being parsed.
    const empty = () => !this.textContent.trim() && !this.firstElementChild;
    if (empty()) await parsed;
    const body = said(this, "body");
    this.#isCopy = body ? body === "endpoint" : empty();
    // While nothing comes, the article stands as it is, and no room is kept for the rest.
    run.drawn = included(this) ?? (await fragment(run, () => run.still() && !this.#is("no")));
    if (!run.still()) return;
    const { view } = run.drawn;
    run.kept.inMemory = view.identity === "hash";
    if (view.refusal) say(view.refusal);
    if (view.tally.mine && !run.kept.get(`mine:${run.article}`)) run.kept.acknowledged(run.article, view.tally.mine);
    run.isEmpty = this.#isCopy && !body && !view.article;
    const sheet = await style.told(run);
    if (!run.still()) return;
    const shadow = this.shadowRoot ?? this.attachShadow(plain({ mode: "open" }));
    shadow.adoptedStyleSheets = [sheet];
    this.#show(run);
    follower.told(run).then(({ follow }) => run.still() && follow(this.#host(run)), () => {});
    if (this.#hasTrapped) return;
    await isNear;
    try {
      const [charge, wasm] = await code.told(run);
      const take = await charge.start(wasm, view.assets);
      if (run.still()) this.#widget = take(this.#host(run));
    } catch (error) {
      run.level = "plain";
      if (run.still()) this.#is(run.level);
      say(`no wasm: ${error}. Has script-src ${run.endpoint} 'wasm-unsafe-eval'?`);
    }
  }

  // As the endpoint draws it.
  #show(run, drawn = run.drawn) {
    run.drawn = drawn;
    const { root } = drawn;
    run.shown?.(root);
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

  // Once, as it is now.
  #draw(run) {
    return fragment(run, () => false).catch(() => {});
  }

  // One at a time; and where the wasm is in charge, it goes on with what is unsent.
  async #send(run) {
    if (run.isSending || !this.#counts(run)) return;
    run.isSending = true;
    const drawn = await send(run, () => run.still() && !this.#widget);
    run.isSending = false;
    if (!run.still()) return;
    if (this.#widget) this.#widget.kept();
    else if (drawn) this.#show(run, drawn);
    else press(run);
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
      this.replaceChildren(body.cloneNode(true));
    }
    if (shadow.firstChild !== root) shadow.replaceChildren(root);
    root.querySelector(`[data-part="${part}"]`)?.focus();
    this.#is(run.level);
  }

  // What the wasm's side, and what follows the page, may ask of this element.
  #host(run) {
    return {
      element: this,
      run,
      text: () => (this.#isCopy && run.drawn.view.article ? this : textOf(this)),
      isCurrent: () => run.still() && this.#isCurrent(),
      counts: () => this.#counts(run),
      shared: () => shared(this),
      say,
      // The endpoint's copy, where a framework has drawn the page's own markup, which is none.
      restore: () => {
        this.#shown = undefined;
        this.#swap(run);
      },
      widget: () => this.#widget,
      post: (batch) => this.#post(run, batch),
      draws: () => this.#draw(run),
      // As the endpoint draws it.
      shows: (drawn) => this.#show(run, drawn),
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

  async #post(run, batch) {
    const answer = await request(at(run, "events"), true, stringify(batch));
    answer.isLater = isLater(answer);
    if (!answer.isLater && !answer.body?.tallies) say(`refused: ${reason(answer, run)}`);
    return answer;
  }

  // What is to be drawn, as the endpoint and the wasm are asked.
  #asked(context) {
    const asked = plain({ ...context, ...shared(this) });
    if (this.#isCopy) asked.body = 1;
    for (const name of FORWARDED) if (said(this, name) !== null) asked[name] = said(this, name);
    if (!asked.url && !this.#isCopy) asked.share = "off";
    if (!this.#counts() && asked.poll !== "off") asked.poll = "closed";
    return asked;
  }

  #fire({ article }, name, detail) {
    this.dispatchEvent(new CustomEvent(name, plain({ bubbles: true, composed: true, detail: { article, ...detail } })));
  }
}
