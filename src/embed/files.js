// What is loaded once a page: the widget's style sheet, and its code.
import { trusted } from "./fragment.js";
import { FILES, here } from "./home.js";
import { plain } from "./json.js";
import { ofDocument } from "./native.js";

const get = async (address, integrity) => {
  const response = await fetch(address, plain({ integrity }));
  if (!response.ok) throw `${response.status} ${address}`;
  return response;
};

const sheet = async (...file) => new CSSStyleSheet().replace(await (await get(...file)).text());

// As an element, which can be vouched for, and then by its name, under which the browser has it.
export const script = (address, integrity = "") =>
  new Promise((onload, reject) => {
    const element = ofDocument("createElement", "script");
    Object.assign(element, { type: "module", crossOrigin: "", integrity, onload });
    element.onerror = () => reject(address);
    element.src = trusted("createScriptURL", address);
    (ofDocument("head") ?? ofDocument("documentElement")).append(element);
  }).then(() => import(address));

// What is loaded once a page, by whoever knows where a kind of file is and what vouches for it. Ahead of all that is known of an
// article: this script, whose release they are of. Else, or where that release is gone, the endpoint, which vouches for its files to a
// page that has written down what this script is.
export const once = (load) => {
  let ahead;
  let told;
  return {
    ahead: async () => (ahead ??= FILES && here && load((kind) => [here + FILES + kind]).catch(() => {})),
    told: async ({ endpoint, drawn }) => {
      const { assets } = drawn.view;
      const file = (kind) => kind.split(".")[0];
      return (await ahead) || (told ??= load((kind) => [endpoint + assets[file(kind)], assets.integrity[file(kind)]]));
    },
  };
};

export const style = once((file) => sheet(...file("css")));

// Both at the same time: one after the other costs a round trip.
export const code = once((file) => Promise.all([script(...file("js")), get(...file("wasm"))]));
