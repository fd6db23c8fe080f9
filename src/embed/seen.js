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

// Resolves after `ms` in all of a page that somebody looks at: no hidden tab, no prerendered page.
export const visibleFor = (ms) =>
  new Promise((done) => {
    let since;
    let timer;
    const change = () => {
      clearTimeout(timer);
      if (since) ms -= performance.now() - since;
      since = document.visibilityState === "visible" && !document.prerendering && performance.now();
      if (since) timer = setTimeout(end, ms);
    };
    const end = () => {
      listening.abort();
      done();
    };
    // Its `signal` is the option that ends it.
    const listening = new AbortController();
    for (const name of ["visibilitychange", "prerenderingchange"]) document.addEventListener(name, change, listening);
    change();
  });
