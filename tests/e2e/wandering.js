// Random actions of a reader and of the page, in random order: a given number of steps, from a seed. Links and windows are not
// opened.
window.wander = async (seed, steps) => {
  // mulberry32
  const random = (below) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
  const one = (list) => list[random(list.length)];
  const hosts = () => [...document.querySelectorAll("gema-article")];
  const parts = (selector) => hosts().flatMap((host) => [...(host.shadowRoot?.querySelectorAll(selector) ?? [])]);
  const attribute = (name, ...values) => () => {
    const [host, value] = [one(hosts()), one(values)];
    if (value === null) host.removeAttribute(name);
    else host.setAttribute(name, value);
  };
  // Invisible elements cannot be clicked.
  const click = (selector) => () => one(parts(selector).filter((part) => part.checkVisibility()))?.click();
  const deeds = {
    react: click("[name=reaction]"),
    reactAgain: click("[name=reaction]"),
    share: click("[data-part]:not([name=reaction])"),
    focus: () => one(parts("a, button, input"))?.focus(),
    escape: () => one(parts("a, button, input"))?.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Escape", bubbles: true, composed: true }),
    ),
    type: () => {
      const field = one(parts("input:not([type=hidden])"));
      if (!field) return;
      field.value = one(["", "mastodon.example", "https://", "a b"]);
      field.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    },
    article: attribute("article", "a", "b", "c"),
    language: attribute("lang", "id", "en", null),
    share_: attribute("share", "off", "on", null),
    reads: attribute("reads", "off", null),
    poll: attribute("poll", "off", "closed", null, null, null),
    bar: attribute("bar", "top", null),
    move: () => document.querySelector("main").append(one(hosts())),
    leave: () => {
      const host = one(hosts());
      host.remove();
      setTimeout(() => document.querySelector("main").append(host), random(60));
      if (!hosts().length) document.querySelector("main").append(host);
    },
    join: () => {
      if (hosts().length > 2) return one(hosts()).remove();
      const host = document.createElement("gema-article");
      host.setAttribute("article", one(["a", "b", "c"]));
      host.append("Lain.");
      document.querySelector("main").append(host);
    },
    turn: () => (document.querySelector("main").style.maxWidth = one(["320px", "700px", ""])),
    online: () => dispatchEvent(new Event("online")),
    another: () => {
      const name = one(Object.keys(localStorage).filter((name) => name.startsWith("gema:")));
      if (name) dispatchEvent(new StorageEvent("storage", { key: name, newValue: localStorage[name] }));
    },
  };
  const names = Object.keys(deeds);
  const { open } = window;
  window.open = () => ({});
  for (let step = 0; step < steps; step++) {
    const name = one(names);
    (window.wandered ??= []).push(name);
    deeds[name]();
    if (random(3)) await new Promise((done) => setTimeout(done, random(40)));
  }
  await new Promise(requestAnimationFrame);
  window.open = open;
};
addEventListener("click", (event) => event.composedPath().some((node) => node.href) && event.preventDefault());
