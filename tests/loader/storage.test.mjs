// Storage in the browser, with and without permission.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.window = globalThis;

// A fake localStorage in memory; `isFull`: writing fails.
const disk = { entries: new Map(), isFull: false };
const localStorage = {
  getItem: (name) => disk.entries.get(name) ?? null,
  setItem: (name, text) => {
    if (disk.isFull) throw new Error("QuotaExceededError");
    disk.entries.set(name, text);
  },
};
Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });

const { keep } = await import("../../src/embed/keep.js");

test("sites share no entries", () => {
  keep("one").write("read:a", { key: "k" });
  assert.deepEqual({ ...keep("one").read("read:a") }, { key: "k" });
  assert.deepEqual({ ...keep("two").read("read:a") }, {});
});

test("a full disk keeps the entry for the page", () => {
  const kept = keep("full");
  disk.isFull = true;
  kept.write("mine:a", { reaction: "happy" });
  disk.isFull = false;
  assert.equal(disk.entries.has("gema:1:full:mine:a"), false);
  assert.equal(kept.read("mine:a").reaction, "happy");
  kept.write("mine:a", { reaction: "sad" });
  assert.equal(JSON.parse(disk.entries.get("gema:1:full:mine:a")).reaction, "sad");
  assert.equal(kept.read("mine:a").reaction, "sad");
});

test("a site without storage stores nothing before a reaction", () => {
  const kept = keep("hash");
  kept.inMemory = true;
  kept.write("read:a", { key: "k" });
  assert.deepEqual([...disk.entries.keys()].filter((name) => name.startsWith("gema:1:hash:")), []);
  assert.match(kept.visitor(), /^[\w-]{22}$/);
  kept.write("read:a", { key: "k" });
  assert.deepEqual([...disk.entries.keys()].filter((name) => name.startsWith("gema:1:hash:")), ["gema:1:hash:visitor", "gema:1:hash:read:a"]);
});

test("a visitor is made once, and again if it is damaged", () => {
  const kept = keep("visitor");
  const token = kept.visitor();
  assert.equal(kept.visitor(), token);
  kept.set("visitor", "damaged");
  assert.match(kept.visitor(), /^[\w-]{22}$/);
  assert.notEqual(kept.visitor(), token);
});
