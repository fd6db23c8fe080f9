// A press is for the article that is shown, and shares what the page says by then.
import { stringify } from "../embed/json.js";

// A headline that changes all the time is drawn again so many ms later.
const REDRAW = 1_000;

// As the endpoint encodes (RFC 3986).
/** @type {(text: string) => string} */
const encode = (text) =>
  encodeURIComponent(/** @type {string} */ (new URLSearchParams({ text }).get("text"))).replace(/[!'()*]/g, (one) => `%${/** @type {any} */ (one).charCodeAt().toString(16).toUpperCase()}`);

// A link as the endpoint has drawn it, with another headline or address.
/** @type {(link: HTMLAnchorElement, before: SharedPage, now: SharedPage) => void} */
const readdress = (link, before, now) => {
  for (const name of /** @type {(keyof SharedPage)[]} */ (["title", "url"])) {
    if (before[name]) link.href = link.href.split(encode(before[name])).join(encode(now[name]));
  }
};

// What each shadow root does at a press: what its last run says.
/** @type {WeakMap<ShadowRoot, (event: Event) => void>} */
const pressed = new WeakMap();

/** @type {(host: FollowHost) => void} */
export const guard = ({ draws, element, isCurrent, run, shared, shows, widget }) => {
  let drawn = shared();
  /** @type {boolean | undefined} */
  let isDue;

  // What is shared has changed: the wasm draws it at once, the endpoint soon.
  run.share = (link) => {
    const now = shared();
    if (stringify(now) === stringify(drawn)) return;
    if (widget()) {
      drawn = now;
      /** @type {Widget} */ (widget()).tell("attributes");
      return;
    }
    if (link) readdress(link, drawn, now);
    if (!isDue) setTimeout(draw, REDRAW);
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
    // A press in the article comes through its slot.
    if (!run.still() || !shadow.contains(/** @type {Element} */ (event.target))) return;
    if (isCurrent()) {
      /** @type {any} */ (run).share(/** @type {Element} */ (event.target).closest("a"));
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });
};
