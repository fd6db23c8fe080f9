// Passes events of the page to the widgets. They do not listen themselves, because a trapped widget's listener would
// trap again.
import { ofDocument } from "../embed/native.js";
import { mounted } from "./guard.js";

const tell = (what) => mounted.forEach((widget) => widget.tell(what));
const gone = () => ofDocument("visibilityState") === "hidden";

// Passes a stored fact to the other widgets of the same site, here and in other tabs.
export const spread = (prefix, name, text, from) =>
  mounted.forEach((widget) => widget !== from && widget.prefix === prefix && widget.tell("kept", { name, text }));

export const hears = () => {
  addEventListener("online", () => tell("back"));
  addEventListener("pageshow", (event) => event.persisted && tell("back"));
  addEventListener("pagehide", () => tell("leave"));
  addEventListener("visibilitychange", () => tell(gone() ? "leave" : "back"));
  addEventListener("storage", ({ key, newValue }) => {
    const [, prefix, name] = /^(gema:1:[^:]+:)(.+)$/.exec(key) ?? [];
    if (name && newValue) spread(prefix, name, newValue);
  });
};
