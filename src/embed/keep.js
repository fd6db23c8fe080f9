// What the browser keeps between pages, one entry a fact: localStorage, or the same in memory where
// that is denied or full.

const memory = new Map();

const disk = () => {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
};

export const keep = (site) => {
  const prefix = `gema:1:${site}:`;
  // A site that counts reads by address keeps nothing in the browser before its reader reacts.
  const volatile = (name) => kept.inMemory && name !== "visitor" && !get("visitor");
  const get = (name) => memory.get(prefix + name) ?? disk()?.getItem(prefix + name) ?? undefined;
  const kept = {
    prefix,
    get,
    set: (name, text) => {
      try {
        if (volatile(name)) throw 0;
        disk().setItem(prefix + name, text);
        memory.delete(prefix + name);
      } catch {
        memory.set(prefix + name, text);
      }
    },
    remove: (name) => {
      memory.delete(prefix + name);
      disk()?.removeItem(prefix + name);
    },
    names: () =>
      [...new Set([...Object.keys(disk() ?? {}), ...memory.keys()])]
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
    // The object kept under a name; an empty one where there is none, or something else.
    read: (name) => {
      try {
        return JSON.parse(get(name)) ?? {};
      } catch {
        return {};
      }
    },
  };
  return kept;
};

// A tally for a page that has no widget to hold it: the one asked for, or a newer one that this
// reader has seen within ten minutes (a cache may be late).
export const newest = (kept, asked) => {
  const { tally, at } = kept.read(`tally:${asked.article}`);
  return tally?.rev > asked.rev && Math.abs(Date.now() - at) < 600_000 ? tally : asked;
};
