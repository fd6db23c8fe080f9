// <gema-article>: the page's own article, or the endpoint's copy of it, with the widget around it. First it shows the
// endpoint's markup, which works without WebAssembly; when the reader is near, the wasm takes over.
import { follower } from "follower";
import { OPTIONS, context, said, shared } from "./context.js";
import { style } from "./files.js";
import { answered, fragment, included } from "./fragment.js";
import { UNNAMED, parsed, say } from "./home.js";
import { plain, stringify } from "./json.js";
import { keep } from "./keep.js";
import { ofDocument } from "./native.js";
import { near } from "./near.js";
import { onPageChange, pageChanged } from "./page_changes.js";
import { pagesArticle } from "./place.js";
import { choose, press } from "./poll.js";

// Options that affect what is shown, but not which article is counted.
const FORWARDED = OPTIONS.slice(5, 9); // bar, share, reads, poll
const OBSERVED = [...OPTIONS, "site", "endpoint"];

// Maximum time in which a single-page application updates address, head and body during a navigation, in ms.
const NAVIGATION_SETTLE_MS = 60;

// The controller of one element, in a closure that the page cannot access.
/** @type {(element: HTMLElement) => { connected(): void, changed(name: string, now: string | null): void }} */
const control = (element) => {
  /** @type {Run | undefined} */
  let run; // The current activity of the element; replaced by another object for each new one.
  let current = ""; // The state that the run was started for, as text.
  /** @type {boolean | undefined} */
  let settling; // Defined while `settle` is scheduled; true: also if the state is unchanged.
  /** @type {(() => unknown) | undefined} */
  let leave; // Stops observing the page.
  /** @type {Level | undefined} */
  let isReady; // The value of `data-ready`.
  /** @type {Widget | undefined} */
  let widget; // The wasm's widget, once it has taken over.
  /** @type {boolean | undefined} */
  let hasTrapped; // Whether the wasm has trapped, so that it must not run any more.
  /** @type {boolean | undefined} */
  let isCopy; // Whether the light DOM is, or will be, the endpoint's copy.
  /** @type {string | undefined} */
  let shown; // The HTML of that copy, once it is in the light DOM.

  /** @type {(again?: boolean) => void} */
  const settleSoon = (again = false) => {
    const isPending = settling !== undefined;
    settling = settling || again;
    if (isPending) return;
    const later = () => {
      const isAgain = settling;
      settling = undefined;
      settle(isAgain);
    };
    // While the page loads, its head is complete before the element is parsed.
    if (ofDocument("readyState") !== "complete" || said(element, "article")) Promise.resolve().then(later);
    else setTimeout(later, NAVIGATION_SETTLE_MS);
  };

  /** @type {(again: boolean | undefined) => void} */
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

  // The state as text: "" if there is nothing to do.
  /** @type {(now: Where | false) => string} */
  const stateOf = (now) => {
    if (!now || !now.article || said(element, "consent") === "wait") return "";
    if (now.site && now.endpoint) return stringify(plain(now, { counts: counts(), body: said(element, "body") }));
    say(UNNAMED);
    return "";
  };

  // Whether events count: not in a preview (`count=off`), and not if the site ignores the article.
  /** @type {(run?: Run) => boolean} */
  const counts = (run) => said(element, "count") !== "off" && !(run && run.drawn && run.drawn.view.counts === false);

  // Whether the run is for the article that the page shows now. If the page has navigated, schedules an update; until
  // then nothing may be done for either article.
  const isCurrent = () => {
    const isSame = stateOf(context(element)) === current;
    if (!isSame) settleSoon();
    return isSame;
  };

  // The last child of the shadow root is what is shown: first a slot for the page's own markup.
  /** @type {(shadow: ShadowRoot) => void} */
  const bare = (shadow) => {
    shadow.textContent = "";
    shadow.append(ofDocument("createElement", "slot"));
  };

  // Ends the run: shows the page's own markup again.
  const stop = () => {
    if (!run) return;
    const ended = widget;
    if (shown) element.textContent = "";
    run = widget = shown = isReady = undefined;
    if (ended) ended.end();
    if (element.shadowRoot) bare(element.shadowRoot);
    delete element.dataset.ready;
  };

  // Sets the level, for style sheets: "no", "fragment", "plain" (a fragment that stays), "wasm".
  /** @type {(ready: Level) => any} */
  const is = (ready) => {
    element.dataset.ready = isReady = ready;
  };

  // Without async functions: for the loader's language level, esbuild would add a helper of 80 bytes.
  /** @type {(run: Run) => Promise<unknown>} */
  const start = (run) => {
    // Passes a result on, unless the run is over: then its promise is rejected, which `settle` ignores.
    /** @type {(result?: any) => any} */
    const current = (result) => (run.still() ? result : Promise.reject());
    style.ahead();
    follower.ahead().then((follow) => follow && follow.found(element, run));
    run.near = near(element, run);
    run.kept = keep(run.site);
    // An element with content has its article; an empty one may not be parsed completely yet.
    const empty = () => !element.textContent.trim() && !element.firstElementChild;
    const body = said(element, "body");
    return Promise.resolve(empty() && parsed)
      .then(() => {
        isCopy = body ? body === "endpoint" : empty();
        // Until the endpoint responds, the article stays as it is, without room reserved for the widget.
        return included(element) || fragment(run, () => run.still() && !is("no"));
      })
      .then(current)
      .then((drawn) => {
        const { view } = (run.drawn = drawn);
        run.kept.inMemory = view.identity === "hash";
        if (view.refusal) say(view.refusal);
        if (view.tally.mine && !run.kept.get(`mine:${run.article}`)) run.kept.acknowledged(run.article, view.tally.mine);
        run.isEmpty = isCopy && !body && !view.article;
        return style.told(run);
      })
      .then(current)
      .then((sheet) => {
        const shadow = element.shadowRoot || element.attachShadow(plain({ mode: "open" }));
        bare(shadow);
        if (sheet.text) return follower.told(run).then(({ dress }) => dress(shadow, sheet));
        shadow.adoptedStyleSheets = [sheet];
      })
      .then(current)
      .then(() => {
        show(run);
        return follower.told(run);
      })
      .then(current)
      .then(({ follow }) => follow(host(run)));
  };

  // Shows the endpoint's markup.
  /** @type {(run: Run, drawn?: Drawn) => void} */
  const show = (run, drawn = run.drawn) => {
    run.drawn = drawn;
    const { root } = drawn;
    /** @type {string | undefined} */
    let option;
    if (run.shown) run.shown(root);
    root.addEventListener("click", (event) => {
      const { target } = /** @type {{ target: any }} */ (event);
      // Ignore clicks in the markup of the previous article.
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
      run.seen();
    });
    // A form is submitted by a click on its button, also with the keyboard.
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

  // Replaces the markup within one frame, and keeps the focus. While a button is pressed, waits: replacing it would
  // lose the click. Then shows the latest markup.
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

  // The interface to this element for the wasm and the script that follows the page.
  /** @type {(run: Run) => ElementHost} */
  const host = (run) => ({
    element,
    run,
    isCopy: () => isCopy,
    pagesArticle,
    isCurrent: () => run.still() && isCurrent(),
    counts: () => counts(run),
    shared: () => shared(element),
    // Restores the endpoint's copy after a framework has rendered the page's own (empty) markup.
    restore: () => {
      shown = "";
      swap(run);
    },
    widget: () => widget,
    // Registers the wasm's widget, which takes over.
    take: (made) => (widget = made),
    // The wasm will not take over.
    stays: () => is((run.level = "plain")),
    answered,
    fragment,
    // Shows the endpoint's markup.
    shows: (drawn) => show(run, drawn),
    show: (root) => {
      run.level = "wasm";
      if (run.still()) swap(run, root);
    },
    fire: (name, detail) => fire(run, name, detail),
    // The wasm has trapped: fall back to the endpoint's markup.
    fallBack: () => {
      hasTrapped = true;
      settleSoon(true);
    },
  });

  // The parameters of the widget, for requests to the endpoint and for the wasm.
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
      leave = leave || onPageChange(settleSoon);
      pageChanged();
    },
    changed: (name, now) => {
      // A framework that renders the page's markup again removes attributes that are not in it: restore this one.
      if (name === "data-ready") {
        if (isReady && now !== isReady) is(isReady);
        return;
      }
      const isShown = FORWARDED.includes(name.replace("data-", ""));
      if (isShown && widget) widget.reset();
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

  // A move is a removal followed by an insertion, so wait for both.
  disconnectedCallback() {
    pageChanged();
  }

  /** @type {(name: string, before: string | null, now: string | null) => void} */
  attributeChangedCallback(name, before, now) {
    if (before !== now) /** @type {any} */ (controls.get(this)).changed(name, now);
  }

  // With consent="wait": calling this permits storing and sending. Frameworks set a property of this name if there is
  // one, where they mean the attribute.
  /** @returns {any} */
  get consent() {
    return () => (this.consent = "given");
  }

  set consent(value) {
    this.setAttribute("consent", value);
  }
}
