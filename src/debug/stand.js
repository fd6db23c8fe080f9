// Where the box stands: beside the body, whose own children the page's style sheet counts, and above everything else.
import { all, ofDocument } from "./browser.js";

// With priority, so that no rule of the page's reaches it. Shorthands of newer browsers would be lost in older ones.
const STYLE =
  "all: initial; display: block; position: fixed; left: 0; right: 0; top: auto; bottom: 0; width: auto; height: auto; margin: 0; padding: 0; border: 0; overflow: visible; z-index: 2147483647;";

// What is outside of a modal dialog can be neither seen nor pressed.
const modal = () => {
  try {
    return all("dialog:modal").pop();
  } catch (_) {
    return undefined; // It has no such selector.
  }
};

export const stand = (host, content) => {
  host.style.cssText = STYLE.replace(/;/g, " !important;");
  // What people need for reading gives way: the content has its own.
  for (const name of ["letter-spacing", "word-spacing", "line-height"]) host.style.setProperty(name, "normal");
  host.attachShadow({ mode: "open" }).append(content);
  // In the top layer, where the browser has it for what is no dialog: no `transform` around it moves it there.
  if (host.showPopover) host.setAttribute("popover", "manual");
  const set = (name, value) => host.style.setProperty(name, value, "important");

  // A press or key in it is none of the page's.
  for (const type of ["click", "keydown"]) host.addEventListener(type, (event) => event.stopPropagation());

  const paper = matchMedia("print");
  const print = () => set("display", paper.matches ? "none" : "block");
  const before = () => set("display", "none");
  paper.addListener(print);
  addEventListener("beforeprint", before);
  addEventListener("afterprint", print);

  return {
    folds: (isFolded) => set("left", isFolded ? "auto" : "0"),
    // A framework that draws the page anew takes it away.
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
