// What an element and the page around it say: whose counts, of which article, from where, in which language, and what is shared. Read
// again whenever it matters: applications of one page change it in place.
import { endpoint, option, parsed, say } from "./home.js";
import { plain } from "./json.js";
import { articleKey } from "./key.js";
import { attribute, directory, ofDocument, webAddress } from "./native.js";

// What an element may say, or in its place the tag. (Site and endpoint are of the tag first.)
export const OPTIONS = "article title url lang body bar share reads poll theme consent count".split(" ");

// An option of an element. CMSs that take unknown attributes away leave those that begin with `data-`.
/** @type {(element: Element, name: string) => string | null} */
export const said = (element, name) => {
  const value = attribute(element, name);
  return value === null ? attribute(element, `data-${name}`) : value;
};

// In the head only: what stands in the body may be a comment's. Without white space around it.
/** @type {(selector: string, name: string) => string} */
const inHead = (selector, name) => {
  const found = ofDocument("querySelector", `head ${selector}`);
  return ((found && attribute(found, name)) || "").trim();
};

// A path in the fragment is a route of an application of one page; else the fragment is a place in the page.
const route = () => (/^#!?\//.test(location.hash) ? location.hash : "");

// In ms. A path or title that changes within this time after something else in the head belongs to the same navigation.
const NAVIGATION = 1_000;

// Each thing in the head as it was last seen, and of which page.
const seen = plain();

// Whether what the head says under a name is of the page that is shown. An application of one page changes path and title first, and the
// rest of the head later or never: until then that is of the page before.
/** @type {(name: string, value: string) => boolean} */
const isCurrent = (name, value) => {
  const now = Date.now();
  const about = plain({ path: location.pathname + route(), title: ofDocument("title") });
  const before = seen[name];
  if (!before || value !== before.value) seen[name] = plain(about, { value, until: before ? now + NAVIGATION : 0 });
  else if (now < before.until) Object.assign(before, about);
  return seen[name].path === about.path || seen[name].title === about.title;
};

// An empty `href` is the page's own address, with whatever campaign brought the reader.
export const canonical = () => {
  const href = inHead("link[rel~=canonical]", "href");
  const url = href && webAddress(href);
  const link = url ? url.href : "";
  return isCurrent("link", link) && !route() ? link : "";
};

const headline = () => {
  const title = inHead('meta[property="og:title"]', "content");
  return isCurrent("title", title) ? title : "";
};

// What the head says at first is of the page that is shown at first.
parsed.then(canonical).then(headline);

const ownAddress = () => {
  const url = webAddress(location.href);
  if (url) url.hash = route();
  return url;
};

// Path and query of the canonical address, else the page's path. A front page is no article.
const defaultKey = () => {
  const link = canonical();
  const url = link ? webAddress(link) : ownAddress();
  const key = url && url.pathname + (link ? url.search : url.hash);
  if (!key || /^\/(index\.[^/?]*)?(#!?\/)?$/.test(key)) {
    say("name the article");
    return "";
  }
  try {
    const text = decodeURIComponent(key);
    // A key has no control characters.
    return /[\0-\x1f\x7f-\x9f]/.test(text) ? key : text;
  } catch (_) {
    return key; // No percent-encoding after all.
  }
};

/** @type {(element: Element) => Where} */
export const context = (element) => {
  const closest = element.closest("[lang]");
  return plain({
    site: said(element, "site") || option("site"),
    endpoint: directory(said(element, "endpoint")) || endpoint,
    article: articleKey(said(element, "article") || defaultKey()),
    lang: (closest && attribute(closest, "lang")) || navigator.language,
  });
};

// The longest address that the endpoint takes, in bytes.
const ADDRESS = 2_000;

// What a share of the article is: its headline, and its address, "" where the page has none that can be shared.
/** @type {(element: Element) => SharedPage} */
export const shared = (element) => {
  const title = said(element, "title") || headline() || ofDocument("title");
  const url = webAddress(said(element, "url") || "x:") || webAddress(canonical() || "x:") || ownAddress();
  return { title: title.replace(/\s+/g, " ").trim(), url: url && url.href.length <= ADDRESS ? url.href : "" };
};
