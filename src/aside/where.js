// The parameters that the elements beside the widget share: site, endpoint and language, from their own attributes and the tag.
import { endpoint, option } from "../embed/home.js";
import { plain } from "../embed/json.js";
import { attribute, directory } from "../embed/native.js";

// An option of an element. Some CMSs remove unknown attributes, but keep those that begin with `data-`.
/** @type {(element: Element, name: string) => string} */
export const said = (element, name) => attribute(element, name) || attribute(element, `data-${name}`) || "";

// The language around an element.
/** @type {(element: Element) => string} */
const languageOf = (element) => {
  const closest = element.closest("[lang]");
  return (closest && attribute(closest, "lang")) || navigator.language;
};

/** @type {(element: Element) => { site: string, endpoint: string, lang: string }} */
export const where = (element) =>
  plain({
    site: said(element, "site") || option("site") || "",
    endpoint: directory(said(element, "endpoint")) || endpoint || "",
    lang: languageOf(element),
  });
