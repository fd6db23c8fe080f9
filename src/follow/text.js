// The element with the text of the article: the endpoint's copy, else the element's own content, else the article
// around it, else the page's main article.
/** @type {(host: FollowHost) => HTMLElement} */
export const textOf = ({ element, isCopy, pagesArticle, run }) => {
  if (isCopy() && run.drawn.view.article) return element;
  if (element.firstElementChild || element.textContent.trim()) return element;
  return element.closest("article, main") || pagesArticle() || element;
};
