// An element that a CMS has emptied: an editor, or Markdown, wraps its opening tag in a paragraph, so the browser ends
// the element there, and its intended content follows it.
import { ofDocument, say } from "./loader.js";

// Moves the element below that content, if the endpoint has no copy of the article either.
/** @type {(host: FollowHost) => void} */
export const moveBelow = ({ element, run }) => {
  if (!run.isEmpty) return;
  say(`<gema-article> is empty here, and the endpoint has no copy of "${run.article}"`);
  const { parentNode } = /** @type {any} */ (element);
  if (parentNode.localName === "p") Object.getPrototypeOf(ofDocument("documentElement")).append.call(parentNode.parentNode, element);
};
