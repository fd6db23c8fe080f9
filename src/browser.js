// Browser functions for the widget that take fewer bytes in JavaScript than their calls would in Rust. Bundled with the
// glue. None of them throws: a failure has no effect or a plain result.

/** @type {Intl.DateTimeFormatOptions} */
const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

// For a browser without Intl.Segmenter: pairs of regional indicators, and any character with what must not be parted from it:
// marks, joined emoji, the consonant after a virama of six Indic scripts, two vowels of Thai and Lao, parts of Hangul syllables.
const GRAPHEME =
  // eslint-disable-next-line no-misleading-character-class -- the joiners are members of the class.
  /\p{RI}{2}|[^](?:[\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d]\u200d?\p{L}|\u200d\S|[\p{M}\p{EMod}\u200c\u200d\u0e33\u0eb3\u1160-\u11ff\u{e0020}-\u{e007f}])*/gu;

/** @type {(granularity: "grapheme" | "word", pieces: RegExp) => (locale: string) => any} */
const segmenter = (granularity, pieces) => (locale) =>
  Intl.Segmenter
    ? new Intl.Segmenter([locale, "id"], { granularity })
    : { segment: (/** @type {string} */ text) => text.match(pieces)?.map((segment) => ({ segment })) ?? [] };
/** @type {(segmenter: any, text: string) => string} */
const split = (segmenter, text) => [...segmenter.segment(text.normalize())].map(({ segment }) => segment).join("\x1f");

// Chromium lacks Javanese and Sundanese, and would use its own language.
/** @type {{ [kind: string]: [make: (locale: string) => any, write: (made: any, what: any) => string] }} */
const KINDS = {
  number: [(locale) => new Intl.NumberFormat([locale, "id"]), (format, number) => format.format(number)],
  plural: [(locale) => new Intl.PluralRules([locale, "id"]), (rules, number) => rules.select(number)],
  date: [(locale) => new Intl.DateTimeFormat([locale, "id"], LONG), (format, day) => format.format(new Date(day))],
  grapheme: [segmenter("grapheme", GRAPHEME), split],
  word: [segmenter("word", /\s+|\S+/g), split],
};

// Formatters by kind and locale: creating one takes longer than all its uses.
/** @type {{ [name: string]: any }} */
const made = {};

// Formats a number or day, or selects a plural category. Returns the value unchanged (for plurals `other`) for an unknown
// locale, an invalid day or a browser without Intl, and also a number below 1,000 in Latin digits.
/** @type {(kind: string, locale: string, what: string) => string} */
export const intl = (kind, locale, what) => {
  try {
    if (kind === "number" && Number(what) < 1000 && locale.endsWith("latn")) return what;
    const [make, write] = KINDS[kind];
    return write((made[kind + locale] ??= make(locale)), what);
  } catch {
    return kind === "plural" ? "other" : what;
  }
};

const isPhone = () => matchMedia("(pointer: coarse)").matches;

// A sheet that the reader closes counts as a share, because shares are clicks on our own button; one that the browser
// refuses does not. The button stays after a refusal without a recent press, or while another sheet is open: the next
// press may succeed.
/** @type {(page: Page, name: string, title: string, url: string) => void} */
export const shareSheet = (page, name, title, url) => {
  const isAsked = navigator.userActivation?.isActive !== false;
  const share = async () => navigator.share({ title, url });
  share().catch((error) => error?.name).then((failure) => {
    if (!failure || failure === "AbortError") page.widget.shared(name);
    else if (isAsked && failure !== "InvalidStateError") page.widget.shared();
  });
};

/** @type {(address: string) => void} */
export const open = (address) => void window.open(address, "_blank", "noopener,noreferrer");

/** @type {(root: HTMLElement, selector: string) => void} */
export const focus = (root, selector) => {
  const node = /** @type {HTMLInputElement | null} */ (root.querySelector(selector));
  node?.focus();
  if (!node?.matches("input")) return;
  // The stored value. It is not rendered as `value`, which would overwrite the reader's typing.
  node.value ||= node.dataset.value ?? "";
  node.select();
};

