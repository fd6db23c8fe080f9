// The canonical link, which names the article where nothing else does, and is what readers share.
import { webAddress } from "../embed/native.js";
import { all } from "./browser.js";
import { error, note, warning } from "./finding.js";

// Parameters of campaigns and sessions, which are not the same for two readers: as the doctor has them.
const CAMPAIGN =
  /^(utm_.*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|phpsessid|jsessionid|sid|sessionid|session_id|ref|share|_hsenc|_hsmi|mkt_tok|srsltid|s_cid|at_medium|replytocom)$/i;

const isFront = (path) => /^\/(index\.[^/?]*)?$/.test(path);
const bare = (host) => host.replace(/^www\./, "");

const ofPage = () => {
  const url = new URL(location.href);
  url.hash = "";
  for (const name of [...url.searchParams.keys()]) if (CAMPAIGN.test(name)) url.searchParams.delete(name);
  return url;
};

const written = (url) => `<link rel="canonical" href="${url.href}">`;

export const canonicalLink = () => all("head link[rel~=canonical]")[0];

// `isKey`: whether it names an article here.
export const judge = (isKey) => {
  const found = [];
  const links = all("link[rel~=canonical]");
  const own = written(ofPage());
  const outside = links.filter((link) => !link.closest("head"));
  if (outside.length) found.push(warning("canonical-in-body", "A canonical link stands outside <head>, where it does not count.", own));
  const link = canonicalLink();
  if (!link) {
    if (!isKey || links.length || isFront(location.pathname) || /^#!?\//.test(location.hash)) return found;
    const { search } = ofPage();
    const says = search
      ? `The page has no canonical link, so all pages of ${location.pathname} are one article, whatever "${search}" says.`
      : "The page has no canonical link: the article is named by the page's path.";
    return found.concat((search ? error : note)("canonical-missing", says, `Put this into <head>: ${own}`));
  }
  const href = (link.getAttribute("href") || "").trim();
  const url = webAddress(href);
  if (!href || !url) {
    return found.concat(warning("canonical-invalid", "The canonical link has no address of the web, and is ignored.", own));
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
