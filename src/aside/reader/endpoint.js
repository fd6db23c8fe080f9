// The choices that the endpoint stores under a visitor's token: requests for them, and their deletion.
import { at, request } from "../../embed/endpoint.js";
import { plain, parse } from "../../embed/json.js";

/** @typedef {{ site: string, endpoint: string, lang: string }} Place */

// Maximum number of articles in a request.
const MAX_ARTICLES = 100;

const ERASURE_TIMEOUT_MS = 20_000;

/** @type {(articles: string[]) => string[][]} */
const inParts = (articles) => {
  const parts = [];
  for (let place = 0; place < articles.length; place += MAX_ARTICLES) parts.push(articles.slice(place, place + MAX_ARTICLES));
  return parts;
};

/** @type {(visitor: string, articles: string[]) => string} */
const named = (visitor, articles) => JSON.stringify({ visitor, articles });

// The choices that the endpoint has, by article; `undefined` where it has not answered.
/** @type {(place: Place, visitor: string, articles: string[]) => Promise<Map<string, string | null> | undefined>} */
export const choicesAt = async (place, visitor, articles) => {
  /** @type {Map<string, string | null>} */
  const choices = new Map();
  for (const part of inParts(articles)) {
    const { body } = await request(at(place, "visitor"), true, named(visitor, part));
    if (!body || !body.choices) return undefined;
    for (const { article, reaction } of body.choices) choices.set(article, reaction);
  }
  return choices;
};

// The labels of the poll's options, by their keys.
/** @type {(place: Place, article: string) => Promise<{ [key: string]: string }>} */
export const labelsAt = async (place, article) => {
  const query = new URLSearchParams({ article, lang: place.lang });
  const { body } = await request(`${at(place, "view")}?${query}`, false);
  const labels = plain();
  for (const { key, label } of (body && body.reactions) || []) labels[key] = label;
  return labels;
};

// Deletes the choices in all these articles. False: not all are known to be deleted; it may be repeated.
/** @type {(place: Place, visitor: string, articles: string[]) => Promise<boolean>} */
export const forgetAt = async (place, visitor, articles) => {
  for (const part of inParts(articles)) if (!(await forgetPart(place, named(visitor, part)))) return false;
  return true;
};

/** @type {(place: Place, body: string) => Promise<boolean>} */
const forgetPart = async (place, body) => {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ERASURE_TIMEOUT_MS);
  try {
    const asked = plain({ method: "DELETE", body, credentials: "same-origin", headers: { "content-type": "text/plain" }, signal: abort.signal });
    const response = await window.fetch(at(place, "visitor"), asked);
    const answer = parse(await response.text());
    return response.ok && !!answer && !!answer.tallies;
  } catch (_) {
    return false;
  } finally {
    clearTimeout(timer);
  }
};