/** @type {(root: HTMLElement, selector: string) => void} */
export const focusSoon = (root, selector) => {
  const shadow = /** @type {ShadowRoot} */ (root.getRootNode());
  const { activeElement } = shadow;
  // The reader may have moved the focus meanwhile.
  setTimeout(() => activeElement === shadow.activeElement && focus(root, selector), 100);
};

/** @type {(root: HTMLElement, selector: string) => boolean} */
export const hasFocus = (root, selector) => /** @type {ShadowRoot} */ (root.getRootNode()).activeElement?.matches(selector) ?? false;

/** @type {(root: HTMLElement, selector: string) => string} */
export const written = (root, selector) => /** @type {HTMLInputElement | null} */ (root.querySelector(selector))?.value ?? "";

// A translator puts elements of its own in the place of each text, and nobody sees what the widget writes into that text from then
// on. So when it changes, it takes its place again; the translator then translates it as it does any new text.
/** @type {(root: HTMLElement) => void} */
const keepTexts = (root) => {
  /** @type {WeakMap<Node, ChildNode[]>} */
  const places = new WeakMap();
  const observer = new MutationObserver((records) => {
    const added = new Set(records.flatMap(({ addedNodes }) => [...addedNodes]));
    for (const { target, removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      for (const text of removedNodes) {
        if (text.nodeType !== Node.TEXT_NODE) continue;
        const beside = /** @type {ChildNode[]} */ ([previousSibling, nextSibling].filter((node) => node && added.has(node)));
        places.set(text, addedNodes.length ? /** @type {ChildNode[]} */ ([...addedNodes]) : beside);
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
/** @type {(root: HTMLElement, page: Page) => void} */
const listen = (root, page) => {
  keepTexts(root);
  // The first that is there; it has the focus, so that this goes with nothing that closes.
  /** @type {(...selectors: string[]) => unknown} */
  const press = (...selectors) => {
    const part = /** @type {HTMLElement | undefined} */ (selectors.map((selector) => root.querySelector(selector)).find(Boolean));
    part?.focus();
    part?.click();
    return part;
  };
  /** @type {(type: string, act: (event: any, target: any) => unknown) => void} */
  const hear = (type, act) =>
    root.addEventListener(type, (event) => root.contains(/** @type {Node} */ (event.target)) && act(event, event.target), true);
  hear("keydown", (event, target) => {
    // An Escape that closes something here closes nothing of the page's.
    if (event.key === "Escape" && press("[data-part=close]", "[data-open=true] [data-part=more]")) {
      event.preventDefault();
      event.stopPropagation();
    }
    if (event.key === "Enter" && target.matches("input")) {
      event.preventDefault();
      // The focus stays, so that a screen reader says what is wrong, and not the field once more.
      /** @type {HTMLElement | null} */ (root.querySelector("[data-part=go]"))?.click();
    }
  });
  // What is typed in the field is not for the page's shortcuts, which see the element as the target and no field.
  for (const type of ["keydown", "keypress", "keyup"])
    root.addEventListener(type, (/** @type {any} */ event) => {
      if (event.target.matches("input") && event.key !== "Escape" && !event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
  /** @type {(event: MouseEvent, target: HTMLElement) => void} */
  const pressed = ({ button }, target) => {
    const name = /** @type {HTMLElement | null} */ (target.closest(button ? "a" : "a,button"))?.dataset.part;
    if (button < 2 && name) page.widget.pressed(name);
  };
  hear("click", (event, target) => {
    // The poll is a form where there is no widget.
    if (target.closest("form")) event.preventDefault();
    pressed(event, target);
  });
  hear("auxclick", pressed);
  hear("error", (_, target) => target.closest("figure") && page.widget.seen(false));
  hear("load", (_, target) => target.closest("figure") && page.widget.seen(true));
};

// In an object, so that wasm-bindgen makes functions of its own for them. Else it imports this file's module object, and esbuild makes that
// by a loop that also finds what a page has put on the prototype of all objects.
export const browser = { isPhone, listen };
