// Article keys: the endpoint and the widget make the same key of the same text (crates/text/src/key.rs reads the same vectors).
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { articleKey } from "../../src/embed/key.js";

const vectors = JSON.parse(readFileSync(new URL("../fixtures/keys.json", import.meta.url)));

test("a text has the endpoints key", () => {
  assert.ok(vectors.length > 0);
  for (const { about, input, key } of vectors) assert.equal(articleKey(input), key, about);
});

test("a key of a key is the same", () => {
  for (const { key } of vectors) assert.equal(articleKey(key), key);
});
