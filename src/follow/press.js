// Handles presses: only for the article that the page shows, and with the title and address that it has then.
import { stringify } from "./loader.js";

// Delay before the markup is requested again for a changed title, in ms, since some titles change continually.
const REDRAW_DELAY_MS = 1_000;

// Percent-encodes like the endpoint (RFC 3986).
/** @type {(text: string) => string} */
const encode = (text) =>
  encodeURIComponent(/** @type {string} */ (new URLSearchParams({ text }).get("text"))).replace(/[!'()*]/g, (one) => `%${/** @type {any} */ (one).charCodeAt().toString(16).toUpperCase()}`);

// Replaces title and address in a link of the endpoint's markup.
/** @type {(link: HTMLAnchorElement, before: SharedPage, now: SharedPage) => void} */
const readdress = (link, before, now) => {
  for (const name of /** @type {(keyof SharedPage)[]} */ (["title", "url"])) {
    if (before[name]) link.href = link.href.split(encode(before[name])).join(encode(now[name]));
  }
};

// The handler of each shadow root, replaced by each run.
/** @type {WeakMap<ShadowRoot, (event: Event) => void>} */
const pressed = new WeakMap();

// Whether the browser opens a link that was clicked. A sandbox without an origin may forbid that, which no link tells:
// opens it here instead.
/** @type {(event: Event, link: HTMLAnchorElement | null) => unknown} */
const opens = (event, link) => {
  if (window.origin !== "null" || event.type !== "click" || !link || !link.target) return true;
  event.preventDefault();
  /** @type {any} */
  let opened;
  try {
    opened = window.open(link.href);
    opened.opener = null;
  } catch {
    // Where it is forbidden, `open` returns `null`, or throws (Firefox). WebKit lets nobody set `opener` here.
  }
  return opened;
};

/** @type {(host: FollowHost) => void} */
export const guard = ({ draws, element, isCurrent, run, shared, shows, widget }) => {
  let drawn = shared();
  /** @type {boolean | undefined} */
  let isDue;

  // If title or address has changed, updates the links: the wasm does it immediately, the endpoint's markup is
  // requested soon.
  run.share = (link) => {
    const now = shared();
    if (stringify(now) === stringify(drawn)) return;
    if (widget()) {
      drawn = now;
      /** @type {Widget} */ (widget()).reset();
      return;
    }
    if (link) readdress(link, drawn, now);
    if (!isDue) setTimeout(draw, REDRAW_DELAY_MS);
    isDue = true;
  };

  const draw = async () => {
    isDue = false;
    const now = shared();
    const fragment = await draws();
    if (!fragment || !run.still() || widget()) return;
    drawn = now;
    shows(fragment);
  };

  const shadow = /** @type {ShadowRoot} */ (element.shadowRoot);
  if (!pressed.has(shadow)) {
    for (const type of ["click", "auxclick", "submit"]) shadow.addEventListener(type, (event) => /** @type {any} */ (pressed.get(shadow))(event), true);
  }
  pressed.set(shadow, (event) => {
    // Ignore presses in the article, which the slot passes on.
    if (!run.still() || !shadow.contains(/** @type {Element} */ (event.target))) return;
    /** @type {HTMLAnchorElement | null} */
    const link = /** @type {Element} */ (event.target).closest("a");
    if (isCurrent()) {
      /** @type {any} */ (run).share(link);
      if (opens(event, link)) return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });
};
