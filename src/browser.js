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
const moveFocus = (root, selector) => {
  const node = /** @type {HTMLInputElement | null} */ (root.querySelector(selector));
  node?.focus();
  if (!node?.matches("input")) return;
  // The stored value. It is not rendered as `value`, which would overwrite the reader's typing.
  node.value ||= node.dataset.value ?? "";
  node.select();
};

// Moves the focus now, or soon: after screen readers have announced the pressed button.
/** @type {(root: HTMLElement, selector: string, isSoon: boolean) => void} */
export const focus = (root, selector, isSoon) => {
  const shadow = /** @type {ShadowRoot} */ (root.getRootNode());
  const { activeElement } = shadow;
  // The reader may have moved the focus meanwhile.
  if (isSoon) setTimeout(() => activeElement === shadow.activeElement && moveFocus(root, selector), 100);
  else moveFocus(root, selector);
};

/** @type {(root: HTMLElement, selector: string) => string} */
export const written = (root, selector) => /** @type {HTMLInputElement | null} */ (root.querySelector(selector))?.value ?? "";
