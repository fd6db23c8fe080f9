// The debug box: shows a webmaster the page's errors in the page itself, if `data-debug` on the tag or `?debug` in its
// address requests it. Only then is its file (debug.js) loaded.
import { isAsked } from "./asked.js";
import { ofDocument, once, plain, say, script } from "./loader.js";

// The host of each element's latest run.
/** @type {WeakMap<HTMLElement, FollowHost>} */
const hosts = new WeakMap();

/** @type {DebugPage | undefined} */
let asked;
/** @type {Once<any>} */
let box;

// A second tag, which has no other effect; the webmaster may have set the option on that one.
const OTHER = "script[data-debug][data-site]";

/** @type {(file: any) => void} */
const show = (file) => file && file.show(asked);

// Loads the box's file of this script's release. The frozen loader knows no release, and a release may be gone: then
// `follows` loads the endpoint's.
/** @type {(tag: HTMLScriptElement | undefined) => void} */
export const debug = (tag) => {
  if (![tag, ofDocument("querySelector", OTHER)].some(isAsked)) return;
  asked = plain({ hosts, say, tag });
  box = once((file) => script(...file("debug.js")));
  box.ahead().then(show);
};

/** @type {(host: FollowHost) => void} */
export const follows = (host) => {
  const { element, run } = host;
  hosts.set(element, host);
  if (!asked) return;
  const { assets } = run.drawn.view;
  // The view names only files for readers; the box's file is beside them.
  const named = { debug: assets.follow.replace("follow", "debug"), integrity: {} };
  box.told({ endpoint: run.endpoint, drawn: { view: { assets: named } } }).then(show, () => {});
};
