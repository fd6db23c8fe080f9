// The endpoint's copy of the article is not part of the page's markup, so a framework that renders that again removes
// it: restores it then.

/** @type {(host: FollowHost) => void} */
export const keepCopy = ({ element, restore, run }) => {
  const { body } = run.drawn;
  if (!body || !body.firstChild) return;
  const observer = new MutationObserver(() => {
    if (!run.still()) observer.disconnect();
    else if (!element.firstElementChild) restore();
  });
  observer.observe(element, { childList: true });
};
