// A fake of the page that the loader passes to a widget: it stores in memory, sends nothing, and logs all calls.

export const newPage = () => {
  const kept = new Map();
  const log = [];
  return {
    kept,
    log,
    told: [],
    get: (name) => kept.get(name),
    set: (name, text) => void kept.set(name, text),
    remove: (name) => void kept.delete(name),
    names: () => [...kept.keys()],
    random: (length) => crypto.randomUUID().slice(0, length),
    visitor: () => kept.get("visitor") ?? (kept.set("visitor", "1234567890123456789012"), kept.get("visitor")),
    post: (number, body) => void log.push(["post", number, body]),
    refresh: () => void log.push(["refresh"]),
    copy: (text) => void log.push(["copy", text]),
    ready: () => void log.push(["ready"]),
    fire: (name, field, value) => void log.push([name, value ?? null]),
    tell(...told) {
      this.told.push(told);
    },
  };
};

export const newRoot = () => document.body.appendChild(document.createElement("div"));
export const logged = (page) => JSON.stringify(page.log);
// Takes the messages for the widget.
export const told = (page) => JSON.stringify(page.told.splice(0));
export const keeps = (page) => JSON.stringify(Object.fromEntries(page.kept));
export const text = (root, selector) => root.querySelector(selector)?.innerText;
export const click = (root, selector) => root.querySelector(selector).click();
export const size = (root) => root.childElementCount;
export const remove = (root) => root.remove();
// Resolves when rendering is done. On a slow machine Yew renders in several steps, each after a timer.
const turn = () => new Promise((done) => setTimeout(done));
export const drawn = async () => {
  for (let turns = 0; turns < 10; turns++) await turn();
};
