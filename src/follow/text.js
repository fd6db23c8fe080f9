// The text that an element is about: the endpoint's copy of the article, or what the page has in it, else the article around it, else the
// page's.
/** @type {(host: FollowHost) => HTMLElement} */
export const textOf = ({ element, isCopy, pagesArticle, run }) => {
  if (isCopy() && run.drawn.view.article) return element;
  if (element.firstElementChild || element.textContent.trim()) return element;
  return element.closest("article, main") || pagesArticle() || element;
};
