// Translators replace each text node by elements of their own, so the widget's later changes of the node would stay invisible.
// When a replaced node changes, this puts it back; the translator then translates it like any new text.
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
