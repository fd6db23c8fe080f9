// An element that a CMS has emptied: an editor, or Markdown, puts a paragraph around its opening tag. The browser ends the element with that
// paragraph, and what was meant to be in it stands behind.

// Where the endpoint has no copy either, the widget goes below what stands there.
/** @type {(host: FollowHost) => void} */
export const moveBelow = ({ element, run, say }) => {
  if (!run.isEmpty) return;
  say(`<gema-article> is empty here, and the endpoint has no copy of "${run.article}"`);
  const { parentNode } = /** @type {any} */ (element);
  if (parentNode.localName === "p") Element.prototype.append.call(parentNode.parentNode, element);
};
