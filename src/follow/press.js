// A press is for the article that is shown, and shares what the page says by then.
import { stringify } from "../embed/json.js";

// A headline that changes all the time is drawn again so many ms later.
const REDRAW = 1_000;

// As the endpoint encodes (RFC 3986).
const encode = (text) =>
  encodeURIComponent(new URLSearchParams({ text }).get("text")).replace(/[!'()*]/g, (one) => `%${one.charCodeAt().toString(16).toUpperCase()}`);

// A link as the endpoint has drawn it, with another headline or address.
const readdress = (link, before, now) => {
  for (const name of ["title", "url"]) {
    if (before[name]) link.href = link.href.split(encode(before[name])).join(encode(now[name]));
  }
};

// What each shadow root does at a press: what its last run says.
const pressed = new WeakMap();

export const guard = ({ draws, element, isCurrent, run, shared, shows, widget }) => {
  let drawn = shared();
  let isDue;

  // What is shared has changed: the wasm draws it at once, the endpoint soon.
  run.share = (link) => {
    const now = shared();
    if (stringify(now) === stringify(drawn)) return;
    if (widget()) {
      drawn = now;
      widget().tell("attributes");
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

  const shadow = element.shadowRoot;
  if (!pressed.has(shadow)) {
    for (const type of ["click", "auxclick", "submit"]) shadow.addEventListener(type, (event) => pressed.get(shadow)(event), true);
  }
  pressed.set(shadow, (event) => {
    // A press in the article comes through its slot.
    if (!run.still() || !shadow.contains(event.target)) return;
    if (isCurrent()) {
      run.share(event.target.closest("a"));
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });
};
