// A fake of the page that the loader passes to a widget: it stores in memory, sends nothing, and logs all calls.

export const newPage = () => {
  const kept = new Map();
  const log = [];
  return {
    kept,
    log,
    get: (name) => kept.get(name),
    set: (name, text) => void kept.set(name, text),
    remove: (name) => void kept.delete(name),
    names: () => [...kept.keys()],
    read: (name) => {
      try {
        return JSON.parse(kept.get(name));
      } catch {
        return {};
      }
    },
    write: (name, fact) => void kept.set(name, JSON.stringify(fact)),
    random: (length) => crypto.randomUUID().slice(0, length),
    visitor: () => void (kept.has("visitor") || kept.set("visitor", "1234567890123456789012")),
    post: (number, events) => void log.push(["post", number, events]),
    refresh: () => void log.push(["refresh"]),
    copy: (text) => void log.push(["copy", text]),
    device: () => 0,
    element: () => document.createElement("div"),
    show(root) {
      this.root = document.body.appendChild(root);
      log.push(["show"]);
    },
    fire: (name, detail) => void log.push([name, detail]),
  };
};

export const logged = (page) => JSON.stringify(page.log);
export const keeps = (page) => JSON.stringify(Object.fromEntries(page.kept));
export const text = ({ root }, selector) => root.querySelector(selector)?.innerText;
export const click = ({ root }, selector) => root.querySelector(selector).click();
export const size = ({ root }) => root?.childElementCount ?? 0;
export const remove = ({ root }) => root?.remove();
// Resolves when rendering is done. On a slow machine Yew renders in several steps, each after a timer.
const turn = () => new Promise((done) => setTimeout(done));
export const drawn = async () => {
  for (let turns = 0; turns < 10; turns++) await turn();
};
