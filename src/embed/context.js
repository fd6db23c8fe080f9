// The parameters of an element, from its attributes and the page around it: site, endpoint, article, language, and what
// is shared. Evaluated again whenever they may have changed, because single-page applications change the page in place.
import { endpoint, option, parsed, say } from "./home.js";
import { plain } from "./json.js";
import { articleKey } from "./key.js";
import { attribute, directory, ofDocument, webAddress } from "./native.js";

// Options of an element; the tag may set them for a bare tag. (For site and endpoint, see `context`.)
export const OPTIONS = "article title url lang body bar share reads poll theme consent count".split(" ");

// An option of an element. Some CMSs remove unknown attributes, but keep those that begin with `data-`.
/** @type {(element: Element, name: string) => string | null} */
export const said = (element, name) => {
  const value = attribute(element, name);
  return value === null ? attribute(element, `data-${name}`) : value;
};

// An attribute of an element in the head, trimmed. Elements in the body are ignored, because readers' comments may
// contain such markup.
/** @type {(selector: string, name: string) => string} */
const inHead = (selector, name) => {
  const found = ofDocument("querySelector", `head ${selector}`);
  return ((found && attribute(found, name)) || "").trim();
};

// The route of a single-page application: a fragment that is a path. Other fragments are positions in the page.
const route = () => (/^#!?\//.test(location.hash) ? location.hash : "");

// Maximum time of a navigation, in ms: a path or title that changes within it after another change of the head belongs
// to the same page.
const NAVIGATION_WINDOW_MS = 1_000;

// Each value in the head as it was last seen, with the page that it belongs to.
const seen = plain();

// Whether a value in the head belongs to the current page. A single-page application changes path and title first, and
// the other values later or never; until then they belong to the previous page.
/** @type {(name: string, value: string) => boolean} */
const isCurrent = (name, value) => {
  const now = Date.now();
  const about = plain({ path: location.pathname + route(), title: ofDocument("title") });
  const before = seen[name];
  if (!before || value !== before.value) seen[name] = plain(about, { value, until: before ? now + NAVIGATION_WINDOW_MS : 0 });
  else if (now < before.until) Object.assign(before, about);
  return seen[name].path === about.path || seen[name].title === about.title;
};

// Ignores an empty `href`, which would resolve to the page's own address with any campaign parameters.
export const canonical = () => {
  const url = webAddress(inHead("link[rel~=canonical]", "href"));
  const link = url ? url.href : "";
  return isCurrent("link", link) && !route() ? link : "";
};

const headline = () => {
  const title = inHead('meta[property="og:title"]', "content");
  return isCurrent("title", title) ? title : "";
};

// Initially, the values in the head belong to the current page.
parsed.then(canonical).then(headline);

const ownAddress = () => {
  const url = webAddress(location.href);
  if (url) url.hash = route();
  return url;
};

// The article key by default: path and query of the canonical address, else the page's path. A front page has none.
const defaultKey = () => {
  const link = canonical();
  const url = webAddress(link) || ownAddress();
  const key = url && url.pathname + (link ? url.search : url.hash);
  if (!key || /^\/(index\.[^/?]*)?(#!?\/)?$/.test(key)) {
    say("name the article");
    return "";
  }
  try {
    const text = decodeURIComponent(key);
    // A decoded key must not contain control characters.
    return /[\0-\x1f\x7f-\x9f]/.test(text) ? key : text;
  } catch (_) {
    return key; // Not percent-encoded.
  }
};

// The language around an element, also around the shadow root that it is in.
/** @type {(element: any) => string | null | undefined} */
const languageOf = (element) => {
  const closest = element.closest("[lang]");
  return closest ? attribute(closest, "lang") : (element = element.getRootNode().host) && languageOf(element);
};

/** @type {(element: Element) => Where} */
export const context = (element) =>
  plain({
    site: said(element, "site") || option("site"),
    endpoint: directory(said(element, "endpoint")) || endpoint,
    article: articleKey(said(element, "article") || defaultKey()),
    lang: languageOf(element) || navigator.language,
  });

// Maximum length of an address that the endpoint accepts, in bytes.
const MAX_ADDRESS_LENGTH = 2_000;

// The headline and address to share; the address is "" if the page has none that can be shared.
/** @type {(element: Element) => SharedPage} */
export const shared = (element) => {
  const title = said(element, "title") || headline() || ofDocument("title");
  const url = webAddress(said(element, "url")) || webAddress(canonical()) || ownAddress();
  return { title: title.replace(/\s+/g, " ").trim(), url: url && url.href.length <= MAX_ADDRESS_LENGTH ? url.href : "" };
};
