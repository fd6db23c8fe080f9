// The widget's code: loaded once a page, and never called again after a trap.
import { FILES, file } from "./home.js";

// The <gema-article> elements in the page.
export const elements = new Set();

const style = async () => {
  const response = await fetch(file("css"));
  if (!response.ok) throw `HTTP ${response.status} for ${file("css")}`;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await response.text());
  return sheet;
};

const widget = async (wasm) => {
  const glue = await import(file("js"));
  await glue.default({ module_or_path: wasm });
  return glue;
};

let code;
// Glue, wasm and style sheet at the same time: one after the other costs a round trip each.
export const load = () => (code ??= Promise.all([widget(fetch(file("wasm"))), style()]));

let trapped = false;
const fail = (error) => {
  if (!trapped) console.error(`Gema: ${FILES.wasm} stopped, and the page is as it was. ${error}`);
  trapped = true;
  elements.forEach((element) => element.fallBack());
};

// A trap leaves the widget's memory in any state: nothing of it may run again.
export const guarded = (call) => {
  try {
    return trapped ? undefined : call();
  } catch (error) {
    fail(error);
  }
};

// Traps in a listener or timer of the widget's own end here, and not in the host page's reports.
const caught = (event) => {
  const { stack } = event.error ?? event.reason ?? {};
  if (![FILES.js, FILES.wasm].some((name) => stack?.includes(name))) return;
  event.preventDefault();
  fail(event.error ?? event.reason);
};
addEventListener("error", caught);
addEventListener("unhandledrejection", caught);

// The page's own life is told to the widgets and not listened to by them: a listener of a trapped
// widget would trap again.
const tell = (what) => elements.forEach((element) => element.tell(what));
const gone = () => document.visibilityState === "hidden";
addEventListener("online", () => tell("back"));
addEventListener("pageshow", (event) => event.persisted && tell("back"));
addEventListener("pagehide", () => tell("leave"));
document.addEventListener("visibilitychange", () => tell(gone() ? "leave" : "back"));

// What one widget keeps concerns the others on the page, and those in other tabs.
export const spread = (prefix, name, text, from) =>
  elements.forEach((element) => element !== from && element.prefix === prefix && element.tell("kept", { name, text }));
addEventListener("storage", ({ key, newValue }) => {
  const [, prefix, name] = /^(gema:1:[^:]+:)(.+)$/.exec(key) ?? [];
  if (name && newValue) spread(prefix, name, newValue);
});
