// Whose counts, of which article, from where, in which language: an element's attributes, or what
// the page says.
import { endpoint, say, tag } from "./home.js";

export const canonical = () => document.querySelector('link[rel~="canonical"]')?.href;

// Path and query of the canonical address, else the page's path. A front page is no article.
const defaultKey = () => {
  const { pathname, search } = new URL(canonical() ?? location.pathname, location.href);
  if (/^\/(index\.[^/]*)?$/.test(pathname) && !search) {
    say('name the article: article="..."');
    return "";
  }
  try {
    return decodeURIComponent(pathname + search);
  } catch {
    return pathname + search; // No percent-encoding after all.
  }
};

export const context = (element) => ({
  site: element.getAttribute("site") || tag.dataset.site || "demo",
  endpoint: (element.getAttribute("endpoint") || endpoint).replace(/\/?$/, "/"),
  article: (element.getAttribute("article") || defaultKey()).normalize("NFC"),
  lang: element.closest("[lang]")?.lang || navigator.language,
});
