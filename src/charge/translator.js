// A translator puts elements of its own in the place of each text, and nobody sees what the widget writes into that text from then
// on. So when it changes, it takes its place again; the translator then translates it as it does any new text.
/** @type {(root: HTMLElement) => void} */
export const keepTexts = (root) => {
  /** @type {WeakMap<Node, ChildNode[]>} */
  const places = new WeakMap();
  const observer = new MutationObserver((records) => {
    const added = new Set(records.flatMap(({ addedNodes }) => [...addedNodes]));
    for (const { target, removedNodes, addedNodes, previousSibling, nextSibling } of records) {
      for (const text of removedNodes) {
        if (text.nodeType !== Node.TEXT_NODE) continue;
        const beside = /** @type {ChildNode[]} */ ([previousSibling, nextSibling].filter((node) => node && added.has(node)));
        places.set(text, addedNodes.length ? /** @type {ChildNode[]} */ ([...addedNodes]) : beside);
        observer.observe(text, { characterData: true });
      }
      if (target.parentNode || target === root) continue;
      const [place, ...rest] = places.get(target) ?? [];
      place?.replaceWith(target);
      rest.forEach((node) => node.remove());
    }
  });
  observer.observe(root, { characterData: true, childList: true, subtree: true });
};
