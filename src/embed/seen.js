// What a reader has seen.

// Resolves when the element is in view, or so near to it; or as soon as `run.seen` is called.
export const inView = (element, run, rootMargin) =>
  new Promise((done) => {
    run.seen = done;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      done();
    }, { rootMargin });
    observer.observe(element);
  });

// Resolves after `ms` in all of a page that somebody looks at: no hidden tab, which a prerendered page is as well.
export const visibleFor = (ms) =>
  new Promise((done) => {
    let since;
    let timer;
    const change = () => {
      clearTimeout(timer);
      if (since) ms -= performance.now() - since;
      since = document.visibilityState === "visible" && performance.now();
      if (since) timer = setTimeout(end, ms);
    };
    const end = () => {
      removeEventListener("visibilitychange", change);
      done();
    };
    addEventListener("visibilitychange", change);
    change();
  });
