// Live numbers and keys of the newsroom's pages, which are complete without this script. It is served to signed-in editors only.

// Interval of requests for the numbers while the page is visible, in ms.
const NUMBERS_INTERVAL_MS = 15_000;

// Maximum time between "g" and the letter that follows it, in ms.
const KEY_SEQUENCE_MS = 1500;

// Where the reader has turned the keys off, this has the value "off".
const KEYS_STORAGE_KEY = "gema:newsroom:keys";

/** @param {string} selector */
const find = (selector) => /** @type {HTMLElement | null} */ (document.querySelector(selector));

// ---- live numbers

/** @typedef {{ numbers: { [name: string]: string }, time: string }} Numbers */

/** @param {Numbers} received */
const showNumbers = ({ numbers, time }) => {
  for (const [name, text] of Object.entries(numbers)) {
    const shown = find(`[data-live="${CSS.escape(name)}"]`);
    // Only a change is written: screen readers and selections are left alone.
    if (shown && shown.textContent !== text) {
      shown.textContent = text;
    }
  }
  const asOf = find(".as-of");
  if (asOf) {
    asOf.textContent = time;
  }
};

const refresh = async () => {
  if (document.visibilityState !== "visible") {
    return true;
  }
  try {
    const response = await fetch("now.json", { headers: { accept: "application/json" } });
    if (response.ok && !response.redirected) {
      showNumbers(/** @type {Numbers} */ (await response.json()));
    }
    // A viewer who has been signed out gets the form with the next page; until then the numbers stay.
    return !response.redirected && response.status < 400;
  } catch {
    return true;
  }
};

const follow = () => {
  setTimeout(() => void refresh().then((goesOn) => goesOn && follow()), NUMBERS_INTERVAL_MS);
};

if (find("[data-live]")) {
  follow();
}

// ---- keys

const dialog = /** @type {HTMLDialogElement | null} */ (find("#keys"));

const isOff = () => {
  try {
    return localStorage.getItem(KEYS_STORAGE_KEY) === "off";
  } catch {
    return false;
  }
};

/** @param {boolean} off */
const turn = (off) => {
  try {
    localStorage.setItem(KEYS_STORAGE_KEY, off ? "off" : "on");
  } catch {
    // Without storage the keys stay on.
  }
};

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof Element && target.closest("input, select, textarea, [contenteditable]") !== null;

/** The rows of all lists, each by its link.
 * @returns {HTMLElement[]} */
const rows = () =>
  [...document.querySelectorAll("[data-row] a, [data-row]:not(:has(a))")].map((row) => /** @type {HTMLElement} */ (row));

/** Moves the focus by `step` rows, from the row that has it.
 * @param {number} step */
const move = (step) => {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
  const row = all[next];
  if (row) {
    if (row.tabIndex < 0) {
      row.tabIndex = -1;
    }
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  }
};

const search = () => {
  const field = find("input[type=search]");
  if (field) {
    field.focus();
  } else {
    find("[data-key=a]")?.click();
  }
};

let sequenceUntil = 0;

/** Whether the key did something.
 * @param {string} key */
const press = (key) => {
  if (Date.now() < sequenceUntil) {
    sequenceUntil = 0;
    const link = /^[a-z]$/.test(key) ? find(`[data-key=${key}]`) : null;
    link?.click();
    return link !== null;
  }
  switch (key) {
    case "?":
      dialog?.showModal();
      return true;
    case "j":
      move(1);
      return true;
    case "k":
      move(-1);
      return true;
    case "/":
      search();
      return true;
    case "g":
      sequenceUntil = Date.now() + KEY_SEQUENCE_MS;
      return true;
    default:
      return false;
  }
};

addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Escape" && isField(target)) {
    /** @type {HTMLElement} */ (target).blur();
  }
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (hasModifier || event.defaultPrevented || isField(target) || dialog?.open || isOff()) {
    return;
  }
  if (press(key)) {
    event.preventDefault();
  }
});

const dialogOpener = find("[data-keys]");
const choice = /** @type {HTMLInputElement | null} */ (find("#keys input"));
if (dialogOpener && dialog && choice) {
  dialogOpener.hidden = false;
  dialogOpener.addEventListener("click", () => dialog.showModal());
  choice.checked = !isOff();
  choice.addEventListener("change", () => turn(!choice.checked));
}
