// <gema-article>: the page's own article, or the endpoint's copy of it, with the widget around it. First as the endpoint
// draws it, which works by itself; then, near the reader, the wasm is in charge.
import { follower } from "follower";
import { OPTIONS, context, said, shared } from "./context.js";
import { style, tools } from "./files.js";
import { answered, fragment, included } from "./fragment.js";
import { UNNAMED, parsed, say } from "./home.js";
import { plain, stringify } from "./json.js";
import { keep } from "./keep.js";
import { ofDocument } from "./native.js";
import { onPageChange, pageChanged } from "./page_changes.js";
import { pagesArticle } from "./place.js";
import { choose, press } from "./poll.js";

// Options that change what is shown, and not whose counts.
const FORWARDED = ["share", "reads", "poll", "bar"];
const OBSERVED = [...OPTIONS, "site", "endpoint"];

// An application of one page changes its address, its head and its body one after the other: within so many ms.
const NAVIGATION = 60;

// What one element does, out of the page's reach.
/** @type {(element: HTMLElement) => { connected(): void, changed(name: string, now: string | null): void }} */
const control = (element) => {
  /** @type {Run | undefined} */
  let run; // What this element is doing; another object as soon as it does something else.
  let current = ""; // Whose counts, as text: what the run is for.
  /** @type {"" | "again" | "once" | undefined} */
  let settling; // Whether that is judged soon; "again": even if it is the same.
  /** @type {(() => unknown) | undefined} */
  let leave; // Ends the observation of the page.
  /** @type {Level | undefined} */
  let isReady; // How far it is.
  /** @type {Widget | undefined} */
  let widget; // The wasm's, once it is in charge.
  /** @type {boolean | undefined} */
  let hasTrapped; // Whether it never will be again.
  /** @type {boolean | undefined} */
  let isCopy; // Whether the light DOM is, or will be, the endpoint's copy.
  /** @type {string | undefined} */
  let shown; // Its text, once it is.

  /** @type {(again?: boolean) => void} */
  const settleSoon = (again) => {
    const isPending = settling;
    if (!isPending || again) settling = again ? "again" : "once";
    if (isPending) return;
    const later = () => {
      const isAgain = settling === "again";
      settling = "";
      settle(isAgain);
    };
    // While the page loads, its head is there first.
    if (ofDocument("readyState") !== "complete" || said(element, "article")) Promise.resolve().then(later);
    else setTimeout(later, NAVIGATION);
  };

  /** @type {(again: boolean) => void} */
  const settle = (again) => {
    const { isConnected } = element;
    if (!isConnected && leave) leave = void leave();
    const now = isConnected && context(element);
    const state = stateOf(now);
    if (!again && state === current) {
      if (run && run.share) run.share();
      return;
    }
    stop();
    current = state;
    if (!state) return;
    /** @type {Run} */
    const next = plain(now, {
      level: hasTrapped ? "plain" : "fragment",
      pressed: [],
      still: () => run === next,
      asked: () => asked(/** @type {Where} */ (now)),
    });
    run = next;
    start(next).catch((error) => {
      if (next.still()) /** @type {any} */ (say)(`no widget: ${error}`, is((next.level = next.root ? "plain" : "no")));
    });
  };

  // "" where nothing is to be done.
  /** @type {(now: Where | false) => string} */
  const stateOf = (now) => {
    if (!now || !now.article || said(element, "consent") === "wait") return "";
    if (now.site && now.endpoint) return stringify(plain(now, { counts: counts(), body: said(element, "body") }));
    say(UNNAMED);
    return "";
  };

  // Whether anything counts here: a preview says that it does not, or the site says so of some articles.
  /** @type {(run?: Run) => boolean} */
  const counts = (run) => said(element, "count") !== "off" && !(run && run.drawn && run.drawn.view.counts === false);

  // The page may have gone to another article since: that one is not shown yet, and nothing is done for it.
  const isCurrent = () => {
    const isSame = stateOf(context(element)) === current;
    if (!isSame) settleSoon();
    return isSame;
  };

  // What is shown is the last child: at first what the page has.
  /** @type {(shadow: ShadowRoot) => void} */
  const bare = (shadow) => {
    shadow.textContent = "";
    shadow.append(ofDocument("createElement", "slot"));
  };

  // The page's own markup, and nothing of ours.
  const stop = () => {
    if (!run) return;
    const ended = widget;
    if (shown) element.textContent = "";
    run = widget = shown = isReady = undefined;
    if (ended) ended.end();
    if (element.shadowRoot) bare(element.shadowRoot);
    delete element.dataset.ready;
  };

  // How far it is, for the page's style sheet and ours: "no", "fragment", "plain" (which it stays), "wasm".
  /** @type {(ready: Level) => any} */
  const is = (ready) => {
    element.dataset.ready = isReady = ready;
  };

  /** @type {(run: Run) => Promise<void>} */
  const start = async (run) => {
    style.ahead();
    // What follows the page knows when the reader is near, and loads the wasm then.
    follower.ahead().then((follow) => follow && follow.near(element, run, tools));
    run.kept = keep(run.site);
    // An element with something in it has its article; an empty one may still be being parsed.
    const empty = () => !element.textContent.trim() && !element.firstElementChild;
    if (empty()) await parsed;
    const body = said(element, "body");
    isCopy = body ? body === "endpoint" : empty();
    // While nothing comes, the article stands as it is, and no room is kept for the rest.
    run.drawn = included(element) || (await fragment(run, () => run.still() && !is("no")));
    if (!run.still()) return;
    const { view } = run.drawn;
    run.kept.inMemory = view.identity === "hash";
    if (view.refusal) say(view.refusal);
    if (view.tally.mine && !run.kept.get(`mine:${run.article}`)) run.kept.acknowledged(run.article, view.tally.mine);
    run.isEmpty = isCopy && !body && !view.article;
    const sheet = await style.told(run);
    if (!run.still()) return;
    const shadow = element.shadowRoot || element.attachShadow(plain({ mode: "open" }));
    bare(shadow);
    if (!sheet.text) shadow.adoptedStyleSheets = [sheet];
    else {
      const { dress } = await follower.told(run);
      await dress(shadow, sheet);
      if (!run.still()) return;
    }
    show(run);
    const { follow } = await follower.told(run);
    if (run.still()) follow(host(run));
  };

  // As the endpoint draws it.
  /** @type {(run: Run, drawn?: Drawn) => void} */
  const show = (run, drawn = run.drawn) => {
    run.drawn = drawn;
    const { root } = drawn;
    /** @type {string | undefined} */
    let option;
    if (run.shown) run.shown(root);
    root.addEventListener("click", (event) => {
      const { target } = /** @type {{ target: any }} */ (event);
      // Of the article that is not shown any more.
      if (!isCurrent()) {
        event.preventDefault();
        return;
      }
      /** @type {HTMLElement | null} */
      const link = target.closest("a,[type=button]");
      /** @type {HTMLButtonElement | null} */
      const button = target.closest("[name=reaction]");
      if (button) option = button.value;
      if (link && link.dataset.part) run.pressed.push(link.dataset.part);
      if (run.seen) run.seen();
    });
    // Also by the keyboard a form is sent by a click on its button.
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      fire(run, "gema-react", { reaction: choose(run, option) });
      press(run);
      if (run.send) run.send();
    });
    press(run);
    swap(run, root);
    if (run.send) run.send();
  };

  // Within one frame; what has the focus has it still. A press is a click only if it ends where it began: till then that stays, and
  // then comes what is the last.
  /** @type {(run: Run, root?: HTMLElement) => void} */
  const swap = (run, root = /** @type {HTMLElement} */ (run.root)) => {
    const shadow = /** @type {ShadowRoot} */ (element.shadowRoot);
    run.root = root;
    if (shadow.querySelector(":active")) {
      requestAnimationFrame(() => run.still() && swap(run));
      return;
    }
    const { html, body } = run.drawn;
    const { activeElement } = /** @type {{ activeElement: any }} */ (shadow);
    if (isCopy && body && html !== shown) {
      shown = html;
      element.textContent = "";
      element.append(body.cloneNode(true));
    }
    if (shadow.lastChild !== root) /** @type {ChildNode} */ (shadow.lastChild).replaceWith(root);
    /** @type {HTMLElement | null} */
    const focused = activeElement && root.querySelector(`[data-part="${activeElement.dataset.part}"]`);
    if (focused) focused.focus();
    is(run.level);
  };

  // What the wasm's side, and what follows the page, may ask of this element.
  /** @type {(run: Run) => ElementHost} */
  const host = (run) => ({
    element,
    run,
    isCopy: () => isCopy,
    pagesArticle,
    isCurrent: () => run.still() && isCurrent(),
    counts: () => counts(run),
    shared: () => shared(element),
    say,
    tools,
    // The endpoint's copy, where a framework has drawn the page's own markup, which is none.
    restore: () => {
      shown = "";
      swap(run);
    },
    hasTrapped: () => hasTrapped,
    widget: () => widget,
    // The wasm is in charge: what it gives is this element's widget.
    take: (made) => (widget = made),
    // It will not be.
    stays: () => is((run.level = "plain")),
    answered,
    fragment,
    // As the endpoint draws it.
    shows: (drawn) => show(run, drawn),
    show: (root) => {
      run.level = "wasm";
      if (run.still()) swap(run, root);
    },
    fire: (name, detail) => fire(run, name, detail),
    // It has come to its end.
    fallBack: () => {
      hasTrapped = true;
      settleSoon(true);
    },
  });

  // What is to be drawn, as the endpoint and the wasm are asked.
  /** @type {(context: Where) => { [name: string]: any }} */
  const asked = (context) => {
    const asked = plain(context, shared(element), isCopy && { body: 1 });
    for (const name of FORWARDED) if (said(element, name) !== null) asked[name] = said(element, name);
    if (!asked.url && !isCopy) asked.share = "off";
    if (!counts() && asked.poll !== "off") asked.poll = "closed";
    return asked;
  };

  /** @type {(run: { article: string }, name: string, detail?: object) => void} */
  const fire = ({ article }, name, detail) => {
    const event = plain({ bubbles: true, composed: true, detail: Object.assign({ article }, detail) });
    element.dispatchEvent(new CustomEvent(name, event));
  };

  return {
    connected: () => {
      leave = leave || onPageChange(() => settleSoon());
      pageChanged();
    },
    changed: (name, now) => {
      // A framework that draws the page's markup anew takes away what is not in it.
      if (name === "data-ready") {
        if (isReady && now !== isReady) is(isReady);
        return;
      }
      const isShown = FORWARDED.includes(name.replace("data-", ""));
      if (isShown && widget) widget.tell("attributes");
      else settleSoon(isShown);
    },
  };
};

/** @type {WeakMap<HTMLElement, ReturnType<typeof control>>} */
const controls = new WeakMap();

export class GemaArticle extends HTMLElement {
  static get observedAttributes() {
    return ["data-ready", ...OBSERVED, ...OBSERVED.map((name) => `data-${name}`)];
  }

  constructor() {
    super();
    controls.set(this, control(this));
  }

  connectedCallback() {
    /** @type {any} */ (controls.get(this)).connected();
  }

  // A move is a removal followed by an insertion: judged when both are done.
  disconnectedCallback() {
    pageChanged();
  }

  /** @type {(name: string, before: string | null, now: string | null) => void} */
  attributeChangedCallback(name, before, now) {
    if (before !== now) /** @type {any} */ (controls.get(this)).changed(name, now);
  }

  // With consent="wait": from the call of it on there may be stored and sent. Frameworks set a property where an element has one, and
  // mean the attribute.
  /** @returns {any} */
  get consent() {
    return () => (this.consent = "given");
  }

  set consent(value) {
    this.setAttribute("consent", value);
  }
}
