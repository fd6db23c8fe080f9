// Findings about the canonical link, which names the article by default, and is the address that readers share.
import { articleKey } from "../embed/key.js";
import { webAddress } from "../embed/native.js";
import { all, attribute, said } from "./browser.js";
import { error, note, warning } from "./finding.js";

// Parameters of campaigns and sessions, which differ between readers. The doctor has the same list.
const CAMPAIGN =
  /^(utm_.*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|phpsessid|jsessionid|sid|sessionid|session_id|ref|share|_hsenc|_hsmi|mkt_tok|srsltid|s_cid|at_medium|replytocom)$/i;

/** @type {(path: string) => boolean} */
export const isFront = (path) => /^\/(index\.[^/?]*)?$/.test(path);
/** @type {(host: string) => string} */
const bare = (host) => host.replace(/^www\./, "");

const ofPage = () => {
  const url = new URL(location.href);
  url.hash = "";
  for (const name of [...url.searchParams.keys()]) if (CAMPAIGN.test(name)) url.searchParams.delete(name);
  return url;
};

/** @type {(url: URL) => string} */
const written = (url) => `<link rel="canonical" href="${url.href}">`;

export const isRoute = () => /^#!?\//.test(location.hash);

/** @type {() => HTMLLinkElement | undefined} */
const canonicalLink = () => all("head link[rel~=canonical]")[0];

/** @type {(link: Element) => string} */
const hrefOf = (link) => (attribute(link, "href") || "").trim();

// The address in the canonical link, if its scheme is http or https.
/** @type {() => URL | undefined} */
export const canonicalUrl = () => {
  const link = canonicalLink();
  const href = link && hrefOf(link);
  return href ? webAddress(href) : undefined;
};

/** @type {() => string} */
export const canonicalText = () => {
  const link = canonicalLink();
  return link ? attribute(link, "href") || "empty" : "none";
};

// The article key of an address, as in the widget (embed/context.js).
/** @type {(url: URL) => string} */
const keyOf = ({ pathname, search }) => {
  const key = pathname + search;
  try {
    const text = decodeURIComponent(key);
    return articleKey(/[\0-\x1f\x7f-\x9f]/.test(text) ? key : text);
  } catch (_) {
    return articleKey(key);
  }
};

// What the key of an unnamed element is derived from: "link", or the reason why it is the page's address.
/** @type {(run?: Run | false) => "address" | "invalid" | "route" | "link" | "stale"} */
export const namedBy = (run) => {
  const url = canonicalUrl();
  if (!canonicalLink()) return "address";
  if (!url) return "invalid";
  if (isRoute()) return "route";
  return !run || run.article === keyOf(url) ? "link" : "stale";
};

/** @type {(shown: ShownElement[]) => boolean} */
const isStale = (shown) => shown.some(({ element, run }) => run && !said(element, "article") && namedBy(run) === "stale");

/** @type {(shown: ShownElement[]) => Finding[]} */
export const judge = (shown) => {
  const isKey = shown.some(({ element }) => !said(element, "article"));
  /** @type {Finding[]} */
  const found = [];
  const links = all("link[rel~=canonical]");
  const own = written(ofPage());
  const outside = links.filter((link) => !link.closest("head"));
  if (outside.length) found.push(warning("canonical-in-body", "A canonical link stands outside <head>, where it does not count.", own));
  const link = canonicalLink();
  if (!link) {
    if (!isKey || links.length || isFront(location.pathname) || isRoute()) return found;
    const { search } = ofPage();
    const says = search
      ? `The page has no canonical link, so all pages of ${location.pathname} are one article, whatever "${search}" says.`
      : "The page has no canonical link: the article is named by the page's path.";
    return found.concat((search ? error : note)("canonical-missing", says, `Put this into <head>: ${own}`));
  }
  const href = hrefOf(link);
  const url = canonicalUrl();
  if (!url) {
    return found.concat(warning("canonical-invalid", "The canonical link has no address of the web, and is ignored.", own));
  }
  if (isStale(shown)) {
    const says = `The canonical link ${url.href} is of the page that was shown before, so the page's address names the article, and is shared.`;
    return found.concat(warning("canonical-stale", says, `Let the application change it with the address: ${own}`));
  }
  const others = all("head link[rel~=canonical]").some((other) => other.href !== link.href);
  if (others) found.push(warning("canonical-several", "The page has several canonical links that differ: the first one counts.", `Keep one: ${written(url)}`));
  if (!/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) {
    const isMoved = new URL(href, location.href).href !== url.href;
    found.push(
      isMoved
        ? warning("canonical-base", `The canonical link is relative, and <base href> makes it ${url.href}.`, own)
        : note("canonical-relative", "The canonical link is relative. Browsers understand it; some crawlers do not.", own),
    );
  }
  if (location.protocol === "https:" && url.protocol === "http:") {
    found.push(warning("canonical-http", "The canonical link is of http, and the page of https: http is what readers share.", own));
  }
  if (bare(url.hostname) !== bare(location.hostname)) {
    found.push(warning("canonical-other-host", `The canonical link leads to another host, ${url.hostname}: that is what readers share.`, `If this page is the original: ${own}`));
  }
  if (isKey && isFront(url.pathname) && !url.search && !isFront(location.pathname)) {
    found.push(error("canonical-front", "The canonical link leads to the front page, of which nothing is counted.", own));
  }
  const parameter = isKey && [...url.searchParams.keys()].find((name) => CAMPAIGN.test(name));
  if (parameter) {
    found.push(error("canonical-campaign", `The canonical link has "${parameter}", which differs between readers: each gets counts of their own.`, own));
  }
  return found;
};
