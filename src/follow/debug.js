// What is wrong with a page, shown in the page itself to a webmaster who asks for that: `data-debug` on the tag, or `?debug` in its
// address. The file that shows it (debug.js) comes for nobody else.
import { plain } from "../embed/json.js";
import { ofDocument } from "../embed/native.js";
import { isAsked } from "./asked.js";

// The host of each element's latest run.
/** @type {WeakMap<HTMLElement, FollowHost>} */
const hosts = new WeakMap();

/** @type {Omit<BarePage, "dress" | "element" | "place"> | undefined} */
let asked;
/** @type {Once<any>} */
let box;

// A second tag does nothing else, and a webmaster may have put the option on that one.
const OTHER = "script[data-debug][data-site]";

/** @type {(file: any) => void} */
const show = (file) => file?.show(plain(asked, { hosts }));

// Of this script's release; for the script that stays for a major version, and where that release is gone, `follows` asks the endpoint's.
/** @type {(page: Omit<BarePage, "dress" | "element" | "place">) => void} */
export const debug = (page) => {
  if (![page.tag, ofDocument("querySelector", OTHER)].some(isAsked)) return;
  asked = page;
  box = page.tools.once((file) => page.tools.script(...file("debug.js")));
  box.ahead().then(show);
};

/** @type {(host: FollowHost) => void} */
export const follows = (host) => {
  const { element, run } = host;
  hosts.set(element, host);
  if (!asked) return;
  const { assets } = run.drawn.view;
  // The view names the files that readers need. That one is beside them.
  const named = { debug: assets.follow.replace("follow", "debug"), integrity: {} };
  box.told({ endpoint: run.endpoint, drawn: { view: { assets: named } } }).then(show, () => {});
};
