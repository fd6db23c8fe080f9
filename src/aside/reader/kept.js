// What this browser keeps for a site (src/embed/keep.js writes it), read for its reader.
import { parse } from "../../embed/json.js";

/**
 * @typedef {object} KeptFacts
 * @property {boolean} isDenied whether the browser lets the page store nothing
 * @property {{ [entry: string]: unknown }} entries all entries, by their name without the prefix
 * @property {string} [visitor] the token
 * @property {Map<string, string | null>} choices the option chosen in each article
 */

/** @type {(site: string) => string} */
const prefixOf = (site) => `gema:1:${site}:`;

/** @type {() => Storage | undefined} */
const storage = () => {
  try {
    localStorage.getItem("gema");
    return localStorage;
  } catch (_) {
    return undefined;
  }
};

/** @type {(disk: Storage, site: string) => string[]} */
const namesIn = (disk, site) => {
  const names = [];
  for (let place = 0; place < disk.length; place++) {
    const name = disk.key(place);
    if (name && name.startsWith(prefixOf(site))) names.push(name);
  }
  return names.sort();
};

/** @type {(site: string) => KeptFacts} */
export const keptOf = (site) => {
  const disk = storage();
  /** @type {KeptFacts} */
  const kept = { isDenied: !disk, entries: {}, choices: new Map() };
  if (!disk) return kept;
  for (const whole of namesIn(disk, site)) {
    const name = whole.slice(prefixOf(site).length);
    const text = disk.getItem(whole);
    const fact = parse(text);
    kept.entries[name] = fact === undefined ? text : fact;
    if (name === "visitor" && text) kept.visitor = text;
    if (name.startsWith("mine:") && fact) kept.choices.set(name.slice(5), fact.reaction || null);
  }
  return kept;
};

/** @type {(site: string) => void} */
export const forget = (site) => {
  const disk = storage();
  if (disk) namesIn(disk, site).forEach((name) => disk.removeItem(name));
};

// The number of entries of a kind: `read`, `share`, `tally`.
/** @type {(kept: KeptFacts, kind: string) => number} */
export const numberOf = ({ entries }, kind) => Object.keys(entries).filter((name) => name.startsWith(`${kind}:`)).length;
