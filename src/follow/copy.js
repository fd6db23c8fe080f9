// The endpoint's copy of the article is no markup of the page's: a framework that draws that anew takes it away.

/** @type {(host: FollowHost) => void} */
export const keepCopy = ({ element, restore, run }) => {
  if (!run.drawn.body?.firstChild) return;
  const observer = new MutationObserver(() => {
    if (!run.still()) observer.disconnect();
    else if (!element.firstElementChild) restore();
  });
  observer.observe(element, { childList: true });
};
