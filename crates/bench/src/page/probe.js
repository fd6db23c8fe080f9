// Runs before anything else in the page, and reports to xtask when the elements that it looks for are drawn. Its cost
// is the same for all pages: it checks a few nodes per frame.
/* global PAGE, PRESS, measured */
(() => {
  const elements = {
    counts: (root) => [root.querySelector("[part=reads]"), root.querySelector("[part=option] [part=count]")],
    option: (root) => root.querySelector("button[part=option]"),
  };
  const PAGES = {
    gema: {
      ...elements,
      root: () => document.querySelector("gema-article")?.shadowRoot,
      // Wait until the module has replaced the markup that was there before it.
      charge: (root) => {
        const drawn = root.querySelector("[part=gema]");
        if (!module) before = drawn;
        return module && drawn && drawn !== before;
      },
      accepts: /\/v1\/sites\/demo\/(events|reaction)/,
      sends: /react/,
    },
    plain: {
      ...elements,
      root: () => document.querySelector("plain-article")?.shadowRoot,
      charge: (root) => root.querySelector("[part=option]"),
      accepts: /\/v1\/sites\/demo\/events/,
      sends: /react/,
    },
    waline: {
      root: () => document,
      counts: () => [document.querySelector(".waline-pageview-count"), document.querySelector(".wl-reaction-votes")],
      option: () => document.querySelector(".wl-reaction-item"),
      charge: () => document.querySelector(".wl-editor") && found.counts,
      accepts: /\/api\/article/,
      sends: /reaction0/,
    },
    bare: { root: () => {} },
  };
  PAGES.other = PAGES.gema;
  const page = PAGES[PAGE];
  let module, before;
  const found = { shift: 0, blocking: 0 };
  const at = (name) => (found[name] ??= performance.now());

  // The browser reports no figure for WebAssembly memory, so capture the module.
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const own = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await own.apply(WebAssembly, given);
      module = made.instance ?? made;
      return made;
    };
  }

  const own = window.fetch;
  window.fetch = async (asked, options) => {
    const answer = await own(asked, options);
    const { method, body } = options ?? {};
    if (PRESS && method === "POST" && answer.ok && page.accepts.test(asked.url ?? asked) && page.sends.test(String(body))) {
      at("accepted");
    }
    return answer;
  };

  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) found.shift += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) found.blocking += Math.max(0, task.duration - 50);
  }).observe({ type: "longtask", buffered: true });

  const isNumber = (node) => /[1-9]/.test(node?.textContent ?? "");
  const look = () => {
    const root = page.root();
    if (root) {
      if (page.counts(root).every(isNumber)) at("counts");
      if (page.charge(root)) at("charge");
      const option = page.option(root);
      if (PRESS && option && !found.pressed) {
        at("pressed");
        option.click();
      }
    }
    const all = PAGE === "bare" ? [] : PRESS ? ["accepted"] : ["counts", "charge"];
    if (all.every((name) => found[name])) measured("");
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  // The results so far. The module's exports have short names, so find its memory by type.
  globalThis.gemaFound = () => {
    const memory = Object.values(module?.exports ?? {}).find((one) => one instanceof WebAssembly.Memory);
    return { ...found, wasm: memory?.buffer.byteLength ?? 0 };
  };
})();
