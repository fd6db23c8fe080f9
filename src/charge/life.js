// Passes events of the page to the widgets. They do not listen themselves, because a trapped widget's listener would
// trap again.
import { parse, plain } from "../embed/json.js";
import { ofDocument } from "../embed/native.js";
import { mounted } from "./guard.js";

const leave = () => mounted.forEach((widget) => widget.leave());
const resume = () => mounted.forEach((widget) => widget.resume());
const gone = () => ofDocument("visibilityState") === "hidden";

// What one widget stores concerns the others on the page, and those in other tabs.
/** @type {(prefix: string, name: string, fact: object, from?: ModuleWidget) => void} */
export const spread = (prefix, name, fact, from) =>
  mounted.forEach((widget) => widget !== from && widget.prefix === prefix && widget.stored(name, fact));

export const hears = () => {
  addEventListener("online", resume);
  addEventListener("pageshow", (event) => event.persisted && resume());
  addEventListener("pagehide", leave);
  addEventListener("visibilitychange", () => (gone() ? leave() : resume()));
  addEventListener("storage", ({ key, newValue }) => {
    const [, prefix, name] = /^(gema:1:[^:]+:)(.+)$/.exec(/** @type {string} */ (key)) ?? [];
    if (name && newValue) spread(prefix, name, parse(newValue) ?? plain());
  });
};
