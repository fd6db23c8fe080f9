// What an element and the page around it say: whose counts, of which article, from where, in which language, and what is shared. Read
// again whenever it matters: applications of one page change it in place.
import { endpoint, option, say } from "./home.js";
import { articleKey } from "./key.js";
import { attribute, directory, ofDocument, webAddress } from "./native.js";

// What an element may say, or in its place the tag. (Site and endpoint are of the tag first.)
export const OPTIONS = "article title url lang body bar share reads poll theme consent count".split(" ");

// An option of an element. CMSs that take unknown attributes away leave those that begin with `data-`.
export const said = (element, name) => attribute(element, name) ?? attribute(element, `data-${name}`);

// In the head only: what stands in the body may be a comment's.
const inHead = (selector) => ofDocument("querySelector", `head ${selector}`);

// A path in the fragment is a route of an application of one page; else the fragment is a place in the page.
const route = () => (/^#!?\//.test(location.hash) ? location.hash : "");

// An empty `href` is the page's own address, with whatever campaign brought the reader.
const canonicalLink = () => {
  const href = inHead("link[rel~=canonical]")?.getAttribute("href")?.trim();
  return href && webAddress(href)?.href;
};

// In ms. A path or title that changes within this time after the canonical link belongs to the same navigation.
const NAVIGATION = 1_000;

// The canonical link as it was last seen, and of which page.
let seen;

// The canonical address of the page that is shown. An application of one page changes path and title first, and the canonical link
// later or never: until then it is that of the page before.
export const canonical = () => {
  const [link, now] = [canonicalLink(), Date.now()];
  const about = { path: location.pathname + route(), title: ofDocument("title") };
  if (!seen || link !== seen.link) seen = { ...about, link, until: seen ? now + NAVIGATION : 0 };
  else if (now < seen.until) Object.assign(seen, about);
  const isOfAnother = seen.path !== about.path && seen.title !== about.title;
  return isOfAnother || route() ? undefined : link;
};

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
    say('name the article: article="..."');
    return "";
  }
  try {
    return decodeURIComponent(key);
  } catch {
    return key; // No percent-encoding after all.
  }
};

export const context = (element) => {
  const closest = element.closest("[lang]");
  return {
    site: said(element, "site") || option("site"),
    endpoint: directory(said(element, "endpoint")) ?? endpoint,
    article: articleKey(said(element, "article") || defaultKey()),
    lang: (closest && attribute(closest, "lang")) || navigator.language,
  };
};

// What a share of the article is: its headline, and its address, "" where the page has none.
export const shared = (element) => {
  const title = said(element, "title") || inHead('meta[property="og:title"]')?.content || ofDocument("title");
  const url = webAddress(said(element, "url") ?? "x:")?.href ?? canonical() ?? ownAddress()?.href ?? "";
  return { title: title.replace(/\s+/g, " ").trim(), url };
};
