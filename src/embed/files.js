// The widget's style sheet, and its code: each loaded once a page.
import { trusted } from "./fragment.js";
import { FILES, here } from "./home.js";

// Where a file is, by its own name or as the endpoint tells it, and who vouches for it: a script that knows names is of one
// release with them; for one that does not, whose own content the page has written down, the endpoint does.
const file = ({ endpoint, drawn: { view } }, kind) => [
  FILES[kind] ? here + FILES[kind] : endpoint + view.assets[kind],
  FILES.css ? "" : view.assets.integrity[kind],
];

const get = async (address, integrity) => {
  const response = await fetch(address, { integrity });
  if (!response.ok) throw `${response.status} ${address}`;
  return response;
};

const sheet = async (...file) => {
  const made = new CSSStyleSheet();
  made.replaceSync(await (await get(...file)).text());
  return made;
};

let style;
// Asked for before anything is known of the article, if its name is known.
export const ready = () => {
  if (FILES.css) style ??= sheet(here + FILES.css);
  style?.catch(() => {}); // Told below, if it comes to that.
};

// This script may be of an older release, whose style sheet is gone.
export const styled = (run) =>
  (style = style?.catch(() => sheet(run.endpoint + run.drawn.view.assets.css)) ?? sheet(...file(run, "css")));

// As an element, which can be vouched for, and then by its name, under which the browser has it.
const script = (address, integrity) =>
  new Promise((onload, reject) => {
    const onerror = () => reject(address);
    const element = document.createElement("script");
    element.src = trusted("createScriptURL", address);
    document.head.append(Object.assign(element, { type: "module", crossOrigin: "", integrity, onload, onerror }));
  }).then(() => import(address));

let code;
// Both at the same time: one after the other costs a round trip.
export const loaded = (run) =>
  (code ??= Promise.all([script(...file(run, "js")), get(...file(run, "wasm"))]).then(([charge, wasm]) =>
    charge.start(wasm, run.drawn.view.assets),
  ));
