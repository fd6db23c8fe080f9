// The widget's style sheet, and its code: each loaded once a page.
import { trusted } from "./fragment.js";
import { FILES, here } from "./home.js";

const get = async (address, integrity) => {
  const response = await fetch(address, { integrity });
  if (!response.ok) throw `${response.status} ${address}`;
  return response;
};

const sheet = async (...file) => new CSSStyleSheet().replace(await (await get(...file)).text());

// As an element, which can be vouched for, and then by its name, under which the browser has it.
const script = (address, integrity = "") =>
  new Promise((onload, reject) => {
    const element = Object.assign(document.createElement("script"), { type: "module", crossOrigin: "", integrity, onload });
    element.onerror = () => reject(address);
    element.src = trusted("createScriptURL", address);
    document.head.append(element);
  }).then(() => import(address));

// What is loaded once a page, by whoever knows where a kind of file is and what vouches for it. Ahead of all that is known of an
// article: this script, whose release they are of. Else, or where that release is gone, the endpoint, which vouches for its files to a
// page that has written down what this script is.
const once = (load) => {
  let ahead;
  let told;
  return {
    ahead: () => (ahead ??= FILES && load((kind) => [here + FILES + kind]).catch(() => {})),
    told: async ({ endpoint, drawn }) => {
      const { assets } = drawn.view;
      return (await ahead) || (told ??= load((kind) => [endpoint + assets[kind], assets.integrity[kind]]));
    },
  };
};

export const style = once((file) => sheet(...file("css")));

// Both at the same time: one after the other costs a round trip.
export const code = once((file) => Promise.all([script(...file("js")), get(...file("wasm"))]));
