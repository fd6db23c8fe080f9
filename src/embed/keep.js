// The browser's storage between pages, one entry per fact: localStorage, or memory if that is denied or full.
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
  // If a site counts reads by address, nothing is stored in the browser before the reader reacts.
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
    // Without storage, the endpoint identifies the reader by a stand-in for the day.
    isStandIn: disk ? undefined : true,
    // Automated browsers set this flag; the endpoint decides whether to count their events.
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
    // Whether the reader has read the article or reacted to it.
    isKnown: (article) => get(`read:${article}`) || get(`mine:${article}`),
    // The stored object; an empty one if it is missing or invalid.
    read: (name) => parse(get(name)) || plain(),
    write: (name, fact) => kept.set(name, stringify(fact)),
    // Stores the choice that the endpoint has acknowledged.
    acknowledged: (article, mine) => kept.write(`mine:${article}`, plain(mine, { before: mine.reaction, sent: true })),
    // `length` random characters of base64url, with nearly six bits each: two of the 64 characters are mapped to one.
    random: (length) =>
      btoa(String.fromCharCode(...window.crypto.getRandomValues(new Uint8Array(length)))).slice(0, length).replace(/\W/g, "-"),
    // The reader's token, created at the first reaction.
    visitor: () => {
      if (!/^[\w-]{22}$/.test(get("visitor"))) kept.set("visitor", kept.random(22));
      return get("visitor");
    },
  };
  return kept;
};
