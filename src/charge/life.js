// The page's own life is told to the widgets and not listened to by them: a listener of a trapped
// widget would trap again.
import { ofDocument } from "../embed/native.js";
import { mounted } from "./guard.js";

const tell = (what) => mounted.forEach((widget) => widget.tell(what));
const gone = () => ofDocument("visibilityState") === "hidden";

// What one widget keeps concerns the others on the page, and those in other tabs.
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
