// What a reader has seen.

// Resolves when the element is in view.
export const inView = (element) =>
  new Promise((done) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      done();
    });
    observer.observe(element);
  });

// Resolves after `ms` in all of a page that somebody looks at: no hidden tab, no prerendered page.
export const visibleFor = (ms) =>
  new Promise((done) => {
    let left = ms;
    let since;
    let timer;
    const change = () => {
      clearTimeout(timer);
      if (since !== undefined) left -= performance.now() - since;
      since = undefined;
      if (document.visibilityState !== "visible" || document.prerendering) return;
      since = performance.now();
      timer = setTimeout(() => {
        document.removeEventListener("visibilitychange", change);
        document.removeEventListener("prerenderingchange", change);
        done();
      }, left);
    };
    document.addEventListener("visibilitychange", change);
    document.addEventListener("prerenderingchange", change);
    change();
  });
