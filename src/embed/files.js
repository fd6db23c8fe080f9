// What is loaded once a page: the widget's style sheet, and its code.
import { trusted } from "./fragment.js";
import { files, tag } from "./home.js";
import { plain } from "./json.js";
import { ofDocument } from "./native.js";

/** @type {Tools["get"]} */
const get = (address, integrity) =>
  window.fetch(address, plain({ integrity })).then((response) => {
    if (!response.ok) throw `${response.status} ${address}`;
    return response;
  });

/** @type {(element: Element) => void} */
const put = (element) => ofDocument("head").append(element);

// A file as a script element, which can be vouched for: what the file hands over (hand_over.js). No `import()`, which the oldest browsers
// cannot parse, and nothing of this file would run.
/** @type {Tools["script"]} */
const script = (address, integrity = "") =>
  new Promise((gema, reject) => {
    const element = ofDocument("createElement", "script");
    // It leaves no trace in the page's markup, which somebody may keep.
    element.onload = element.onerror = () => /** @type {any} */ (reject)(`${address} fails`, element.remove());
    // What a policy knows the tag by is good for what the tag loads, too.
    Object.assign(element, { crossOrigin: "", nonce: tag && tag.nonce, integrity, gema, src: trusted("createScriptURL", address) });
    put(element);
  });

// What is loaded once a page, by whoever knows where a kind of file is and what vouches for it. Ahead of all that is known of an
// article: this script, whose release they are of. Else, or where that release is gone, the endpoint, which vouches for its files to a
// page that has written down what this script is.
/** @type {Tools["once"]} */
export const once = (load) => {
  /** @type {Promise<any> | undefined} */
  let ahead;
  /** @type {Promise<any> | undefined} */
  let told;
  return {
    ahead: () => {
      if (!ahead && files) ahead = load((kind) => [files + kind]).catch(() => {});
      return Promise.resolve(ahead);
    },
    told: ({ endpoint, drawn }) => {
      const { assets } = drawn.view;
      /** @type {FileOf} */
      const file = (kind) => [endpoint + assets[kind], assets.integrity[kind]];
      const loadTold = () => load((kind) => file(kind.split(".")[0]));
      return Promise.resolve(ahead).then((done) => done || (told = told || loadTold()));
    },
  };
};

// For what follows the page, which loads further files.
/** @type {Tools} */
export const tools = { get, once, script };

// As a sheet that many shadow roots share; where a browser has no such sheets, as a text with its address (follow/dress.js).
export const style = once(async (file) => {
  const [href, integrity = ""] = file("css");
  const text = await (await get(href, integrity)).text();
  return ofDocument("adoptedStyleSheets") ? new CSSStyleSheet().replace(text) : plain({ href, integrity, text });
});
