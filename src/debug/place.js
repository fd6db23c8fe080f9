// Findings about the presence and the places of elements.
import { WITHOUT_ADDRESS } from "../follow/told.js";
import { all, attribute, isHtml, ofDocument, said } from "./browser.js";
import { error, warning } from "./finding.js";
import { lineHere } from "./said.js";

// The widget looks for a place for this time at most, in ms. If there is no element afterwards, the page has removed
// it.
const PLACEMENT_TIMEOUT_MS = 6_000;

const OWN_ELEMENT_REMEDY = "Write <gema-article> into the page's own markup.";
const PLACE_REMEDY = 'Write <gema-article article="…"> around the article.';

// The page's address, the time since which it is that, and whether it has had an element.
/** @type {{ href?: string, since?: any, had?: boolean }} */
let here = {};

/** @type {(says: string) => Finding} */
const removed = (says) => warning("element-removed", says, OWN_ELEMENT_REMEDY);

/** @type {(add: AddFinding) => void} */
const ofNone = (add) => {
  const line = lineHere(/^(a list of articles|no article) here/);
  const hasArticle = ofDocument("querySelector", "article, main");
  if (here.had) add(removed("The page has taken the element away."));
  else if (line && /^a list/.test(line)) {
    add(error("place-list", "The page lists several articles side by side, so the tag adds no widget.", `${PLACE_REMEDY} On a list, use <gema-count article="…">.`));
  } else if (line || (!hasArticle && ofDocument("readyState") === "complete")) {
    add(error("place-none", line && hasArticle ? "For five seconds, no <article> or <main> was here." : "No <article> or <main> here.", PLACE_REMEDY));
  } else if (hasArticle && Date.now() - here.since > PLACEMENT_TIMEOUT_MS) {
    add(removed("The page has an article and no element: a script of the page has taken it away."));
  }
};

// Checks whether there is an element.
/** @type {(add: AddFinding) => void} */
export const ofPlace = (add) => {
  const { href } = location;
  if (here.href !== href) here = { href, since: Date.now() };
  const elements = all("gema-article, gema-count");
  if (elements.some((one) => !isHtml(one))) {
    add(error("element-foreign", "<gema-article> stands in <svg> or <math>, where it is no element of Gema.", "Move it out of there, or close <svg> before it."));
  }
  if (lineHere(/^this page removes/)) add(removed("The page takes the element away again and again."));
  else if (!elements.length) ofNone(add);
  if (elements.some(isHtml)) here.had = true;
};

// Finds elements that conflict with each other.
/** @type {(shown: ShownElement[], add: AddFinding) => void} */
export const ofSeveral = (shown, add) => {
  const keys = new Map();
  for (const { element, run } of shown) {
    const key = run && run.article;
    if (key) keys.set(key, (keys.get(key) || 0) + 1);
    if (element.parentElement && element.parentElement.closest("gema-article")) {
      add(warning("element-nested", "An element is within another one.", "Put one behind the other."));
    }
  }
  if (new Set(all(WITHOUT_ADDRESS).map((one) => attribute(one, "article"))).size > 1) {
    add(warning("several-share-address", "Several articles share this page's headline and address.", 'Give each element title="…" and url="…", or share="off".'));
  }
  const unnamed = shown.filter(({ element }) => !said(element, "article")).length;
  if (unnamed > 1) {
    add(warning("several-unnamed", `${unnamed} elements have no article: all of them are the page's own.`, 'Name each: <gema-article article="…">.'));
    return;
  }
  for (const [key, count] of keys) {
    if (count > 1) add(warning("several-same", `${count} elements have the same article "${key}", and the same counts.`, "Keep one, or name each."));
  }
};
