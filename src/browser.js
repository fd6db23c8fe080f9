// What the widget asks of the browser, where Rust would need more bytes to ask than it takes to do.
// Bundled with the glue. Nothing throws: what cannot be done is not done, or has a plain answer.

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

// For a browser without Intl.Segmenter: pairs of regional indicators, and any character with what must not be parted from it:
// marks, joined emoji, the consonant after a virama of six Indic scripts, two vowels of Thai and Lao, parts of Hangul syllables.
const GRAPHEME =
  /\p{RI}{2}|[^](?:[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d]\u200d?\p{L}|\u200d\S|[\p{M}\p{EMod}\u200c\u200d\u0e33\u0eb3\u1160-\u11ff\u{e0020}-\u{e007f}])*/gu;

const segmenter = (granularity, pieces) => (locale) =>
  Intl.Segmenter
    ? new Intl.Segmenter([locale, "id"], { granularity })
    : { segment: (text) => text.match(pieces).map((segment) => ({ segment })) };
const split = (segmenter, text) => [...segmenter.segment(text.normalize())].map(({ segment }) => segment).join("\x1f");

// Chromium has no Javanese and no Sundanese, and would take its own language.
const KINDS = {
  number: [(locale) => new Intl.NumberFormat([locale, "id"]), (format, number) => format.format(number)],
  plural: [(locale) => new Intl.PluralRules([locale, "id"]), (rules, number) => rules.select(number)],
  date: [(locale) => new Intl.DateTimeFormat([locale, "id"], LONG), (format, day) => format.format(new Date(day))],
  grapheme: [segmenter("grapheme", GRAPHEME), split],
  word: [segmenter("word", /\s+|\S+/g), split],
};

// To make one takes longer than all that it will write.
const made = {};

// A number or day as that kind of text. Plain for an unknown locale, for what is no day, or in a
// browser without Intl; and a short number in Latin digits is what it is.
export const intl = (kind, locale, what) => {
  try {
    if (kind === "number" && what < 1000 && locale.endsWith("latn")) return what;
    const [make, write] = KINDS[kind];
    return write((made[kind + locale] ??= make(locale)), what);
  } catch {
    return kind === "plural" ? "other" : what;
  }
};

const isPhone = () => matchMedia("(pointer: coarse)").matches;

// Closed without sharing is a share as well: it is our own button's clicks that count. What the browser refuses is none. It also
// refuses one that no press has asked for lately, or while another sheet is open: that says nothing of the next press.
export const shareSheet = (page, name, title, url) => {
  const isAsked = navigator.userActivation?.isActive !== false;
  const share = async () => navigator.share({ title, url });
  share().catch((error) => error?.name).then((failure) => {
    if (!failure || failure === "AbortError") page.tell("shared", name);
    else if (isAsked && failure !== "InvalidStateError") page.tell("unshared");
  });
};
export const open = (address) => void window.open(address, "_blank", "noopener,noreferrer");

export const focus = (root, selector) => {
  const node = root.querySelector(selector);
  node?.focus();
  if (!node?.matches("input")) return;
  // What was written before. Not drawn as its value: that would be written over what she is writing.
  node.value ||= node.dataset.value ?? "";
  node.select();
};

export const focusSoon = (root, selector) => {
  const shadow = root.getRootNode();
  const { activeElement } = shadow;
  // The reader may have gone on meanwhile.
  setTimeout(() => activeElement === shadow.activeElement && focus(root, selector), 100);
};
export const hasFocus = (root, selector) => root.getRootNode().activeElement?.matches(selector) ?? false;
export const written = (root, selector) => root.querySelector(selector)?.value ?? "";

// A translator puts elements of its own in the place of each text, and nobody sees what the widget writes into that text from then
// on. So when it changes, it takes its place again; the translator then translates it as it does any new text.
const keepTexts = (root) => {
  const places = new WeakMap();
  const observer = new MutationObserver((records) => {
    const added = new Set(records.flatMap(({ addedNodes }) => [...addedNodes]));
    for (const { target, removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      for (const text of removedNodes) {
        if (text.nodeType !== Node.TEXT_NODE) continue;
        const beside = [previousSibling, nextSibling].filter((node) => added.has(node));
        places.set(text, addedNodes.length ? [...addedNodes] : beside);
        observer.observe(text, { characterData: true });
      }
      if (target.parentNode || target === root) continue;
      const [place, ...rest] = places.get(target) ?? [];
      place?.replaceWith(target);
      rest.forEach((node) => node.remove());
    }
  });
  observer.observe(root, { characterData: true, childList: true, subtree: true });
};

// Whatever is pressed is told by its name: a button, or a link, which a middle click follows too.
// Of keys, Escape closes what is open, and Enter in the field goes; and a picture is seen when it has come, or does not come. The article in the slot is heard here too, and is none of our business.
const listen = (root, page) => {
  keepTexts(root);
  // The first that is there; it has the focus, so that this goes with nothing that closes.
  const press = (...selectors) => {
    const part = selectors.map((selector) => root.querySelector(selector)).find(Boolean);
    part?.focus();
    part?.click();
  };
  const hear = (type, act) =>
    root.addEventListener(type, (event) => root.contains(event.target) && act(event, event.target), true);
  hear("keydown", (event, target) => {
    if (event.key === "Escape") press("[data-part=close]", "[data-open=true] [data-part=more]");
    if (event.key === "Enter" && target.matches("input")) {
      event.preventDefault();
      // The focus stays, so that a screen reader says what is wrong, and not the field once more.
      root.querySelector("[data-part=go]")?.click();
    }
  });
  const pressed = ({ button }, target) => {
    const name = target.closest(button ? "a" : "a,button")?.dataset.part;
    if (button < 2 && name) page.tell("pressed", name);
  };
  hear("click", (event, target) => {
    // The poll is a form where there is no widget.
    if (target.closest("form")) event.preventDefault();
    pressed(event, target);
  });
  hear("auxclick", pressed);
  hear("error", (_, target) => target.closest("figure") && page.tell("unseen"));
  hear("load", (_, target) => target.closest("figure") && page.tell("seen"));
};

// In an object, so that wasm-bindgen makes functions of its own for them. Else it imports this file's module object, and esbuild makes that
// by a loop that also finds what a page has put on the prototype of all objects.
export const browser = { isPhone, listen };
