// What the browser keeps between pages, one entry a fact: localStorage, or the same in memory where
// that is denied or full.
import { parse, plain, stringify } from "./json.js";

/** @type {Map<string, string>} */
const memory = new Map();

/** @type {Storage | undefined} */
let disk;
try {
  localStorage.getItem("gema");
  disk = localStorage;
} catch (_) {
  // Denied.
}

/** @type {(site: string) => Kept} */
export const keep = (site) => {
  const prefix = `gema:1:${site}:`;
  // A site that counts reads by address keeps nothing in the browser before its reader reacts.
  /** @type {(name: string) => unknown} */
  const volatile = (name) => kept.inMemory && name !== "visitor" && !get("visitor");
  /** @type {(name: string) => any} */
  const get = (name) => {
    const whole = prefix + name;
    return memory.has(whole) ? memory.get(whole) : disk && disk.getItem(whole);
  };
  /** @type {Kept} */
  const kept = {
    prefix,
    memory,
    disk,
    // Nothing outlives the page: for the endpoint, the day's stand-in is the reader.
    isStandIn: disk ? undefined : true,
    // A browser that a program drives says so; its events are for the endpoint to count or not.
    signals: navigator.webdriver ? ["webdriver"] : [],
    get,
    set: (name, text) => {
      try {
        if (volatile(name)) throw 0;
        /** @type {Storage} */ (disk).setItem(prefix + name, text);
        memory.delete(prefix + name);
      } catch (_) {
        memory.set(prefix + name, text);
      }
    },
    // Whether its reader has done something in the article.
    isKnown: (article) => get(`read:${article}`) || get(`mine:${article}`),
    // The object kept under a name; an empty one where there is none, or something else.
    read: (name) => parse(get(name)) || plain(),
    write: (name, fact) => kept.set(name, stringify(fact)),
    // The choice that the endpoint has.
    acknowledged: (article, mine) => kept.write(`mine:${article}`, plain(mine, { before: mine.reaction, sent: true })),
    // So many random digits of base64url, nearly six bits each: two of the 64 are one.
    random: (length) =>
      btoa(String.fromCharCode(...window.crypto.getRandomValues(new Uint8Array(length)))).slice(0, length).replace(/\W/g, "-"),
    // Who reacts: made when the reader first does.
    visitor: () => {
      if (!/^[\w-]{22}$/.test(get("visitor"))) kept.set("visitor", kept.random(22));
      return get("visitor");
    },
  };
  return kept;
};
