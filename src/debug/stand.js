// Places the box beside the body, where the page's style sheet does not count it among the body's children, and above
// everything else.
import { all, ofDocument } from "./browser.js";

// With `!important`, so that no rule of the page overrides it. Without newer shorthands, which older browsers would
// ignore.
const STYLE =
  "all: initial; display: block; position: fixed; left: 0; right: 0; top: auto; bottom: 0; width: auto; height: auto; margin: 0; padding: 0; border: 0; overflow: visible; z-index: 2147483647;";

// The open modal dialog: nothing outside of it can be seen or pressed.
/** @type {() => Element | undefined} */
const modal = () => {
  try {
    return all("dialog:modal").pop();
  } catch (_) {
    return undefined; // The browser lacks this selector.
  }
};

/** @type {(host: HTMLElement, content: HTMLElement) => { folds(isFolded: boolean): void, keeps(): void, ends(): void }} */
export const stand = (host, content) => {
  host.style.cssText = STYLE.replace(/;/g, " !important;");
  // Without `!important`, so that readers can set these; the content has values of its own.
  for (const name of ["letter-spacing", "word-spacing", "line-height"]) host.style.setProperty(name, "normal");
  host.attachShadow({ mode: "open" }).append(content);
  // Show it in the top layer where popovers are supported, so that no ancestor's `transform` affects its position.
  if ("showPopover" in host) host.setAttribute("popover", "manual");
  /** @type {(name: string, value: string) => void} */
  const set = (name, value) => host.style.setProperty(name, value, "important");

  // The page must not handle clicks and keys in the box.
  for (const type of ["click", "keydown"]) host.addEventListener(type, (event) => event.stopPropagation());

  const paper = matchMedia("print");
  const print = () => set("display", paper.matches ? "none" : "block");
  const before = () => set("display", "none");
  paper.addListener(print);
  addEventListener("beforeprint", before);
  addEventListener("afterprint", print);

  return {
    folds: (isFolded) => set("left", isFolded ? "auto" : "0"),
    // Inserts the box again if a framework has removed it while rendering the page.
    keeps: () => {
      const home = modal() || ofDocument("documentElement");
      if (host.parentNode === home) return;
      home.append(host);
      if (host.showPopover) host.showPopover();
    },
    ends: () => {
      paper.removeListener(print);
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", print);
      host.replaceWith();
    },
  };
};
